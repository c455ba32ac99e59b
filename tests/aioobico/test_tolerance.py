"""Whatever a server makes of a field harms that field alone."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.obico.aioobico import (
    Listing,
    ObicoResponseError,
    Print,
    Printer,
    PrinterEvent,
    User,
)
from custom_components.obico.aioobico.models.printer import ParsedPrinter
from custom_components.obico.aioobico.parsing import parse_json

from .support import load, load_list, load_object
from .test_models import PRINTERS

type Path = tuple[str | int, ...]

MISSING = object()

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([10**400, "x" * 20_000, "2026-11-22T05:16:45Z"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)

# Equal to no boolean, which 0 and 1 are in Python.
NO_BOOLEAN_LIKE: st.SearchStrategy[object] = (
    st.none() | st.text(max_size=8) | st.integers(2) | st.just([]) | st.just({})
)

CAPTURED = {name: load_object(name) for name in PRINTERS}

# Where a field comes from, if not from the path of its own name.
SOURCES: dict[Path, Path] = {
    ("picture_url",): ("pic",),
    ("status", "text"): ("status", "state", "text"),
    ("status", "error"): ("status", "state", "error"),
    ("status", "flags"): ("status", "state", "flags"),
    ("status", "flags", "closed_or_error"): (
        *("status", "state", "flags"),
        "closedOrError",
    ),
    ("status", "flags", "sd_ready"): ("status", "state", "flags", "sdReady"),
    ("status", "job", "file_name"): ("status", "job", "file", "name"),
    ("status", "job", "file_path"): ("status", "job", "file", "path"),
    ("status", "job", "estimated_print_time"): ("status", "job", "estimatedPrintTime"),
    ("status", "job", "last_print_time"): ("status", "job", "lastPrintTime"),
    ("status", "job", "filament_length"): ("status", "job", "filament"),
    ("status", "job", "filament_volume"): ("status", "job", "filament"),
    ("status", "progress", "print_time"): ("status", "progress", "printTime"),
    ("status", "progress", "print_time_left"): ("status", "progress", "printTimeLeft"),
    ("status", "progress", "print_time_left_origin"): (
        *("status", "progress"),
        "printTimeLeftOrigin",
    ),
    ("status", "progress", "filament_used"): ("status", "progress", "filamentUsed"),
    ("status", "progress", "file_position"): ("status", "progress", "filepos"),
    ("status", "current_z"): ("status", "currentZ"),
    ("status", "current_layer"): ("status", "currentLayerHeight"),
    ("status", "total_layers"): (
        *("status", "file_metadata", "obico"),
        "totalLayerCount",
    ),
    ("status", "feed_rate"): ("status", "currentFeedRate"),
    ("status", "flow_rate"): ("status", "currentFlowRate"),
    ("status", "fan_speed"): ("status", "currentFanSpeed"),
    ("status", "display_message"): ("status", "display_status", "message"),
    ("status", "timestamp"): ("status", "_ts"),
    ("settings", "flat_webcam", "flip_vertical"): ("settings", "webcam_flipV"),
    ("settings", "flat_webcam", "flip_horizontal"): ("settings", "webcam_flipH"),
    ("settings", "flat_webcam", "rotation"): ("settings", "webcam_rotation"),
    ("settings", "flat_webcam", "stream_ratio"): ("settings", "webcam_streamRatio"),
    ("settings", "temperature_profiles"): ("settings", "temp_profiles"),
    ("settings", "platform"): ("settings", "platform_uname"),
    ("current_print", "printer_id"): ("current_print", "printer"),
    ("current_print", "g_code_file", "size"): (
        *("current_print", "g_code_file"),
        "num_bytes",
    ),
}
THUMBNAILS: Path = ("current_print", "g_code_file", "thumbnail_urls")


def _source(field: Path) -> Path:
    """Return where in the JSON a field comes from."""
    for length in range(len(field), 0, -1):
        if (source := SOURCES.get(field[:length])) is not None:
            return source + field[length:]
    return field


def _is_touched(field: Path, changed: Path) -> bool:
    """Return whether a change in the JSON may show in a field."""
    if changed == ("current_print", "id"):
        # A record is nothing without its id.
        return field[0] == "current_print"
    if field == THUMBNAILS:
        return changed[:2] == field[:2][: len(changed)] and (
            len(changed) <= 2 or str(changed[2]).startswith("thumbnail")
        )
    source = _source(field)
    length = min(len(source), len(changed))
    return source[:length] == changed[:length]


def _flat(value: object, path: Path = ()) -> dict[Path, object]:
    """Return the fields of a parsed object by their paths."""
    if not isinstance(value, dict):
        return {path: value}
    return {
        field: content
        for key, inner in value.items()
        for field, content in _flat(inner, (*path, key)).items()
    }


def _paths(value: object, path: Path = ()) -> list[Path]:
    """Return the paths of all there is in a JSON object."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return [path]
    return [
        *([path] if path else []),
        *(p for k, v in inner for p in _paths(v, (*path, k))),
    ]


