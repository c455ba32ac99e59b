"""What Home Assistant shows for every recorded state of a real printer."""

from datetime import datetime, timedelta
from math import ceil, floor

from freezegun.api import FrozenDateTimeFactory
import pytest
from syrupy.assertion import SnapshotAssertion

from dev import Account, ObicoServer, Printer
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.integration.support import (
    Json,
    Obico,
    load_capture,
    printer_captures,
    set_up,
)

# Attributes that are secret, or differ with every run.
UNSTABLE_ATTRIBUTES = ("access_token", "entity_picture")

ON, OFF, GONE, NONE = "on", "off", STATE_UNAVAILABLE, STATE_UNKNOWN
RUNAWAY = (
    "Thermal Runaway, system stopped! Heater_ID: 0 - Printer halted. kill() called!"
)
NOT_HEATING = "Heater extruder not heating at expected rate"

STATE_KEYS = (
    "sensor.status",
    "binary_sensor.online",
    "binary_sensor.printing",
    "binary_sensor.failure_detected",
    "sensor.error",
    "sensor.not_watching_reason",
)
EXPECTED = {
    "after_print_no_viewer": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "alert_warning": ("printing", ON, ON, ON, NONE, "watching"),
    "autopaused": ("pausing", ON, ON, ON, NONE, "watching"),
    "cancelling": ("cancelling", ON, ON, OFF, NONE, "watching"),
    "cancelling_no_current_print": ("cancelling", ON, ON, OFF, NONE, "not_printing"),
    "connecting": ("connecting", ON, OFF, OFF, NONE, "not_printing"),
    "disconnected": ("disconnected", ON, OFF, OFF, NONE, "not_printing"),
    "error_momentary": ("error", ON, OFF, OFF, RUNAWAY, "not_printing"),
    "finished": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "finishing": ("finishing", ON, ON, OFF, NONE, "watching"),
    "gcode_downloading": ("downloading", ON, OFF, OFF, NONE, "not_printing"),
    "heating": ("heating", ON, ON, OFF, NONE, "watching"),
    "idle": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "idle_webcams": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "idle_with_viewer": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "klipper_complete": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "klipper_downloading": ("downloading", ON, OFF, OFF, NONE, "not_printing"),
    "klipper_error": ("error", ON, OFF, OFF, NOT_HEATING, "not_printing"),
    "klipper_idle": ("idle", ON, OFF, OFF, NONE, "not_printing"),
    "klipper_klippy_shutdown": ("offline", OFF, GONE, OFF, GONE, "not_printing"),
    "klipper_paused": ("paused", ON, OFF, OFF, NONE, "paused"),
    "klipper_pausing": ("pausing", ON, ON, OFF, NONE, "paused"),
    "klipper_printing": ("printing", ON, ON, OFF, NONE, "watching"),
    "klipper_resuming": ("resuming", ON, ON, OFF, NONE, "paused"),
    "muted_printing": ("printing", ON, ON, OFF, NONE, "alerts_muted"),
    "offline": ("offline", OFF, GONE, OFF, GONE, "offline"),
    "offline_after_error": ("error", ON, OFF, OFF, RUNAWAY, "not_printing"),
    "paused": ("paused", ON, OFF, OFF, NONE, "paused"),
    "pausing": ("pausing", ON, ON, OFF, NONE, "watching"),
    "printing": ("printing", ON, ON, OFF, NONE, "watching"),
    "printing_cloud": ("heating", ON, ON, OFF, NONE, "watching"),
    "resuming": ("resuming", ON, ON, OFF, NONE, "watching"),
    "starting": ("starting", ON, ON, OFF, NONE, NONE),
}

JOB_READINGS = (
    "sensor.progress",
    "sensor.time_remaining",
    "sensor.current_layer",
)


class Recorded:
    """A printer in Home Assistant that takes on recorded states."""

    def __init__(self, obico: Obico, printer: Printer) -> None:
        self.obico = obico
        self.printer = printer

    async def show(self, name: str) -> dict[str, Json]:
        """Take on a recorded state, and return it."""
        capture = load_capture(f"printer_{name}")
        self.printer.load_state(capture)
        await self.obico.poll()
        return capture

    def __getitem__(self, key: str) -> str:
        """Return what an entity shows."""
        return self.obico.value(self.printer, key)

    def entries(self) -> dict[str, er.RegistryEntry]:
        """Return the entities of the printer, by domain and key."""
        device = self.obico.device(self.printer)
        assert device is not None
        prefix = f"{self.obico.entry.unique_id}_{self.printer.id}_"
        entries = {
            f"{entry.domain}.{entry.unique_id.removeprefix(prefix)}": entry
            for entry in er.async_entries_for_device(
                er.async_get(self.obico.hass), device.id, include_disabled_entities=True
            )
        }
        return dict(sorted(entries.items()))


@pytest.fixture
async def recorded(
    frozen: FrozenDateTimeFactory,
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
) -> Recorded:
    printer = account.add_printer("Not linked yet")
    return Recorded(await set_up(hass, server, account), printer)


def test_every_recorded_state_is_looked_at() -> None:
    assert [f"printer_{name}" for name in sorted(EXPECTED)] == printer_captures()


@pytest.mark.parametrize("name", EXPECTED)
async def test_all_entities_of_a_recorded_state(
    recorded: Recorded, name: str, snapshot: SnapshotAssertion
) -> None:
    await recorded.show(name)
    states = recorded.obico.hass.states
    assert {
        key: state.state if (state := states.get(entry.entity_id)) else "disabled"
        for key, entry in recorded.entries().items()
    } == snapshot


