"""What was just set is shown until it is confirmed, and no longer than some seconds."""

from dataclasses import replace

import pytest

from custom_components.obico.aioobico import Printer
from custom_components.obico.printer.optimistic import (
    DEFAULT_SECONDS,
    OptimisticUpdates,
)
from tests.integration.support import load_capture

OLD = Printer.from_dict(load_capture("printer_idle"))


def rename(printer: Printer) -> Printer:
    return replace(printer, name="New")


def disable(printer: Printer) -> Printer:
    return replace(printer, watching_enabled=not OLD.watching_enabled)


class Clock:
    """A clock that a test puts forward."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def updates(clock: Clock) -> OptimisticUpdates:
    return OptimisticUpdates(clock)


def test_older_news_do_not_undo_what_was_set(updates: OptimisticUpdates) -> None:
    assert updates.add(OLD, OLD, rename).name == "New"
    assert updates.apply(OLD).name == "New"
    assert updates.apply(OLD).name == "New"


def test_news_that_confirm_it_end_it(updates: OptimisticUpdates) -> None:
    updates.add(OLD, OLD, rename)
    assert updates.apply(rename(OLD)).name == "New"
    assert updates.apply(OLD) == OLD


def test_it_expires(updates: OptimisticUpdates, clock: Clock) -> None:
    updates.add(OLD, OLD, rename)
    clock.now += DEFAULT_SECONDS
    assert updates.apply(OLD) == OLD


def test_what_was_set_before_is_kept_beside_it(updates: OptimisticUpdates) -> None:
    updates.add(OLD, OLD, rename)
    both = updates.add(rename(OLD), OLD, disable)
    assert both == disable(rename(OLD))
    assert updates.apply(OLD) == both
    # One is confirmed, the other is not.
    assert updates.apply(rename(OLD)) == both
    assert updates.apply(OLD) == disable(OLD)


def test_nothing_is_pending_where_a_push_was_quicker(
    updates: OptimisticUpdates,
) -> None:
    updates.add(rename(OLD), OLD, rename)
    assert updates.apply(OLD) == OLD


def test_a_printer_that_went_is_forgotten(updates: OptimisticUpdates) -> None:
    updates.add(OLD, OLD, rename)
    updates.forget(OLD.id)
    updates.forget(OLD.id)
    assert updates.apply(OLD) == OLD
