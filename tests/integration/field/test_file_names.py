"""Kind: what is listed can be started and found, whatever characters are in its name.

Spaces of any width, joined emoji, soft hyphens, marks of direction, letters with combining
marks and blanks at the ends are parts of names, on printers and in the cloud. Control
characters, halves of characters, `..` and backslashes are none.
"""

from dataclasses import replace
from typing import Literal
from unicodedata import normalize

import probatio
import pytest

from dev import SHORT, Phase
from tests.integration.control.conftest import printer  # noqa: F401
from tests.integration.control.support import octoprint, refused
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.services.conftest import actions  # noqa: F401
from tests.integration.services.support import Actions

NAMES = [
    "café\u00a0noir.gcode",
    "テスト\u3000部品.gcode",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467.gcode",
    "a\u00adb.gcode",
    "\u200fשלום\u200e.gcode",
    normalize("NFD", "Lüfter.gcode"),
    " in front.gcode",
    "at the end.gcode ",
    "\u2003wide\u2003.gcode",
    "zero\u200bwidth\ufeff.gcode",
    "line\u2028separator.gcode",
    "\ue000 private.gcode",
    "100% & 'quoted' \"twice\" #1?.gcode",
    "e\u0301\u0323.gcode",
    "Ω and Å.gcode".replace("Å", "\u212b"),
    "ﬁ ligature.gcode",
]


@pytest.mark.parametrize(
    "folder", ["", "parts", " two  words\u00a0", normalize("NFD", "für Öl")]
)
@pytest.mark.parametrize("name", NAMES)
async def test_a_file_that_a_printer_lists_can_be_started(
    actions: Actions,  # noqa: F811
    name: str,
    folder: str,
) -> None:
    path = f"{folder}/{name}" if folder else name
    actions.agent.files = {path: replace(SHORT, path=path)}
    if folder:
        (within,) = (await actions.ask("get_files"))["folders"]
        assert within["path"] == folder
    (file,) = (await actions.ask("get_files", folder=folder))["files"]
    assert (file["name"], file["path"]) == (name, path)
    await actions.do("start_print", file=file["path"])
    assert actions.agent.job is actions.agent.files[path]
    assert actions.agent.phase in {Phase.STARTING, Phase.PRINTING}


@octoprint
@pytest.mark.parametrize(
    "folder", ["", " two  words\u00a0", normalize("NFD", "für Öl")]
)
@pytest.mark.parametrize("name", NAMES)
async def test_a_file_that_the_cloud_lists_can_be_started(
    actions: Actions,  # noqa: F811
    name: str,
    folder: str,
) -> None:
    account = actions.obico.account
    inside = account.add_folder(folder) if folder else None
    account.add_cloud_file("other.gcode", inside)
    wanted = account.add_cloud_file(name, inside)
    files = (await actions.ask("get_files", source="cloud", folder=folder))["files"]
    (path,) = (file["path"] for file in files if file["name"] == name)
    await actions.do("start_print", file=path, source="cloud")
    assert f"'id': {wanted.id}," in actions.told[0]


@octoprint
@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
@pytest.mark.parametrize(
    "name", ["Lüfter.gcode", "Lufttürgriff.gcode", "é.gcode", "Ångström.g"]
)
async def test_a_name_is_found_in_the_cloud_however_it_is_composed(
    actions: Actions,  # noqa: F811
    name: str,
    form: Literal["NFC", "NFD"],
    other: Literal["NFC", "NFD"],
) -> None:
    account = actions.obico.account
    folder = account.add_folder(normalize(form, "Öl"))
    wanted = account.add_cloud_file(normalize(form, name), folder)
    typed = normalize(other, f"Öl/{name}")
    answer = await actions.ask(
        "get_files", source="cloud", folder=typed.partition("/")[0]
    )
    assert [file["path"] for file in answer["files"]] == [normalize(form, f"Öl/{name}")]
    await actions.do("start_print", file=typed, source="cloud")
    assert f"'id': {wanted.id}," in actions.told[0]


@octoprint
async def test_of_two_names_of_the_same_letters_the_very_same_is_meant(
    actions: Actions,  # noqa: F811
) -> None:
    account = actions.obico.account
    account.add_cloud_file(normalize("NFC", "Öl.gcode"))
    wanted = account.add_cloud_file(normalize("NFD", "Öl.gcode"))
    await actions.do("start_print", file=wanted.filename, source="cloud")
    assert f"'id': {wanted.id}," in actions.told[0]


@octoprint
@pytest.mark.parametrize("source", ["printer", "cloud"])
@pytest.mark.parametrize(
    "name",
    [
        "a\x00b",
        "a\tb",
        "a\rb",
        "a\x7fb",
        "a\x85b",
        "a\x9bb",
        "a\ud83db",
        "..",
        "a/../b",
        "a/./b",
        "a\\b",
        "x" * 1025,
        "\u00a0" * 3,
    ],
)
async def test_what_no_file_can_be_called_is_refused(
    actions: Actions,  # noqa: F811
    name: str,
    source: str,
) -> None:
    with pytest.raises(probatio.Invalid, match="file"):
        await actions.do("start_print", file=name, source=source)
    assert actions.told == []


@pytest.mark.parametrize("name", NAMES[:4])
async def test_a_file_that_is_not_there_is_named(
    actions: Actions,  # noqa: F811
    name: str,
) -> None:
    actions.agent.files = {SHORT.path: SHORT}
    error = await refused(actions.do("start_print", file=name), "file_not_found")
    assert name in str(error)
