"""Triggers for readings that come to a limit, once a print or once a cooling down."""

from collections.abc import Mapping
from typing import ClassVar, Final, override

from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    Platform,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityNumericalStateCrossedThresholdTriggerBase,
    EntityNumericalStateCrossedThresholdTriggerWithUnitBase,
)
from homeassistant.util.unit_conversion import DurationConverter, TemperatureConverter

from ..aioobico import Printer
from ..printer.heaters import HeaterKind, kind_of
from .printer_trigger import Watch, WatchingTrigger
from .variables import printer_of_entity

_SENSOR: Final[Mapping[str, DomainSpec]] = {Platform.SENSOR: DomainSpec()}


def _ignore(reason: str, /, **data: object) -> None:
    """Take no note of why a reading is not what is waited for."""


class ReadingTrigger(WatchingTrigger, EntityNumericalStateCrossedThresholdTriggerBase):
    """Fires when a reading comes to where the user wants it.

    Options and limits are those of Home Assistant's own triggers for numbers; what is
    different is that a reading that wobbles fires once.
    """

    # What the readings are in here, whatever unit the user sees.
    _unit: ClassVar[str]
    # By how much a reading has to be off to be no wobble.
    _clearly: ClassVar[float]

    def reading(self, state: State) -> float | None:
        """Return what a sensor shows."""
        return self._get_tracked_value(state)

    def is_there(self, reading: float) -> bool:
        """Return whether a reading is where the user wants it."""
        state = State(
            f"{Platform.SENSOR}.reading",
            str(reading),
            {ATTR_UNIT_OF_MEASUREMENT: self._unit},
        )
        return self.is_valid_state(state, _ignore)

    def is_clearly_off(self, reading: float) -> bool:
        """Return whether a reading is more than a wobble away from there."""
        return not any(
            self.is_there(reading + offset)
            for offset in (0.0, self._clearly, -self._clearly)
        )

    def printer(self, state: State) -> Printer | None:
        """Return the printer whose reading it is, as it is now."""
        return printer_of_entity(self._hass, state.entity_id)


class PrintWatch(Watch):
    """Waits until the reading of a print comes to a limit, once for each print.

    A print that is first seen beyond the limit passed it before, unless it began while
    its printer was out of sight. Reports of the first moments may be wrong, or still be
    those of the last print: what comes clearly back is waited for again.
    """

    def __init__(self, trigger: ReadingTrigger) -> None:
        """Wait for what the trigger wants."""
        self._trigger = trigger
        self._print_id: int | None = None
        self._is_due = False
        self._is_done = False
        # Whether the printer was ever seen, and whether it was not since.
        self._is_known = False
        self._was_out_of_sight = False

    @override
    def see(self, state: State | None) -> bool:
        if state is None or state.state == STATE_UNAVAILABLE:
            self._was_out_of_sight = self._is_known
            return False
        printer = self._trigger.printer(state)
        job = printer.current_print if printer is not None else None
        reading = self._trigger.reading(state)
        if reading is None:
            self.holds = None
            if printer is not None and job is None:
                self._is_known, self._was_out_of_sight = True, False
            return False
        was_out_of_sight, self._was_out_of_sight = self._was_out_of_sight, False
        self._is_known = True
        self.holds = is_there = self._trigger.is_there(reading)
        if job is not None and job.id != self._print_id:
            self._print_id = job.id
            self._is_done = False
            self._is_due = not is_there or was_out_of_sight
        elif not self._is_done and self._trigger.is_clearly_off(reading):
            self._is_due = True
        return is_there and self._is_due

    @override
    def done(self) -> None:
        self._is_due = False
        self._is_done = True


class ProgressPassedTrigger(ReadingTrigger):
    """Fires once a print, when so much of it is done."""

    _keys = frozenset({"sensor.progress"})
    _domain_specs = _SENSOR
    _unit = PERCENTAGE
    _valid_unit = PERCENTAGE
    _clearly = 1.0

    @override
    def _new_watch(self) -> Watch:
        return PrintWatch(self)


class TimeLeftBelowTrigger(
    ReadingTrigger, EntityNumericalStateCrossedThresholdTriggerWithUnitBase
):
    """Fires once a print, when it needs no more than some time."""

    _keys = frozenset({"sensor.time_remaining"})
    _domain_specs = _SENSOR
    _unit = UnitOfTime.MINUTES
    _base_unit = UnitOfTime.MINUTES
    _unit_converter = DurationConverter
    _clearly = 2.0

    @override
    def _new_watch(self) -> Watch:
        return PrintWatch(self)


class BedWatch(Watch):
    """Waits until a bed that was warmer has cooled down, once until it is heated again."""

    def __init__(self, trigger: ReadingTrigger) -> None:
        """Wait for what the trigger wants."""
        self._trigger = trigger
        self._is_due = False
        self._is_known = False

    @override
    def see(self, state: State | None) -> bool:
        if state is None or (temperature := self._trigger.reading(state)) is None:
            return False
        is_heated = self._is_heated(self._trigger.printer(state))
        is_there = self._trigger.is_there(temperature)
        if not is_there and (
            is_heated or not self._is_known or self._trigger.is_clearly_off(temperature)
        ):
            self._is_due = True
        self._is_known = True
        # While it is heated, a reading that drops is no cooling down.
        self.holds = is_there and not is_heated
        return self._is_due and self.holds

    def _is_heated(self, printer: Printer | None) -> bool:
        """Return whether the bed is being heated to what is not cool enough."""
        if printer is None or printer.status is None:
            return False
        return any(
            temperature.target and not self._trigger.is_there(temperature.target)
            for heater, temperature in printer.status.temperatures.items()
            if kind_of(heater) is HeaterKind.BED
        )

    @override
    def done(self) -> None:
        self._is_due = False


class BedCooledTrigger(
    ReadingTrigger, EntityNumericalStateCrossedThresholdTriggerWithUnitBase
):
    """Fires when a bed has cooled down, once until it is heated again."""

    _keys = frozenset({"sensor.bed_temperature"})
    _domain_specs = _SENSOR
    _unit = UnitOfTemperature.CELSIUS
    _base_unit = UnitOfTemperature.CELSIUS
    _unit_converter = TemperatureConverter
    # What is so much warmer was heated again, whoever did it.
    _clearly = 5.0

    @override
    def _new_watch(self) -> Watch:
        return BedWatch(self)
