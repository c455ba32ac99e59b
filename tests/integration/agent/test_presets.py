"""Every preset finds the entities of its integration, whatever these are called."""

from dataclasses import dataclass, field
from typing import Final

import pytest

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er

from .support import Watched
from .test_flow import Flow, add_device


@dataclass(frozen=True, kw_only=True)
class Integration:
    """What an integration adds to the device of a printer, by domain and unique id.

    `is_not` are entities of the same device that a careless search would take. `phase` is
    what `status` means, and `found` the unique ids that the form is filled in with.
    """

    domain: str
    entities: dict[str, dict[str, str]]
    status: str
    phase: str
    found: dict[str, str]
    is_not: dict[str, list[str]] = field(default_factory=dict)
    commands: tuple[str, str, str]


INTEGRATIONS: Final = [
    Integration(
        domain="bambu_lab",
        entities={
            "sensor": {
                "01S00C_print_status": "pause",
                "01S00C_subtask_name": "benchy",
                "01S00C_print_progress": "40",
                "01S00C_remaining_time": "0.5",
                "01S00C_current_layer": "20",
                "01S00C_total_layers": "50",
                "01S00C_nozzle_temp": "220",
                "01S00C_bed_temp": "60",
                "01S00C_chamber_temp": "30",
            },
            "number": {
                "01S00C_target_nozzle_temperature": "220",
                "01S00C_target_bed_temperature": "60",
            },
            "binary_sensor": {"01S00C_hms": "off"},
            "camera": {"01S00C_camera": "idle"},
            "light": {"01S00C_chamber_light": "on"},
            "button": dict.fromkeys(
                ("01S00C_pause", "01S00C_resume", "01S00C_stop"), "unknown"
            ),
        },
        is_not={
            "sensor": ["01S00C_left_nozzle_temp", "01S00C_target_nozzle_temp"],
            "image": ["01S00C_cover_image"],
        },
        status="01S00C_print_status",
        phase="paused",
        found={
            "camera": "01S00C_camera",
            "light": "01S00C_chamber_light",
            "file": "01S00C_subtask_name",
            "time_left": "01S00C_remaining_time",
            "nozzle": "01S00C_nozzle_temp",
            "nozzle_target": "01S00C_target_nozzle_temperature",
            "chamber": "01S00C_chamber_temp",
            "error": "01S00C_hms",
        },
        commands=("01S00C_pause", "01S00C_resume", "01S00C_stop"),
    ),
    Integration(
        domain="prusalink",
        entities={
            "sensor": {
                "abc_printer.state": "attention",
                "abc_job.filename": "vase.bgcode",
                "abc_job.progress": "12",
                "abc_job.finish": "2026-11-22T08:00:00+00:00",
                "abc_printer.telemetry.temp-nozzle": "215",
                "abc_printer.telemetry.temp-nozzle.target": "215",
            },
            "button": dict.fromkeys(
                ("abc_job.pause_job", "abc_job.resume_job", "abc_printer.cancel_job"),
                "unknown",
            ),
        },
        is_not={"camera": ["abc_job_preview"]},
        status="abc_printer.state",
        phase="paused",
        found={
            "file": "abc_job.filename",
            "time_left": "abc_job.finish",
            "nozzle": "abc_printer.telemetry.temp-nozzle",
            "nozzle_target": "abc_printer.telemetry.temp-nozzle.target",
        },
        commands=("abc_job.pause_job", "abc_job.resume_job", "abc_printer.cancel_job"),
    ),
    Integration(
        domain="octoprint",
        entities={
            "sensor": {
                "Current State-abc": "printing",
                "Job Percentage-abc": "12",
                "Current File-abc": "cube.gcode",
                "Estimated Finish Time-abc": "2026-11-22T08:00:00+00:00",
                "actual tool0 temp-abc": "205",
                "target tool0 temp-abc": "205",
            },
            "camera": {"abc": "idle"},
            "button": dict.fromkeys(
                ("Pause Job-abc", "Resume Job-abc", "Stop Job-abc"), "unknown"
            ),
        },
        is_not={"sensor": ["Current File Size-abc"]},
        status="Current State-abc",
        phase="printing",
        found={
            "camera": "abc",
            "file": "Current File-abc",
            "progress": "Job Percentage-abc",
            "nozzle": "actual tool0 temp-abc",
            "nozzle_target": "target tool0 temp-abc",
        },
        commands=("Pause Job-abc", "Resume Job-abc", "Stop Job-abc"),
    ),
    Integration(
        domain="moonraker",
        entities={
            "sensor": {
                "e1_print_state": "complete",
                "e1_state": "ready",
                "e1_filename": "cube.gcode",
                "e1_progress": "100",
                "e1_print_time_left": "0",
                "e1_current_layer": "9",
                "e1_total_layer": "9",
                "e1_extruder_temp": "210",
                "e1_heater_bed_temp": "60",
            },
            "number": {"e1_extruder_target": "210", "e1_heater_bed_target": "60"},
            "button": dict.fromkeys(
                ("e1_pause_print", "e1_resume_print", "e1_cancel_print"), "unknown"
            ),
        },
        is_not={"camera": ["e1_thumbnail"], "sensor": ["e1_message"]},
        status="e1_print_state",
        phase="finished",
        found={
            "file": "e1_filename",
            "total_layers": "e1_total_layer",
            "nozzle": "e1_extruder_temp",
            "bed_target": "e1_heater_bed_target",
        },
        commands=("e1_pause_print", "e1_resume_print", "e1_cancel_print"),
    ),
    Integration(
        domain="elegoo_printer",
        entities={
            "sensor": {
                "m1_print_status": "preheating_completed",
                "m1_current_status": "printing",
                "m1_filename": "cube.gcode",
                "m1_percent_complete": "3",
                "m1_ticks_remaining": "42",
                "m1_nozzle_temp": "220",
                "m1_print_error": "none",
            },
            "number": {"m1_target_nozzle_temp": "220"},
            "camera": {"m1_chamber_camera": "idle"},
            "light": {"m1_second_light": "off"},
            "button": dict.fromkeys(
                ("m1_pause_print", "m1_resume_print", "m1_stop_print"), "unknown"
            ),
        },
        is_not={"image": ["m1_cover_image"]},
        status="m1_print_status",
        phase="printing",
        found={
            "camera": "m1_chamber_camera",
            "light": "m1_second_light",
            "time_left": "m1_ticks_remaining",
            "nozzle_target": "m1_target_nozzle_temp",
            "error": "m1_print_error",
        },
        commands=("m1_pause_print", "m1_resume_print", "m1_stop_print"),
    ),
    Integration(
        domain="ha_creality_ws",
        entities={
            "sensor": {
                "10.0.0.9-print_status": "stopped",
                "10.0.0.9-print_progress": "40",
                "10.0.0.9-print_left_time": "600",
                "10.0.0.9-nozzle_temperature": "220",
                "10.0.0.9-bed_temperature": "60",
            },
            "number": {"10.0.0.9-bed_target_0": "60"},
            "camera": {"10.0.0.9-camera": "idle"},
            "switch": {"10.0.0.9-light": "on"},
            "button": dict.fromkeys(
                (
                    "10.0.0.9-pause_print",
                    "10.0.0.9-resume_print",
                    "10.0.0.9-stop_print",
                ),
                "unknown",
            ),
        },
        is_not={"image": ["10.0.0.9-current_print_preview"]},
        status="10.0.0.9-print_status",
        phase="cancelled",
        found={
            "camera": "10.0.0.9-camera",
            "light": "10.0.0.9-light",
            "file": "10.0.0.9-print_status",
            "nozzle_target": "10.0.0.9-nozzle_temperature",
            "bed_target": "10.0.0.9-bed_target_0",
        },
        commands=(
            "10.0.0.9-pause_print",
            "10.0.0.9-resume_print",
            "10.0.0.9-stop_print",
        ),
    ),
    Integration(
        domain="anycubic_cloud",
        entities={
            "sensor": {
                "aa:bb-job_state": "failed",
                "aa:bb-current_status": "available",
                "aa:bb-job_name": "cube",
                "aa:bb-job_progress": "70",
                "aa:bb-job_time_remaining": "7",
                "aa:bb-curr_nozzle_temp": "200",
                "aa:bb-target_nozzle_temp": "200",
            },
            "camera": {"aa:bb-camera": "idle"},
            "light": {"aa:bb-printer_light": "on"},
            "button": dict.fromkeys(
                ("aa:bb-pause_print", "aa:bb-resume_print", "aa:bb-cancel_print"),
                "unknown",
            ),
        },
        is_not={"camera": ["aa:bb-cloud_camera"], "image": ["aa:bb-job_image_url"]},
        status="aa:bb-job_state",
        phase="failed",
        found={
            "camera": "aa:bb-camera",
            "light": "aa:bb-printer_light",
            "file": "aa:bb-job_name",
            "time_left": "aa:bb-job_time_remaining",
            "nozzle_target": "aa:bb-target_nozzle_temp",
        },
        commands=("aa:bb-pause_print", "aa:bb-resume_print", "aa:bb-cancel_print"),
    ),
]


