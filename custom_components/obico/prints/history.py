"""The latest ended print of each printer, from the account's print history.

It is looked up only when it can have changed: at the start, when a printer's current print
is another one or over, and when an event tells of an end that no poll has seen coming.
"""

import asyncio
from collections.abc import Mapping
import logging
from typing import Final

from ..aioobico import Listing, ObicoClient, ObicoError, Print, Printer

_LOGGER = logging.getLogger(__name__)

# One page serves the printers of most accounts after a start.
_FIRST_PAGE: Final = 50
# The newest may still be going on.
_PRINTER_PAGE: Final = 2
# A farm's rarely used printers are looked up over several polls.
_LOOKUPS_A_POLL: Final = 5


class PrintHistory:
    """Looks into the history only when a printer's latest ended print can have changed."""

    def __init__(self, client: ObicoClient) -> None:
        """Start with nothing known."""
        self._client = client
        # A poll and the end of a print may ask at the same time.
        self._turn = asyncio.Lock()
        self._last_prints: dict[int, Print] = {}
        self._jobs: dict[int, int | None] = {}
        self._wanted: set[int] = set()

    def expect_end(self, printer_id: int) -> None:
        """Look a printer up with the next poll: a print ended that no poll has seen going on."""
        self._wanted.add(printer_id)

    @property
    def last_prints(self) -> Mapping[int, Print]:
        """Return the latest ended print by printer id, as far as it is known now."""
        return dict(self._last_prints)

    def handle_print(self, job: Print) -> None:
        """Take up a print that was fetched for an event, if it is the latest that ended."""
        if job.ended_at is None or job.printer_id is None:
            return
        known = self._last_prints.get(job.printer_id)
        if known is None or known.id <= job.id:
            self._last_prints[job.printer_id] = job
            self._wanted.discard(job.printer_id)

    async def async_update(self, printers: Mapping[int, Printer]) -> None:
        """Look up what may have changed; what cannot be fetched is left for the next poll."""
        async with self._turn:
            await self._async_update(printers)

    async def _async_update(self, printers: Mapping[int, Printer]) -> None:
        for printer in printers.values():
            job = printer.current_print.id if printer.current_print else None
            if printer.id not in self._jobs or self._jobs[printer.id] not in (
                job,
                None,
            ):
                self._wanted.add(printer.id)
            self._jobs[printer.id] = job
        for printer_id in self._jobs.keys() - printers.keys():
            del self._jobs[printer_id]
            self._last_prints.pop(printer_id, None)
        self._wanted &= printers.keys()
        if self._wanted:
            try:
                await self._async_look_up()
            except ObicoError as err:
                _LOGGER.debug("Looking for the last prints again later: %s", err)

    async def _async_look_up(self) -> None:
        if len(self._wanted) > 1:
            page = await self._client.get_prints(limit=_FIRST_PAGE)
            self._take(page)
            if len(page.items) + page.rejected < _FIRST_PAGE:
                # That was all there is: the others never printed.
                self._wanted.clear()
        for printer_id in sorted(self._wanted)[:_LOOKUPS_A_POLL]:
            self._take(
                await self._client.get_prints(
                    limit=_PRINTER_PAGE, printer_ids=(printer_id,)
                )
            )
            # It may never have printed at all.
            self._wanted.discard(printer_id)

    def _take(self, prints: Listing[Print]) -> None:
        """Take up the newest print of each printer that is looked for; newest come first."""
        for job in prints.items:
            if job.ended_at is not None and job.printer_id in self._wanted:
                self.handle_print(job)
                self._wanted.discard(job.printer_id)
