"""CPU times of things that are compared: in turns, so that all meet the same conditions."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
import gc
from itertools import islice
from statistics import median
from time import process_time, thread_time_ns
from typing import Final

type Action = Callable[[], object]

_OTHER_WORK: Final = bytearray(8 * 2**20)
_LOOPS: Final = 15
_TIMES: Final = 800


@contextmanager
def no_collections() -> Iterator[None]:
    """Keep the collector from running in one measurement and not in the other."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu_of_turns(*sources: Iterator[Action], times: int) -> list[float]:
    """Return the CPU seconds of an action of each source: medians of single runs in turns.

    So each finds the processor's caches and predictions as the others have left them.
    In a loop of its own the shorter one would have them for itself, which it has not in
    a Home Assistant that does other things between two pushes.
    """
    nanoseconds: list[list[int]] = [[] for _ in sources]
    with no_collections():
        for _ in range(times):
            for source, taken in zip(sources, nanoseconds, strict=True):
                action = next(source)
                began = thread_time_ns()
                action()
                taken.append(thread_time_ns() - began)
    return [median(taken) / 1e9 for taken in nanoseconds]


def after_other_work(source: Iterator[Action]) -> Iterator[Action]:
    """Give a source's actions, each after as much has gone through the caches as they can hold."""
    for action in source:
        bytes(_OTHER_WORK)
        yield action


def cpu_of_loops(*sources: Iterator[Action]) -> list[float]:
    """Return the CPU seconds of an action of each source: medians of loops in turns, after one to warm up."""
    seconds: list[list[float]] = [[] for _ in sources]
    with no_collections():
        for number in range(_LOOPS + 1):
            for source, taken in zip(sources, seconds, strict=True):
                actions = list(islice(source, _TIMES))
                began = process_time()
                for action in actions:
                    action()
                if number:
                    taken.append((process_time() - began) / _TIMES)
    return [median(taken) for taken in seconds]


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
