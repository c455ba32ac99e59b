"""Push connections where Home Assistant's connector has changed."""

import pytest

from dev import CUBE, Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.push.conftest import expected_lingering_timers, server, timelapse  # noqa: F401
from tests.integration.push.support import assert_nothing_left, follow, is_shown
from tests.timelapse import Timelapse, wait_until

from .support import Change, gone, nothing, other, warnings_of_ours

RESOLVE = "helpers.aiohttp_client.HomeAssistantTCPConnector.async_resolve_host"
CHANGES: dict[str, Change] = {
    "gone": gone(RESOLVE),
    "other": other(RESOLVE, nothing),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_without_the_resolver_printers_are_followed_by_push(
    hass: HomeAssistant,
    server: ObicoServer,  # noqa: F811
    account: Account,
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    change(monkeypatch)
    obico = await follow(hass, server, account, timelapse)
    assert await hass.config_entries.async_reload(obico.entry.entry_id)
    await wait_until(lambda: len(server.sockets) == 1)
    await timelapse.settle()
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))
    await assert_nothing_left(obico, timelapse)
    (line,) = warnings_of_ours(caplog)
    assert "does not resolve names for push connections" in line