@pytest.mark.parametrize("name", ["printing", "klipper_printing"])
async def test_all_that_is_to_know_of_the_entities(
    recorded: Recorded, name: str, snapshot: SnapshotAssertion
) -> None:
    await recorded.show(name)
    for key, entry in recorded.entries().items():
        assert entry == snapshot(name=f"{key}-entry")
        if (state := recorded.obico.hass.states.get(entry.entity_id)) is not None:
            attributes = {
                name: value
                for name, value in state.attributes.items()
                if name not in UNSTABLE_ATTRIBUTES
            }
            assert attributes == snapshot(name=f"{key}-attributes")


def expected_of_job(capture: dict[str, Json]) -> dict[str, str]:
    """Return what is known of a print: only while there is one, and from an agent.

    A finished printer goes on reporting its last file and 100 %.
    """
    status = capture["status"]
    if status is None:
        return dict.fromkeys(JOB_READINGS, STATE_UNAVAILABLE)
    if capture["current_print"] is None:
        return dict.fromkeys(JOB_READINGS, STATE_UNKNOWN)
    progress = status["progress"]
    left = progress["printTimeLeft"]
    values = {
        "sensor.progress": floor(progress["completion"]),
        "sensor.time_remaining": None if left is None else float(ceil(left / 60)),
        "sensor.current_layer": status["currentLayerHeight"],
    }
    return {
        key: STATE_UNKNOWN if value is None else str(value)
        for key, value in values.items()
    }


def is_watched(capture: dict[str, Json]) -> bool:
    """Return whether the AI watches a print, or would if it was not interrupted."""
    if capture["current_print"] is None or capture["status"] is None:
        return False
    reason = capture["not_watching_reason"]
    return reason is None or reason == "Printer is not actively printing"


def expected_of_server(capture: dict[str, Json]) -> dict[str, str]:
    """Return what the server keeps, whether or not the agent is there."""
    score = str(round(capture["normalized_p"] * 100, 1))
    job = capture["current_print"]
    start = job and datetime.fromisoformat(job["started_at"]).replace(microsecond=0)
    return {
        "sensor.failure_score": score if is_watched(capture) else STATE_UNKNOWN,
        "sensor.file": job["filename"] if job else STATE_UNKNOWN,
        "sensor.start_time": start.isoformat() if start else STATE_UNKNOWN,
        "switch.watching_enabled": ON if capture["watching_enabled"] else OFF,
    }


def expected_finish_time(capture: dict[str, Json]) -> str:
    """Return when a print will be done, if that can be told."""
    status, job = capture["status"], capture["current_print"]
    if job is None:
        return STATE_UNKNOWN
    if status is None:
        return STATE_UNAVAILABLE
    if (left := status["progress"]["printTimeLeft"]) is None:
        return STATE_UNKNOWN
    now = dt_util.utcnow().replace(microsecond=0)
    return (now + timedelta(seconds=round(left))).isoformat()


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_recorded_state_shows_what_was_recorded(
    recorded: Recorded, name: str
) -> None:
    capture = await recorded.show(name)
    expected = {
        **dict(zip(STATE_KEYS, EXPECTED[name], strict=True)),
        **expected_of_job(capture),
        **expected_of_server(capture),
        "sensor.finish_time": expected_finish_time(capture),
        "camera.webcam": "idle" if capture["status"] else GONE,
        "event.printer_event": STATE_UNKNOWN,
    }
    assert {key: recorded[key] for key in expected} == expected


@pytest.mark.parametrize("name", EXPECTED)
async def test_each_heater_that_was_ever_seen_is_shown(
    recorded: Recorded, name: str
) -> None:
    """First the state, then an idle one, so that all heaters are known; then it again."""
    family = "klipper_idle" if name.startswith("klipper_") else "idle"
    heaters = (await recorded.show(family))["status"]["temperatures"]
    status = (await recorded.show(name))["status"]
    for heater, values in heaters.items():
        for key, field in (
            (f"sensor.{heater}_temperature", "actual"),
            (f"number.{heater}_target", "target"),
        ):
            if heater == "raspberry_pi":
                # That of a computer is for who enables it.
                assert recorded.entries()[f"sensor.{heater}_temperature"].disabled
            elif values[field] is None:
                assert recorded.obico.find_entity_id(recorded.printer, key) is None
            elif status is None:
                assert recorded[key] == STATE_UNAVAILABLE
            elif heater not in status["temperatures"]:
                assert recorded[key] == STATE_UNKNOWN
            else:
                value = status["temperatures"][heater][field]
                # A temperature that only varies is not shown at once.
                assert float(recorded[key]) == pytest.approx(value, abs=1)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (
            "idle",
            {
                "tool0_temperature": "Nozzle temperature",
                "tool0_target": "Nozzle target",
                "bed_temperature": "Bed temperature",
                "bed_target": "Bed target",
            },
        ),
        (
            "klipper_idle",
            {
                "extruder_temperature": "Nozzle temperature",
                "extruder_target": "Nozzle target",
                "heater_bed_temperature": "Bed temperature",
                "heater_bed_target": "Bed target",
                "chamber_temperature": "Chamber temperature",
                "chamber_target": "Chamber target",
                "raspberry_pi_temperature": "Raspberry pi temperature",
            },
        ),
    ],
)
async def test_heaters_have_names_that_people_use(
    recorded: Recorded, name: str, names: dict[str, str]
) -> None:
    await recorded.show(name)
    assert {
        key.removeprefix("sensor."): entry.original_name
        for key, entry in recorded.entries().items()
        if key.startswith("sensor.")
        and key.endswith(("_temperature", "_target"))
        # It is the computer's, no heater.
        and key != "sensor.host_temperature"
    } == names
