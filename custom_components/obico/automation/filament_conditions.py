"""Conditions that compare what a file needs with what is left on the active spool."""

import asyncio
from collections.abc import Mapping
from typing import ClassVar, Final, override

import probatio

from homeassistant.const import CONF_OPTIONS, CONF_TARGET, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.template import is_template_string

from ..data import loaded_accounts
from ..live.filament import FilamentWatch, async_get_watches
from ..printer.workshop.filament import WantedFile
from ..prints.cloud_files import path_field
from .condition_base import BEHAVIOR, ConditionConfig, PrinterCondition
from .variables import account_and_printer_of_entity

_FILE: Final = "file"
_SOURCE: Final = "source"
_RESERVE: Final = "reserve"
_CLOUD: Final = "cloud"
_KEY: Final = "status"

# In grams: more than the largest spools have.
_MAX_RESERVE: Final = 10_000


def _path(value: object) -> str:
    """Validate a path, empty for the file of the current print.

    What a file needs is read before the condition is checked, so that a template, which
    could name another one each time, cannot be evaluated.
    """
    path = path_field(value)
    if is_template_string(path):
        raise probatio.Invalid("expected a path, not a template")
    return path


_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_TARGET): cv.TARGET_FIELDS,
        probatio.Required(CONF_OPTIONS, default={}): {
            **BEHAVIOR,
            probatio.Required(_FILE, default=""): _path,
            probatio.Required(_SOURCE, default="printer"): probatio.In(
                ["printer", _CLOUD]
            ),
            probatio.Required(_RESERVE, default=0): probatio.All(
                probatio.Coerce(float), probatio.Range(min=0, max=_MAX_RESERVE)
            ),
        },
    }
)


class FilamentCondition(PrinterCondition):
    """Compares a file with the active spool of each printer.

    Neither this nor the opposite holds where what the file needs, or what is left, is not
    known.
    """

    keys = frozenset({f"{Platform.SENSOR}.{_KEY}"})
    _domain_specs: Mapping[str, DomainSpec] = {Platform.SENSOR: DomainSpec()}
    _states: set[str | bool] = set()
    _schema = _SCHEMA
    is_enough: ClassVar[bool]
    """Whether it holds where there is enough, rather than where there is too little."""

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Initialize the condition from a validated configuration."""
        super().__init__(hass, config)
        assert config.options is not None
        options = config.options
        self._file = (
            WantedFile(options[_FILE], options[_SOURCE] == _CLOUD)
            if options[_FILE]
            else None
        )
        self._reserve: float = options[_RESERVE]
        self._watch = FilamentWatch(file=self._file, printers_fn=self._printers)
        self._watches = async_get_watches(hass).watches

    @property
    @override
    def needs_polling(self) -> bool:
        """Return True: nothing tells when the spool or the file has become another one."""
        return True

    def _printers(self) -> set[str]:
        """Return the device identifiers of the printers of the target, without the domain."""
        registry = er.async_get(self._hass)
        return {
            entry.unique_id.removesuffix(f"_{_KEY}")
            for entity_id in self.targeted_entities()
            if (entry := registry.async_get(entity_id))
        }

    @override
    async def _async_setup(self) -> None:
        """Have what is compared read from now on, and wait for the first answers.

        A condition among the actions of an automation is only set up when it is first
        reached, and checked at once.
        """
        await super()._async_setup()
        self._watches.add(self._watch)
        wanted = self._printers()
        await asyncio.gather(
            *(
                account.workshop.async_read_first(printer_id)
                for account in loaded_accounts(self._hass)
                for printer_id in account.coordinator.data.printers
                if f"{account.account_id}_{printer_id}" in wanted
            )
        )

    @override
    def _async_unload(self) -> None:
        """Have nothing read any more."""
        super()._async_unload()
        self._watches.discard(self._watch)

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether it is known to hold for the printer of a status sensor."""
        found = account_and_printer_of_entity(self._hass, entity_state.entity_id)
        if found is None:
            return False
        account, printer = found
        filament = account.workshop.filament_of(printer, self._file)
        return (
            filament is not None and filament.is_enough(self._reserve) is self.is_enough
        )


class HasEnoughFilament(FilamentCondition):
    """Holds where the active spool has enough for a file."""

    is_enough = True


class LacksFilament(FilamentCondition):
    """Holds where the active spool has too little for a file."""

    is_enough = False
