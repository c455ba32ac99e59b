"""The event entity of printers."""

from collections.abc import Iterator, Mapping
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID, Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .account.registry import entity_id_of
from .aioobico import Printer, plain_text
from .const import EVENT_FIRED
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .live.fired_event import (
    EVENT_SNAPSHOT,
    EVENT_TYPES,
    FAILURE_ALERTED,
    FAILURE_SNAPSHOT,
    PRINTER_EVENT,
    FiredEvent,
)
from .printer.state_text import name_text, shorten

# Nothing is fetched or sent.
PARALLEL_UPDATES = 0

# In bytes as JSON. The recorder drops all attributes of a state that are more than 16 kB,
# which leaves room for these two and some names.
_MAX_TEXT_BYTES: Final = 8000
_MAX_ADDRESS_BYTES: Final = 2000

# What a line of the activity is made of.
_IN_LOGBOOK: Final = ("event_class", "title", "text", "file", "outcome")

DESCRIPTION: Final = EventEntityDescription(
    key=PRINTER_EVENT,
    translation_key=PRINTER_EVENT,
    event_types=list(EVENT_TYPES),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the event entities of all printers."""

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        yield ObicoPrinterEvent(account, printer, DESCRIPTION)

    async_add_printer_entities(entry, async_add_entities, entities_of)


def _short_address(address: str | None) -> str | None:
    """Return an address unless it is too long for an attribute: a part of it leads nowhere."""
    if address is None or shorten(address, _MAX_ADDRESS_BYTES) != address:
        return None
    return address


class ObicoPrinterEvent(ObicoPrinterEntity, EventEntity):
    """Fires what the server records about a printer."""

    entity_description: EventEntityDescription
    # Events have requests of their own: one that is written as unavailable while polls fail
    # would be lost.
    _works_by_push = True

    @override
    def _take_up(self) -> bool:
        """Return True: an event that happened stays one, whatever is down."""
        super()._take_up()
        return True

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the printer's events, as soon as a state can be written."""
        await super().async_added_to_hass()
        # Not yet: of the events that waited, only the last would be seen.
        self.async_on_remove(self.hass.loop.call_soon(self._async_listen).cancel)

    @callback
    def _async_listen(self) -> None:
        self.async_on_remove(
            self.account.events.async_listen(self.printer.id, self._handle_event)
        )

    @override
    def _read(self) -> None:
        """Show nothing of the snapshot: only events make a state."""

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
            "info_url": _short_address(event.info_url),
            "created_at": event.created_at.isoformat() if event.created_at else None,
            "print_id": event.print_id,
            "file": name_text(fired.file),
            "outcome": fired.outcome,
        }
        self._tell_logbook(fired.type, attributes)
        self._trigger_event(fired.type, attributes)
        self.async_write_ha_state()

    def _tell_logbook(
        self, event_type: str, attributes: Mapping[str, str | int | None]
    ) -> None:
        """Fire what the activity shows, as the cause of the state and all that comes of it."""
        context = Context()
        self.async_set_context(context)
        device = self.device_entry
        self.hass.bus.async_fire(
            EVENT_FIRED,
            {
                ATTR_DEVICE_ID: device.id if device else None,
                ATTR_ENTITY_ID: self.entity_id,
                "type": event_type,
                **{name: attributes[name] for name in _IN_LOGBOOK},
            },
            context=context,
        )

    def _image_entity_id(self, fired: FiredEvent) -> str | None:
        """Return the image entity that holds the event's picture: addresses are signed."""
        if fired.event.image_url is None:
            return None
        key = FAILURE_SNAPSHOT if fired.type == FAILURE_ALERTED else EVENT_SNAPSHOT
        return entity_id_of(
            self.hass, self.account.account_id, self.printer.id, Platform.IMAGE, key
        )
