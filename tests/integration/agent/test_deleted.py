"""Subentries that are deleted while nobody can end their prints."""

import pytest

from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState

from .support import SUBENTRY_ID, Watched
from .test_commands import issues
from .test_flow import Flow


def delete(watched: Watched) -> None:
    watched.hass.config_entries.async_remove_subentry(watched.entry, SUBENTRY_ID)


@pytest.mark.parametrize("is_printing", [True, False])
async def test_what_is_deleted_while_the_account_is_disabled_is_left_once_it_is_set_up(
    watched: Watched, is_printing: bool
) -> None:
    if is_printing:
        await watched.print()
    await watched.hass.config_entries.async_set_disabled_by(
        watched.entry.entry_id, ConfigEntryDisabler.USER
    )
    await watched.timelapse.settle()
    delete(watched)
    await watched.pass_time(60, step=10)
    assert issues(watched) == set()
    assert watched.outcomes == ["open"] * is_printing
    await watched.hass.config_entries.async_set_disabled_by(
        watched.entry.entry_id, None
    )
    await watched.until(lambda: issues(watched))
    assert issues(watched) == {"agent_printer_left"}
    assert watched.outcomes == ["cancelled"] * is_printing
    await watched.until(lambda: not watched.remote.is_connected)
    # It is asked once.
    watched.hass.data["issue_registry"].async_delete(
        "obico", next(iter(watched.hass.data["issue_registry"].issues))[1]
    )
    await watched.stop()
    await watched.start()
    await watched.pass_time(60, step=10)
    assert issues(watched) == set()
    assert not watched.remote.is_connected


async def test_what_is_deleted_while_the_server_is_away_at_the_start_is_left_later(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.stop()
    await watched.server.refuse_connections()
    await watched.hass.config_entries.async_setup(watched.entry.entry_id)
    assert watched.entry.state is ConfigEntryState.SETUP_RETRY
    delete(watched)
    await watched.pass_time(30, step=10)
    assert issues(watched) == set()
    await watched.server.accept_connections()
    await watched.until(lambda: issues(watched), within=400)
    assert watched.outcomes == ["cancelled"]
    assert watched.events == ["STARTED", "ENDED"]


async def test_an_end_that_the_server_did_not_get_is_sent_after_the_next_start(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.server.refuse_connections()
    delete(watched)
    await watched.until(lambda: issues(watched))
    assert watched.outcomes == ["open"]
    await watched.server.accept_connections()
    await watched.pass_time(300, step=10)
    await watched.stop()
    await watched.start()
    await watched.until(lambda: watched.outcomes == ["cancelled"])
    await watched.until(lambda: not watched.remote.is_connected)


async def test_an_account_that_is_unloaded_meanwhile_ends_the_print_the_next_time(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.stop()
    delete(watched)
    # Nothing of the agent gets through, but the account is set up.
    fault = watched.server.faults.html("/ws/dev/", 502)
    await watched.start()
    await watched.pass_time(5)
    await watched.stop()
    assert watched.outcomes == ["open"]
    fault.remove()
    await watched.start()
    await watched.until(lambda: watched.outcomes == ["cancelled"])
    assert issues(watched) == {"agent_printer_left"}


async def test_a_printer_that_is_gone_from_the_account_is_not_asked_about(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.stop()
    delete(watched)
    watched.printer.archive()
    await watched.start()
    await watched.pass_time(60, step=10)
    assert issues(watched) == set()


async def test_a_printer_that_was_left_can_be_watched_again(watched: Watched) -> None:
    delete(watched)
    await watched.until(lambda: issues(watched))
    await watched.until(lambda: not watched.remote.is_connected)
    await watched.pass_time(310, step=10)
    flow = Flow(watched)
    await flow.start()
    await flow.take("other")
    await flow.answer(name="P1S", status="sensor.p1s_print_status")
    await flow.accept()
    await flow.answer(printer=str(watched.printer.id), name="P1S")
    assert flow.result["type"] == "create_entry"
    await watched.connected()
    # The question has its answer.
    assert issues(watched) == set()
