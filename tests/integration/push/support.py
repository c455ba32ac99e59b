"""What the tests of the push share."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
import json
from pathlib import Path
from typing import cast

from pytest_homeassistant_custom_component.common import get_scheduled_timer_handles

from custom_components.obico.aioobico import Printer as ParsedPrinter
from dev import Account, ObicoServer, Printer
from dev.server.serialize import printer_json
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.support import API, Json, Obico, config_entry, coordinator_of
from tests.timelapse import Timelapse, wait_until

_PROJECT = str(Path(__file__).parents[3])

PRINTERS = f"{API}printers/"
EVENTS = f"{API}printer_events/"
USER = f"{API}users/me/"

LOST = "A push connection to the Obico server is lost"
BACK = "The push connections to the Obico server are back"


async def follow(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    timelapse: Timelapse,
    **data: str | bool,
) -> Obico:
    """Set an account up, and wait until all its printers are followed by push."""
    entry = config_entry(server, account, **data)
    entry.add_to_hass(hass)
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await wait_until(lambda: len(server.sockets) == len(server.printers))
    await timelapse.settle()
    return obico


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """An account that is not set up in Home Assistant yet."""

    hass: HomeAssistant
    server: ObicoServer
    account: Account
    timelapse: Timelapse

    async def follow(self, **data: str | bool) -> Obico:
        """Set it up, and wait until all its printers are followed by push."""
        return await follow(
            self.hass, self.server, self.account, self.timelapse, **data
        )


async def assert_nothing_left(obico: Obico, timelapse: Timelapse) -> None:
    """Unload the account, unless it is, and look for what it left behind."""
    if obico.entry.state is ConfigEntryState.LOADED:
        assert await obico.hass.config_entries.async_unload(obico.entry.entry_id)
    await timelapse.settle()
    await wait_until(lambda: not obico_tasks(), "tasks are left")
    await wait_until(lambda: len(obico.server.sockets) == 0, "connections are left")
    assert not obico_timers()


def obico_tasks() -> list[str]:
    """Return the names of the integration's tasks that run."""
    return [
        task.get_name()
        for task in asyncio.all_tasks()
        if task.get_name().startswith("obico")
    ]


def obico_timers() -> list[str]:
    """Return the integration's timers that are set."""
    return [
        shown
        for handle in get_scheduled_timer_handles(asyncio.get_running_loop())
        # The folder of the project may be named after it, too.
        if not handle.cancelled()
        and "obico" in (shown := repr(handle).replace(_PROJECT, ""))
    ]


async def begin_poll(obico: Obico) -> tuple[asyncio.Event, asyncio.Task[None]]:
    """Begin a poll whose answer is composed now, but only sent once the event is set."""
    send = asyncio.Event()
    obico.server.faults.delay(PRINTERS, send, after=True, times=1)
    obico.server.requests.clear()
    poll = obico.hass.async_create_task(
        coordinator_of(obico.entry).async_request_refresh()
    )
    await wait_until(lambda: requests(obico)[PRINTERS] == 1)
    return send, poll


def push(obico: Obico, printer: Printer, **changes: object) -> None:
    """Send a printer's push with some fields changed, the server itself knowing nothing of it."""
    obico.server.sockets.send(
        printer.id, json.dumps(printer_json(printer) | dict(changes))
    )


def parse_printer(printer: Printer) -> ParsedPrinter:
    """Return a printer as a client understands it."""
    return ParsedPrinter.from_dict(json.loads(json.dumps(printer_json(printer))))


def status_of(printer: Printer) -> dict[str, Json]:
    """Return a copy of a printer's status."""
    return cast("dict[str, Json]", json.loads(json.dumps(printer.status)))


def requests(obico: Obico) -> Counter[str]:
    """Count the requests of the REST API since the log was cleared, by path."""
    return Counter(
        request.path
        for request in obico.server.requests
        if request.path.startswith(API)
    )


def connects(obico: Obico) -> int:
    """Count the push connections that were tried since the log was cleared."""
    return sum(request.path.startswith("/ws/") for request in obico.server.requests)


def is_shown(
    obico: Obico, printer: Printer, key: str, value: str
) -> Callable[[], bool]:
    """Return what tells whether an entity shows a value."""
    return lambda: obico.value(printer, key) == value
