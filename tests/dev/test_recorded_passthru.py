"""Recorded commands of viewers to real agents, and the simulated agents' replies."""

from dataclasses import replace

import pytest

from dev import MEDIUM, SHORT, KlipperAgent, Phase, Printer
from dev.json_types import JsonObject, JsonValue, as_object

from .captures import MORE, differences, recorded
from .drive import Stage

# Replies that are the same for every printer in the same state.
EXACT = {
    "klipper_device_power_devices",
    "klipper_files_directory_missing",
    "klipper_job_queue_status",
    "klipper_unknown",
    "klipper_unknown_gcode",
    "klipper_unknown_target",
    "klipper_update_status",
    "octoprint_connection_options",
    "octoprint_current_connection",
    "octoprint_list_files_missing",
    "octoprint_select_missing",
    "octoprint_select_missing_idle",
    "octoprint_state_id",
}
# Replies with values of the recorded printer.
ALIKE = {
    "klipper_files_directory",
    "klipper_history_totals",
    "klipper_printer_info",
    "klipper_printer_objects_list",
    "klipper_server_info",
    "klipper_webcams_list",
    "octoprint_current_data",
}
LISTS = {
    "octoprint_list_files",
    "octoprint_list_files_recursive",
    "octoprint_list_files_with_folder",
}
UNANSWERED = {"octoprint_unknown_func", "octoprint_unknown_target"}
# Recorded while a print was paused.
PAUSED = {
    "octoprint_current_connection",
    "octoprint_current_data",
    "octoprint_select_missing",
    "octoprint_state_id",
}


def test_every_recorded_command_is_tested() -> None:
    names = {path.stem for path in MORE.glob("*.json")}
    assert {
        name for name in names if name.startswith(("klipper_", "octoprint_"))
    } == EXACT | ALIKE | LISTS | UNANSWERED


async def reach(stage: Stage, name: str) -> Printer:
    """Set up a printer in the state in which a command was recorded."""
    if name.startswith("klipper_"):
        printer = stage.account.add_printer("Voron 2.4", agent="klipper")
        assert isinstance(printer.agent, KlipperAgent)
        printer.agent.power_devices.clear()
        printer.agent.files[MEDIUM.path] = MEDIUM
        await stage.print_whole(printer)
        return printer
    printer = await stage.octoprint(watched=False)
    if name in PAUSED:
        await stage.printing(printer)
        printer.agent.pause()
        await stage.until(printer.agent, Phase.PAUSED)
    return printer


async def replies(
    stage: Stage, printer: Printer, message: JsonObject
) -> list[JsonObject]:
    """Send a command, and return the replies to it without their references."""
    watcher = await stage.watch(printer)
    await watcher.everything()
    await watcher.passthru(message | {"ref": "REF"})
    found = [
        as_object(message["passthru"])
        for message in await watcher.everything()
        if "passthru" in message
    ]
    return [
        {key: value for key, value in reply.items() if key != "ref"}
        for reply in found
        if reply.get("ref") == "REF"
    ]


@pytest.mark.parametrize("name", sorted(EXACT))
async def test_a_command_is_answered_to_the_letter(stage: Stage, name: str) -> None:
    printer = await reach(stage, name)
    command = recorded(name)
    assert await replies(stage, printer, command.message) == [command.reply]


@pytest.mark.parametrize("name", sorted(ALIKE))
async def test_a_command_is_answered_alike(stage: Stage, name: str) -> None:
    printer = await reach(stage, name)
    command = recorded(name)
    (reply,) = await replies(stage, printer, command.message)
    assert differences(command.reply, reply) == {}


@pytest.mark.parametrize("name", sorted(UNANSWERED))
async def test_an_unknown_command_is_not_answered_by_octoprint(
    stage: Stage, name: str
) -> None:
    printer = await reach(stage, name)
    assert await replies(stage, printer, recorded(name).message) == []


def entries(reply: JsonObject) -> list[JsonObject]:
    """Return all entries of OctoPrint's list of files, those in folders included."""
    return below(as_object(as_object(reply["ret"])["local"]))


def below(folder: JsonObject) -> list[JsonObject]:
    found = []
    for value in folder.values():
        entry = as_object(value)
        found.append(entry)
        if entry["type"] == "folder":
            found += below(as_object(entry["children"]))
            entry["children"] = {}
    return found


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_octoprint_lists_files_that_look_like_recorded_ones(
    stage: Stage, name: str
) -> None:
    printer = await stage.octoprint(watched=False)
    printer.agent.files[MEDIUM.path] = MEDIUM
    await stage.print_whole(printer)
    await stage.cancelled_print(printer, SHORT)
    printer.passthru(
        {
            "target": "file_downloader",
            "func": "download",
            "args": [{"safe_filename": "cloud_cube.gcode"}],
            "ref": "d",
        }
    )
    await stage.server.advance(20)
    known = [row for other in LISTS for row in entries(recorded(other).reply)]
    (reply,) = await replies(stage, printer, recorded(name).message)
    served = {str(row["path"]): row for row in entries(reply)}
    assert served.keys() == {
        *(SHORT.path, MEDIUM.path),
        *("ObicoUpload", "ObicoUpload/cloud_cube.gcode"),
    }
    # The simulator knows nothing of what is in a downloaded file.
    del served["ObicoUpload/cloud_cube.gcode"]
    for row in served.values():
        assert any(differences(other, row) == {} for other in known), row


async def test_a_long_list_arrives_whole(stage: Stage) -> None:
    printer = stage.klipper()
    for number in range(4000):
        path = f"a part with a rather long file name 0.2mm PETG {number:04}.gcode"
        printer.agent.files[path] = replace(SHORT, path=path)
    (reply,) = await replies(
        stage,
        printer,
        {
            "target": "moonraker_api",
            "func": "server/files/directory",
            "kwargs": {"path": "gcodes", "extended": True},
        },
    )
    files: JsonValue = as_object(reply["ret"])["files"]
    assert isinstance(files, list)
    assert len(files) == 4000
