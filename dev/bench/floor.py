"""The baseline of all comparisons: the same entities and devices, without an integration."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Final, cast

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from custom_components import obico
from custom_components.obico.const import DOMAIN
from custom_components.obico.data import ObicoConfigEntry
from custom_components.obico.entity import ObicoEntity, ObicoPrinterEntity
from custom_components.obico.printer.damping import Damping
from custom_components.obico.sensor import ObicoDampedSensor
from homeassistant.components.calendar import CalendarEntity
from homeassistant.components.image import ImageEntity
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_platform, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .home import entity_of, set_up, set_up_entry
from .remote import RemoteServer

_DOMAIN: Final = "obico_floor"
_COMPONENTS: Final = "homeassistant.components."

type _Setup = Callable[
    [HomeAssistant, ConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]
]


async def floor_of(hass: HomeAssistant, server: RemoteServer) -> Floor:
    """Return a floor with the entities of an account with one printer that prints."""
    account = await server.add_account(1, "captured")
    entry = await set_up(hass, account)
    templates = await templates_of(hass, entry)
    return Floor(hass, templates)


async def templates_of(
    hass: HomeAssistant, entry: ObicoConfigEntry
) -> dict[Platform, list[ObicoEntity]]:
    """Return all entities that the platforms create for one printer, including disabled ones."""
    templates: dict[Platform, list[ObicoEntity]] = {}
    loaded = {
        platform.domain: platform
        for platform in entity_platform.async_get_platforms(hass, DOMAIN)
    }
    for platform in obico.PLATFORMS:
        made: list[ObicoEntity] = []
        # Home Assistant sets it before it calls async_setup_entry.
        entity_platform.current_platform.set(loaded[platform])
        module = import_module(f"{obico.__name__}.{platform}")
        await module.async_setup_entry(hass, entry, made.extend)
        for entity in made:
            entity._update_available()
            if isinstance(entity, ObicoDampedSensor):
                # As when it is added; the first reading is shown at once.
                entity._damping = Damping(hass.loop, entity._band, lambda: None)
            entity._read()
        templates[platform] = made
    return templates


class _FloorFlow(ConfigFlow, domain=_DOMAIN):
    """The config flow that every config entry needs."""


class Floor:
    """An integration of bare entities, which are copies of those of a real account."""

    def __init__(
        self, hass: HomeAssistant, templates: Mapping[Platform, list[ObicoEntity]]
    ) -> None:
        """Register the integration."""
        self._hass = hass
        self._templates = templates
        integration = mock_integration(
            hass,
            MockModule(
                _DOMAIN,
                async_setup_entry=self._async_setup_entry,
                async_unload_entry=self._async_unload_entry,
            ),
            built_in=False,
            top_level_files={"translations"},
        )
        # The names need the same translations as those of the real entities.
        integration.file_path = Path(obico.__file__).parent
        mock_platform(hass, f"{_DOMAIN}.config_flow", SimpleNamespace(), built_in=False)
        for platform in templates:
            mock_platform(
                hass,
                f"{_DOMAIN}.{platform}",
                SimpleNamespace(async_setup_entry=self._setup_of(platform)),
                built_in=False,
            )

    def add_entry(self, printers: int) -> ConfigEntry:
        """Add a config entry of a number of printers, without setting it up."""
        entry = MockConfigEntry(domain=_DOMAIN, data={"printers": printers})
        entry.add_to_hass(self._hass)
        return cast("ConfigEntry", entry)

    def copy_of(
        self, entity: ObicoPrinterEntity, entry: ConfigEntry, number: int
    ) -> Entity:
        """Return the copy of an entity for one of the bare printers."""
        entity_id = er.async_get(self._hass).async_get_entity_id(
            entity.platform.domain,
            _DOMAIN,
            f"{_owner(entry, number)}_{_key_of(entity)}",
        )
        assert entity_id
        return entity_of(self._hass, entity_id)

    async def set_up(self, printers: int) -> ConfigEntry:
        """Set up a number of bare printers."""
        entry = self.add_entry(printers)
        await set_up_entry(self._hass, entry)
        return entry

    async def _async_setup_entry(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, self._templates)
        return True

    async def _async_unload_entry(
        self, hass: HomeAssistant, entry: ConfigEntry
    ) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, self._templates)

    def _setup_of(self, platform: Platform) -> _Setup:
        async def setup(
            hass: HomeAssistant,
            entry: ConfigEntry,
            async_add_entities: AddConfigEntryEntitiesCallback,
        ) -> None:
            async_add_entities(list(self._make(platform, entry)))

        return setup

    def _make(self, platform: Platform, entry: ConfigEntry) -> Iterator[Entity]:
        """Create the entities of the account, and of each of its printers."""
        of_printer: list[ObicoEntity] = []
        for template in self._templates[platform]:
            if isinstance(template, ObicoPrinterEntity):
                of_printer.append(template)
            else:
                device = _bare_device(template, entry.entry_id, "Obico")
                yield self._bare(template, entry.entry_id, device)
        for number in range(entry.data["printers"] if of_printer else 0):
            owner = _owner(entry, number)
            device = _bare_device(of_printer[0], owner, f"Printer {number}")
            for template in of_printer:
                yield self._bare(template, owner, device)

    def _bare(self, template: ObicoEntity, owner: str, device: DeviceInfo) -> Entity:
        """Create an entity with the constant state of another one."""
        bare_class = _bare_class(type(template))
        entity = (
            bare_class(self._hass)
            if issubclass(bare_class, ImageEntity)
            else bare_class()
        )
        for attribute, value in _attributes(vars(template)).items():
            setattr(entity, attribute, value)
        entity.entity_description = template.entity_description
        entity._attr_unique_id = f"{owner}_{_key_of(template)}"
        entity._attr_device_info = device
        return entity


def _bare_device(template: ObicoEntity, owner: str, name: str) -> DeviceInfo:
    """Return a device like that of an entity."""
    device = cast("DeviceInfo", dict(template.device_info or {}))
    device["identifiers"] = {(_DOMAIN, owner)}
    device["name"] = name
    device.pop("via_device_id", None)
    return device


def _owner(entry: ConfigEntry, number: int) -> str:
    """Return the identifier of one of an entry's bare printers."""
    return f"{entry.entry_id}_{number}"


def _key_of(entity: ObicoEntity) -> str:
    """Return the end of an entity's unique id, which says what it shows of any printer or account."""
    key = str(entity.unique_id).removeprefix(
        f"{entity.coordinator.config_entry.unique_id}_"
    )
    if isinstance(entity, ObicoPrinterEntity):
        key = key.removeprefix(f"{entity.printer.id}_")
    return key


@cache
def _bare_class(real: type[ObicoEntity]) -> type[Entity]:
    """Return the class of Home Assistant that one of ours extends, with its class attributes."""
    ours = [
        base for base in real.__mro__ if not base.__module__.startswith(_COMPONENTS)
    ]
    base = next(base for base in real.__mro__ if base not in ours)
    attributes: dict[str, object] = {"_attr_should_poll": False}
    if base is CalendarEntity:
        attributes["event"] = None
    for above in reversed(ours[: ours.index(ObicoEntity) + 1]):
        attributes |= _attributes(vars(above))
    return type(base)(f"Bare{base.__name__}", (base,), attributes)


def _attributes(names: Mapping[str, object]) -> dict[str, object]:
    """Return the `_attr_…` values of an entity; Home Assistant stores some as `__attr_…`."""
    return {
        name.replace("__attr_", "_attr_", 1): value
        for name, value in names.items()
        if name.startswith(("_attr_", "__attr_")) and not isinstance(value, property)
    }
