"""Updates of the software of Klipper printers, by Moonraker."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final, override

from homeassistant.components.update import (
    UpdateEntity,
    UpdateEntityDescription,
    UpdateEntityFeature,
)
from homeassistant.const import EntityCategory
from homeassistant.helpers.translation import async_get_translations

from .aioobico import Component, Printer
from .const import DOMAIN
from .data import ObicoData
from .entity import (
    DependsOnEquipment,
    ObicoPrinterEntity,
    ObicoWorkshopEntity,
    async_setup_platform,
)
from .printer.status import is_klipper
from .printer.workshop import versions
from .printer.workshop.equipment import label_of
from .printer.workshop.readings import Kind

# Not limited: Moonraker itself refuses a second update.
PARALLEL_UPDATES = 0

COMPONENT: Final = UpdateEntityDescription(
    key="update_{component}",
    translation_key="component",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)

# The component whose new version may not work with the firmware of before.
_KLIPPER: Final = "klipper"


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the update entities of a printer."""
    equipment = account.workshop.equipment_of(printer.id)
    if equipment is not None and is_klipper(printer):
        for key, name in equipment.component_keys.items():
            yield ObicoUpdate(account, printer, key, name)


async_setup_entry = partial(
    async_setup_platform,
    entities_of=_entities_of,
    depends_on_equipment=[
        DependsOnEquipment(
            prefix="update_", keys_fn=lambda equipment: equipment.component_keys
        )
    ],
)


class ObicoUpdate(ObicoWorkshopEntity, UpdateEntity):
    """A component that Moonraker can update, or the packages of the printer's system."""

    _kinds = (Kind.UPDATES,)
    _attr_supported_features = (
        UpdateEntityFeature.INSTALL
        | UpdateEntityFeature.PROGRESS
        | UpdateEntityFeature.RELEASE_NOTES
    )
    _is_installing = False

    def __init__(
        self, account: ObicoData, printer: Printer, key: str, component: str
    ) -> None:
        """Initialize the update of a component."""
        super().__init__(account, printer, COMPONENT)
        self._component = component
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{key}"
        label = label_of(component)
        self._attr_title = label[:1].upper() + label[1:]
        self._attr_translation_placeholders = {"component": self._attr_title}

    @property
    def _known(self) -> Component | None:
        updates = self.readings.updates
        return updates.components.get(self._component) if updates else None

    @property
    @override
    def in_progress(self) -> bool:
        """Return whether this update is under way."""
        return self._is_installing

    @override
    def _read(self) -> object:
        component, updates = self._known, self.readings.updates
        if updates is not None and not updates.is_busy:
            self._is_installing = False
        self._attr_installed_version = (
            versions.installed_version(component) if component else None
        )
        self._attr_latest_version = (
            versions.latest_version(component) if component else None
        )
        self._attr_release_url = component.changes_url if component else None
        self._attr_release_summary = (
            ", ".join(component.packages) or None if component else None
        )
        return component, self._is_installing

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Return True: the latest version is the installed one where there is no newer one."""
        return True

    @override
    async def async_install(
        self, version: str | None, backup: bool, **kwargs: Any
    ) -> None:
        """Begin the update, which goes on after this."""
        await self._async_ensure_administrator()
        await self.account.workshop_commands.async_install(
            self.printer, self._component
        )
        self._is_installing = True
        self._last_written = self._read()
        self.async_write_ha_state()

    @override
    async def async_release_notes(self) -> str | None:
        """Return what is new, and what to mind after an update of Klipper."""
        if (component := self._known) is None:
            return None
        parts = []
        if self._component.casefold() == _KLIPPER:
            texts = await async_get_translations(
                self.hass, self.hass.config.language, "common", [DOMAIN]
            )
            parts.append(texts[f"component.{DOMAIN}.common.klipper_firmware"])
        parts.append(
            "\n".join(f"- {each}" for each in component.commits or component.packages)
        )
        return "\n\n".join(filter(None, parts)) or None
