"""Past prints and files are judged, deleted, moved and renamed; days keep one offset."""

from datetime import UTC, datetime, timedelta

from dev import Account, ObicoServer, Print, Printer
from dev.json_types import as_object

from .support import Api, as_rows

STATS = "prints/stats/?group_by=day&timezone=Europe/Berlin"


def past(printer: Printer, started_at: datetime) -> Print:
    """Let a printer have printed something."""
    job = Print(
        id=printer.state.next_print_id(),
        printer=printer,
        filename="a.gcode",
        started_at=started_at,
        ended_at=started_at + timedelta(hours=1),
        finished_at=started_at + timedelta(hours=1),
        print_time=3600.0,
    )
    printer.state.add_print(job)
    return job


async def test_days_keep_the_offset_of_the_first_one(
    api: Api, account: Account
) -> None:
    # 00:30 on 1 November in Berlin, where the clocks were put back on 25 October.
    past(account.add_printer("Prusa MK4"), datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    answer = await api(f"{STATS}&from_date=2026-10-01&to_date=2026-11-05")
    groups = as_rows(answer.object["print_count_groups"])
    (day,) = [row["key"] for row in groups if row["value"]]
    assert day == "2026-11-01T00:00:00+02:00"
    assert len({str(row["key"])[-6:] for row in groups}) == 1
    # An hour and a half earlier it is 23:00 on 31 October; by the kept offset it is not.
    past(account.add_printer("Ender 3"), datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    answer = await api(f"{STATS}&from_date=2026-10-01&to_date=2026-11-05")
    counts = [row["value"] for row in as_rows(answer.object["print_count_groups"])]
    assert max(int(str(count)) for count in counts) == 2


async def test_a_first_day_without_a_midnight_is_an_error(api: Api) -> None:
    answer = await api(
        "prints/stats/?group_by=day&timezone=Africa/Cairo"
        "&from_date=2026-04-24&to_date=2026-04-30"
    )
    assert answer.status == 500


async def test_a_verdict_ends_the_question(api: Api, account: Account) -> None:
    job = past(account.add_printer("Prusa MK4"), datetime(2026, 11, 1, tzinfo=UTC))
    job.need_alert_overwrite = True
    answer = await api(f"prints/{job.id}/", "PATCH", alert_overwrite="NOT_FAILED")
    assert answer.object["alert_overwrite"] == "NOT_FAILED"
    assert answer.object["need_alert_overwrite"] is False
    answer = await api(f"prints/{job.id}/", "PATCH", alert_overwrite="MAYBE")
    assert answer.status == 400
    answer = await api("prints/99/", "PATCH", alert_overwrite="FAILED")
    assert answer.status == 404


async def test_consent_is_stored(api: Api, account: Account) -> None:
    job = past(account.add_printer("Prusa MK4"), datetime(2026, 11, 1, tzinfo=UTC))
    moment = "2026-11-20T12:00:00Z"
    answer = await api(f"prints/{job.id}/", "PATCH", access_consented_at=moment)
    assert answer.object["access_consented_at"] == moment


async def test_prints_are_deleted_with_their_pictures(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Prusa MK4")
    first, second = (past(printer, datetime(2026, 11, 1, tzinfo=UTC)) for _ in "ab")
    first.poster_url = server.media.put("a.jpg", lambda: b"x")
    event = server.add_event(printer, "ENDED", job=first)
    assert (await api(f"prints/{first.id}/", "DELETE")).status == 204
    assert not server.media.exists(first.poster_url)
    assert event.print is None
    answer = await api("prints/bulk_delete/", "POST", print_ids=[second.id, 99])
    assert answer.status == 204
    assert server.prints == {}
    assert (await api("prints/9/", "DELETE")).status == 404
    assert (await api("prints/bulk_delete/", "POST", ids=[1])).status == 500


async def test_files_and_folders_are_changed(
    api: Api, server: ObicoServer, account: Account
) -> None:
    shelf = account.add_folder("Shelf")
    file, other = account.add_cloud_file("a.gcode"), account.add_cloud_file("b.gcode")
    answer = await api(
        "g_code_files/bulk_move/", "POST", file_ids=[file.id], parent_folder=shelf.id
    )
    assert (answer.status, file.parent_folder) == (204, shelf.id)
    answer = await api(
        "g_code_files/bulk_move/", "POST", file_ids=[file.id], parent_folder=99
    )
    assert answer.status == 404
    answer = await api(f"g_code_files/{file.id}/", "PATCH", filename="ü a.gcode")
    assert as_object(answer.json)["safe_filename"] == "ü_a.gcode"
    assert (await api(f"g_code_files/{file.id}/", "PATCH", filename="")).status == 400
    assert (await api("g_code_files/99/", "PATCH", filename="a")).status == 404
    answer = await api("g_code_files/bulk_delete/", "POST", file_ids=[other.id])
    assert answer.status == 204
    assert (await api("g_code_files/bulk_delete/", "POST", ids=[])).status == 500
    answer = await api("g_code_folders/bulk_delete/", "POST", folder_ids=[shelf.id, 9])
    assert (answer.status, server.library.folders) == (204, {})
    assert (file.deleted_by_cascade, server.library.files) == (True, {})
    assert (await api("g_code_folders/bulk_delete/", "POST", ids=[])).status == 500
