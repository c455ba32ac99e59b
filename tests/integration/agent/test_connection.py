"""The connection of an agent, and what ends it."""

from http import HTTPStatus

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.components.repairs import DOMAIN as REPAIRS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.integration.support import Json

from .support import STATUS, SUBENTRY_ID, Watched
from .test_commands import issues


async def fix(
    watched: Watched, client: ClientSessionGenerator, key: str, **answers: Json
) -> dict[str, Json]:
    """Go through the flow that fixes a repair."""
    assert await async_setup_component(watched.hass, REPAIRS, {})
    (issue,) = [
        issue
        for issue in ir.async_get(watched.hass).issues.values()
        if issue.translation_key == key
    ]
    assert issue.is_fixable
    http = await client()
    started = await http.post(
        "/api/repairs/issues/fix",
        json={"handler": "obico", "issue_id": issue.issue_id},
    )
    assert started.status == HTTPStatus.OK
    form: dict[str, Json] = await started.json()
    if form["type"] == "form":
        assert form["step_id"] == "confirm"
        answered = await http.post(
            f"/api/repairs/issues/fix/{form['flow_id']}", json=answers
        )
        form = await answered.json()
    return form


async def test_a_second_agent_stops_this_one(
    watched: Watched,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = await watched.agent._session.ws_connect(
        f"{watched.server.url}/ws/dev/",
        headers={"authorization": f"bearer {watched.printer.auth_token}"},
    )
    await watched.until(lambda: issues(watched))
    await watched.pass_time(300, step=10)
    # It does not fight for the token.
    assert not other.closed
    assert issues(watched) == {"agent_replaced"}
    assert caplog.text.count("no longer the agent") == 1
    await other.close()
    done = await fix(watched, hass_client, "agent_replaced")
    assert done["type"] == "create_entry"
    await watched.connected()
    assert watched.agent.is_connected
    assert issues(watched) == set()


async def test_a_new_token_is_taken_by_the_repair(
    watched: Watched, hass_client: ClientSessionGenerator
) -> None:
    await watched.print()
    watched.printer.reset_token()
    await watched.remote.close(1001)
    await watched.until(lambda: issues(watched))
    assert issues(watched) == {"agent_refused"}
    done = await fix(watched, hass_client, "agent_refused")
    assert done["type"] == "create_entry"
    await watched.until(lambda: watched.remote.is_connected)
    assert watched.entry.subentries[SUBENTRY_ID].data["auth_token"] == (
        watched.printer.auth_token
    )
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]


async def test_an_archived_printer_stops_the_agent_at_the_next_picture(
    watched: Watched, hass_client: ClientSessionGenerator
) -> None:
    await watched.print()
    watched.printer.archive()
    await watched.until(lambda: issues(watched))
    assert issues(watched) == {"agent_refused"}
    done = await fix(watched, hass_client, "agent_refused")
    assert done["errors"] == {"base": "printer_is_gone"}
    watched.server.faults.html("/api/v1/printers/*", 502)
    done = await fix(watched, hass_client, "agent_refused")
    assert done["errors"] == {"base": "cannot_connect"}


async def test_a_deleted_printer_stops_the_agent(watched: Watched) -> None:
    watched.printer.delete()
    await watched.until(lambda: issues(watched), within=90)
    assert issues(watched) == {"agent_refused"}
    requests = len(watched.server.requests.matching("/ws/dev/"))
    await watched.pass_time(300, step=10)
    assert len(watched.server.requests.matching("/ws/dev/")) == requests


async def test_a_proxy_that_refuses_is_waited_for(watched: Watched) -> None:
    faults = [
        watched.server.faults.html("/ws/dev/", 403),
        watched.server.faults.html("/api/v1/octo/*", 403),
    ]
    await watched.remote.close(1001)
    await watched.pass_time(200, step=5)
    assert issues(watched) == set()
    assert faults[0].hits > 2
    faults[1].remove()
    await watched.pass_time(200, step=5)
    assert issues(watched) == set()
    faults[0].remove()
    await watched.until(lambda: watched.remote.is_connected, within=200)


