"""Oddities of the calls of the API."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from dev import MEDIUM, SHORT, Account, Clock, ObicoServer, Phase, Printer
from dev.json_types import as_object

from .drive import Stage
from .support import Api

REFUSED = {"detail": "Authentication credentials were not provided."}


async def test_a_revoked_token_is_refused_and_a_new_one_taken(
    api: Api, account: Account
) -> None:
    old = account.token
    account.revoke_token()
    refused = await api("users/me/", token=old)
    assert (refused.status, refused.json) == (403, REFUSED)
    assert "WWW-Authenticate" not in refused.headers
    assert (await api("users/me/", token=account.issue_token())).status == 200


async def test_revoking_one_token_leaves_the_others(api: Api, account: Account) -> None:
    old, new = account.token, account.issue_token()
    account.revoke_token(old)
    assert (await api("version/", token=old)).status == 403
    assert (await api("version/", token=new)).status == 200


async def test_a_refused_call_to_a_path_that_takes_no_such_method_is_403(
    api: Api,
) -> None:
    assert (await api("users/me/", "DELETE", token="wrong")).status == 403
    assert (await api("users/me/", "DELETE")).status == 405


async def test_somebody_elses_printer_is_404(api: Api, server: ObicoServer) -> None:
    other = server.add_account("other@example.com")
    printer = other.add_printer("Theirs", agent="octoprint")
    answer = await api(f"printers/{printer.id}/")
    assert answer.status == 404
    assert (await api("printers/")).json == []
    assert (await api(f"printers/{printer.id}/", token=other.token)).status == 200


async def test_an_archived_printer_is_only_in_the_list_of_all(
    api: Api, account: Account
) -> None:
    printer = account.add_printer("Old")
    printer.archive()
    assert (await api("printers/")).rows == []
    (row,) = (await api("printers/?with_archived=true")).rows
    assert row["archived_at"]
    printer.unarchive()
    assert len((await api("printers/")).rows) == 1


async def test_a_deleted_printer_is_gone_with_its_events(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.print_whole(printer)
    assert await stage.api.events()
    printer.delete()
    assert (await stage.api(f"printers/{printer.id}/")).status == 404
    assert await stage.api.events() == []
    assert (await stage.api("prints/")).rows == []


async def test_a_printer_is_added_without_an_agent(api: Api) -> None:
    answer = await api("printers/", "POST", name="Sonic")
    assert answer.status == 201
    assert answer.object["name"] == "Sonic"
    assert answer.object["auth_token"]
    assert answer.object["agent_name"] is None


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_path_without_slash_is_redirected(api: Api, method: str) -> None:
    answer = await api("printers?with_archived=true", method)
    assert answer.status == 301
    assert answer.headers["Location"] == "/api/v1/printers/?with_archived=true"


async def test_a_post_without_slash_executes_when_the_redirect_is_followed(
    stage: Stage,
) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    answer = await stage.api(
        f"printers/{printer.id}/pause_print", "POST", redirects=True
    )
    assert answer.object["succeeded"] is True
    await stage.until(printer.agent, Phase.PAUSED)
    methods = [
        request.method
        for request in stage.server.requests
        if "pause_print" in request.path
    ]
    assert methods == ["POST", "GET"]


async def test_a_wrong_type_is_stored_as_it_came(api: Api, account: Account) -> None:
    printer = account.add_printer("Any", agent="octoprint")
    answer = await api(f"printers/{printer.id}/", "PATCH", detective_sensitivity="very")
    assert answer.status == 200
    assert (await api.printer(printer))["detective_sensitivity"] == "very"


async def test_a_change_that_is_no_json_is_an_unsupported_media_type(
    api: Api, account: Account
) -> None:
    printer = account.add_printer("Any", agent="octoprint")
    answer = await api.session.patch(
        f"{api.server.url}/api/v1/printers/{printer.id}/",
        headers={"Authorization": f"Bearer {account.token}"},
        data={"name": "Other"},
    )
    assert answer.status == 415
    assert (await api.printer(printer))["name"] == "Any"


async def test_an_unknown_field_changes_nothing(api: Api, account: Account) -> None:
    printer = account.add_printer("Any", agent="octoprint")
    answer = await api(f"printers/{printer.id}/", "PATCH", name="Other", colour="red")
    assert answer.status == 500
    assert (await api.printer(printer))["name"] == "Any"


async def test_the_user_changes_what_is_his(api: Api, account: Account) -> None:
    answer = await api("users/me/", "PATCH", notification_enabled=False, is_pro=False)
    assert answer.object["notification_enabled"] is False
    assert answer.object["is_pro"] is True


async def test_succeeded_says_little(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)

    async def succeeded(command: str) -> object:
        return (await stage.api.command(printer, command)).object["succeeded"]

    assert await succeeded("pause_print/") is False
    await stage.printing(printer)
    assert await succeeded("pause_print/") is True
    await stage.until(printer.agent, Phase.PAUSING)
    # This resume is lost.
    assert await succeeded("resume_print/") is True
    await stage.until(printer.agent, Phase.PAUSED)
    await stage.server.advance(60)
    assert printer.agent.phase is Phase.PAUSED
    assert await succeeded("pause_print/") is True
    printer.agent.go_offline()
    # And so is this one.
    assert await succeeded("resume_print/") is True
    printer.agent.come_online()
    await stage.server.advance(60)
    assert printer.agent.phase is Phase.PAUSED


async def test_the_tools_cool_while_paused_and_heat_again(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    await stage.api.command(printer, "pause_print/")
    await stage.until(printer.agent, Phase.PAUSED)
    targets = {name: heater.target for name, heater in printer.agent.heaters.items()}
    assert targets == {"tool0": 0.0, "bed": 60.0, "chamber": None}
    await stage.api.command(printer, "resume_print/")
    await stage.until(printer.agent, Phase.PRINTING)
    assert printer.agent.heaters["tool0"].target == 205.0


async def test_events_need_both_filters(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.print_whole(printer)
    types, classes = "filter_by_types[]=STARTED", "filter_by_classes[]=INFO"
    assert (await stage.api(f"printer_events/?{types}")).json == []
    assert (await stage.api(f"printer_events/?{classes}")).json == []
    (row,) = (await stage.api(f"printer_events/?{types}&{classes}")).rows
    assert row["event_type"] == "STARTED"


async def test_an_unmuting_has_an_empty_class(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    await stage.api.command(printer, "mute_current_print/?mute_alert=true")
    # The default is to un-mute.
    await stage.api.command(printer, "mute_current_print/")
    query = "printer_events/?filter_by_types[]=ALERT_UNMUTED"
    assert (await stage.api(f"{query}&filter_by_classes[]=INFO")).json == []
    (row,) = (await stage.api(f"{query}&filter_by_classes[]=")).rows
    assert row["event_class"] == ""


async def test_events_come_newest_first_by_id_in_pages(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any")
    for _ in range(3):
        server.add_event(printer, "STARTED")
    server.skip_event_ids(10)
    late = server.add_event(
        printer, "STARTED", created_at=server.clock.now() - timedelta(hours=1)
    )
    assert late.id == 14
    ids = [row["id"] for row in await api.events()]
    assert ids == [14, 3, 2, 1]
    assert [row["id"] for row in await api.events("start=1&limit=2")] == [3, 2]


async def test_an_event_can_become_visible_after_later_ones(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any")
    first, late, last = [server.add_event(printer, "STARTED") for _ in range(3)]

    async def ids() -> list[object]:
        return [row["id"] for row in await api.events()]

    server.hide_event(late.id)
    assert await ids() == [last.id, first.id]
    assert (await api(f"printer_events/{late.id}/")).status == 404
    assert account.unseen_printer_events == 2
    server.show_event(late.id)
    assert await ids() == [last.id, late.id, first.id]
    assert account.unseen_printer_events == 3


async def test_every_event_counts_as_unseen_until_the_list_is_opened(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any")

    async def unseen() -> object:
        return (await api("users/me/")).object["unseen_printer_events"]

    server.add_event(printer, "STARTED")
    server.add_event(printer, "ENDED")
    assert await unseen() == 2
    account.open_event_list()
    assert await unseen() == 0
    server.add_event(printer, "STARTED")
    assert await unseen() == 1


async def test_prints_are_filtered_and_sorted(stage: Stage) -> None:
    one = await stage.octoprint(watched=False)
    two = stage.account.add_printer("Second", agent="octoprint")
    await stage.print_whole(one)
    await stage.printing(two)
    two.agent.cancel()
    await stage.server.advance(5)

    async def ids(query: str) -> list[object]:
        return [row["id"] for row in (await stage.api(f"prints/?{query}")).rows]

    assert await ids("") == [2, 1]
    assert await ids("sorting=date_asc") == [1, 2]
    assert await ids("filter=finished") == [1]
    assert await ids("filter=cancelled") == [2]
    assert await ids(f"filter_by_printer_ids[]={two.id}") == [2]
    assert await ids("start=1&limit=1") == [1]


async def test_statistics_want_all_parameters(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.print_whole(printer)
    query = "prints/stats/?from_date=2026-11-01&to_date=2026-11-30&timezone=UTC"
    assert (await stage.api(query)).status == 500
    answer = await stage.api(f"{query}&group_by=day")
    assert answer.object["total_print_count"] == 1


async def test_the_scores_of_a_print_can_be_read(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    rows = (await stage.api("prints/1/prediction_json/")).rows
    assert len(rows) == 6


async def test_tunnel_usage_has_no_cap(api: Api, account: Account) -> None:
    account.tunnel_usage = 1234
    assert (await api("tunnelusage/")).json == {"total": 1234, "monthly_cap": -1}


async def test_folders_are_an_empty_page(api: Api) -> None:
    assert (await api("g_code_folders/")).object["count"] == 0


async def test_the_date_header_is_the_servers_time(
    api: Api, server: ObicoServer
) -> None:
    await server.advance(90)
    answer = await api("version/")
    served = parsedate_to_datetime(answer.headers["Date"])
    assert served == server.clock.now().replace(microsecond=0)


async def test_a_clock_can_be_wrong(socket_enabled: None) -> None:
    right, wrong = Clock(), Clock(offset=3600)
    assert wrong.now() - right.now() == timedelta(hours=1)
    server = ObicoServer(clock=wrong)
    printer = server.add_account().add_printer("Any")
    assert server.add_event(printer, "STARTED").created_at == wrong.now()
    wrong.offset = 0
    assert wrong.now() == right.now()


async def test_the_same_seed_gives_the_same_printers(socket_enabled: None) -> None:
    async def live(seed: int) -> tuple[object, str, str]:
        server = ObicoServer(seed=seed)
        account = server.add_account()
        printer = account.add_printer("Any", agent="octoprint")
        printer.agent.start_print(SHORT)
        await server.advance(75)
        return printer.status, account.token, printer.auth_token

    assert await live(1) == await live(1)
    assert (await live(1))[1:] != (await live(2))[1:]


async def test_requests_are_remembered_without_secrets_in_their_repr(api: Api) -> None:
    await api("users/me/?a=b")
    (request,) = api.server.requests.matching("/api/v1/users/me/")
    assert request.query["a"] == "b"
    assert request.headers["Authorization"].endswith(api.account.token)
    assert api.account.token not in repr(request)


async def test_two_printers_of_one_server_do_not_mix(stage: Stage) -> None:
    one = await stage.octoprint(watched=False)
    two = stage.klipper()
    await stage.printing(one, MEDIUM)
    first, second = await stage.api.printer(one), await stage.api.printer(two)
    assert as_object(first["current_print"])["filename"] == "medium.gcode"
    assert second["current_print"] is None


async def test_a_printer_without_agent_says_nothing(api: Api, account: Account) -> None:
    printer: Printer = account.add_printer("New")
    with pytest.raises(LookupError):
        _ = printer.agent
    served = await api.printer(printer)
    assert served["status"] is None
    assert served["agent_name"] is None
