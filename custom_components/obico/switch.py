"""Switches of printers and of the account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory

from .aioobico import Printer, PrinterChanges
from .data import ObicoData
from .entity import (
    DependsOnEquipment,
    ObicoAccountEntity,
    ObicoPrinterEntity,
    ObicoWorkshopEntity,
    async_setup_platform,
)
from .printer.command_runner import SETTINGS
from .printer.status import is_klipper
from .printer.workshop.equipment import label_of
from .printer.workshop.readings import Kind

ATTR_SETTING: Final = "setting"

# Not limited, so that no printer waits for another one. `CommandRunner` orders the requests
# to each printer.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoSwitchDescription(SwitchEntityDescription):
    """A setting of a printer that the server keeps.

    All switches have a category: without one they would be exposed to voice assistants,
    and "turn off all switches" would end the failure detection.
    """

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    is_on_fn: Callable[[Printer], bool | None]
    changes_fn: Callable[[bool], PrinterChanges]


SWITCHES: Final = (
    ObicoSwitchDescription(
        key="watching_enabled",
        translation_key="watching_enabled",
        is_on_fn=lambda printer: printer.watching_enabled,
        changes_fn=lambda is_on: PrinterChanges(watching_enabled=is_on),
    ),
    ObicoSwitchDescription(
        key="tools_off_on_pause",
        translation_key="tools_off_on_pause",
        entity_registry_enabled_default=False,
        is_on_fn=lambda printer: printer.tools_off_on_pause,
        changes_fn=lambda is_on: PrinterChanges(tools_off_on_pause=is_on),
    ),
    ObicoSwitchDescription(
        key="bed_off_on_pause",
        translation_key="bed_off_on_pause",
        entity_registry_enabled_default=False,
        is_on_fn=lambda printer: printer.bed_off_on_pause,
        changes_fn=lambda is_on: PrinterChanges(bed_off_on_pause=is_on),
    ),
)

ALERTS_MUTED: Final = SwitchEntityDescription(
    key="alerts_muted",
    translation_key="alerts_muted",
    entity_category=EntityCategory.CONFIG,
)

POWER: Final = SwitchEntityDescription(
    key="power_{device}",
    translation_key="power",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)

NOTIFICATION_ENABLED: Final = SwitchEntityDescription(
    key="notification_enabled",
    translation_key="notification_enabled",
    entity_category=EntityCategory.CONFIG,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the switch entities of a printer."""
    for description in SWITCHES:
        yield ObicoSwitch(account, printer, description)
    yield ObicoMuteSwitch(account, printer, ALERTS_MUTED)
    equipment = account.workshop.equipment_of(printer.id)
    if equipment is not None and is_klipper(printer):
        for key, device in equipment.device_keys.items():
            yield ObicoPower(account, printer, key, device)


def _account_entities_of(account: ObicoData) -> Iterator[ObicoAccountEntity]:
    """Yield the switch entities of the account."""
    yield ObicoNotificationSwitch(account, NOTIFICATION_ENABLED)


async_setup_entry = partial(
    async_setup_platform,
    account_entities_of=_account_entities_of,
    entities_of=_entities_of,
    depends_on_equipment=[
        DependsOnEquipment(
            prefix="power_", keys_fn=lambda equipment: equipment.device_keys
        )
    ],
)


class ObicoSwitch(ObicoPrinterEntity, SwitchEntity):
    """A setting that is on or off.

    The attribute `setting` tells templates which one it is, whatever the entity is called.
    """

    entity_description: ObicoSwitchDescription

    def __init__(
        self, account: ObicoData, printer: Printer, description: ObicoSwitchDescription
    ) -> None:
        """Initialize the switch of a setting."""
        super().__init__(account, printer, description)
        # Unlike others, capabilities are also there while the printer is unavailable.
        self._attr_capability_attributes = {ATTR_SETTING: description.key}

    @override
    def _read(self) -> bool | None:
        is_on = self.entity_description.is_on_fn(self.printer)
        self._attr_is_on = is_on
        return is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the setting on."""
        await self._async_update_printer(self.entity_description.changes_fn(True))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the setting off."""
        await self._async_update_printer(self.entity_description.changes_fn(False))


class ObicoPower(ObicoWorkshopEntity, SwitchEntity):
    """A power device of Moonraker.

    It stays available while the agent seems to be offline, as it does while the printer has
    no power.
    """

    _kinds = (Kind.POWER,)
    _needs_agent = False

    def __init__(
        self, account: ObicoData, printer: Printer, key: str, device: str
    ) -> None:
        """Initialize the switch of a power device."""
        super().__init__(account, printer, POWER)
        self._device = device
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{key}"
        self._attr_translation_placeholders = {"device": label_of(device)}

    @override
    def _read(self) -> bool | None:
        device = (self.readings.power or {}).get(self._device)
        self._attr_is_on = device.is_on if device else None
        return self._attr_is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Switch the device on."""
        await self._async_set(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Switch the device off, unless something prints or a nozzle is hot."""
        await self._async_set(on=False)

    async def _async_set(self, *, on: bool) -> None:
        await self._async_ensure_administrator()
        await self.account.workshop_commands.async_set_power(
            self.printer, self._device, on=on
        )


class ObicoMuteSwitch(ObicoPrinterEntity, SwitchEntity):
    """Mutes the alerts of the current print."""

    @override
    def _read(self) -> bool:
        job = self.printer.current_print
        is_on = job is not None and job.alert_muted_at is not None
        self._attr_is_on = is_on
        return is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Mute the alerts."""
        await self.account.commands.async_mute_alerts(self.printer, muted=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Un-mute the alerts."""
        await self.account.commands.async_mute_alerts(self.printer, muted=False)


class ObicoNotificationSwitch(ObicoAccountEntity, SwitchEntity):
    """Turns Obico's own notifications on and off."""

    @override
    def _read(self) -> bool | None:
        is_on = self.coordinator.data.user.notification_enabled
        self._attr_is_on = is_on
        return is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn Obico's notifications on."""
        await self._async_set(enabled=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn Obico's notifications off."""
        await self._async_set(enabled=False)

    async def _async_set(self, *, enabled: bool) -> None:
        async with self.account.commands.in_turn(None, SETTINGS):
            with self._translated_errors():
                user = await self.account.client.set_notification_enabled(
                    enabled=enabled
                )
            self.coordinator.async_merge_user(user)
