"""What an account must remember beyond a restart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NotRequired, TypedDict

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..printer.heaters import Heaters, StoredHeater

_VERSION: Final = 1
_SAVE_DELAY: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturedEvent:
    """An event that has a picture; the picture's address would expire, the id stays."""

    id: int
    created_at: datetime | None


class _StoredPicturedEvent(TypedDict):
    id: int
    created_at: str | None


class _Stored(TypedDict):
    event_mark: int | None
    pictured_events: dict[str, dict[str, _StoredPicturedEvent]]
    heaters: dict[str, list[StoredHeater]]
    # What came later may be missing in a file of an earlier version.
    attention: NotRequired[list[int]]
    latest_event: NotRequired[str | None]


class AccountStorage:
    """The memory of one config entry.

    `event_mark` is the highest event id that was dealt with, None before the first
    sight of the account, and `latest_event` the latest moment of any. `pictured_events` are by printer id and kind of picture.
    `attention` are the ids of printers that wait for their user.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._store = Store[_Stored](
            hass, _VERSION, f"{DOMAIN}.{entry_id}", private=True, atomic_writes=True
        )
        self._is_closed = False
        self.event_mark: int | None = None
        self.latest_event: datetime | None = None
        self.pictured_events: dict[int, dict[str, PicturedEvent]] = {}
        self.heaters = Heaters()
        self.attention: set[int] = set()

    async def async_load(self) -> None:
        """Read what was stored."""
        if (stored := await self._store.async_load()) is None:
            return
        self.event_mark = stored["event_mark"]
        self.latest_event = dt_util.parse_datetime(stored.get("latest_event") or "")
        self.pictured_events = {
            int(printer_id): {
                kind: PicturedEvent(
                    id=event["id"],
                    created_at=dt_util.parse_datetime(event["created_at"] or ""),
                )
                for kind, event in events.items()
            }
            for printer_id, events in stored["pictured_events"].items()
        }
        self.heaters = Heaters(stored["heaters"])
        self.attention = set(stored.get("attention", ()))

    @property
    def printers(self) -> set[int]:
        """Return the ids of the printers of which anything is remembered."""
        return {*self.pictured_events, *self.heaters.printers, *self.attention}

    @callback
    def async_forget(self, printer_id: int) -> None:
        """Forget the heaters and the pictures of a printer."""
        self.heaters.forget(printer_id)
        self.pictured_events.pop(printer_id, None)
        self.async_save_soon()

    async def async_save(self) -> None:
        """Write everything, and return when it is on the disk."""
        await self._store.async_save(self._as_stored())

    @callback
    def async_save_soon(self) -> None:
        """Write everything in a moment: what can be learned again may wait."""
        if not self._is_closed:
            self._store.async_delay_save(self._as_stored, _SAVE_DELAY)

    async def async_close(self) -> None:
        """Write everything for the last time: after a reload, others write to the file."""
        self._is_closed = True
        await self.async_save()

    def _as_stored(self) -> _Stored:
        return {
            "event_mark": self.event_mark,
            "latest_event": self.latest_event.isoformat()
            if self.latest_event
            else None,
            "pictured_events": {
                str(printer_id): {
                    kind: {
                        "id": event.id,
                        "created_at": event.created_at.isoformat()
                        if event.created_at
                        else None,
                    }
                    for kind, event in events.items()
                }
                for printer_id, events in self.pictured_events.items()
            },
            "heaters": self.heaters.as_stored(),
            "attention": sorted(self.attention),
        }

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
