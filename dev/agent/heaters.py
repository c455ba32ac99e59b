"""Heaters and sensors: temperatures that move towards their targets."""

from dataclasses import dataclass
from random import Random

from ..json_types import JsonObject

AMBIENT = 21.3
# How near a heater must come before the printer goes on.
CLOSE = 1.0
# How far a reading strays from the real temperature.
NOISE = 0.06


@dataclass(kw_only=True)
class Heater:
    """A heater; without a target it is only a sensor, without a temperature not even that."""

    actual: float | None = AMBIENT
    target: float | None = 0.0
    heats: float = 10.0
    cools: float = 1.8
    noise: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether the target is reached, or there is none."""
        return (
            not self.target or self.actual is None or self.actual >= self.target - CLOSE
        )

    def tick(self, seconds: float) -> None:
        """Heat or cool for a moment."""
        if self.actual is None or self.target is None:
            return
        goal = max(self.target, AMBIENT)
        if self.actual < goal:
            self.actual = min(goal, self.actual + self.heats * seconds)
        elif self.actual > goal:
            self.actual = max(goal, self.actual - self.cools * seconds)

    def wobble(self, random: Random) -> None:
        """Let the next readings differ a little."""
        if self.actual is not None:
            self.noise = random.gauss(0, NOISE)

    def reading(self) -> JsonObject:
        """Return what an agent reports."""
        actual = None if self.actual is None else round(self.actual + self.noise, 2)
        return {"actual": actual, "target": self.target, "offset": 0}
