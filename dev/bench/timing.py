"""CPU times of things that are compared: in turns, so that all meet the same conditions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
import gc
from itertools import repeat
from statistics import median
from time import process_time

type Action = Callable[[], object]


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the collector from running in one measurement and not in the other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu_in_turns(*actions: Action, rounds: int, times: int) -> list[float]:
    """Return the CPU seconds of one run of each action: medians of rounds of so many times."""
    seconds: list[list[float]] = [[] for _ in actions]
    with no_collections():
        # The first round warms up.
        for number in range(rounds + 1):
            for action, measured in zip(actions, seconds, strict=True):
                began = process_time()
                for _ in repeat(None, times):
                    action()
                if number:
                    measured.append((process_time() - began) / times)
            gc.collect()
    return [median(measured) for measured in seconds]


def percentile(values: list[float], percent: float) -> float:
    """Return the value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
