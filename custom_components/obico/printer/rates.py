"""Percentages that can be set at any time, also during a print: speed, flow and part fan.

Only Klipper's agent reports them. What was set for another printer is shown until its next
report.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from ..aioobico import AgentKind, PrinterAgent, PrinterStatus


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A percentage with its limits; in the printer's status it is a fraction."""

    key: str
    lowest: int
    highest: int
    value_fn: Callable[[PrinterStatus], float | None]
    change_fn: Callable[[PrinterStatus, float], PrinterStatus]
    set_fn: Callable[[PrinterAgent, AgentKind, int], Awaitable[None]]

    def percent_of(self, status: PrinterStatus | None) -> int | None:
        """Return the percentage that a status has, None where it is unknown."""
        fraction = self.value_fn(status) if status else None
        return None if fraction is None else round(fraction * 100)

    def change_to(self, percent: int) -> Callable[[PrinterStatus], PrinterStatus]:
        """Return the function that changes a status to a percentage."""
        return lambda status: self.change_fn(status, percent / 100)


async def set_fan_speed(agent: PrinterAgent, kind: AgentKind, percent: int) -> None:
    """Set the speed of the part fan."""
    line = f"M106 S{round(percent * 2.55)}" if percent else "M107"
    await agent.send_gcode(kind, [line])


FEED_RATE: Final = Rate(
    key="feed_rate",
    lowest=10,
    highest=200,
    value_fn=lambda status: status.feed_rate,
    change_fn=lambda status, fraction: replace(status, feed_rate=fraction),
    set_fn=lambda agent, kind, percent: agent.set_feed_rate(kind, percent),
)
FLOW_RATE: Final = Rate(
    key="flow_rate",
    lowest=75,
    highest=125,
    value_fn=lambda status: status.flow_rate,
    change_fn=lambda status, fraction: replace(status, flow_rate=fraction),
    set_fn=lambda agent, kind, percent: agent.set_flow_rate(kind, percent),
)
FAN_SPEED: Final = Rate(
    key="fan_speed",
    lowest=0,
    highest=100,
    value_fn=lambda status: status.fan_speed,
    change_fn=lambda status, fraction: replace(status, fan_speed=fraction),
    set_fn=set_fan_speed,
)
RATES: Final = (FEED_RATE, FLOW_RATE, FAN_SPEED)
