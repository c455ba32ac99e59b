"""Selects of printers."""

from collections.abc import Iterator
from functools import partial
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory

from .aioobico import Printer, PrinterChanges
from .data import ObicoData
from .entity import (
    DependsOnEquipment,
    ObicoMachineEntity,
    ObicoPrinterEntity,
    ObicoWorkshopEntity,
    async_setup_platform,
)
from .printer.heaters import Heater
from .printer.status import is_klipper
from .printer.temperatures import (
    PREHEAT_OFF,
    checked_profile,
    heaters_of,
    profiles_of,
    targets_of,
    unreadable_heaters,
)
from .printer.workshop.readings import Kind
from .printer.workshop.spools import NO_SPOOL, by_label, label_of, row_of

# Not limited, so that no printer waits for another one. `CommandRunner` orders the requests
# to each printer.
PARALLEL_UPDATES = 0

ACTION_ON_FAILURE: Final = SelectEntityDescription(
    key="action_on_failure",
    translation_key="action_on_failure",
    entity_category=EntityCategory.CONFIG,
    options=["notify", "pause"],
)
_ACTIONS: Final = {"notify": "NONE", "pause": "PAUSE"}
_OPTIONS: Final = {action: option for option, action in _ACTIONS.items()}

PREHEAT: Final = SelectEntityDescription(key="preheat", translation_key="preheat")

ACTIVE_SPOOL: Final = SelectEntityDescription(
    key="active_spool",
    translation_key="active_spool",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the select entities of a printer."""
    yield ObicoActionOnFailure(account, printer, ACTION_ON_FAILURE)
    yield ObicoPreheat(account, printer, PREHEAT)
    equipment = account.workshop.equipment_of(printer.id)
    if equipment is not None and equipment.has_spoolman and is_klipper(printer):
        yield ObicoActiveSpool(account, printer, ACTIVE_SPOOL)


async_setup_entry = partial(
    async_setup_platform,
    entities_of=_entities_of,
    depends_on_equipment=[
        DependsOnEquipment(
            prefix=ACTIVE_SPOOL.key,
            keys_fn=lambda equipment: (
                [ACTIVE_SPOOL.key] if equipment.has_spoolman else []
            ),
        )
    ],
)


class ObicoActionOnFailure(ObicoPrinterEntity, SelectEntity):
    """What the server does when it detects a failure: notify, or notify and pause."""

    @override
    def _read(self) -> str | None:
        option = _OPTIONS.get(self.printer.action_on_failure or "")
        self._attr_current_option = option
        return option

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the setting on the server."""
        await self._async_update_printer(
            PrinterChanges(action_on_failure=_ACTIONS[option])
        )


class ObicoPreheat(ObicoMachineEntity, SelectEntity):
    """Sets the targets of one of the printer's temperature profiles, or turns all heaters off."""

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: SelectEntityDescription,
    ) -> None:
        """Initialize the select with its options, which the registry needs before a state."""
        super().__init__(account, printer, description)
        self._attr_options = [PREHEAT_OFF, *self._profiles]

    @override
    def _read(self) -> object:
        targets, profiles = targets_of(self.printer), self._profiles
        self._attr_options = [PREHEAT_OFF, *profiles]
        off = dict.fromkeys(targets, 0.0)
        unreadable = unreadable_heaters(self.printer, self._heaters)
        self._attr_current_option = next(
            (
                name
                for name, wanted in ((PREHEAT_OFF, off), *profiles.items())
                if wanted
                and name not in unreadable
                and wanted.items() <= targets.items()
            ),
            None,
        )
        return self._attr_current_option, tuple(self._attr_options)

    @property
    def _profiles(self) -> dict[str, dict[str, float]]:
        """Return the targets that each profile sets, in °C by heater."""
        return profiles_of(self.printer, self._heaters)

    @property
    def _heaters(self) -> tuple[Heater, ...]:
        """Return the heaters that the printer is known to have."""
        return self.account.heaters.of(self.printer.id)

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the targets of all heaters that the profile names."""
        if option == PREHEAT_OFF:
            targets = dict.fromkeys(heaters_of(self.printer, self._heaters), 0.0)
        else:
            targets = checked_profile(option, self.printer, self._heaters)
        await self.account.commands.async_set_targets(self.printer, targets)


class ObicoActiveSpool(ObicoWorkshopEntity, SelectEntity):
    """The spool that the printer prints from, which is what Moonraker counts."""

    _kinds = (Kind.ACTIVE_SPOOL, Kind.SPOOLS)
    _attr_options = [NO_SPOOL]  # replaced, never changed

    @override
    def _read(self) -> object:
        readings = self.readings
        spools = by_label((readings.spools or {}).values())
        self._attr_options = [NO_SPOOL, *spools]
        current = readings.spool
        self._attr_current_option = None
        if readings.has_active_spool and readings.active_spool is None:
            self._attr_current_option = NO_SPOOL
        elif current is not None:
            self._attr_current_option = label_of(current)
        attributes = row_of(current) if current else {}
        self._attr_extra_state_attributes = attributes
        return self._attr_current_option, tuple(self._attr_options), attributes

    @override
    async def async_select_option(self, option: str) -> None:
        """Print from another spool from now on, or from none that is counted."""
        spools = by_label((self.readings.spools or {}).values())
        await self.account.workshop_commands.async_set_spool(
            self.printer, None if option == NO_SPOOL else spools[option].id
        )
