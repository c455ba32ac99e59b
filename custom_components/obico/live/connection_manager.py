"""The push connections of an account, one for each of its printers."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
import logging
from typing import TYPE_CHECKING, Final

import aiohttp

from homeassistant.const import CONF_VERIFY_SSL
from homeassistant.core import callback
from homeassistant.helpers.event import async_track_time_interval

from ..account.session import async_create_socket_session
from ..aioobico import (
    AgentEvent,
    ObicoAgentSilentError,
    ObicoAuthenticationError,
    ObicoPushError,
    Printer,
    PrinterAgent,
    PrinterSocket,
    PushReader,
)
from ..const import CONF_LOW_BANDWIDTH, POLL_INTERVAL
from ..printer.status import AT_WORK, printer_status
from .connection import PrinterPush

if TYPE_CHECKING:
    from ..coordinator import ObicoCoordinator

_LOGGER = logging.getLogger(__name__)

# A viewer that says nothing stops counting after 20 minutes at the earliest.
_VIEW_INTERVAL: Final = timedelta(minutes=10)
# However many look at an idle printer, its agent is not asked more often.
_PICTURE_INTERVAL: Final = 10.0


class PrinterPushes:
    """Keeps a push connection to every printer that the account has."""

    def __init__(self, coordinator: ObicoCoordinator) -> None:
        """Prepare; `async_start` connects."""
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._pushes: dict[int, PrinterPush] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        self._is_down = False
        # As of the last time that one was made or lost.
        self._connected: set[int] = set()
        self._pictures_asked_at: dict[int, float] = {}
        # How many messages there were when the poll last saw something first.
        self._missed_after: dict[int, int] = {}

    @callback
    def async_start(self) -> None:
        """Connect to the account's printers."""
        self._session = async_create_socket_session(
            self._coordinator.hass, verify_ssl=self._entry.data[CONF_VERIFY_SSL]
        )
        self.async_follow(self._coordinator.data.printers.values())
        self._entry.async_on_unload(
            async_track_time_interval(
                self._coordinator.hass, self._handle_view_interval, _VIEW_INTERVAL
            )
        )

    async def async_stop(self) -> None:
        """Disconnect for good."""
        # First of all: a poll that ends meanwhile must not connect anew.
        session, self._session = self._session, None
        tasks = list(self._tasks.values())
        for printer_id in list(self._tasks):
            self._drop(printer_id)
        await asyncio.gather(*tasks, return_exceptions=True)
        if session is not None:
            await session.close()

    @callback
    def async_follow(self, printers: Iterable[Printer]) -> None:
        """Connect to new printers, and anew to those with a new token; leave those that are gone."""
        if self._session is None:
            return
        tokens = {
            printer.id: printer.auth_token
            for printer in printers
            if printer.auth_token is not None
        }
        for printer_id, push in list(self._pushes.items()):
            if tokens.get(printer_id) != push.auth_token:
                self._drop(printer_id)
        for printer_id in self._pictures_asked_at.keys() - tokens.keys():
            del self._pictures_asked_at[printer_id]
        for printer_id in tokens.keys() - self._pushes.keys():
            push = PrinterPush(
                self._session,
                self._coordinator.client.base_url,
                tokens[printer_id],
                self,
            )
            self._pushes[printer_id] = push
            self._tasks[printer_id] = self._entry.async_create_background_task(
                self._coordinator.hass, push.run(), f"obico push {printer_id}"
            )
        self._note_back()

    def _drop(self, printer_id: int) -> None:
        del self._pushes[printer_id]
        self._missed_after.pop(printer_id, None)
        self._tasks.pop(printer_id).cancel()

    @property
    def connected(self) -> int:
        """Return how many push connections there are."""
        return sum(push.is_connected for push in self._pushes.values())

    def statistics(self, printer_id: int) -> dict[str, str | int | bool | None] | None:
        """Return what became of a printer's push connection, None if there is none."""
        if (push := self._pushes.get(printer_id)) is None:
            return None
        return {
            "is_connected": push.is_connected,
            "connections": push.connections,
            "messages": push.messages,
            "last_error": push.last_error,
        }

    def is_connected(self, printer_id: int) -> bool:
        """Return whether changes of a printer come by push."""
        push = self._pushes.get(printer_id)
        return push is not None and push.is_connected

    def agent_of(self, printer_id: int) -> PrinterAgent:
        """Return a printer's agent, which can be reached while there is a push connection."""
        if (push := self._pushes.get(printer_id)) is None:
            raise ObicoPushError("There is no push connection")
        return push.agent

    @callback
    def async_retry(self) -> None:
        """Connect soon where the connection is lost: the server answers again."""
        for push in self._pushes.values():
            push.retry()

    @callback
    def async_note_missed(self, printer_id: int) -> None:
        """Replace a connection that brought nothing while the poll saw two changes.

        One may have come just ahead of its push.
        """
        push = self._pushes.get(printer_id)
        if push is None or not push.is_connected:
            return
        if self._missed_after.get(printer_id) != push.messages:
            self._missed_after[printer_id] = push.messages
            return
        del self._missed_after[printer_id]
        _LOGGER.debug("The push connection of printer %s is silent", printer_id)
        push.renew()

    @callback
    def async_view(self, printer: Printer) -> None:
        """Count as somebody who watches a print, so that its readings and pictures are fresh."""
        push = self._pushes.get(printer.id)
        if (
            push is not None
            and push.is_connected
            and not self._entry.options.get(CONF_LOW_BANDWIDTH, False)
            and printer_status(printer) in AT_WORK
        ):
            self._entry.async_create_background_task(
                self._coordinator.hass, push.keep_viewing(), "obico view"
            )

    @callback
    def _handle_view_interval(self, _now: datetime) -> None:
        for printer in self._coordinator.data.printers.values():
            self.async_view(printer)

    async def async_request_picture(self, printer: Printer, *, within: float) -> None:
        """Have an idle printer's agent send a picture, which it does for each new viewer.

        Raises ObicoError if none came in `within` seconds. One that was asked for just
        now is not asked for again.
        """
        if self._session is None or printer.auth_token is None:
            raise ObicoPushError("There are no push connections")
        now = self._coordinator.hass.loop.time()
        asked_at = self._pictures_asked_at.get(printer.id)
        if asked_at is not None and now - asked_at < _PICTURE_INTERVAL:
            return
        self._pictures_asked_at[printer.id] = now
        try:
            async with asyncio.timeout(within):
                socket = await PrinterSocket.open(
                    self._session,
                    self._coordinator.client.base_url,
                    printer.auth_token,
                    timeout=within,
                )
                try:
                    # The printer as it is, then again as its picture has come in.
                    await socket.receive()
                    push = PushReader().read(await socket.receive())
                finally:
                    await socket.close()
            if isinstance(push, Printer):
                self._coordinator.async_merge_printer(push)
        except TimeoutError:
            raise ObicoAgentSilentError("The agent sent no picture") from None
        except ObicoAuthenticationError as err:
            # It is the printer's token that is refused, not the user's.
            raise ObicoPushError(str(err)) from err

    def handle_push(self, push: Printer | AgentEvent) -> None:
        """Pass on what a connection brings."""
        if isinstance(push, Printer):
            self._coordinator.async_merge_printer(push)
        else:
            self._coordinator.events.async_expect_from_agent()

    def handle_connected(self, *, is_again: bool) -> None:
        """Fetch what was missed, and say once that all is well again."""
        if is_again:
            self._entry.async_create_background_task(
                self._coordinator.hass,
                self._coordinator.async_request_refresh(),
                "obico refresh after reconnect",
            )
        self._note_back()
        self._wake_while_polls_fail()

    def _wake_while_polls_fail(self) -> None:
        """Wake those that are there as long as there is push, where it came or went."""
        connected = {key for key, push in self._pushes.items() if push.is_connected}
        changed, self._connected = connected ^ self._connected, connected
        if not self._coordinator.last_update_success:
            for printer_id in changed:
                self._coordinator.async_wake_printer(printer_id)

    def _note_back(self) -> None:
        """Say once that all connections there should be are there again."""
        if self._is_down and all(push.is_connected for push in self._pushes.values()):
            self._is_down = False
            _LOGGER.info("The push connections to the Obico server are back")

    def handle_lost(self, *, is_refused: bool) -> None:
        """Say once that there is no push, and find out why a token is not taken."""
        self._wake_while_polls_fail()
        if not self._is_down:
            self._is_down = True
            _LOGGER.warning(
                "A push connection to the Obico server is lost; until it is back, updates come every %s seconds",
                int(POLL_INTERVAL.total_seconds()),
            )
        if is_refused:
            # The printer is gone or has a new token, or the account is locked out: the
            # poll tells which, and acts on it.
            self._entry.async_create_background_task(
                self._coordinator.hass,
                self._coordinator.async_request_refresh(),
                "obico refresh after refusal",
            )
