"""The last ended print of each printer, from the account's print history.

It is requested only when it can have changed: at the start, when a printer's current print
has changed or ended, and after an event about the end of a print that no poll has shown.
"""

import asyncio
from collections.abc import Collection, Mapping
import logging
from typing import Final

from ..aioobico import Listing, ObicoClient, ObicoError, Print, Printer

_LOGGER = logging.getLogger(__name__)

# Number of prints: enough for all printers of most accounts after a start.
_FIRST_PAGE: Final = 50
# Number of prints: the newest one may not have ended yet.
_PRINTER_PAGE: Final = 2
# Limits the requests of one poll for accounts with many rarely used printers.
_LOOKUPS_A_POLL: Final = 5


class PrintHistory:
    """Keeps the last ended prints, and only requests those that may have changed."""

    def __init__(self, client: ObicoClient) -> None:
        """Initialize without prints."""
        self._client = client
        # A poll and the end of a print may update the prints at the same time.
        self._lock = asyncio.Lock()
        self._last_prints: dict[int, Print] = {}
        self._jobs: dict[int, int | None] = {}
        self._outdated: set[int] = set()

    def mark_outdated(self, printer_id: int) -> None:
        """Request the last print of a printer with the next poll.

        This is for prints that began and ended between two polls.
        """
        self._outdated.add(printer_id)

    @property
    def last_prints(self) -> Mapping[int, Print]:
        """Return the known last ended prints by printer id."""
        return dict(self._last_prints)

    def handle_print(self, job: Print) -> None:
        """Store a print if it is the last ended one of its printer."""
        if job.ended_at is None or job.printer_id is None:
            return
        known = self._last_prints.get(job.printer_id)
        if known is None or known.id <= job.id:
            self._last_prints[job.printer_id] = job
            self._outdated.discard(job.printer_id)

    def forget_prints(self, print_ids: Collection[int]) -> None:
        """Remove deleted prints, and request the last print of their printers anew."""
        for printer_id, job in tuple(self._last_prints.items()):
            if job.id in print_ids:
                del self._last_prints[printer_id]
                self._outdated.add(printer_id)

    async def async_update(self, printers: Mapping[int, Printer]) -> None:
        """Request the prints that may have changed; after an error, the next poll tries again."""
        async with self._lock:
            await self._async_update(printers)

    async def _async_update(self, printers: Mapping[int, Printer]) -> None:
        for printer in printers.values():
            job = printer.current_print.id if printer.current_print else None
            if printer.id not in self._jobs or self._jobs[printer.id] not in (
                job,
                None,
            ):
                self._outdated.add(printer.id)
            self._jobs[printer.id] = job
        for printer_id in self._jobs.keys() - printers.keys():
            del self._jobs[printer_id]
            self._last_prints.pop(printer_id, None)
        self._outdated &= printers.keys()
        if self._outdated:
            try:
                await self._async_look_up()
            except ObicoError as err:
                _LOGGER.debug("Looking for the last prints again later: %s", err)

    async def _async_look_up(self) -> None:
        if len(self._outdated) > 1:
            page = await self._client.get_prints(limit=_FIRST_PAGE)
            self._handle_page(page)
            if len(page.items) + page.rejected < _FIRST_PAGE:
                # The page has all prints of the account, so the other printers have none.
                self._outdated.clear()
        for printer_id in sorted(self._outdated)[:_LOOKUPS_A_POLL]:
            self._handle_page(
                await self._client.get_prints(
                    limit=_PRINTER_PAGE, printer_ids=(printer_id,)
                )
            )
            # Also for a printer without prints, which would be requested forever.
            self._outdated.discard(printer_id)

    def _handle_page(self, prints: Listing[Print]) -> None:
        """Store the newest print of each outdated printer from a page, newest first."""
        for job in prints.items:
            if job.ended_at is not None and job.printer_id in self._outdated:
                self.handle_print(job)
                self._outdated.discard(job.printer_id)
