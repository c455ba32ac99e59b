"""Run commands: check the precondition, send, store the answer, and wait for the effect.

Buttons, switches, numbers, actions and voice all use the runner of their account. It orders
the requests to each printer, so all platforms have PARALLEL_UPDATES = 0: Home Assistant's
own limit would apply to one platform of all printers, so that one agent that does not
answer would delay the others.

Commands that are sent some time after the user's request (voice, the card's dialog, a button
of a notification) contain the id of the print, because the server cancels the print that is
current when the command arrives.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Final, Protocol
from weakref import WeakValueDictionary

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.exceptions import HomeAssistantError

from ..aioobico import (
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
from .status import is_klipper
from .temperatures import with_targets

# Seconds until a command counts as without effect. Before a pause, a printer finishes the
# moves in its buffer.
_EFFECT_SECONDS: Final = 20.0
# Number of polls within _EFFECT_SECONDS, for a printer without a push connection.
_EFFECT_POLLS: Final = 5
# Seconds that a value is shown optimistically. An idle agent reports every 50 seconds.
_REPORT_SECONDS: Final = 60.0

# Keys of `in_turn` for requests that are not a `PrinterCommand`.
_MUTE_ALERTS: Final = "mute_alerts"
SETTINGS: Final = "settings"


class PrinterStore(Protocol):
    """The part of the coordinator that commands need."""

    def get_printer(self, printer_id: int) -> Printer | None:
        """Return the current printer, None where it is unknown."""

    def async_merge_printer(self, printer: Printer) -> None:
        """Store a printer from an answer."""

    def async_update_optimistically(
        self, printer: Printer, change: Change, *, seconds: float = DEFAULT_SECONDS
    ) -> None:
        """Store a printer from an answer, with a change that is shown until it is confirmed."""

    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: object = None
    ) -> CALLBACK_TYPE:
        """Add a listener to a context, and return the function that removes it."""

    def async_start_refresh(self) -> asyncio.Task[None]:
        """Poll in a task that is not cancelled with its callers."""


class CommandRunner:
    """Runs commands for the printers of one account.

    Requests that change the same value of one printer wait for each other, because they
    could reach the server in another order. They do not wait for other printers, whose
    agents may not answer. Messages over a push connection need no lock, as they stay in
    order.
    """

    def __init__(
        self,
        store: PrinterStore,
        channel: CommandChannel,
        *,
        has_push: Callable[[int], bool],
        translated_errors: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Initialize the runner.

        `has_push` returns whether a printer has a push connection. `translated_errors`
        returns a context manager that raises errors of the client as translated ones.
        """
        self._store = store
        self._channel = channel
        self._has_push = has_push
        self._translated_errors = translated_errors
        self._locks: WeakValueDictionary[tuple[int | None, str], asyncio.Lock] = (
            WeakValueDictionary()
        )

    def in_turn(self, printer_id: int | None, key: str) -> asyncio.Lock:
        """Return the lock for requests of a kind to a printer, or to the account for None."""
        return self._locks.setdefault((printer_id, key), asyncio.Lock())

    async def async_run(self, printer: Printer, command: PrinterCommand) -> None:
        """Send a command if it can work, and wait for its effect.

        A second call with the same command waits for the first one, and then fails in the
        precondition, unless the command is urgent. Raises ServiceValidationError where the
        precondition is not met, HomeAssistantError where the command fails or has no effect.
        """
        lock = self.in_turn(printer.id, command.key)
        async with nullcontext() if command.is_urgent else lock:
            await self._async_run(self._current(printer), command)

    async def _async_run(self, printer: Printer, command: PrinterCommand) -> None:
        preconditions.ensure(command.precondition_fn(printer))
        error = "no_effect"
        with self._translated_errors():
            try:
                result = await command.send_fn(self._channel, printer)
            except ObicoAgentSilentError as err:
                if command.unanswered_error is None or not is_klipper(printer):
                    raise
                error = command.unanswered_error
                if command.effect_fn is None:
                    raise _error(error) from err
                result = None
        if result is not None:
            if result.printer is not None:
                self._store.async_merge_printer(result.printer)
            if not result.succeeded:
                raise _error("no_effect")
        if command.effect_fn is None or await self.async_wait_for(
            printer.id, command.effect_fn
        ):
            return
        if not effects.is_under_way(command.effect_fn, self._current(printer)):
            raise _error(error)

    async def async_wait_for(
        self,
        printer_id: int,
        effect_fn: Callable[[Printer], bool],
        seconds: float = _EFFECT_SECONDS,
    ) -> bool:
        """Return whether an effect shows in time; without a push connection the printer is polled."""
        seen = asyncio.Event()

        @callback
        def check() -> None:
            printer = self._store.get_printer(printer_id)
            if printer is None or effect_fn(printer):
                seen.set()

        remove_listener = self._store.async_add_listener(check, printer_id)
        try:
            check()
            for _ in range(_EFFECT_POLLS):
                try:
                    async with asyncio.timeout(seconds / _EFFECT_POLLS):
                        await seen.wait()
                except TimeoutError:
                    if not self._has_push(printer_id):
                        # asyncio.wait() does not cancel the poll when the caller is
                        # cancelled, for example a script that is stopped.
                        await asyncio.wait([self._store.async_start_refresh()])
                else:
                    return True
            return seen.is_set()
        finally:
            remove_listener()

    async def async_check_print(
        self, printer: Printer, print_id: int | None
    ) -> Printer:
        """Request the printer from the server, and check that it still works on this print.

        Without a push connection the snapshot may be as old as the last poll. Raises
        ServiceValidationError where the print has ended, HomeAssistantError where the
        request fails.
        """
        known = self._store.get_printer(printer.id)
        with self._translated_errors():
            fresh = await self._channel.client.get_printer(printer.id)
        # A push during the request is newer than the answer.
        if self._store.get_printer(printer.id) is known:
            self._store.async_merge_printer(fresh)
        for each in (fresh, self._store.get_printer(printer.id)):
            preconditions.ensure(preconditions.check_same_print(each, print_id))
        return fresh

    def cancel_only(
        self,
        print_id: int | None,
        check: Callable[[Printer, int | None], Awaitable[Printer]] | None = None,
    ) -> PrinterCommand:
        """Return a command that cancels this print only.

        The server cancels the print that is current when the command arrives, so the printer
        is requested right before the command is sent: by `async_check_print`, or by a `check`
        that raises its own errors.
        """
        check = check or self.async_check_print

        async def send(
            channel: CommandChannel, printer: Printer
        ) -> CommandResult | None:
            fresh = await check(printer, print_id)
            preconditions.ensure(preconditions.check_cancel(fresh))
            return await CANCEL.send_fn(channel, fresh)

        return replace(CANCEL, send_fn=send)

    async def async_update_settings(
        self, printer: Printer, changes: PrinterChanges
    ) -> None:
        """Change settings that the server stores, and show them immediately.

        Raises HomeAssistantError where the request fails.
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
        """Mute or unmute the alerts of the current print, and show it immediately.

        Raises as `async_run` does.
        """
        async with self.in_turn(printer.id, _MUTE_ALERTS):
            await self._async_mute_alerts(self._current(printer), muted=muted)

    async def _async_mute_alerts(self, printer: Printer, *, muted: bool) -> None:
        preconditions.ensure(preconditions.check_muting(printer))
        with self._translated_errors():
            result = await self._channel.client.mute_alerts(printer.id, muted)
        job = result.printer.current_print if result.printer else None
        if not result.succeeded or (
            job is not None and (job.alert_muted_at is not None) is not muted
        ):
            raise _error("no_effect")
        if result.printer is None or job is None:
            # The answer does not have the print, so the next push or poll shows the change.
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
        """Set the targets of heaters, in °C by name, and show them immediately.

        The caller has checked the targets. All are sent concurrently, so that a heater is
        turned off even if the agent does not answer for another one. Raises
        ServiceValidationError where the machine cannot be reached, HomeAssistantError where
        a heater fails; the others are set nevertheless.
        """
        preconditions.ensure(preconditions.check_machine(printer))

        async def set_target(agent: PrinterAgent, heater: str, target: float) -> None:
            await agent.set_temperature(heater, target)
            # Not after all heaters are set: by then another call may have set this heater
            # again, and that newer target must stay.
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
        """Show a change of the status optimistically until the agent's next report."""
        now = self._current(printer)
        reported_at = now.status.timestamp if now.status else None

        def change_printer(printer: Printer) -> Printer:
            if printer.status is None or printer.status.timestamp != reported_at:
                return printer
            return replace(printer, status=change(printer.status))

        self._store.async_update_optimistically(
            now, change_printer, seconds=_REPORT_SECONDS
        )

    def _current(self, printer: Printer) -> Printer:
        """Return the current printer, or the given one where it is gone."""
        return self._store.get_printer(printer.id) or printer


def _error(translation_key: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=translation_key
    )
