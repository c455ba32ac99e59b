"""Repairs: what the user should know of and can do something about."""

from collections.abc import Collection
from typing import Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..aioobico import (
    ObicoConnectionError,
    ObicoResponseError,
    Printer,
    parse_sent_url,
    picture_url,
)
from ..const import DOMAIN
from ..printer.snapshot import Poll
from ..printer.status import WatchState, has_unrecorded_print, watch_state

HOURS_USED_UP: Final = "detection_hours_used_up"
HOURS_LOW: Final = "detection_hours_low"
PICTURES_UNREACHABLE: Final = "pictures_unreachable"
SERVER_TOO_OLD: Final = "server_too_old"
PRINT_UNRECORDED: Final = "print_unrecorded"
_ALL: Final = (
    HOURS_USED_UP,
    HOURS_LOW,
    PICTURES_UNREACHABLE,
    SERVER_TOO_OLD,
    PRINT_UNRECORDED,
)

# Seconds. A record normally comes some seconds after the first report of a print.
_UNRECORDED_SECONDS: Final = 60.0

# One picture that cannot be fetched is a hiccup.
_PICTURES_FAILED: Final = 3
_SECONDS_AN_HOUR: Final = 3600


class AccountRepairs:
    """Raises and clears the repairs of one account."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, base_url: URL) -> None:
        """Start with none."""
        self._hass = hass
        self._entry = entry
        self._base_url = base_url
        self._is_stopped = False
        self._failed_pictures = 0
        # Since when each printer works on a print without a record (loop time).
        self._unrecorded_since: dict[int, float] = {}
        self._raised: set[str] = set()

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Check whether the hours of AI detection last for what is being printed."""
        balance = poll.snapshot.detection_hours
        printers = poll.snapshot.printers.values()
        used_up = any(
            printer.current_print is not None
            and watch_state(printer) is WatchState.NO_DETECTION_HOURS
            for printer in printers
        )
        self._set(HOURS_USED_UP, used_up)
        needed = sum(_hours_left(printer) for printer in printers)
        self._set(
            HOURS_LOW,
            not used_up and balance is not None and needed > balance,
            hours=f"{balance or 0.0:.1f}",
            needed=f"{needed:.1f}",
        )

        self._check_records(printers)

    @callback
    def handle_change(self, _before: Printer, now: Printer) -> None:
        """Take notice of when a print without a record was seen first."""
        if has_unrecorded_print(now):
            self._unrecorded_since.setdefault(now.id, self._hass.loop.time())
        else:
            self._unrecorded_since.pop(now.id, None)

    def _check_records(self, printers: Collection[Printer]) -> None:
        """Tell of prints that the server has no record of, and so does not watch."""
        for printer in printers:
            self.handle_change(printer, printer)
        for printer_id in self._unrecorded_since.keys() - {
            each.id for each in printers
        }:
            del self._unrecorded_since[printer_id]
        now = self._hass.loop.time()
        names = [
            printer.name or str(printer.id)
            for printer in printers
            if now - self._unrecorded_since.get(printer.id, now) >= _UNRECORDED_SECONDS
        ]
        self._set(PRINT_UNRECORDED, bool(names), printers=", ".join(names))

    @callback
    def async_note_picture(self, address: str, error: Exception | None) -> None:
        """Take notice of whether a picture could be fetched from its address."""
        if not isinstance(error, ObicoConnectionError | ObicoResponseError):
            # Gone is not unreachable.
            self._failed_pictures = 0
        else:
            self._failed_pictures += 1
        url = picture_url(address, self._base_url) or parse_sent_url(address)
        self._set(
            PICTURES_UNREACHABLE,
            self._failed_pictures >= _PICTURES_FAILED,
            host=(url and url.host) or "?",
        )

    @callback
    def async_note_events(self, are_supported: bool) -> None:
        """Take notice whether the server has a list of events at all."""
        self._set(SERVER_TOO_OLD, not are_supported)

    @callback
    def async_stop(self) -> None:
        """Clear all repairs, and raise none any more: answers may still be under way."""
        for key in _ALL:
            self._set(key, False)
        self._is_stopped = True

    def _set(self, key: str, is_raised: bool, **placeholders: str) -> None:
        if self._is_stopped:
            return
        issue_id = f"{key}_{self._entry.entry_id}"
        if not is_raised:
            if key in self._raised:
                self._raised.discard(key)
                ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        self._raised.add(key)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={
                "account": self._entry.title,
                "url": self._entry.data[CONF_URL],
                **placeholders,
            },
        )


def _hours_left(printer: Printer) -> float:
    """Return how many hours of detection a print is going to take."""
    if not printer.is_watching or printer.status is None:
        return 0.0
    progress = printer.status.progress
    left = progress.print_time_left if progress else None
    return max(left or 0.0, 0.0) / _SECONDS_AN_HOUR
