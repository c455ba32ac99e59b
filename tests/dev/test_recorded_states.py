"""A simulated machine in a recorded state is served like the recorded printer."""

import re

import pytest

from dev.json_types import JsonObject, as_object

from .captures import FOLDER, differences, printers, read_object, read_rows
from .drive import STATES, Stage


def state_of(printer: JsonObject) -> JsonObject | None:
    """Return text, flags and error, whose values must be equal, too."""
    status = printer["status"]
    return None if status is None else as_object(as_object(status)["state"])


def kind_of_picture(printer: JsonObject) -> str | None:
    """Return a picture's path without its numbers."""
    if printer["pic"] is None:
        return None
    url = str(as_object(printer["pic"])["img_url"]).partition("?")[0]
    return re.sub(r"\d+(\.\d+)?", "N", url)


def test_every_recorded_state_is_driven_to() -> None:
    recorded = {path.stem for path in FOLDER.glob("printer_*.json")}
    events = {path.stem for path in FOLDER.glob("printer_event*.json")}
    assert STATES.keys() == recorded - events


@pytest.mark.parametrize("name", STATES)
async def test_a_driven_printer_is_as_it_was_recorded(stage: Stage, name: str) -> None:
    printer = await STATES[name](stage)
    served = await stage.api.printer(printer)
    recorded = read_object(f"{name}.json")
    assert differences(recorded, served) == {}
    assert state_of(served) == state_of(recorded)
    assert served["not_watching_reason"] == recorded["not_watching_reason"]
    assert kind_of_picture(served) == kind_of_picture(recorded)


async def test_the_printer_list_is_as_it_was_recorded(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer)
    stage.account.add_printer("Voron 2.4")
    served = (await stage.api("printers/")).rows
    recorded = read_rows("printers_list.json")
    assert [differences(*pair) for pair in zip(recorded, served, strict=True)] == [
        {},
        {},
    ]


@pytest.mark.parametrize("name", printers())
async def test_a_loaded_printer_is_served_to_the_letter(
    stage: Stage, name: str
) -> None:
    recorded = printers()[name]
    printer = stage.account.add_printer("Any", agent="octoprint")
    printer.load_state(recorded)
    own: JsonObject = {"id": printer.id, "auth_token": printer.auth_token}
    expected = recorded | own
    if job := expected["current_print"]:
        repeated = as_object(as_object(job)["printer"]) | own
        expected["current_print"] = as_object(job) | {"printer": repeated}
    assert without_owner(await stage.api.printer(printer)) == without_owner(expected)


def without_owner(printer: JsonObject) -> JsonObject:
    """Remove the ids of the printer and the user from a file."""
    match printer["current_print"]:
        case {"g_code_file": dict() as file}:
            file.pop("resident_printer")
            file.pop("user")
    return printer


async def test_a_loaded_printer_stays_as_it_is_until_released(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer)
    printer.load_state(read_object("printer_klipper_idle.json"))
    loaded = await stage.api.printer(printer)
    await stage.server.advance(600)
    assert await stage.api.printer(printer) == loaded
    printer.release()
    assert (await stage.api.printer(printer))["status"] != loaded["status"]


@pytest.mark.parametrize("name", printers())
async def test_a_loaded_picture_is_there_or_gone_as_it_was(
    stage: Stage, name: str
) -> None:
    recorded = printers()[name]
    printer = stage.account.add_printer("Any")
    printer.load_state(recorded)
    if pic := (await stage.api.printer(printer))["pic"]:
        url = str(as_object(pic)["img_url"])
        status, _ = await stage.api.picture(url)
        gone = "/tagged/" in url and recorded["current_print"] is None
        assert status == (404 if gone else 200)
        assert (await stage.api.picture(url + "x"))[0] == 403


async def test_a_loaded_picture_can_be_any(stage: Stage) -> None:
    picture = (FOLDER / "pic_idle.jpg").read_bytes()
    printer = stage.account.add_printer("Any")
    printer.load_state(read_object("printer_printing.json"), picture=picture)
    pic = as_object((await stage.api.printer(printer))["pic"])
    assert await stage.api.picture(pic["img_url"]) == (200, picture)
