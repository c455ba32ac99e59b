"""Carry out commands: check, send, take up the answer, and wait for the effect.

Buttons, switches, numbers, actions and voice all go through the runner of their account.
It orders requests for one printer by itself, so all platforms have PARALLEL_UPDATES = 0:
Home Assistant's own limit would hold for all printers of an account, one of whose agents
may be silent, and for one platform only.

Whatever cancels later than it was asked (voice, the card's dialog, a button of a
notification) names the print by its id, because the server cancels whatever is printed
when the command arrives.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Final, Protocol
from weakref import WeakValueDictionary

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError

from ..aioobico import (
    AgentKind,
    CommandResult,
    ObicoAgentSilentError,
    Printer,
    PrinterAgent,
    PrinterChanges,
    PrinterStatus,
)
from ..const import DOMAIN
from . import effects, preconditions
from .commands import CANCEL, CommandChannel, PrinterCommand
from .optimistic import DEFAULT_SECONDS, Change
from .temperatures import with_targets

# Seconds. A printer may first finish its move before it pauses.
_EFFECT_SECONDS: Final = 20.0
# How often the server is asked meanwhile, where no push brings the effect.
_EFFECT_POLLS: Final = 5
# Seconds; longer than the time between two reports of an idle agent.
_REPORT_SECONDS: Final = 60.0

# Keys of what is no command but must be sent in turn, too.
_MUTE_ALERTS: Final = "mute_alerts"
SETTINGS: Final = "settings"


class PrinterStore(Protocol):
    """Where printers are known, and what is news of them is taken up."""

    def get_printer(self, printer_id: int) -> Printer | None:
        """Return a printer as it is now."""

    def async_merge_printer(self, printer: Printer) -> None:
        """Take up a printer from an answer."""

    def async_update_optimistically(
        self, printer: Printer, change: Change, *, seconds: float = DEFAULT_SECONDS
    ) -> None:
        """Take up an answer, and show the change until it is confirmed."""

    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: object = None
    ) -> CALLBACK_TYPE:
        """Listen to a printer."""

    def async_start_refresh(self) -> asyncio.Task[None]:
        """Poll in a task that no caller ends."""


class CommandRunner:
    """Carries out commands for the printers of one account.

    Requests that change the same of one printer wait for each other, as two at once could
    overtake each other on their way to the server. None waits for another printer, whose
    agent may be silent. What goes over a push connection needs no turn: it stays in order.
    """

    def __init__(
        self,
        store: PrinterStore,
        channel: CommandChannel,
        *,
        has_push: Callable[[int], bool],
        translated_errors: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Prepare.

        `has_push` tells whether the state of a printer comes by push. `translated_errors`
        returns a context that turns errors of the client into those shown to users.
        """
        self._store = store
        self._channel = channel
        self._has_push = has_push
        self._translated_errors = translated_errors
        self._turns: WeakValueDictionary[tuple[int | None, str], asyncio.Lock] = (
            WeakValueDictionary()
        )

    def in_turn(self, printer_id: int | None, key: str) -> asyncio.Lock:
        """Return the lock to hold while something is asked of a printer, or of the account."""
        return self._turns.setdefault((printer_id, key), asyncio.Lock())

    async def async_run(self, printer: Printer, command: PrinterCommand) -> None:
        """Send a command if it can work, and wait for its effect.

        Whoever asks for the same while it is carried out waits, and is then told that it
        is done already, unless the command is urgent. Raises ServiceValidationError where
        the command cannot work, HomeAssistantError where it fails or has no effect.
        """
        turn = self.in_turn(printer.id, command.key)
        async with nullcontext() if command.is_urgent else turn:
            await self._async_run(self._now(printer), command)

    async def _async_run(self, printer: Printer, command: PrinterCommand) -> None:
        preconditions.ensure(command.precondition_fn(printer))
        error = _no_effect
        with self._translated_errors():
            try:
                result = await command.send_fn(self._channel, printer)
            except ObicoAgentSilentError as err:
                if (
                    command.unanswered_fn is None
                    or preconditions.agent_kind(printer) is not AgentKind.KLIPPER
                ):
                    raise
                error = command.unanswered_fn
                if command.effect_fn is None:
                    raise error() from err
                result = None
        if result is not None:
            if result.printer is not None:
                self._store.async_merge_printer(result.printer)
            if not result.succeeded:
                raise _no_effect()
        if command.effect_fn is None or await self._async_wait_for(
            printer.id, command.effect_fn
        ):
            return
        if not effects.is_under_way(command.effect_fn, self._now(printer)):
            raise error()

    async def _async_wait_for(
        self, printer_id: int, effect_fn: Callable[[Printer], bool]
    ) -> bool:
        """Return whether an effect is seen in time; without push, polls look for it."""
        seen = asyncio.Event()

        @callback
        def look() -> None:
            printer = self._store.get_printer(printer_id)
            if printer is None or effect_fn(printer):
                seen.set()

        remove_listener = self._store.async_add_listener(look, printer_id)
        try:
            look()
            for _ in range(_EFFECT_POLLS):
                try:
                    async with asyncio.timeout(_EFFECT_SECONDS / _EFFECT_POLLS):
                        await seen.wait()
                except TimeoutError:
                    if not self._has_push(printer_id):
                        # Not awaited itself: the caller may be cancelled, such as a
                        # script that is stopped, and the poll is for all.
                        await asyncio.wait([self._store.async_start_refresh()])
                else:
                    return True
            return seen.is_set()
        finally:
            remove_listener()

    async def async_check_print(self, printer: Printer, print_id: int) -> Printer:
        """Return the printer as the server knows it now, if it still works on this print.

        Without push the snapshot may be as old as the last poll. Raises
        ServiceValidationError where the print is over, HomeAssistantError where the
        server cannot tell.
        """
        known = self._store.get_printer(printer.id)
        with self._translated_errors():
            fresh = await self._channel.client.get_printer(printer.id)
        # A push that came meanwhile is newer than the answer.
        if self._store.get_printer(printer.id) is known:
            self._store.async_merge_printer(fresh)
        for each in (fresh, self._store.get_printer(printer.id)):
            preconditions.ensure(preconditions.check_same_print(each, print_id))
        return fresh

    def cancel_only(self, print_id: int) -> PrinterCommand:
        """Return the command that cancels this print and no other.

        The server cancels whatever is printed when the command arrives, so the printer is
        read afresh right before it is sent.
        """

        async def send(channel: CommandChannel, printer: Printer) -> CommandResult:
            fresh = await self.async_check_print(printer, print_id)
            preconditions.ensure(preconditions.check_cancel(fresh))
            return await channel.client.cancel_print(printer.id)

        return replace(CANCEL, send_fn=send)

    async def async_update_settings(
        self, printer: Printer, changes: PrinterChanges
    ) -> None:
        """Change settings of a printer that the server keeps, and show them at once.

        Raises HomeAssistantError where that fails.
        """
        async with self.in_turn(printer.id, SETTINGS):
            with self._translated_errors():
                answer = await self._channel.client.update_printer(
                    printer.id, **changes
                )
            self._store.async_update_optimistically(
                answer, lambda printer: replace(printer, **changes)
            )

    async def async_mute_alerts(self, printer: Printer, *, muted: bool) -> None:
        """Mute or un-mute the alerts of the current print, and show it at once.

        Raises as `async_run` does.
        """
        async with self.in_turn(printer.id, _MUTE_ALERTS):
            await self._async_mute_alerts(self._now(printer), muted=muted)

    async def _async_mute_alerts(self, printer: Printer, *, muted: bool) -> None:
        preconditions.ensure(preconditions.check_muting(printer))
        with self._translated_errors():
            result = await self._channel.client.mute_alerts(printer.id, muted)
        job = result.printer.current_print if result.printer else None
        if not result.succeeded or (
            job is not None and (job.alert_muted_at is not None) is not muted
        ):
            raise _no_effect()
        if result.printer is None or job is None:
            # The next push or poll tells.
            return

        def change(printer: Printer) -> Printer:
            if printer.current_print is None or printer.current_print.id != job.id:
                return printer
            return replace(
                printer,
                current_print=replace(
                    printer.current_print, alert_muted_at=job.alert_muted_at
                ),
            )

        self._store.async_update_optimistically(result.printer, change)

    async def async_set_targets(
        self, printer: Printer, targets: Mapping[str, float]
    ) -> None:
        """Set heaters, in °C by name, and show it at once; the caller has checked the targets.

        All are sent at once, before anything that is asked for later: no heater stays hot
        because the agent is silent about another one, or about an earlier command. Raises
        ServiceValidationError where the machine cannot be reached, HomeAssistantError where
        a heater fails, with the others set all the same.
        """
        preconditions.ensure(preconditions.check_machine(printer))

        async def set_target(agent: PrinterAgent, heater: str, target: float) -> None:
            await agent.set_temperature(heater, target)
            # Not after all of them: whoever sets this heater next must be shown last.
            self.show_until_report(
                printer, lambda status: with_targets(status, {heater: target})
            )

        with self._translated_errors():
            agent = self._channel.agent_of(printer.id)
            outcomes = await asyncio.gather(
                *(
                    set_target(agent, heater, target)
                    for heater, target in targets.items()
                ),
                return_exceptions=True,
            )
            for error in filter(None, outcomes):
                raise error

    def show_until_report(
        self, printer: Printer, change: Callable[[PrinterStatus], PrinterStatus]
    ) -> None:
        """Show what was just set on the machine until the agent's next report."""
        now = self._now(printer)
        reported_at = now.status.timestamp if now.status else None

        def change_printer(printer: Printer) -> Printer:
            if printer.status is None or printer.status.timestamp != reported_at:
                return printer
            return replace(printer, status=change(printer.status))

        self._store.async_update_optimistically(
            now, change_printer, seconds=_REPORT_SECONDS
        )

    def _now(self, printer: Printer) -> Printer:
        """Return the printer as it is now, or as it was when it went."""
        return self._store.get_printer(printer.id) or printer


def _no_effect() -> HomeAssistantError:
    """Return the error for a command that was taken, and then nothing happened."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="no_effect")
