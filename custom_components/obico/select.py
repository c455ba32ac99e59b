"""Selects of printers."""

from collections.abc import Iterator
from functools import partial
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory

from .aioobico import Printer, PrinterChanges
from .data import ObicoData
from .entity import ObicoMachineEntity, ObicoPrinterEntity, async_setup_platform
from .printer.heaters import Heater
from .printer.temperatures import (
    PREHEAT_OFF,
    checked_profile,
    heaters_of,
    profiles_of,
    targets_of,
    unreadable_heaters,
)

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


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the select entities of a printer."""
    yield ObicoActionOnFailure(account, printer, ACTION_ON_FAILURE)
    yield ObicoPreheat(account, printer, PREHEAT)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


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
