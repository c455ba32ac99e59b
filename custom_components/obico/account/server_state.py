"""Whether the server of an account answers, since when, and the repair issue of a long outage.

An outage is kept outside of the account's runtime data, because Home Assistant sets up an
account again and again while its server does not answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..aioobico import ObicoAuthenticationError, ObicoError, ObicoRateLimitError
from ..const import DOMAIN

SERVER_UNREACHABLE: Final = "server_unreachable"
# Restarts and updates of a server take less.
_REPAIR_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Outage:
    """An outage of the server of a config entry, until it answers or the entry is unloaded."""

    since: datetime
    stop_following: CALLBACK_TYPE


_OUTAGES: Final[HassKey[dict[str, _Outage]]] = HassKey(f"{DOMAIN}_outages")


class ServerState:
    """Follows whether the server answers.

    `since` is when that last changed, None before the first answer or failure.
    """

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, handle_change: Callable[[], None]
    ) -> None:
        """Initialize; `handle_change` is called after each change."""
        self._hass = hass
        self._entry = entry
        self._handle_change = handle_change
        self._cancel_timer: CALLBACK_TYPE | None = None
        self.is_reachable: bool | None = None
        self.since: datetime | None = None

    @callback
    def handle_poll_result(self, error: ObicoError | None) -> None:
        """Handle the result of a poll; `error` is None where it brought the data.

        A server that refuses a credential, or asks to wait, can be reached. One that gives
        other answers that are of no use cannot.
        """
        is_reachable = error is None or isinstance(
            error, ObicoAuthenticationError | ObicoRateLimitError
        )
        if is_reachable is self.is_reachable:
            return
        self.is_reachable = is_reachable
        if is_reachable:
            self.async_stop()
            _end_outage(self._hass, self._entry)
            self.since = _now()
        else:
            self.since = _begin_outage(self._hass, self._entry).since
            self._schedule_repair(self.since + _REPAIR_AFTER - dt_util.utcnow())
        self._handle_change()

    @callback
    def async_stop(self) -> None:
        """Cancel the repair issue of an outage that has just begun."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    def _schedule_repair(self, delay: timedelta) -> None:
        if delay <= timedelta(0):
            _create_issue(self._hass, self._entry)
            return

        @callback
        def create_issue(_now: datetime) -> None:
            self._cancel_timer = None
            _create_issue(self._hass, self._entry)

        self._cancel_timer = async_call_later(self._hass, delay, create_issue)


def _now() -> datetime:
    return dt_util.utcnow().replace(microsecond=0)


def _begin_outage(hass: HomeAssistant, entry: ConfigEntry) -> _Outage:
    """Return the outage of an entry, which ends at the latest when the entry is unloaded."""
    outages = hass.data.setdefault(_OUTAGES, {})
    if (outage := outages.get(entry.entry_id)) is None:

        @callback
        def handle_entry(_change: ConfigEntryChange, changed: ConfigEntry) -> None:
            if changed is entry and entry.state is ConfigEntryState.NOT_LOADED:
                _end_outage(hass, entry)

        outage = outages[entry.entry_id] = _Outage(
            since=_now(),
            stop_following=async_dispatcher_connect(
                hass, SIGNAL_CONFIG_ENTRY_CHANGED, handle_entry
            ),
        )
    return outage


def _end_outage(hass: HomeAssistant, entry: ConfigEntry) -> None:
    outages = hass.data.get(_OUTAGES, {})
    if (outage := outages.pop(entry.entry_id, None)) is not None:
        outage.stop_following()
        ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))


def _issue_id(entry: ConfigEntry) -> str:
    return f"{SERVER_UNREACHABLE}_{entry.entry_id}"


def _create_issue(hass: HomeAssistant, entry: ConfigEntry) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=SERVER_UNREACHABLE,
        translation_placeholders={
            "account": entry.title,
            "url": entry.data[CONF_URL],
        },
    )