@pytest.mark.parametrize("its", INTEGRATIONS, ids=[its.domain for its in INTEGRATIONS])
async def test_a_printer_is_set_up_by_its_preset(
    watched: Watched, its: Integration
) -> None:
    hass = watched.hass
    entities = {
        domain: {
            **its.entities.get(domain, {}),
            **dict.fromkeys(its.is_not.get(domain, ()), "13"),
        }
        for domain in {**its.is_not, **its.entities}
    }
    device = add_device(hass, its.domain, entities, unique_id="{key}")
    # What a user may have done, or other languages do.
    registry = er.async_get(hass)
    ids: dict[str, str] = {}
    for number, entry in enumerate(
        er.async_entries_for_device(registry, device.id, include_disabled_entities=True)
    ):
        state = hass.states.get(entry.entity_id)
        assert state is not None
        renamed = f"{entry.domain}.drucker_{number}"
        registry.async_update_entity(entry.entity_id, new_entity_id=renamed)
        hass.states.async_remove(entry.entity_id)
        hass.states.async_set(renamed, state.state)
        ids[entry.unique_id] = renamed
    flow = Flow(watched)
    await flow.start()
    await flow.take("device")
    await flow.answer(device_id=device.id)
    assert flow.result["step_id"] == "entities"
    shown = flow.shown()
    filled = {**shown, **shown["picture"], **shown["readings"]}
    assert filled["status"] == ids[its.status]
    assert {key: filled.get(key) for key in its.found} == {
        key: ids[unique_id] for key, unique_id in its.found.items()
    }
    ours = {ids[key] for keys in its.entities.values() for key in keys}
    named = {value for value in filled.values() if isinstance(value, str)}
    assert {each for each in named if ".drucker_" in each} <= ours
    for command, unique_id in zip(
        ("pause", "resume", "cancel"), its.commands, strict=True
    ):
        assert shown["commands"][command] == [
            {"action": "button.press", "target": {"entity_id": ids[unique_id]}}
        ]
    await flow.accept()
    said = flow.result["description_placeholders"]
    assert said["phase"] == its.phase.capitalize()
    assert said["commands"] == "Pause, Resume, Cancel"
    await flow.answer(printer="new", name=its.domain)
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    created = watched.server.printers[flow.result["data"]["printer_id"]]
    await watched.until(lambda: watched.server.remote_agent(created).is_connected)
    await watched.until(lambda: created.status)
    # Only what is under way when it is first seen is a print.
    is_open = its.phase in {"printing", "paused"}
    assert (created.current_print is not None) is is_open


@pytest.mark.parametrize("domain", ["octoprint", "moonraker"])
@pytest.mark.parametrize("is_linked", [True, False])
async def test_printers_with_the_plug_in_are_refused_and_others_are_not(
    watched: Watched, domain: str, is_linked: bool
) -> None:
    if is_linked:
        watched.account.add_printer(
            "Cellar", agent="octoprint" if domain == "octoprint" else "klipper"
        )
        await watched.pass_time(310, step=10)
    its = next(each for each in INTEGRATIONS if each.domain == domain)
    device = add_device(
        watched.hass, domain, its.entities, unique_id="{key}", name="Attic"
    )
    flow = Flow(watched)
    await flow.start()
    await flow.take("device")
    await flow.answer(device_id=device.id)
    if is_linked:
        assert flow.result["errors"] == {"device_id": "has_own_agent"}
    else:
        assert flow.result["step_id"] == "entities"
