"""The fan that cools the part that is printed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final, override

from homeassistant.components.fan import FanEntity, FanEntityDescription
from homeassistant.components.fan.const import FanEntityFeature
from homeassistant.const import EntityCategory

from .aioobico import Printer
from .data import ObicoData
from .entity import ObicoMachineEntity, ObicoPrinterEntity, async_setup_platform
from .printer import preconditions
from .printer.parts import Part
from .printer.rates import set_fan_speed
from .printer.status import agent_kind, is_klipper

# Not limited: messages over a push connection stay in order.
PARALLEL_UPDATES = 0

PART_FAN: Final = FanEntityDescription(
    key="part_fan",
    translation_key="part_fan",
    # Without a category "turn off all fans" would spoil a print.
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the fan entities of a printer."""
    yield ObicoPartFan(account, printer, PART_FAN)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


class ObicoPartFan(ObicoMachineEntity, FanEntity):
    """The part cooling fan; OctoPrint's agent does not report it, so what was last set is shown."""

    _part = Part.RATES
    _attr_percentage: int | None = None
    _attr_supported_features = (
        FanEntityFeature.SET_SPEED
        | FanEntityFeature.TURN_ON
        | FanEntityFeature.TURN_OFF
    )

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the fan turns, None while that is unknown."""
        return None if self.percentage is None else self.percentage > 0

    @override
    def _read(self) -> object:
        self._attr_assumed_state = not is_klipper(self.printer)
        if preconditions.check_machine(self.printer):
            # The speed is unknown after the printer has been disconnected.
            self._attr_percentage = None
        elif (status := self.printer.status) and status.fan_speed is not None:
            self._attr_percentage = round(min(max(status.fan_speed, 0.0), 1.0) * 100)
        return self._attr_percentage, self._attr_assumed_state

    @override
    async def async_set_percentage(self, percentage: int) -> None:
        """Set the speed, 0 to turn it off."""
        preconditions.ensure(preconditions.check_machine(self.printer))
        with self._translated_errors():
            await set_fan_speed(
                self.account.connections.agent_of(self.printer.id),
                agent_kind(self.printer),
                percentage,
            )
        if is_klipper(self.printer):
            self.account.commands.show_until_report(
                self.printer,
                lambda status: replace(status, fan_speed=percentage / 100),
            )
            return
        self._attr_percentage = percentage
        self._last_written = self._read()
        self.async_write_ha_state()

    @override
    async def async_turn_on(
        self,
        percentage: int | None = None,
        preset_mode: str | None = None,
        **kwargs: Any,
    ) -> None:
        """Turn the fan on, at full speed unless another one is given."""
        await self.async_set_percentage(100 if percentage is None else percentage)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the fan off."""
        await self.async_set_percentage(0)
