"""Find the entities and printers of triggers and conditions, and what templates get of them."""

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final, TypedDict

import probatio

from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..account.names import names_of_printers
from ..aioobico import Printer
from ..const import DOMAIN
from ..data import ObicoData, printer_of_device
from ..live.fired_event import PRINTER_EVENT
from ..printer.readings import file_of
from ..printer.state_text import name_text
from ..printer.status import error_text

_PRINTER_KEY: Final = f"{Platform.EVENT}.{PRINTER_EVENT}"


class PrinterVariables(TypedDict):
    """The variables of `trigger` in a template, besides those that Home Assistant sets."""

    device_id: str | None
    printer: str | None
    print_id: int | None
    file: str | None
    title: str | None
    text: str | None
    image: str | None
    outcome: str | None
    error: str | None
    entities: dict[str, str]


def entities_with_keys(
    hass: HomeAssistant,
    entity_ids: Iterable[str],
    keys: Container[str],
    target: Mapping[str, Any],
) -> set[str]:
    """Return those entities of a target that have one of these keys, as `sensor.progress`.

    A *Printer event* that the target names stands for its printer: the editor offers that
    one entity of each printer, whatever the key.
    """
    registry = er.async_get(hass)
    named = probatio.EnsureList()(target.get(ATTR_ENTITY_ID) or [])
    found: set[str] = set()
    for entity_id in entity_ids:
        entry = registry.async_get(entity_id)
        if entry is None or entry.platform != DOMAIN:
            continue
        if _key_of(entry) in keys:
            found.add(entity_id)
        elif _key_of(entry) == _PRINTER_KEY and entity_id in named and entry.device_id:
            found |= {
                other.entity_id
                for other in er.async_entries_for_device(registry, entry.device_id)
                if other.platform == DOMAIN and _key_of(other) in keys
            }
    return found


def _key_of(entry: er.RegistryEntry) -> str:
    """Return the domain and key of an entity, as `sensor.progress`."""
    return f"{entry.domain}.{entry.translation_key}"


def account_and_printer_of_entity(
    hass: HomeAssistant, entity_id: str
) -> tuple[ObicoData, Printer] | None:
    """Return the account and printer of an entity, None while the account is not set up."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.device_id is None:
        return None
    try:
        return printer_of_device(hass, entry.device_id)
    except ServiceValidationError:
        return None


def printer_of_entity(hass: HomeAssistant, entity_id: str) -> Printer | None:
    """Return the printer that an entity belongs to, while its account is set up."""
    found = account_and_printer_of_entity(hass, entity_id)
    return found[1] if found else None


def variables_of(hass: HomeAssistant, state: State) -> PrinterVariables:
    """Return the variables for the printer whose entity has a state.

    The print is that of the event where the state is an event's, else the current one. The
    error is the one that the printer has now.
    """
    entry = er.async_get(hass).async_get(state.entity_id)
    device_id = entry.device_id if entry else None
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    variables = PrinterVariables(
        device_id=device_id,
        printer=names_of_printers(hass).get(device_id or ""),
        print_id=None,
        file=None,
        title=None,
        text=None,
        image=None,
        outcome=None,
        error=None,
        entities=_entities_by_key(hass, device) if device else {},
    )
    printer = printer_of_entity(hass, state.entity_id)
    if printer is not None:
        variables["error"] = name_text(error_text(printer))
    if "event_id" in state.attributes:
        attributes = state.attributes
        variables["print_id"] = attributes.get("print_id")
        variables["file"] = attributes.get("file")
        variables["title"] = attributes.get("title")
        variables["text"] = attributes.get("text")
        variables["image"] = attributes.get("image")
        variables["outcome"] = attributes.get("outcome")
    elif printer is not None:
        job = printer.current_print
        variables["print_id"] = job.id if job else None
        variables["file"] = file_of(printer)
    return variables


def _entities_by_key(hass: HomeAssistant, device: dr.AnyDeviceEntry) -> dict[str, str]:
    """Return the ids of a device's entities by domain and key, as `button.pause`.

    Keys stay when entities are renamed. Agents name heaters as they like, so the entity
    of a heater that is the only one of its kind also has the key of its kind, as
    `sensor.bed_temperature`.
    """
    entries = [
        entry
        for entry in er.async_entries_for_device(er.async_get(hass), device.id)
        if entry.platform == DOMAIN
    ]
    found: dict[str, str] = {}
    kinds: dict[str, list[str]] = {}
    for _, identifier in device.identifiers:
        for entry in entries:
            key = entry.unique_id.removeprefix(f"{identifier}_")
            found[f"{entry.domain}.{key}"] = entry.entity_id
            kinds.setdefault(_key_of(entry), []).append(entry.entity_id)
    return {kind: ids[0] for kind, ids in kinds.items() if len(ids) == 1} | found
