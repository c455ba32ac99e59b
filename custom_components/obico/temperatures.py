"""Setting heaters: what number and select have in common."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, override

from . import commands
from .aioobico import Printer
from .entity import ObicoPrinterEntity
from .heaters import HeaterKind, kind_of

# No API tells what a printer can take; its firmware has the last word.
MAX_TARGETS: Final = {
    HeaterKind.NOZZLE: 300.0,
    HeaterKind.NOZZLE_N: 300.0,
    HeaterKind.BED: 120.0,
    HeaterKind.CHAMBER: 80.0,
    HeaterKind.OTHER: 80.0,
}

# Longer than an idle agent keeps silent.
_HOLD_SECONDS: Final = 60.0


def targets_of(printer: Printer) -> dict[str, float]:
    """Return the targets of the heaters that can be heated, in °C."""
    if printer.status is None:
        return {}
    return {
        name: temperature.target
        for name, temperature in printer.status.temperatures.items()
        if temperature.target is not None
    }


class ObicoHeatingEntity(ObicoPrinterEntity):
    """Something that sets heaters; it is there while the agent is online."""

    @property
    @override
    def _is_readable(self) -> bool:
        return self.printer.status is not None

    async def _async_set_targets(self, targets: Mapping[str, float]) -> None:
        """Set heaters, clamped to what such a heater takes, and show it at once."""
        commands.ensure(commands.against_machine(self.printer))
        clamped = {
            heater: min(max(target, 0.0), MAX_TARGETS[kind_of(heater)])
            for heater, target in targets.items()
        }
        with self._translated_errors():
            agent = self.coordinator.pushes.agent_of(self.printer.id)
            for heater, target in clamped.items():
                await agent.set_temperature(heater, target)
        self._hold_targets(clamped)

    def _hold_targets(self, targets: Mapping[str, float]) -> None:
        """Show targets until the agent's next report, which an idle one sends in a minute."""
        status = self.printer.status
        reported_at = status.timestamp if status else None

        def hold(printer: Printer) -> Printer:
            if printer.status is None or printer.status.timestamp != reported_at:
                return printer
            temperatures = {
                name: replace(temperature, target=targets[name])
                if name in targets
                else temperature
                for name, temperature in printer.status.temperatures.items()
            }
            return replace(
                printer, status=replace(printer.status, temperatures=temperatures)
            )

        self.coordinator.async_hold(self.printer, hold, seconds=_HOLD_SECONDS)
