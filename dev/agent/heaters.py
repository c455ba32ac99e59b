"""Heaters and sensors: temperatures that move towards their targets."""

from dataclasses import dataclass
from random import Random

from ..json_types import JsonObject

AMBIENT = 21.3
# The distance to the target, in °C, at which the printer continues.
CLOSE = 1.0
# The standard deviation of the readings, in °C.
NOISE = 0.06


@dataclass(kw_only=True)
class Heater:
    """A heater; without a target it is a sensor, without a temperature it reports null."""

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
        """Let the temperature move towards the target."""
        if self.actual is None or self.target is None:
            return
        goal = max(self.target, AMBIENT)
        if self.actual < goal:
            self.actual = min(goal, self.actual + self.heats * seconds)
        elif self.actual > goal:
            self.actual = max(goal, self.actual - self.cools * seconds)

    def wobble(self, random: Random) -> None:
        """Choose a new random error of the readings."""
        if self.actual is not None:
            self.noise = random.gauss(0, NOISE)

    def reading(self) -> JsonObject:
        """Return the temperature as agents report it."""
        actual = None if self.actual is None else round(self.actual + self.noise, 2)
        return {"actual": actual, "target": self.target, "offset": 0}
