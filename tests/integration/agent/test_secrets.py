"""The token of the printer is in the data of the subentry, and nowhere else."""

from collections.abc import Generator
import json
import logging

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.obico.diagnostics import async_get_config_entry_diagnostics
from dev import ObicoServer
from homeassistant.const import MATCH_ALL
from homeassistant.core import Event, callback
from homeassistant.helpers import device_registry as dr, issue_registry as ir

from .support import Watched

MARK = "f00dcafe"
# What the server in the same process logs, and the test's own browser, is their affair.
NOT_OURS = ("aiohttp.", "dev.", "asyncio")


@pytest.fixture(autouse=True)
def _marked(server: ObicoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "new_printer_token", lambda: f"{MARK}0123456789ab")


@pytest.fixture
def events(watched: Watched) -> Generator[list[str]]:
    seen: list[str] = []

    @callback
    def note(event: Event) -> None:
        seen.append(repr(event.data))

    remove = watched.hass.bus.async_listen(MATCH_ALL, note)
    yield seen
    remove()


async def test_the_token_is_told_nobody(
    watched: Watched,
    events: list[str],
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    assert watched.printer.auth_token.startswith(MARK)
    await watched.print()
    watched.obeys = False
    watched.printer.pause_print()
    watched.camera.content = RuntimeError("broken")
    await watched.pass_time(90)
    watched.server.faults.html("/ws/dev/", 403, times=2)
    watched.server.faults.html("/api/v1/octo/*", 502, times=5)
    await watched.remote.close(1001)
    await watched.pass_time(60)
    await watched.server.refuse_connections()
    await watched.pass_time(60)
    await watched.server.accept_connections()
    await watched.pass_time(200, step=5)
    shown = await async_get_config_entry_diagnostics(watched.hass, watched.entry)
    agent = shown["printers"][0]["agent"]  # type: ignore[index,call-overload]
    assert agent["pictures_sent"]  # type: ignore[index,call-overload]
    watched.printer.archive()
    await watched.pass_time(60, step=5)
    told = [
        json.dumps(shown, default=str),
        *(
            record.getMessage()
            for record in caplog.records
            if not record.name.startswith(NOT_OURS)
        ),
        *events,
        *map(repr, ir.async_get(watched.hass).issues.values()),
        *(repr(state.as_dict()) for state in watched.hass.states.async_all()),
        *map(repr, dr.async_get(watched.hass).devices),
    ]
    assert len(told) > 100
    assert [text for text in told if MARK in text] == []
    await watched.stop()
    shown = await async_get_config_entry_diagnostics(watched.hass, watched.entry)
    assert MARK not in json.dumps(shown, default=str)


async def test_pictures_and_the_token_go_to_the_servers_origin_only(
    watched: Watched,
) -> None:
    fault = watched.server.faults.redirect(
        "/api/v1/octo/pic/", "https://elsewhere.example/pic/"
    )
    await watched.print()
    await watched.pass_time(30)
    # What is elsewhere is never asked: sockets of other hosts would fail the test.
    assert fault.hits > 1
    assert watched.remote.pictures == 0
