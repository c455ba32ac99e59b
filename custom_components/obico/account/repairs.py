"""Repair issues of an account."""

from collections.abc import Callable, Collection
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
from ..printer.status import WatchState, watch_state
from .names import name_in_obico, names_in_account
from .unwatched import Unwatched, find_unwatched

HOURS_USED_UP: Final = "detection_hours_used_up"
HOURS_LOW: Final = "detection_hours_low"
PICTURES_UNREACHABLE: Final = "pictures_unreachable"
SERVER_TOO_OLD: Final = "server_too_old"
PRINT_UNRECORDED: Final = "print_unrecorded"

# Number of consecutive pictures that cannot be fetched; single ones fail occasionally.
_FAILURES_UNTIL_REPAIR: Final = 3
# Number of polls that the server has answered meanwhile: of a server that is down, pictures
# fail, too, until a poll fails, and one that was down has answered one poll before a picture.
_POLLS_UNTIL_REPAIR: Final = 2


class AccountRepairs:
    """Creates and deletes the repair issues of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        base_url: URL,
        is_unrecorded: Callable[[Printer], bool],
    ) -> None:
        """Initialize without issues.

        `is_unrecorded` returns whether the server has no record of a printer's print.
        """
        self._is_unrecorded = is_unrecorded
        self._hass = hass
        self._entry = entry
        self._base_url = base_url
        self._is_stopped = False
        self._failed_pictures = 0
        self._polls_since_failure = 0
        self._raised: set[str] = set()
        self._unwatched: Unwatched | None = None

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Check the hours of AI detection for the current prints, and their records.

        It is called for polls that the server has answered.
        """
        if self._failed_pictures:
            self._polls_since_failure += 1
        balance = poll.snapshot.detection_hours
        printers = poll.snapshot.printers.values()
        used_up = any(
            printer.current_print is not None
            and watch_state(printer) is WatchState.NO_DETECTION_HOURS
            for printer in printers
        )
        self._set(HOURS_USED_UP, used_up)
        unwatched = (
            None
            if used_up or balance is None
            else find_unwatched(balance, printers, self._name_of)
        )
        if unwatched is not None and self._unwatched is not None:
            unwatched = unwatched.steadied(self._unwatched)
        self._unwatched = unwatched
        self._set(
            HOURS_LOW,
            unwatched is not None,
            hours=f"{balance or 0.0:.1f}",
            print=unwatched.print if unwatched else "",
            time=unwatched.time if unwatched else "",
        )

        self._check_records(printers)

    def _check_records(self, printers: Collection[Printer]) -> None:
        """Report prints that the server does not watch because it has no record of them."""
        names = [self._name_of(each) for each in printers if self._is_unrecorded(each)]
        self._set(PRINT_UNRECORDED, bool(names), printers=", ".join(names))

    def _name_of(self, printer: Printer) -> str:
        """Return what a printer is called, the name in Obico while it has no device."""
        names = names_in_account(self._hass, self._entry)
        return names.get(printer.id) or name_in_obico(
            self._hass, printer.id, printer.name
        )

    @callback
    def async_handle_picture(self, address: str, error: Exception | None) -> None:
        """Handle the result of fetching a picture; `error` is None if it was fetched."""
        if not isinstance(error, ObicoConnectionError | ObicoResponseError):
            # The host answered, even if the picture does not exist any more.
            self._failed_pictures = self._polls_since_failure = 0
        else:
            self._failed_pictures += 1
        url = picture_url(address, self._base_url) or parse_sent_url(address)
        self._set(
            PICTURES_UNREACHABLE,
            self._failed_pictures >= _FAILURES_UNTIL_REPAIR
            and self._polls_since_failure >= _POLLS_UNTIL_REPAIR,
            host=(url and url.host) or "?",
        )

    @callback
    def async_handle_event_support(self, are_supported: bool) -> None:
        """Handle whether the server supports the list of events."""
        self._set(SERVER_TOO_OLD, not are_supported)

    @callback
    def async_stop(self) -> None:
        """Delete all issues, and ignore results of requests that are still running."""
        for key in tuple(self._raised):
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
