"""CPU times for comparisons, measured alternately so that the conditions are the same."""

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
    """Disable the garbage collector, which would run in one measurement but not in another."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu_of_turns(*sources: Iterator[Action], times: int) -> list[float]:
    """Return the CPU seconds of an action of each source: medians of alternating single runs.

    Each run finds the processor's caches and branch predictions as the others have left
    them. In a loop of its own the shortest action would profit from warm caches, which it
    does not have in a Home Assistant that does other things between two pushes.
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
    """Yield a source's actions, each after the processor's caches were overwritten."""
    for action in source:
        bytes(_OTHER_WORK)
        yield action


def cpu_of_loops(*sources: Iterator[Action]) -> list[float]:
    """Return the CPU seconds of an action of each source: medians of alternating loops.

    A first loop of each warms up the caches.
    """
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
    """Return a percentile of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]
