"""The event entity of printers."""

from collections.abc import Iterator
from functools import partial
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, Platform
from homeassistant.core import Context, callback

from .account.registry import entity_id_of, is_disabled
from .aioobico import Printer, PrinterEvent, plain_text
from .const import EVENT_ERROR_REPORTED
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .live.fired_event import (
    EVENT_SNAPSHOT,
    EVENT_TYPES,
    FAILURE_ALERTED,
    FAILURE_SNAPSHOT,
    PRINTER_ERROR,
    PRINTER_EVENT,
    FiredEvent,
)
from .printer.state_text import is_blank, name_text, shorten
from .prints.paths import event_picture_path

# Entities neither fetch nor send anything.
PARALLEL_UPDATES = 0

# In bytes as JSON. The recorder drops the attributes of a state when they take more than
# 16 kB together. These two limits leave room for the names.
_MAX_TEXT_BYTES: Final = 8000
_MAX_ADDRESS_BYTES: Final = 2000

# In bytes: about the length that a line of the logbook can show.
_MAX_REASON_BYTES: Final = 500

DESCRIPTION: Final = EventEntityDescription(
    key=PRINTER_EVENT,
    translation_key=PRINTER_EVENT,
    event_types=list(EVENT_TYPES),
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the event entities of a printer."""
    yield ObicoPrinterEvent(account, printer, DESCRIPTION)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


def _short_address(address: str | None) -> str | None:
    """Return an address, None where it is too long: a shortened address would not work."""
    if address is None or shorten(address, _MAX_ADDRESS_BYTES) != address:
        return None
    return address


def _is_error(event: PrinterEvent) -> bool:
    """Return whether an event is an error, not only a warning."""
    return (event.event_class or "").lower() == "error"


def _reason_of(event: PrinterEvent) -> str | None:
    """Return the reason that an error or a warning gives, None where it gives none.

    A warning has its reason in the title and advice in the text; an error has its reason in
    the text.
    """
    title, details = event.title, plain_text(event.text) if event.text else None
    told = (details, title) if _is_error(event) else (title, details)
    reason = next((each for each in told if each and not is_blank(each)), None)
    return reason and shorten(" ".join(reason.split()), _MAX_REASON_BYTES)


class ObicoPrinterEvent(ObicoPrinterEntity, EventEntity):
    """Fires the events that the server records about a printer."""

    entity_description: EventEntityDescription
    # Events are fetched by themselves, also while polls fail.
    _works_by_push = True

    @override
    def _update_available(self) -> bool:
        """Return True, because the last event stays valid while nothing can be reached."""
        super()._update_available()
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the printer's events once this entity can write states."""
        await super().async_added_to_hass()
        # Not before the first state is written: of the events that waited for this entity,
        # only the last one would become a state.
        self.async_on_remove(self.hass.loop.call_soon(self._async_listen).cancel)

    @callback
    def _async_listen(self) -> None:
        self.async_on_remove(
            self.account.events.async_listen(self.printer.id, self._handle_event)
        )

    @override
    def _read(self) -> None:
        """Read nothing, as only events change the state."""

    @callback
    def _handle_event(self, fired: FiredEvent) -> None:
        """Fire one event, and write one state for it."""
        event = fired.event
        attributes = {
            "event_id": event.id,
            "event_class": name_text(event.event_class.lower())
            if event.event_class
            else None,
            "title": name_text(event.title),
            "text": shorten(plain_text(event.text), _MAX_TEXT_BYTES)
            if event.text
            else None,
            "image": self._image_entity_id(fired),
            "picture": None
            if event.image_url is None
            else event_picture_path(self.account.entry.entry_id, event.id),
            "info_url": _short_address(event.info_url),
            "created_at": event.created_at.isoformat() if event.created_at else None,
            "print_id": event.print_id,
            "file": name_text(fired.file),
            "outcome": fired.outcome,
        }
        # Each event is a cause of its own for what automations do.
        context = Context()
        self.async_set_context(context)
        if fired.type == PRINTER_ERROR and (reason := _reason_of(event)) is not None:
            self._fire_reason(reason, context, is_error=_is_error(event))
        self._trigger_event(fired.type, attributes)
        self.async_write_ha_state()

    def _fire_reason(self, reason: str, context: Context, *, is_error: bool) -> None:
        """Fire the event with which the logbook tells the reason of an error.

        The line that Home Assistant has for each event says which it was, and no more.
        """
        device = self.device_entry
        self.hass.bus.async_fire(
            EVENT_ERROR_REPORTED,
            {
                ATTR_DEVICE_ID: device.id if device else None,
                ATTR_ENTITY_ID: self.entity_id,
                "is_error": is_error,
                "reason": reason,
            },
            context=context,
        )

    def _image_entity_id(self, fired: FiredEvent) -> str | None:
        """Return the id of the image entity that shows the event's picture, if it is enabled.

        The server's address of the picture is signed, so it must not be in an attribute.
        """
        if fired.event.image_url is None:
            return None
        key = FAILURE_SNAPSHOT if fired.type == FAILURE_ALERTED else EVENT_SNAPSHOT
        where = (self.account.account_id, self.printer.id, Platform.IMAGE, key)
        if is_disabled(self.hass, *where):
            return None
        return entity_id_of(self.hass, *where)
