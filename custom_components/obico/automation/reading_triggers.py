"""Triggers for readings that reach a limit, once a print or once a cooling down."""

from typing import ClassVar, Final, override

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.trigger import TriggerConfig
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.unit_conversion import (
    BaseUnitConverter,
    DurationConverter,
    TemperatureConverter,
)

from ..aioobico import Printer
from ..printer.heaters import HeaterKind, kind_of
from .trigger_base import (
    EntityTracker,
    PrinterTrigger,
    Threshold,
    ThresholdTrigger,
    make_threshold_trigger,
)
from .variables import printer_of_entity

# In the unit of the reading. Less than what a user would set as a limit.
_MOMENT: Final = 0.001


class ReadingTrigger(PrinterTrigger):
    """Fires when a reading reaches the limit that the user set.

    Options and limits are those of Home Assistant's own triggers for numbers. They fire
    whenever a limit is crossed; these do not fire again for a reading that only varies
    around the limit.
    """

    unit: ClassVar[str]
    """The unit of readings inside the trigger, whatever unit the user's entity has."""

    converter: ClassVar[type[BaseUnitConverter] | None] = None
    """What converts the entity's unit, None where there is only one."""

    tolerance: ClassVar[float]
    """By how much a reading varies without meaning anything."""

    rounding: ClassVar[float] = 0.0
    """What is added to a value that was rounded up or down, so that it is beyond a limit
    that the reading itself has just passed."""

    threshold_trigger: ClassVar[type[ThresholdTrigger]]

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        return await cls.threshold_trigger.async_validate_config(hass, config)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger from a validated configuration."""
        super().__init__(hass, config)
        self.threshold = Threshold(self.threshold_trigger(hass, config), self.unit)

    @override
    def is_match(self, state: State) -> bool:
        reading = self.get_reading(state)
        return reading is not None and self.threshold.is_reached(reading)

    def get_reading(self, state: State) -> float | None:
        """Return what a sensor shows, None where it shows no number of a known unit."""
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        try:
            reading = float(state.state)
            if self.converter is not None:
                reading = self.converter.convert(reading, unit, self.unit)
            elif unit != self.unit:
                return None
        except HomeAssistantError, ValueError:
            return None
        return reading + self.rounding

    def is_clearly_off(self, reading: float) -> bool:
        """Return whether a reading is off the limit by more than it varies."""
        return not any(
            self.threshold.is_reached(reading + offset)
            for offset in (0.0, self.tolerance, -self.tolerance)
        )

    def get_printer(self, state: State) -> Printer | None:
        """Return the printer whose reading it is, as it is now."""
        return printer_of_entity(self.hass, state.entity_id)


class PrintTracker(EntityTracker):
    """Has a reading of a print fire when it reaches the limit, once for each print.

    A print that is beyond the limit when it is first seen passed it before, unless it
    began while its printer was unavailable. The first readings of a print may be wrong, or
    still be those of the print before: a reading that is clearly off again later makes
    the trigger wait again, until it has fired.
    """

    def __init__(self, trigger: ReadingTrigger) -> None:
        """Track one entity for a trigger."""
        self._trigger = trigger
        self._print_id: int | None = None
        self._is_waiting = False
        self._has_fired = False
        self._was_available = False
        # Only from the first time on that the printer is available.
        self._was_unavailable = False

    @override
    def update(self, state: State | None) -> bool:
        if state is None or state.state == STATE_UNAVAILABLE:
            self._was_unavailable = self._was_available
            return False
        printer = self._trigger.get_printer(state)
        job = printer.current_print if printer is not None else None
        reading = self._trigger.get_reading(state)
        if reading is None:
            self.matches = None
            if printer is not None and job is None:
                self._was_available, self._was_unavailable = True, False
                # The next print may have no record, and so no id by which it is another one.
                self._print_id, self._has_fired, self._is_waiting = None, False, False
            return False
        was_unavailable, self._was_unavailable = self._was_unavailable, False
        self._was_available = True
        self.matches = self._trigger.threshold.is_reached(reading)
        if job is not None and job.id != self._print_id:
            self._print_id = job.id
            self._has_fired = False
            self._is_waiting = not self.matches or was_unavailable
        elif not self._has_fired and self._trigger.is_clearly_off(reading):
            self._is_waiting = True
        return self.matches and self._is_waiting

    @override
    def mark_fired(self) -> None:
        self._is_waiting = False
        self._has_fired = True


class ProgressPassedTrigger(ReadingTrigger):
    """Fires once a print, when its progress reaches a limit."""

    keys = frozenset({"sensor.progress"})
    unit = PERCENTAGE
    threshold_trigger = make_threshold_trigger(PERCENTAGE)
    # Progress may be reported as less again by a fraction of a percent.
    tolerance = 1.0
    rounding = _MOMENT

    @override
    def create_tracker(self) -> EntityTracker:
        return PrintTracker(self)


class TimeLeftBelowTrigger(ReadingTrigger):
    """Fires once a print, when no more than some time is left of it."""

    keys = frozenset({"sensor.time_remaining"})
    unit = UnitOfTime.MINUTES
    converter = DurationConverter
    threshold_trigger = make_threshold_trigger(UnitOfTime.MINUTES, DurationConverter)
    # An estimate may go up again by less while a print goes on.
    tolerance = 2.0
    rounding = -_MOMENT

    @override
    def create_tracker(self) -> EntityTracker:
        return PrintTracker(self)


class CooldownTracker(EntityTracker):
    """Has the temperature of a bed fire when it has cooled down, once until it is heated."""

    def __init__(self, trigger: ReadingTrigger) -> None:
        """Track one entity for a trigger."""
        self._trigger = trigger
        self._is_waiting = False
        self._is_known = False

    @override
    def update(self, state: State | None) -> bool:
        if state is None or (temperature := self._trigger.get_reading(state)) is None:
            return False
        is_heated = self._is_heated(self._trigger.get_printer(state))
        is_cool = self._trigger.threshold.is_reached(temperature)
        if not is_cool and (
            is_heated or not self._is_known or self._trigger.is_clearly_off(temperature)
        ):
            self._is_waiting = True
        self._is_known = True
        # A temperature that drops while the bed is heated is no cooling down.
        self.matches = is_cool and not is_heated
        return self._is_waiting and self.matches

    def _is_heated(self, printer: Printer | None) -> bool:
        """Return whether the bed is being heated to a target that is not cool enough."""
        if printer is None or printer.status is None:
            return False
        return any(
            temperature.target
            and not self._trigger.threshold.is_reached(temperature.target)
            for heater, temperature in printer.status.temperatures.items()
            if kind_of(heater) is HeaterKind.BED
        )

    @override
    def mark_fired(self) -> None:
        self._is_waiting = False


class BedCooledTrigger(ReadingTrigger):
    """Fires when a bed has cooled down, once until it is heated again."""

    keys = frozenset({"sensor.bed_temperature"})
    unit = UnitOfTemperature.CELSIUS
    converter = TemperatureConverter
    threshold_trigger = make_threshold_trigger(
        UnitOfTemperature.CELSIUS, TemperatureConverter
    )
    # A bed that is warmer by this much was heated, even where no target was reported.
    tolerance = 5.0

    @override
    def create_tracker(self) -> EntityTracker:
        return CooldownTracker(self)
