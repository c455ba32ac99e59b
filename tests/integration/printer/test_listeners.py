"""Which listener is woken for which part of a printer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from custom_components.obico.aioobico import Printer
from custom_components.obico.const import ACCOUNT, STRUCTURE
from custom_components.obico.printer.listeners import PartListeners
from custom_components.obico.printer.parts import Part, PartOf
from tests.integration.support import load_capture

PRINTER = Printer.from_dict(load_capture("printer_printing"))


@pytest.fixture
def listeners() -> PartListeners:
    return PartListeners(lambda: None)


def notes(listeners: PartListeners, *contexts: object) -> Callable[[], set[object]]:
    """Listen to contexts, and return what gives those that were woken since the last call."""
    woken: set[object] = set()
    for context in contexts:
        listeners.add(lambda context=context: woken.add(context), context)  # type: ignore[misc]

    def taken() -> set[object]:
        seen = set(woken)
        woken.clear()
        return seen

    return taken


def test_a_part_wakes_only_those_that_show_it(listeners: PartListeners) -> None:
    score, progress, steady = (
        PartOf(PRINTER.id, part) for part in (Part.SCORE, Part.PROGRESS, Part.STEADY)
    )
    woken = notes(listeners, score, progress, steady, PRINTER.id, STRUCTURE)
    listeners.wake_all_changes(
        {PRINTER.id: PRINTER}, {PRINTER.id: replace(PRINTER, normalized_p=0.9)}
    )
    assert woken() == {score, PRINTER.id}


def test_what_is_steady_wakes_all_of_the_printer(listeners: PartListeners) -> None:
    parts = [PartOf(PRINTER.id, part) for part in Part]
    woken = notes(listeners, *parts, PRINTER.id, PartOf(7, Part.STEADY), ACCOUNT)
    listeners.wake_all_changes(
        {PRINTER.id: PRINTER}, {PRINTER.id: replace(PRINTER, name="Renamed")}
    )
    assert woken() == {*parts, PRINTER.id}


def test_another_agent_is_a_new_structure(listeners: PartListeners) -> None:
    woken = notes(listeners, STRUCTURE)
    listeners.wake_all_changes(
        {PRINTER.id: PRINTER}, {PRINTER.id: replace(PRINTER, agent_name="other")}
    )
    assert woken() == {STRUCTURE}


def test_printers_that_come_and_go_are_a_new_structure(
    listeners: PartListeners,
) -> None:
    other = replace(PRINTER, id=PRINTER.id + 1)
    woken = notes(listeners, STRUCTURE, PRINTER.id, other.id)
    listeners.wake_all_changes({PRINTER.id: PRINTER}, {other.id: other})
    assert woken() == {STRUCTURE, PRINTER.id, other.id}
    listeners.wake_all_changes({other.id: other}, {other.id: replace(other)})
    assert woken() == set()


def test_a_listener_that_fails_keeps_no_other_from_being_woken(
    listeners: PartListeners, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("broken")

    listeners.add(fail, ACCOUNT)
    woken = notes(listeners, ACCOUNT)
    listeners.wake(ACCOUNT)
    assert woken() == {ACCOUNT}
    assert "broken" in caplog.text


def test_a_listener_may_leave_while_it_is_woken() -> None:
    calls: list[int] = []
    emptied: list[int] = []
    listeners = PartListeners(lambda: emptied.append(1))

    def leave() -> None:
        calls.append(1)
        listeners.remove(leave, ACCOUNT)

    listeners.add(leave, ACCOUNT)
    listeners.wake(ACCOUNT)
    listeners.wake_all()
    assert calls == [1]
    assert emptied == [1]
    listeners.remove(leave, ACCOUNT)
    assert emptied == [1]
    assert not listeners.has(ACCOUNT)
