"""Answers that come when nobody waits for them any more."""

import asyncio

import pytest

from dev import Printer
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from tests.integration.push.support import PRINTERS
from tests.integration.support import Json, Obico
from tests.timelapse import Timelapse

from .support import Ledger


async def test_a_poll_that_ends_while_the_account_is_unloaded_writes_nothing(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    ledger: Ledger,
    hass_storage: dict[str, Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a reload others write to the file: an old mark would bring events back."""
    obico.server.add_event(printer, "PRINTER_ERROR")
    await timelapse.pass_until(lambda: ledger.fired, within=130)
    entries = obico.hass.config_entries
    unload_platforms = entries.async_unload_platforms
    answered = asyncio.Event()

    async def unload_late(entry: ConfigEntry, platforms: list[Platform]) -> bool:
        answered.set()
        await timelapse.settle()
        return await unload_platforms(entry, platforms)

    monkeypatch.setattr(entries, "async_unload_platforms", unload_late)
    # Its heaters are worth writing down.
    obico.account.add_printer("Voron", agent="klipper")
    obico.server.faults.delay(PRINTERS, answered)
    await timelapse.pass_time(70, step=10, patience=0.02)
    assert await entries.async_unload(obico.entry.entry_id)
    stored = hass_storage[f"obico.{obico.entry.entry_id}"]["data"]
    assert stored["event_mark"] == ledger.created[-1]
    stored["event_mark"] = 999
    await timelapse.pass_time(15)
    stored = hass_storage[f"obico.{obico.entry.entry_id}"]["data"]
    assert stored["event_mark"] == 999
