"""Whatever becomes of one printer's data, the other printers' go on."""

from collections.abc import Iterator
import copy
import json

import pytest

from dev.server.serialize import printer_json
from tests.integration.push.support import PRINTERS, Prepared, assert_nothing_left
from tests.integration.support import Json, coordinator_of, load_capture
from tests.timelapse import Timelapse

MISSING = object()
# In place of whatever stands in a field.
VALUES: list[object] = [
    MISSING,
    None,
    True,
    -1,
    0,
    10**30,
    1e300,
    "",
    "nonsense",
    "x" * 300,
    [],
    [None],
    [7],
    {},
    {"id": "x"},
]


def places(value: Json, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """Go through all fields of a JSON object, however deep."""
    items: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, *path, key)


def changed(
    printer: dict[str, Json], path: tuple[str | int, ...], value: object
) -> dict[str, Json]:
    """Return a printer with another value, or none, in one place."""
    mutant = copy.deepcopy(printer)
    inner: Json = mutant
    for key in path[:-1]:
        inner = inner[key]
    if value is not MISSING:
        inner[path[-1]] = value
    elif isinstance(inner, dict):
        del inner[path[-1]]
    return mutant


LEVELS = (("failing", 0.9), ("ok", 0.1), ("warning", 0.5))
CAPTURES = ("printer_printing", "printer_klipper_printing", "printer_idle_webcams")


@pytest.mark.parametrize("capture", CAPTURES)
async def test_mutants_of_one_printer_leave_the_others_alone(
    prepared: Prepared, timelapse: Timelapse, capture: str, pytestconfig: pytest.Config
) -> None:
    is_long = pytestconfig.getoption("--long")
    odd = prepared.account.add_printer("Odd", agent="octoprint")
    odd.load_state(load_capture(capture))
    sound = prepared.account.add_printer("Sound", agent="klipper")
    sound.load_state(load_capture("printer_klipper_printing"))
    obico = await prepared.follow()
    original = json.loads(json.dumps(printer_json(odd)))
    mutants = [
        changed(original, path, value)
        for number, path in enumerate(places(original))
        # Each place gets some of them, each of them some places; in the long form all.
        for value in (
            VALUES if is_long else (VALUES[number % 15], VALUES[(number * 7 + 4) % 15])
        )
    ]
    served: list[dict[str, Json]] = []

    def serve(rows: Json) -> Json:
        return [*served, *rows[1:]]

    obico.server.faults.change(PRINTERS, serve)

    for number, mutant in enumerate(mutants):
        # A push, and now and then a poll, in which the other printer changes too.
        obico.server.sockets.send(odd.id, json.dumps(mutant))
        served[:] = [mutant]
        # Each differs from the one before the last, too: a push that is the same as the
        # push before it is no news.
        level, sound.normalized_p = LEVELS[number % 3]
        if number % 10:
            sound.push()
            await timelapse.settle()
        else:
            await coordinator_of(obico.entry).async_refresh()
        assert coordinator_of(obico.entry).last_update_success
        assert obico.value(sound, "sensor.failure_level") == level, mutant

    obico.server.faults.clear()
    await timelapse.pass_time(120, step=10)
    assert obico.value(odd, "sensor.file") == (
        original["current_print"]["filename"]
        if original["current_print"]
        else "unknown"
    )
    await assert_nothing_left(obico, timelapse)
