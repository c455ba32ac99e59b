"""The least that Home Assistant can do: the same entities and devices, with nothing behind them."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Final

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from custom_components import obico
from custom_components.obico.coordinator import ObicoConfigEntry
from custom_components.obico.entity import ObicoEntity, ObicoPrinterEntity
from homeassistant.components.image import ImageEntity
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .home import set_up
from .remote import RemoteServer

_DOMAIN: Final = "obico_floor"
_COMPONENTS: Final = "homeassistant.components."

type _Setup = Callable[
    [HomeAssistant, ConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]
]


async def floor_of(hass: HomeAssistant, server: RemoteServer) -> Floor:
    """Return a floor made after an account with one printer that prints."""
    account = await server.add_account(1, "captured")
    entry = await set_up(hass, account)
    templates = await templates_of(hass, entry)
    return Floor(hass, templates)


async def templates_of(
    hass: HomeAssistant, entry: ObicoConfigEntry
) -> dict[Platform, list[ObicoEntity]]:
    """Return the entities of an account with one printer, as its platforms make them, disabled ones too."""
    templates: dict[Platform, list[ObicoEntity]] = {}
    for platform in obico.PLATFORMS:
        made: list[ObicoEntity] = []
        module = import_module(f"{obico.__name__}.{platform}")
        await module.async_setup_entry(hass, entry, made.extend)
        for entity in made:
            entity._async_read()
        templates[platform] = made
    return templates


class _FloorFlow(ConfigFlow, domain=_DOMAIN):
    """What every config entry must have."""


class Floor:
    """An integration of bare entities, copies of those that a real account has."""

    def __init__(
        self, hass: HomeAssistant, templates: Mapping[Platform, list[ObicoEntity]]
    ) -> None:
        """Register the integration."""
        self._hass = hass
        self._templates = templates
        # By their key, those of the printer that was added last.
        self._entities: dict[str, Entity] = {}
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
        # Names are looked up and put together as those of the real entities.
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
        """Add a config entry of so many printers without setting it up."""
        entry = MockConfigEntry(domain=_DOMAIN, data={"printers": printers})
        entry.add_to_hass(self._hass)
        return entry

    def copy_of(self, entity: ObicoEntity) -> Entity:
        """Return the copy of an entity that shows the same of any printer."""
        return self._entities[key_of(entity)]

    async def _async_setup_entry(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, self._templates)
        return True

    async def _async_unload_entry(
        self, hass: HomeAssistant, entry: ConfigEntry
    ) -> bool:
        self._entities.clear()
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
        """Make the entities of the account, and of each of its printers."""
        of_printer: list[ObicoEntity] = []
        for template in self._templates[platform]:
            if isinstance(template, ObicoPrinterEntity):
                of_printer.append(template)
            else:
                yield self._bare(template, entry.entry_id, "Obico")
        for number in range(entry.data["printers"]):
            device: DeviceInfo | None = None
            for template in of_printer:
                entity = self._bare(
                    template, f"{entry.entry_id}_{number}", f"Printer {number}"
                )
                # One device for all of a printer's entities.
                device = entity._attr_device_info = device or entity._attr_device_info
                yield entity

    def _bare(self, template: ObicoEntity, owner: str, name: str) -> Entity:
        """Make an entity that shows the same as another, always."""
        bare_class = _bare_class(type(template))
        entity = (
            bare_class(self._hass)
            if issubclass(bare_class, ImageEntity)
            else bare_class()
        )
        for attribute, value in _attributes(vars(template)).items():
            setattr(entity, attribute, value)
        entity.entity_description = template.entity_description
        key = key_of(template)
        entity._attr_unique_id = f"{owner}_{key}"
        assert template.device_info
        device = template.device_info.copy()
        device["identifiers"] = {(_DOMAIN, owner)}
        device["name"] = name
        entity._attr_device_info = device
        self._entities[key] = entity
        return entity


def key_of(entity: ObicoEntity) -> str:
    """Return the end of an entity's unique id, which says what it shows of any printer or account."""
    key = str(entity.unique_id).removeprefix(f"{entity.coordinator.account_id}_")
    if isinstance(entity, ObicoPrinterEntity):
        key = key.removeprefix(f"{entity.printer.id}_")
    return key


@cache
def _bare_class(real: type[ObicoEntity]) -> type[Entity]:
    """Return Home Assistant's class below one of ours, with the attributes that ours sets for all."""
    ours = [
        base for base in real.__mro__ if not base.__module__.startswith(_COMPONENTS)
    ]
    base = next(base for base in real.__mro__ if base not in ours)
    attributes: dict[str, object] = {"_attr_should_poll": False}
    for above in reversed(ours[: ours.index(ObicoEntity) + 1]):
        attributes |= _attributes(vars(above))
    return type(base)(f"Bare{base.__name__}", (base,), attributes)


def _attributes(names: Mapping[str, object]) -> dict[str, object]:
    """Return what stands in `_attr_…`, which Home Assistant keeps in part as `__attr_…`."""
    return {
        name.replace("__attr_", "_attr_", 1): value
        for name, value in names.items()
        if name.startswith(("_attr_", "__attr_")) and not isinstance(value, property)
    }