def _changed(data: dict[str, object], path: Path, value: object) -> dict[str, object]:
    """Return a copy with another value at a path, or none."""
    changed = deepcopy(data)
    place = changed
    for step in path[:-1]:
        place = place[step]  # type: ignore[index, assignment]
    if value is MISSING:
        del place[path[-1]]  # type: ignore[arg-type]
    else:
        place[path[-1]] = value  # type: ignore[index]
    return changed


@st.composite
def _mutations(
    draw: st.DrawFn, values: st.SearchStrategy[object] = JSON
) -> tuple[dict[str, object], Path, dict[str, object]]:
    """Return a recorded printer, a path in it, and a copy that differs there."""
    data = CAPTURED[draw(st.sampled_from(PRINTERS))]
    path = draw(st.sampled_from(_paths(data)))
    return data, path, _changed(data, path, draw(st.just(MISSING) | values))


@settings(max_examples=400)
@given(_mutations())
def test_a_field_that_is_missing_or_of_another_type_harms_no_other(
    mutation: tuple[dict[str, object], Path, dict[str, object]],
) -> None:
    data, path, changed = mutation
    try:
        mutated = Printer.from_dict(changed)
    except ObicoResponseError:
        assert path == ("id",)
        return
    before = _flat(asdict(Printer.from_dict(data)))
    after = _flat(asdict(mutated))
    different = {
        field
        for field in before.keys() | after.keys()
        if before.get(field, MISSING) != after.get(field, MISSING)
    }
    assert not {field for field in different if not _is_touched(field, path)}


@settings(max_examples=200)
@given(_mutations(NO_BOOLEAN_LIKE))
def test_parsing_on_top_of_the_last_object_gives_the_same(
    mutation: tuple[dict[str, object], Path, dict[str, object]],
) -> None:
    data, path, changed = mutation
    if path == ("id",):
        return
    for before, after in ((data, changed), (changed, data)):
        last = ParsedPrinter.from_dict(deepcopy(before))
        for each in (before, after, before):
            last = ParsedPrinter.from_dict(deepcopy(each), last)
            assert last.printer == Printer.from_dict(each)


PARSERS: list[tuple[Callable[[object], object], object]] = [
    (Print.from_dict, load("print_3.json")),
    (PrinterEvent.from_dict, load_list("printer_events_all.json")[0]),
    (User.from_dict, load("user_me.json")),
]


@pytest.mark.parametrize(("parse", "data"), PARSERS)
@given(st.data())
def test_prints_events_and_users_need_nothing_but_their_id(
    parse: Callable[[object], object], data: dict[str, object], draws: st.DataObject
) -> None:
    path = draws.draw(st.sampled_from(_paths(data)))
    changed = _changed(data, path, draws.draw(st.just(MISSING) | JSON))
    try:
        parse(changed)
    except ObicoResponseError:
        assert path == ("id",)


@given(JSON)
def test_any_json_is_an_object_or_one_clear_error(value: object) -> None:
    for parse in (Printer.from_dict, *(parser for parser, _ in PARSERS)):
        with pytest.raises(ObicoResponseError):
            parse(value)


@given(st.lists(JSON, max_size=3), st.lists(JSON, max_size=3))
def test_bad_rows_are_counted_and_good_ones_kept(
    before: list[object], after: list[object]
) -> None:
    good = load_object("printer_idle.json")
    listing = Listing.from_rows([*before, good, *after], Printer.from_dict, None)
    assert listing.items == (Printer.from_dict(good),)
    assert listing.rejected == len(before) + len(after)


@given(st.binary())
def test_any_bytes_are_json_or_one_clear_error(body: bytes) -> None:
    with suppress(ObicoResponseError):
        parse_json(body)