async def test_a_deleted_subentry_ends_its_print_and_asks_what_becomes_of_the_printer(
    watched: Watched, hass_client: ClientSessionGenerator
) -> None:
    await watched.print()
    watched.hass.config_entries.async_remove_subentry(watched.entry, SUBENTRY_ID)
    await watched.until(lambda: issues(watched))
    assert watched.outcomes == ["cancelled"]
    assert issues(watched) == {"agent_printer_left"}
    watched.server.faults.html("/api/v1/printers/*/archive/", 502, times=1)
    done = await fix(watched, hass_client, "agent_printer_left", fate="archive")
    assert done["errors"] == {"base": "cannot_connect"}
    done = await fix(watched, hass_client, "agent_printer_left", fate="archive")
    assert done["type"] == "create_entry"
    assert watched.printer.archived
    assert watched.obico_device() is not None


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_printer_that_is_left_may_be_kept_or_gone(
    watched: Watched, hass_client: ClientSessionGenerator, is_deleted: bool
) -> None:
    watched.hass.config_entries.async_remove_subentry(watched.entry, SUBENTRY_ID)
    await watched.until(lambda: issues(watched))
    if is_deleted:
        watched.printer.delete()
    fate = "archive" if is_deleted else "keep"
    done = await fix(watched, hass_client, "agent_printer_left", fate=fate)
    assert done["type"] == "create_entry"
    assert not watched.printer.archived


async def test_a_repair_of_an_account_that_is_not_set_up_waits(
    watched: Watched, hass_client: ClientSessionGenerator
) -> None:
    watched.hass.config_entries.async_remove_subentry(watched.entry, SUBENTRY_ID)
    await watched.until(lambda: issues(watched))
    await watched.stop()
    done = await fix(watched, hass_client, "agent_printer_left", fate="archive")
    assert done["reason"] == "not_loaded"
    await watched.hass.config_entries.async_remove(watched.entry.entry_id)
    await watched.timelapse.settle()
    assert issues(watched) == set()


async def test_an_agent_whose_account_or_subentry_is_gone_is_not_connected_again(
    watched: Watched, hass_client: ClientSessionGenerator
) -> None:
    watched.printer.reset_token()
    await watched.remote.close(1001)
    await watched.until(lambda: issues(watched))
    assert await async_setup_component(watched.hass, REPAIRS, {})
    http = await hass_client()
    (issue,) = [
        issue
        for issue in ir.async_get(watched.hass).issues.values()
        if issue.translation_key == "agent_refused"
    ]

    async def begin() -> str:
        started = await http.post(
            "/api/repairs/issues/fix",
            json={"handler": "obico", "issue_id": issue.issue_id},
        )
        return str((await started.json())["flow_id"])

    first, second = await begin(), await begin()
    watched.hass.config_entries.async_remove_subentry(watched.entry, SUBENTRY_ID)
    await watched.timelapse.settle()
    answered = await http.post(f"/api/repairs/issues/fix/{first}", json={})
    assert (await answered.json())["type"] == "create_entry"
    await watched.stop()
    answered = await http.post(f"/api/repairs/issues/fix/{second}", json={})
    assert (await answered.json())["reason"] == "not_loaded"


async def test_a_missing_status_is_told_and_the_printer_offline(
    watched: Watched,
) -> None:
    watched.hass.states.async_remove(STATUS)
    await watched.pass_time(590, step=10)
    assert issues(watched) == set()
    assert watched.printer.status is None
    await watched.pass_time(60, step=10)
    assert issues(watched) == {"agent_entity_missing"}
    watched.say("idle")
    await watched.pass_time(5)
    assert issues(watched) == set()
    assert watched.printer.status is not None


async def test_half_open_connections_and_blocked_upgrades_are_overcome(
    watched: Watched,
) -> None:
    await watched.print()
    watched.server.sockets.blocked = True
    await watched.remote.close(1001)
    await watched.pass_time(60, step=5)
    watched.server.sockets.blocked = False
    await watched.until(lambda: watched.remote.is_connected, within=200)
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]


async def test_nonsense_of_the_server_harms_nothing(watched: Watched) -> None:
    connection = watched.server.sockets.agents[0]
    for text in ("no JSON", "[]", '{"commands": [5]}', '{"remote_status": 5}'):
        connection.send(text)
    await watched.print()
    await watched.pass_time(5)
    assert watched.agent.connections == 1


async def test_a_reload_leaves_one_agent(watched: Watched) -> None:
    await watched.print()
    for _ in range(3):
        assert await watched.hass.config_entries.async_reload(watched.entry.entry_id)
        await watched.timelapse.settle()
        await watched.pass_time(3)
    assert len(watched.server.sockets.agents) == 1
    assert watched.outcomes == ["open"]


async def test_a_repair_of_an_account_that_is_gone_asks_nothing(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, REPAIRS, {})
    assert await async_setup_component(hass, "obico", {})
    ir.async_create_issue(
        hass,
        "obico",
        "printer_left_gone",
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key="agent_printer_left",
        data={"entry_id": "gone", "printer_id": 1, "printer": "Ender 3"},
    )
    http = await hass_client()
    started = await http.post(
        "/api/repairs/issues/fix",
        json={"handler": "obico", "issue_id": "printer_left_gone"},
    )
    form = await started.json()
    answered = await http.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await answered.json())["type"] == "create_entry"
