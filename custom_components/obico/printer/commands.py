"""Carry out what users ask of printers, wherever they ask: a button, an action, a voice."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Final
from weakref import WeakValueDictionary

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from ..account.errors import translated_errors
from ..aioobico import (
    AgentKind,
    AlertVerdict,
    CommandResult,
    ObicoAgentSilentError,
    Printer,
    PrinterAgent,
    PrinterStatus,
)
from ..const import DOMAIN
from ..coordinator import ObicoCoordinator
from . import preconditions
from .temperatures import clamped, with_targets

# Longer than an idle agent keeps silent.
_REPORT_SECONDS: Final = 60.0
# An agent takes a picture within seconds, unless it has something better to do.
_PICTURE_SECONDS: Final = 15.0

_LOCKS: Final[
    HassKey[WeakValueDictionary[tuple[str, int | None, str], asyncio.Lock]]
] = HassKey(f"{DOMAIN}_command_locks")

# What is asked for last has to hold: two requests at once may overtake each other.
SETTINGS: Final = "settings"
_MUTING: Final = "muting"

# The key of all that moves the machine: of two such at once, the second is asked once the
# first is seen, and does not move what has begun to print.
MOVE: Final = "move"

type Send = Callable[[ObicoCoordinator, Printer], Awaitable[CommandResult | None]]


@dataclass(frozen=True, kw_only=True)
class PrinterCommand:
    """A command.

    `objection_fn` says what speaks against it now, `send_fn` sends it, and `is_done_fn`
    sees its effect, where there is one to see: an answer alone proves nothing. Klipper
    answers when it is done, so one that says nothing may be at it still, or come to it
    later: `unanswered_fn` says so, unless the effect is seen all the same.
    """

    key: str
    objection_fn: Callable[[Printer], str | None]
    send_fn: Send
    is_done_fn: Callable[[Printer], bool] | None = None
    unanswered_fn: Callable[[], HomeAssistantError] | None = None
    is_urgent: bool = False
    """Whether it is sent again although somebody waits for its answer already."""


async def _connect(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.agent_of(printer.id).connect_printer()


async def _emergency_stop(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.agent_of(printer.id).emergency_stop()


async def _refresh_snapshot(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.async_request_picture(printer, within=_PICTURE_SECONDS)


PAUSE: Final = PrinterCommand(
    key="pause",
    objection_fn=preconditions.against_pause,
    send_fn=lambda coordinator, printer: coordinator.client.pause_print(printer.id),
    is_done_fn=preconditions.is_paused,
)
RESUME: Final = PrinterCommand(
    key="resume",
    objection_fn=preconditions.against_resume,
    send_fn=lambda coordinator, printer: coordinator.client.resume_print(printer.id),
    is_done_fn=preconditions.is_resumed,
)
CANCEL: Final = PrinterCommand(
    key="cancel",
    objection_fn=preconditions.against_cancel,
    send_fn=lambda coordinator, printer: coordinator.client.cancel_print(printer.id),
    is_done_fn=preconditions.is_cancelled,
)
NOT_A_FAILURE: Final = PrinterCommand(
    key="not_a_failure",
    objection_fn=preconditions.against_answer,
    send_fn=lambda coordinator, printer: coordinator.client.acknowledge_alert(
        printer.id, AlertVerdict.NOT_FAILED
    ),
    is_done_fn=lambda printer: not printer.has_open_alert,
)
CONFIRM_FAILURE: Final = PrinterCommand(
    key="confirm_failure",
    objection_fn=preconditions.against_answer,
    send_fn=lambda coordinator, printer: coordinator.client.acknowledge_alert(
        printer.id, AlertVerdict.FAILED
    ),
    is_done_fn=lambda printer: not printer.has_open_alert,
)
REFRESH_SNAPSHOT: Final = PrinterCommand(
    key="refresh_snapshot",
    objection_fn=preconditions.against_agent,
    send_fn=_refresh_snapshot,
)
CONNECT: Final = PrinterCommand(
    key="connect",
    objection_fn=preconditions.against_connecting,
    send_fn=_connect,
    is_done_fn=preconditions.is_connecting,
)


async def async_check_print(
    coordinator: ObicoCoordinator, printer: Printer, print_id: int
) -> Printer:
    """Return the printer as the server knows it now, if it still works on this print.

    Without push the snapshot may be that of the last poll. Raises ServiceValidationError
    where the print is over, HomeAssistantError where nobody can say so.
    """
    known = coordinator.data.printers.get(printer.id)
    with translated_errors(coordinator.hass, coordinator.config_entry):
        fresh = await coordinator.client.get_printer(printer.id)
    # A push that came while it was read is newer, and not to be undone.
    if coordinator.data.printers.get(printer.id) is known:
        coordinator.async_merge_printer(fresh)
    now = coordinator.data.printers.get(printer.id)
    for each in (fresh, now):
        preconditions.ensure(preconditions.against_other_print(each, print_id))
    return fresh


def cancel_only(print_id: int) -> PrinterCommand:
    """Return the command that cancels this print, and no other: the server cancels any."""

    async def send(coordinator: ObicoCoordinator, printer: Printer) -> CommandResult:
        fresh = await async_check_print(coordinator, printer, print_id)
        preconditions.ensure(preconditions.against_cancel(fresh))
        return await coordinator.client.cancel_print(printer.id)

    return replace(CANCEL, send_fn=send)


EMERGENCY_STOP: Final = PrinterCommand(
    key="emergency_stop",
    objection_fn=preconditions.against_agent,
    send_fn=_emergency_stop,
    is_urgent=True,
)


def in_turn(
    coordinator: ObicoCoordinator, printer_id: int | None, key: str
) -> asyncio.Lock:
    """Return the lock to hold while something is asked of a printer, or of the account.

    Only those wait who ask for the same, and never for another printer: its agent may be
    silent for long. What goes over the push connection needs none: it stays in order.
    """
    locks = coordinator.hass.data.setdefault(_LOCKS, WeakValueDictionary())
    return locks.setdefault(
        (coordinator.config_entry.entry_id, printer_id, key), asyncio.Lock()
    )


async def async_run(
    coordinator: ObicoCoordinator, printer: Printer, command: PrinterCommand
) -> None:
    """Send a command if it can work, and wait until it did.

    Who asks for the same twice waits, and is then told that it is done already, unless
    it is urgent. Raises ServiceValidationError for what speaks against it,
    HomeAssistantError where it fails or has no effect.
    """
    turn = in_turn(coordinator, printer.id, command.key)
    async with nullcontext() if command.is_urgent else turn:
        await _async_run(
            coordinator, coordinator.data.printers.get(printer.id, printer), command
        )


async def _async_run(
    coordinator: ObicoCoordinator, printer: Printer, command: PrinterCommand
) -> None:
    preconditions.ensure(command.objection_fn(printer))
    missing = preconditions.no_effect
    with translated_errors(coordinator.hass, coordinator.config_entry):
        try:
            result = await command.send_fn(coordinator, printer)
        except ObicoAgentSilentError as err:
            if (
                command.unanswered_fn is None
                or preconditions.agent_kind(printer) is not AgentKind.KLIPPER
            ):
                raise
            missing = command.unanswered_fn
            if command.is_done_fn is None:
                raise missing() from err
            result = None
    if result is not None:
        if result.printer is not None:
            coordinator.async_merge_printer(result.printer)
        if not result.succeeded:
            raise preconditions.no_effect()
    if command.is_done_fn is None or await coordinator.async_wait_for(
        printer.id, command.is_done_fn
    ):
        return
    # It was watched until now: what was said too early has been taken back by now.
    if not preconditions.is_on_the_way(
        command.is_done_fn, coordinator.data.printers.get(printer.id, printer)
    ):
        raise missing()


async def async_mute_alerts(
    coordinator: ObicoCoordinator, printer: Printer, *, muted: bool
) -> None:
    """Mute or un-mute the alerts of the current print, and show it at once.

    Raises as async_run() does.
    """
    async with in_turn(coordinator, printer.id, _MUTING):
        await _async_mute_alerts(
            coordinator,
            coordinator.data.printers.get(printer.id, printer),
            muted=muted,
        )


async def _async_mute_alerts(
    coordinator: ObicoCoordinator, printer: Printer, *, muted: bool
) -> None:
    preconditions.ensure(preconditions.against_muting(printer))
    with translated_errors(coordinator.hass, coordinator.config_entry):
        result = await coordinator.client.mute_alerts(printer.id, muted)
    job = result.printer.current_print if result.printer else None
    if not result.succeeded or (
        job is not None and (job.alert_muted_at is not None) is not muted
    ):
        raise preconditions.no_effect()
    if result.printer is None or job is None:
        # The next push or poll tells.
        return

    def hold(printer: Printer) -> Printer:
        if printer.current_print is None or printer.current_print.id != job.id:
            return printer
        return replace(
            printer,
            current_print=replace(
                printer.current_print, alert_muted_at=job.alert_muted_at
            ),
        )

    coordinator.async_hold(result.printer, hold)


async def async_set_targets(
    coordinator: ObicoCoordinator, printer: Printer, targets: Mapping[str, float]
) -> None:
    """Set heaters, in °C clamped to what such a heater takes, and show it at once.

    All are sent at once, before anything that is asked for later: no heater stays hot
    because the agent is silent about another one, or about what came before. Raises
    ServiceValidationError where the machine cannot be reached, HomeAssistantError where
    a heater fails, with the others set all the same.
    """
    preconditions.ensure(preconditions.against_machine(printer))

    async def set_target(agent: PrinterAgent, heater: str, target: float) -> None:
        await agent.set_temperature(heater, target)
        # At once: whoever sets it next has the last word about what is shown, too.
        hold_until_report(
            coordinator, printer, lambda status: with_targets(status, {heater: target})
        )

    with translated_errors(coordinator.hass, coordinator.config_entry):
        agent = coordinator.pushes.agent_of(printer.id)
        outcomes = await asyncio.gather(
            *(
                set_target(agent, heater, clamped(heater, target))
                for heater, target in targets.items()
            ),
            return_exceptions=True,
        )
        for error in filter(None, outcomes):
            raise error


def hold_until_report(
    coordinator: ObicoCoordinator,
    printer: Printer,
    change: Callable[[PrinterStatus], PrinterStatus],
) -> None:
    """Show what was just set until the agent's next report."""
    now = coordinator.data.printers.get(printer.id, printer)
    reported_at = now.status.timestamp if now.status else None

    def hold(printer: Printer) -> Printer:
        if printer.status is None or printer.status.timestamp != reported_at:
            return printer
        return replace(printer, status=change(printer.status))

    coordinator.async_hold(now, hold, seconds=_REPORT_SECONDS)
