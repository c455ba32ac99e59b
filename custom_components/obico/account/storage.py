"""Store what an account must remember beyond a restart."""

from collections.abc import Iterable
import logging
from typing import Any, Final, Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..printer.stored_data import StoredData

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
# What can be learned again from the server may be written a little later.
_SAVE_DELAY_SECONDS: Final = 5.0


class StoredPart(Protocol):
    """A part of an account that lasts beyond a restart, in keys of its own."""

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers of which anything is remembered."""

    def forget(self, printer_id: int) -> None:
        """Forget a printer that was deleted."""

    def restore(self, stored: StoredData) -> None:
        """Take up what was stored; keys may be missing in a file of an earlier version."""

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""


class AccountStorage:
    """The file of one config entry, written as a whole."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, parts: Iterable[StoredPart] = ()
    ) -> None:
        """Name the file and what is in it; nothing is read yet."""
        self._store = Store[dict[str, Any]](
            hass, _VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        # A copy of what could not be read, for whoever wants to rescue it.
        self._set_aside = Store[dict[str, Any]](
            hass, _VERSION, f"{DOMAIN}.{entry_id}.unreadable", private=True
        )
        self._parts = tuple(parts)
        self._is_closed = False
        # What is on the disk, as far as this object wrote or read it.
        self._written: dict[str, Any] | None = None

    async def async_load(self) -> None:
        """Restore the parts; where anything cannot be read, a copy of all is set aside."""
        if (stored := await self._store.async_load()) is None:
            return
        data = StoredData(stored)
        for part in self._parts:
            part.restore(data)
        if data.has_unreadable:
            _LOGGER.warning(
                "Some of what was stored of the account cannot be read and starts anew; a copy is kept in %s",
                self._set_aside.path,
            )
            await self._set_aside.async_save(stored)
        else:
            self._written = stored

    @property
    def printers(self) -> set[int]:
        """Return the ids of the printers of which anything is remembered."""
        return {printer_id for part in self._parts for printer_id in part.printers}

    @callback
    def async_forget(self, printer_id: int) -> None:
        """Forget a printer that was deleted."""
        for part in self._parts:
            part.forget(printer_id)
        self.async_save_soon()

    async def async_save(self) -> None:
        """Write everything that is new, and return when it is on the disk."""
        stored = self._as_stored()
        if stored != self._written:
            await self._store.async_save(stored)
            self._written = stored

    @callback
    def async_save_soon(self) -> None:
        """Write everything in some seconds."""
        if not self._is_closed:
            self._store.async_delay_save(self._take_to_write, _SAVE_DELAY_SECONDS)

    async def async_close(self) -> None:
        """Write everything for the last time: after a reload, another object writes the file."""
        self._is_closed = True
        await self.async_save()

    def _take_to_write(self) -> dict[str, Any]:
        self._written = self._as_stored()
        return self._written

    def _as_stored(self) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        for part in self._parts:
            stored |= part.as_stored()
        return stored

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
        await self._set_aside.async_remove()
