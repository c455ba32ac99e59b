"""Selects of printers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import Printer, PrinterChanges
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoMachineEntity, ObicoPrinterEntity, async_add_printer_entities
from .printer.temperatures import clamped, targets_of

# Nobody waits for another printer: see `in_turn`.
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
_OFF: Final = "off"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects of all printers."""

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        yield ObicoActionOnFailure(account, printer, ACTION_ON_FAILURE)
        yield ObicoPreheat(account, printer, PREHEAT)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoActionOnFailure(ObicoPrinterEntity, SelectEntity):
    """What the server does about a failure: tell, or tell and pause."""

    @override
    def _read(self) -> str | None:
        option = _OPTIONS.get(self.printer.action_on_failure or "")
        self._attr_current_option = option
        return option

    @override
    async def async_select_option(self, option: str) -> None:
        """Change what the server does."""
        await self._async_update_printer(
            PrinterChanges(action_on_failure=_ACTIONS[option])
        )


class ObicoPreheat(ObicoMachineEntity, SelectEntity):
    """Heats by the printer's own temperature profiles, or turns all heaters off."""

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: SelectEntityDescription,
    ) -> None:
        """Offer a printer's profiles, which the registry asks for before the first state."""
        super().__init__(account, printer, description)
        self._attr_options = [_OFF, *self._profiles]

    @override
    def _read(self) -> object:
        targets = targets_of(self.printer)
        self._attr_options = [_OFF, *self._profiles]
        self._attr_current_option = next(
            (
                name
                for name, wanted in (
                    (_OFF, dict.fromkeys(targets, 0.0)),
                    *self._profiles.items(),
                )
                if wanted and wanted.items() <= targets.items()
            ),
            None,
        )
        return self._attr_current_option, tuple(self._attr_options)

    @property
    def _profiles(self) -> Mapping[str, Mapping[str, float]]:
        """Return targets by heater, by the name of the profile.

        OctoPrint's profiles say `extruder` for what it otherwise calls `tool0`.
        """
        settings = self.printer.settings
        heaters = {
            heater.name
            for heater in self.account.heaters.of(self.printer.id)
            if heater.has_target
        }
        profiles = {}
        for profile in settings.temperature_profiles if settings else ():
            targets = {
                "tool0" if name == "extruder" and name not in heaters else name: target
                for name, target in profile.targets.items()
            }
            targets = {
                name: clamped(name, targets[name])
                for name in targets
                if name in heaters
            }
            if targets and profile.name not in {"", _OFF}:
                profiles[profile.name] = targets
        return profiles

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the targets of all heaters that the profile names."""
        await self.account.commands.async_set_targets(
            self.printer,
            dict.fromkeys(self._heaters_that_may_be_hot(), 0.0)
            if option == _OFF
            else self._profiles[option],
        )

    def _heaters_that_may_be_hot(self) -> Iterable[str]:
        """Return those that are reported; right after connecting none is, hot as they may be."""
        return targets_of(self.printer) or [
            heater.name
            for heater in self.account.heaters.of(self.printer.id)
            if heater.has_target
        ]
