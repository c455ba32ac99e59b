"""What the client asks, and what it makes of a real server's answers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
import json
import math

import pytest

from custom_components.obico.aioobico import (
    AlertVerdict,
    CommandResult,
    ObicoClient,
    ObicoNotFoundError,
    ObicoResponseError,
    ObicoServerError,
    PrintResultFilter,
)

from .support import TOKEN, FakeServer, load, load_list, load_object


async def test_every_call_carries_the_token_and_no_cookie_of_the_session(
    server: FakeServer, client: ObicoClient
) -> None:
    client._session.cookie_jar.update_cookies({"tsd_sessionid": "a"}, server.url)
    server.say("/api/v1/users/me/", load("user_me.json"))
    await client.get_user()
    [request] = server.requests
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert "Cookie" not in request.headers


async def test_the_user_is_known_by_id_and_the_second_of_joining(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/users/me/", load("user_me.json"))
    user = await client.get_user()
    assert user.unique_id == "1_1795323050"
    assert user.date_joined == datetime(2026, 11, 22, 4, 50, 50, 457566, tzinfo=UTC)
    assert user.dh_balance == 100.0
    assert user.unseen_printer_events == 10
    assert user.is_pro is True
    assert "root@example.com" not in repr(user)


async def test_the_version_is_text(server: FakeServer, client: ObicoClient) -> None:
    server.say("/api/v1/version/", load("version.json"))
    assert await client.get_version() == "1.0.0"


async def test_a_version_that_is_missing_is_a_bad_answer(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/version/", {"version": None})
    with pytest.raises(ObicoResponseError):
        await client.get_version()


async def test_printers_come_all_at_once_with_the_servers_time(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/printers/",
        load("printers_list.json"),
        headers={"Date": "Sun, 22 Nov 2026 05:08:09 GMT"},
    )
    listing = await client.get_printers()
    assert [printer.id for printer in listing.items] == [1, 2]
    assert listing.rejected == 0
    assert listing.server_time == datetime(2026, 11, 22, 5, 8, 9, tzinfo=UTC)
    assert "with_archived" not in server.requests[0].query


async def test_archived_printers_come_when_asked_for(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/", [])
    await client.get_printers(with_archived=True)
    assert server.requests[0].query["with_archived"] == "true"


@pytest.mark.parametrize("bad", [None, 7, "x", [], {}, {"id": None}, {"id": "9"}])
async def test_a_bad_row_is_rejected_and_its_neighbours_are_kept(
    server: FakeServer, client: ObicoClient, bad: object
) -> None:
    first, second = load_list("printers_list.json")
    server.say("/api/v1/printers/", [first, bad, second])
    listing = await client.get_printers()
    assert [printer.id for printer in listing.items] == [1, 2]
    assert listing.rejected == 1


async def test_an_answer_without_a_usable_date_has_no_server_time(
    server: FakeServer, client: ObicoClient
) -> None:
    for date in ("", "soon", "Sun, 22 Nov 2026 05:08:09 -0000"):
        server.say("/api/v1/printers/", [], headers={"Date": date})
        assert (await client.get_printers()).server_time is None


async def test_a_printer_is_fetched_by_its_id(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/", load("printer_printing.json"))
    printer = await client.get_printer(1)
    assert printer.name == "Prusa MK4"


async def test_a_printer_is_fetched_also_if_it_is_archived_when_asked_for(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/", load("printer_idle.json"))
    await client.get_printer(1)
    await client.get_printer(1, with_archived=True)
    without, with_archived = (request.query for request in server.requests)
    assert "with_archived" not in without
    assert with_archived["with_archived"] == "true"


async def test_a_printer_of_someone_else_is_not_found(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/99/", load("err_404_printer.json"), status=404)
    with pytest.raises(ObicoNotFoundError):
        await client.get_printer(99)


async def test_events_are_asked_for_with_both_filters_and_the_empty_class(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printer_events/", load("printer_events_all.json"))
    listing = await client.get_events(start=200, limit=50)
    query = server.requests[0].query
    assert set(query.getall("filter_by_classes[]")) == {
        *("ERROR", "WARNING", "SUCCESS", "INFO", "")
    }
    assert set(query.getall("filter_by_types[]")) == {
        *("STARTED", "ENDED", "PAUSED", "RESUMED", "FAILURE_ALERTED"),
        *("ALERT_MUTED", "ALERT_UNMUTED", "FILAMENT_CHANGE", "PRINTER_ERROR"),
    }
    assert (query["start"], query["limit"]) == ("200", "50")
    ids = [event.id for event in listing.items]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == len(load_list("printer_events_all.json"))
    assert listing.rejected == 0


async def test_an_event_is_fetched_by_its_id(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/printer_events/17/", load("printer_event_retrieve_unmuted.json")
    )
    event = await client.get_event(17)
    assert (event.event_type, event.printer_id, event.print_id) == ("RESUMED", 1, 3)
    assert event.text is not None
    assert event.text.startswith("<div>")
    assert "digest" not in repr(event)


async def test_prints_can_be_limited_to_printers_and_results(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/", load("prints_cancelled.json"))
    listing = await client.get_prints(
        start=5, limit=2, printer_ids=(1, 2), result=PrintResultFilter.CANCELLED
    )
    query = server.requests[0].query
    assert query.getall("filter_by_printer_ids[]") == ["1", "2"]
    assert query["filter"] == "cancelled"
    assert (query["start"], query["limit"]) == ("5", "2")
    assert query["sorting"] == "date_desc"
    assert all(item.cancelled_at is not None for item in listing.items)


async def test_prints_are_not_filtered_unless_told(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/", load("prints_list.json"))
    listing = await client.get_prints()
    assert set(server.requests[0].query) == {"sorting", "start", "limit"}
    assert len(listing.items) == len(load_list("prints_list.json"))


async def test_a_print_is_fetched_by_its_id(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/3/", load("print_3.json"))
    record = await client.get_print(3)
    assert record.printer_id == 1
    assert record.alert_overwrite == "FAILED"
    assert record.filament_used == 480.0
    assert record.has_open_alert is False
    assert record.prediction_json_url == "/api/v1/prints/3/prediction_json/"


async def test_tunnel_usage_is_in_bytes(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/tunnelusage/", {"total": 12345, "monthly_cap": -1})
    usage = await client.get_tunnel_usage()
    assert (usage.total, usage.monthly_cap) == (12345, -1)


type Command = Callable[[ObicoClient], Awaitable[CommandResult]]


@pytest.mark.parametrize(
    ("command", "path", "query"),
    [
        (lambda client: client.pause_print(1), "pause_print", {}),
        (lambda client: client.resume_print(1), "resume_print", {}),
        (lambda client: client.cancel_print(1), "cancel_print", {}),
        (
            lambda client: client.mute_alerts(1, True),
            "mute_current_print",
            {"mute_alert": "true"},
        ),
        (
            lambda client: client.mute_alerts(1, False),
            "mute_current_print",
            {"mute_alert": "false"},
        ),
        (
            lambda client: client.acknowledge_alert(1, AlertVerdict.NOT_FAILED),
            "acknowledge_alert",
            {"alert_overwrite": "NOT_FAILED"},
        ),
        (
            lambda client: client.acknowledge_alert(1, AlertVerdict.FAILED),
            "acknowledge_alert",
            {"alert_overwrite": "FAILED"},
        ),
    ],
)
async def test_a_command_is_a_post_that_answers_with_the_printer(
    server: FakeServer,
    client: ObicoClient,
    command: Command,
    path: str,
    query: dict[str, str],
) -> None:
    server.say(f"/api/v1/printers/1/{path}/", load("action_pause_while_printing.json"))
    result = await command(client)
    assert result.succeeded is True
    assert result.printer is not None
    assert result.printer.id == 1
    [request] = server.requests
    assert request.method == "POST"
    assert dict(request.query) == query


async def test_a_pause_without_a_print_does_not_succeed(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/pause_print/", load("action_pause_while_idle.json"))
    assert (await client.pause_print(1)).succeeded is False


async def test_a_command_that_was_carried_out_is_no_error_for_a_bad_printer(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/pause_print/", {"succeeded": True, "printer": {}})
    result = await client.pause_print(1)
    assert result == CommandResult(succeeded=True, printer=None)


async def test_muting_without_a_print_is_a_server_error(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/printers/1/mute_current_print/",
        body="<h1>Server Error (500)</h1>",
        content_type="text/html",
        status=500,
    )
    with pytest.raises(ObicoServerError) as caught:
        await client.mute_alerts(1, True)
    assert caught.value.status == 500


async def test_answering_an_alert_without_a_print_is_not_found(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/printers/1/acknowledge_alert/",
        load("action_ack_while_idle.json"),
        status=404,
    )
    with pytest.raises(ObicoNotFoundError):
        await client.acknowledge_alert(1, AlertVerdict.FAILED)


async def test_a_change_is_sent_as_json_and_answers_with_the_printer_as_it_is_now(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/", load("watching_off.json"))
    printer = await client.update_printer(1, watching_enabled=False)
    assert printer.watching_enabled is False
    [request] = server.requests
    assert request.method == "PATCH"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {"watching_enabled": False}


async def test_all_that_may_change_can_be_sent_at_once(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/1/", load("watching_on.json"))
    await client.update_printer(
        1,
        name="Left",
        watching_enabled=True,
        action_on_failure="NONE",
        detective_sensitivity=1.2,
        tools_off_on_pause=False,
        bed_off_on_pause=True,
        retract_on_pause=0,
        lift_z_on_pause=2.5,
        min_timelapse_secs_on_finish=-1,
        min_timelapse_secs_on_cancel=300,
    )
    assert len(json.loads(server.requests[0].body)) == 10


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"auth_token": "x"},
        {"id": 2},
        {"name": ""},
        {"name": "  "},
        {"name": None},
        {"name": "x" * 10_001},
        {"watching_enabled": 1},
        {"watching_enabled": None},
        {"action_on_failure": "pause"},
        {"action_on_failure": ["PAUSE"]},
        {"detective_sensitivity": 0.79},
        {"detective_sensitivity": 1.21},
        {"detective_sensitivity": True},
        {"detective_sensitivity": math.nan},
        {"tools_off_on_pause": "true"},
        {"bed_off_on_pause": 0},
        {"retract_on_pause": -0.1},
        {"retract_on_pause": "2.5"},
        {"detective_sensitivity": "1.0"},
        {"min_timelapse_secs_on_finish": "600"},
        {"name": "two\nlines"},
        {"name": "half a \ud83d"},
        {"lift_z_on_pause": "2"},
        {"lift_z_on_pause": math.inf},
        {"min_timelapse_secs_on_finish": -2},
        {"min_timelapse_secs_on_cancel": 1.5},
        {"min_timelapse_secs_on_cancel": False},
        {"watching_enabled": True, "retract_on_pause": None},
    ],
)
async def test_what_the_server_would_store_or_fail_over_is_not_sent(
    server: FakeServer, client: ObicoClient, changes: dict[str, bool]
) -> None:
    with pytest.raises(ValueError, match=r"printer's|nothing"):
        await client.update_printer(1, **changes)  # type: ignore[arg-type]
    assert server.requests == []


async def test_a_refused_value_is_not_repeated_in_the_error(
    client: ObicoClient,
) -> None:
    with pytest.raises(ValueError, match="name") as caught:
        await client.update_printer(1, name="s3cret" * 2000)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        {"succeeded": False, "printer": load("printer_idle.json")},
        {"succeeded": True},
        {"succeeded": True, "printer": {"name": "no id"}},
        ["succeeded"],
    ],
)
async def test_a_change_that_is_not_confirmed_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, answer: object
) -> None:
    server.say("/api/v1/printers/1/", answer)
    with pytest.raises(ObicoResponseError):
        await client.update_printer(1, watching_enabled=True)


async def test_numbers_that_json_has_not_cost_only_their_field(
    server: FakeServer, client: ObicoClient
) -> None:
    printer = load_object("printer_printing.json") | {
        "retract_on_pause": math.nan,
        "lift_z_on_pause": -math.inf,
    }
    server.say("/api/v1/printers/1/", printer)
    parsed = await client.get_printer(1)
    assert parsed.retract_on_pause is None
    assert parsed.lift_z_on_pause is None
    assert parsed.detective_sensitivity == 1.0


async def test_half_a_character_in_a_file_name_costs_only_that_character(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/prints/3/", load_object("print_3.json") | {"filename": "a\udcffb"}
    )
    assert (await client.get_print(3)).filename == "a?b"
