"""The least that Home Assistant can do: the same entities and devices, with nothing behind them."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace, new_class
from typing import Final

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from custom_components import obico
from custom_components.obico.coordinator import ObicoConfigEntry
from custom_components.obico.entity import ObicoPrinterEntity
from homeassistant.components.image import ImageEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddEntitiesCallback

DOMAIN: Final = "obico_floor"


class Floor:
    """An integration of bare entities, made after those of a real printer."""

    def __init__(self, hass: HomeAssistant, templates: dict[Platform, list[ObicoPrinterEntity]]) -> None:
        """Register the integration."""
        self._hass = hass
        self._templates = templates
        self.entities: dict[str, Entity] = {}
        integration = mock_integration(
            hass,
            MockModule(
                DOMAIN,
                async_setup_entry=self._async_setup_entry,
                async_unload_entry=self._async_unload_entry,
            ),
            built_in=False,
            top_level_files={"translations"},
        )
        # Names are looked up and put together in the same way.
        integration.file_path = Path(obico.__file__).parent
        for platform in templates:
            mock_platform(
                hass,
                f"{DOMAIN}.{platform}",
                SimpleNamespace(async_setup_entry=self._async_setup_platform),
            )

    def add_entry(self, printers: int) -> ConfigEntry:
        """Add a config entry of so many printers without setting it up."""
        entry = MockConfigEntry(domain=DOMAIN, data={"printers": printers})
        entry.add_to_hass(self._hass)
        return entry

    async def set_up(self, printers: int) -> ConfigEntry:
        """Set so many printers up."""
        entry = self.add_entry(printers)
        await self._hass.config_entries.async_setup(entry.entry_id)
        await self._hass.async_block_till_done()
        return entry

    async def _async_setup_entry(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, self._templates)
        return True

    async def _async_unload_entry(self, hass: HomeAssistant, entry: ConfigEntry) -> bool:
        self.entities.clear()
        return await hass.config_entries.async_unload_platforms(entry, self._templates)

    async def _async_setup_platform(
        self, hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback
    ) -> None:
        platform = Platform(async_add_entities.__self__.domain)
        entities = [
            self._bare(template, entry, number)
            for number in range(entry.data["printers"])
            for template in self._templates[platform]
        ]
        async_add_entities(entities)


def _bare_class() -> None: ...
