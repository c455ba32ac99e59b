"""The storage file of an account.

Each stored part removes the data of a printer when the server reports that the printer is
deleted.
"""

from collections.abc import Iterable
import logging
from typing import Any, Final, Protocol

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store

from ..const import DOMAIN
from ..printer.stored_data import StoredData

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
# Combines several changes into one write. A change that is lost in a crash comes again with
# the next data from the server.
_SAVE_DELAY_SECONDS: Final = 5.0


class StoredPart(Protocol):
    """A part of an account that is stored, under keys that no other part uses."""

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that the part has data of."""

    def forget(self, printer_id: int) -> None:
        """Remove the data of a deleted printer."""

    def restore(self, stored: StoredData) -> None:
        """Restore stored data; files of earlier versions may lack keys."""

    def as_stored(self) -> dict[str, object]:
        """Return the data to store, in the structure that `restore` expects."""


class AccountStorage:
    """The storage file of one config entry, which is always written as a whole."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, parts: Iterable[StoredPart] = ()
    ) -> None:
        """Initialize the storage of these parts without reading the file."""
        self._store = Store[dict[str, Any]](
            hass, _VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        # A copy of a file with parts that could not be restored, for manual recovery.
        self._unreadable_store = Store[dict[str, Any]](
            hass, _VERSION, f"{DOMAIN}.{entry_id}.unreadable", private=True
        )
        self._parts = tuple(parts)
        self._is_closed = False
        # The data that was last read or written, None before.
        self._saved: dict[str, Any] | None = None

    async def async_load(self) -> None:
        """Restore the parts.

        What cannot be read starts without data, and a copy of the file is kept.
        """
        if (stored := await self._store.async_load()) is None:
            return
        data = StoredData(stored)
        for part in self._parts:
            part.restore(data)
        if data.has_unreadable:
            _LOGGER.warning(
                "Some of what was stored of the account cannot be read and starts anew; a copy is kept in %s",
                self._unreadable_store.path,
            )
            await self._unreadable_store.async_save(stored)
        else:
            self._saved = stored

    @property
    def printers(self) -> set[int]:
        """Return the ids of the printers that any part has data of."""
        return {printer_id for part in self._parts for printer_id in part.printers}

    @callback
    def async_forget(self, printer_id: int) -> None:
        """Remove the data of a deleted printer."""
        for part in self._parts:
            part.forget(printer_id)
        self.async_save_soon()

    async def async_save(self) -> None:
        """Write the file now if the data has changed."""
        stored = self._as_stored()
        if stored != self._saved:
            await self._store.async_save(stored)
            self._saved = stored

    @callback
    def async_save_soon(self) -> None:
        """Write the file after a short delay."""
        if not self._is_closed:
            self._store.async_delay_save(self._data_to_save, _SAVE_DELAY_SECONDS)

    async def async_close(self) -> None:
        """Write the file for the last time, as another object writes it after a reload."""
        self._is_closed = True
        await self.async_save()

    def _data_to_save(self) -> dict[str, Any]:
        self._saved = self._as_stored()
        return self._saved

    def _as_stored(self) -> dict[str, Any]:
        stored: dict[str, Any] = {}
        for part in self._parts:
            stored |= part.as_stored()
        return stored

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
        await self._unreadable_store.async_remove()
