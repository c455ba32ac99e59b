"""CPU times of things that are compared: in turns, so that all meet the same conditions."""

from collections.abc import Callable, Iterable, Iterator
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


def cpu_of(action: Action, times: int) -> float:
    """Return the CPU seconds of one run of an action, of so many in a row."""
    began = process_time()
    for _ in repeat(None, times):
        action()
    return (process_time() - began) / times


def cpu_in_turns(*measurements: Callable[[], float], rounds: int) -> list[float]:
    """Return the medians of measurements that are taken in turns, after one round to warm up."""
    seconds: list[list[float]] = []
    with no_collections():
        for _ in range(rounds + 1):
            seconds.append([measurement() for measurement in measurements])
            gc.collect()
    return [median(taken) for taken in zip(*seconds[1:], strict=True)]


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
