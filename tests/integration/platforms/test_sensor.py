"""What sensors show where a plain value would mislead."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import CUBE, SHORT, Account, ObicoServer, Printer
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.integration.support import API, Json, Obico, load_capture, set_up

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

FINISH_TIME = "sensor.finish_time"


async def show(
    obico: Obico, printer: Printer, capture: str = "printer_printing", **status: Json
) -> None:
    """Show a recorded printer whose status differs in some parts."""
    recorded = load_capture(capture)
    # An agent stamps whatever it reports.
    recorded["status"] |= {"_ts": dt_util.utcnow().timestamp()} | status
    printer.load_state(recorded)
    await obico.poll()


async def show_left(obico: Obico, printer: Printer, seconds: float | None) -> str:
    """Show a print that needs so many seconds, and return when it will be done."""
    progress = load_capture("printer_printing")["status"]["progress"]
    await show(obico, printer, progress=progress | {"printTimeLeft": seconds})
    return obico.value(printer, FINISH_TIME)


async def show_heaters(obico: Obico, printer: Printer, **heaters: Json) -> None:
    """Show a printer that has these heaters."""
    await show(
        obico,
        printer,
        temperatures={
            name: {"actual": 20.0, "target": 0.0, "offset": 0} | values
            for name, values in heaters.items()
        },
    )


def name_of(obico: Obico, printer: Printer, key: str) -> str | None:
    """Return the name of an entity, without that of the printer."""
    entry = er.async_get(obico.hass).async_get(obico.entity_id(printer, key))
    assert entry is not None
    return entry.original_name


@pytest.mark.parametrize("change", [-120, -60, -1, 0, 1, 60, 120])
async def test_the_finish_time_does_not_jitter(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer, change: float
) -> None:
    before = await show_left(obico, printer, 3600)
    assert before == "2026-11-22T06:00:00+00:00"
    assert await show_left(obico, printer, 3600 + change) == before


@pytest.mark.parametrize(
    ("change", "expected"),
    [(-121, "2026-11-22T05:57:59+00:00"), (121, "2026-11-22T06:02:01+00:00")],
)
async def test_the_finish_time_moves_when_that_is_news(
    frozen: FrozenDateTimeFactory,
    obico: Obico,
    printer: Printer,
    change: float,
    expected: str,
) -> None:
    await show_left(obico, printer, 3600)
    assert await show_left(obico, printer, 3600 + change) == expected


async def test_the_finish_time_follows_an_estimate_that_creeps(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    times = [await show_left(obico, printer, 3600 + 60 * step) for step in range(5)]
    assert (
        times == ["2026-11-22T06:00:00+00:00"] * 3 + ["2026-11-22T06:03:00+00:00"] * 2
    )


async def test_the_finish_time_moves_on_while_a_print_stands_still(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    assert await show_left(obico, printer, 600) == "2026-11-22T05:10:00+00:00"
    frozen.tick(600)
    assert await show_left(obico, printer, 600) == "2026-11-22T05:20:00+00:00"


async def test_the_finish_time_is_unknown_without_an_estimate(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    assert await show_left(obico, printer, None) == STATE_UNKNOWN


async def test_after_the_end_the_finish_time_is_that_of_the_real_end(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(SHORT)
    await obico.advance(frozen, 40)
    estimate = obico.value(printer, FINISH_TIME)
    await obico.advance(frozen, 60)
    (job,) = obico.server.prints.values()
    assert job.ended_at is not None
    end = job.ended_at.replace(microsecond=0).isoformat()
    assert end != estimate
    assert obico.value(printer, FINISH_TIME) == end
    await obico.advance(frozen, 3600)
    assert obico.value(printer, FINISH_TIME) == end
    await obico.reload()
    assert obico.value(printer, FINISH_TIME) == end
    printer.agent.go_offline()
    await obico.poll()
    assert obico.value(printer, FINISH_TIME) == end


async def test_the_finish_time_does_not_fall_back_to_an_earlier_print(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    """While the server does not tell how the last one ended."""
    for _ in range(2):
        printer.agent.start_print(SHORT)
        await obico.advance(frozen, 40)
        estimate = obico.value(printer, FINISH_TIME)
        obico.server.faults.html(f"{API}prints/*", 500)
        await obico.advance(frozen, 60)
        assert obico.value(printer, FINISH_TIME) == estimate
        obico.server.faults.clear()
        await obico.poll()
        job = obico.server.prints[max(obico.server.prints)]
        assert job.ended_at is not None
        assert datetime.fromisoformat(
            obico.value(printer, FINISH_TIME)
        ) == job.ended_at.replace(microsecond=0)


async def test_the_next_print_has_a_finish_time_of_its_own(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(SHORT)
    await obico.advance(frozen, 40)
    await obico.advance(frozen, 60)
    before = obico.value(printer, FINISH_TIME)
    printer.agent.start_print(CUBE)
    await obico.advance(frozen, 60)
    finish = datetime.fromisoformat(obico.value(printer, FINISH_TIME))
    assert finish > datetime.fromisoformat(before)
    assert finish > dt_util.utcnow()


async def test_the_finish_time_is_not_known_while_nobody_can_tell(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(CUBE)
    await obico.advance(frozen, 120)
    before = obico.value(printer, FINISH_TIME)
    printer.agent.go_offline()
    await obico.poll()
    assert obico.value(printer, FINISH_TIME) == STATE_UNAVAILABLE
    printer.agent.come_online()
    await obico.poll()
    assert obico.value(printer, FINISH_TIME) == before


@pytest.mark.parametrize(
    ("left", "shown"),
    [(-1, "0.0"), (-100000, "0.0"), (0, "0.0"), (59.6, "1.0"), (61, "2.0")],
)
async def test_no_time_is_left_rather_than_less_than_none(
    obico: Obico, printer: Printer, left: float, shown: str
) -> None:
    await show_left(obico, printer, left)
    assert obico.value(printer, "sensor.time_remaining") == shown


@pytest.mark.parametrize(
    ("completion", "shown"),
    [(-3, "0"), (0, "0"), (33.9, "33"), (99.9, "99"), (100, "100"), (104.2, "100")],
)
async def test_progress_stays_within_its_bounds(
    obico: Obico, printer: Printer, completion: float, shown: str
) -> None:
    progress = load_capture("printer_printing")["status"]["progress"]
    await show(obico, printer, progress=progress | {"completion": completion})
    assert obico.value(printer, "sensor.progress") == shown


@pytest.mark.parametrize(
    ("layer", "shown"),
    [(0, "0"), (7, "7"), (-1, STATE_UNKNOWN), ("7", "7"), ("seven", STATE_UNKNOWN)],
)
async def test_a_layer_is_a_number_of_layers(
    obico: Obico, printer: Printer, layer: Json, shown: str
) -> None:
    await show(obico, printer, "printer_klipper_printing", currentLayerHeight=layer)
    assert obico.value(printer, "sensor.current_layer") == shown


@pytest.mark.parametrize("part", ["progress", "job", "temperatures", "file_metadata"])
async def test_a_part_that_an_agent_does_not_send_properly_is_unknown(
    obico: Obico, printer: Printer, part: str
) -> None:
    nonsenses: tuple[Json, ...] = (None, "nonsense", 42, [])
    for nonsense in nonsenses:
        await show(obico, printer, "printer_klipper_printing", **{part: nonsense})
        assert obico.value(printer, "sensor.status") == "printing"
        assert (obico.value(printer, "sensor.progress") == STATE_UNKNOWN) == (
            part == "progress"
        )
        assert (obico.value(printer, "sensor.total_layers") == STATE_UNKNOWN) == (
            part == "file_metadata"
        )


async def test_heaters_appear_when_they_are_first_seen(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    printer.agent.go_offline()
    obico = await set_up(hass, server, account)
    assert obico.find_entity_id(printer, "sensor.tool0_temperature") is None
    printer.agent.come_online()
    await obico.poll()
    assert obico.value(printer, "sensor.tool0_temperature") == "21.3"
    assert obico.find_entity_id(printer, "sensor.bed_target") is not None


async def test_a_further_heater_appears_when_it_is_first_seen(
    obico: Obico, printer: Printer
) -> None:
    assert obico.find_entity_id(printer, "sensor.chamber_temperature") is None
    await show_heaters(obico, printer, chamber={"actual": 40.0, "target": None})
    assert obico.value(printer, "sensor.chamber_temperature") == "40.0"
    assert obico.find_entity_id(printer, "sensor.chamber_target") is None
    await show_heaters(obico, printer, chamber={"actual": 41.0, "target": 60.0})
    assert obico.find_entity_id(printer, "sensor.chamber_target") is not None


async def test_heaters_are_remembered_while_their_printer_is_off(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.go_offline()
    await obico.reload()
    state = obico.state(printer, "sensor.tool0_temperature")
    assert state.state == STATE_UNAVAILABLE
    # It is an entity that waits, not one that nobody provides any more.
    assert "restored" not in state.attributes
    printer.agent.come_online()
    await obico.poll()
    assert obico.value(printer, "sensor.tool0_temperature") == "21.3"


async def test_a_heater_that_is_no_longer_reported_is_unknown(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.disconnect()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "disconnected"
    assert obico.value(printer, "sensor.tool0_temperature") == STATE_UNKNOWN


@pytest.mark.parametrize("nonsense", [None, "hot", True, {}])
async def test_a_temperature_that_is_none_is_unknown(
    obico: Obico, printer: Printer, nonsense: Json
) -> None:
    await show_heaters(obico, printer, tool0={"actual": nonsense}, bed={})
    assert obico.value(printer, "sensor.tool0_temperature") == STATE_UNKNOWN
    assert obico.value(printer, "sensor.bed_temperature") == "20.0"


async def test_two_heaters_whose_names_make_the_same_key_stay_apart(
    obico: Obico, printer: Printer
) -> None:
    first, second = {"actual": 1.0}, {"actual": 2.0}
    await show_heaters(obico, printer, **{"My Sensor": first, "my-sensor": second})

    def values() -> dict[str, str]:
        return {
            state.attributes["heater"]: state.state
            for state in (
                obico.state(printer, "sensor.my_sensor_temperature"),
                obico.state(printer, "sensor.my_sensor_2_temperature"),
            )
        }

    assert values() == {"My Sensor": "1.0", "my-sensor": "2.0"}
    # Which is which does not depend on the order that they come in.
    await obico.unload()
    await show_heaters(obico, printer, **{"my-sensor": second, "My Sensor": first})
    await obico.set_up()
    assert list(values()) == ["My Sensor", "my-sensor"]
    assert values() == {"My Sensor": "1.0", "my-sensor": "2.0"}


@pytest.mark.parametrize(
    ("heater", "key", "name"),
    [
        ("tool0", "tool0", "Nozzle temperature"),
        ("extruder", "extruder", "Nozzle temperature"),
        ("tool1", "tool1", "Nozzle 2 temperature"),
        ("extruder1", "extruder1", "Nozzle 2 temperature"),
        ("tool10", "tool10", "Nozzle 11 temperature"),
        ("bed", "bed", "Bed temperature"),
        ("heater_bed", "heater_bed", "Bed temperature"),
        ("chamber", "chamber", "Chamber temperature"),
        ("raspberry_pi", "raspberry_pi", "Raspberry pi temperature"),
        ("Düse links", "duse_links", "Düse links temperature"),
        ("toolbox", "toolbox", "Toolbox temperature"),
    ],
)
async def test_heaters_are_named_for_people(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    heater: str,
    key: str,
    name: str,
) -> None:
    printer = account.add_printer("Free names")
    obico = await set_up(hass, server, account)
    await show_heaters(obico, printer, **{heater: {}})
    assert name_of(obico, printer, f"sensor.{key}_temperature") == name
    state = obico.state(printer, f"sensor.{key}_temperature")
    assert state.attributes["heater"] == heater


@pytest.mark.parametrize("heater", ["", " ", "_", "喷嘴", "!?"])
async def test_a_heater_with_the_oddest_name_is_shown(
    obico: Obico, printer: Printer, heater: str
) -> None:
    await show_heaters(obico, printer, **{heater: {"actual": 33.0}})
    states = [
        state
        for state in obico.hass.states.async_all("sensor")
        if state.attributes.get("heater") == heater and state.state == "33.0"
    ]
    assert len(states) == 1
    assert states[0].name.removeprefix(printer.name).strip() != "temperature"


async def test_a_printer_with_more_heaters_than_any_has_is_bounded(
    obico: Obico, printer: Printer
) -> None:
    await show_heaters(obico, printer, **{f"sensor {n}": {} for n in range(100)})
    heaters = {
        state.attributes["heater"]
        for state in obico.hass.states.async_all("sensor")
        if "heater" in state.attributes
    }
    # All that are ever remembered, but the chamber that this printer does not have.
    assert len(heaters) == 31


@pytest.mark.parametrize(
    ("key", "shown"), [("tool0_target", "205.0"), ("tool0_offset", "0.0")]
)
async def test_some_readings_of_a_heater_are_for_who_enables_them(
    obico: Obico, printer: Printer, key: str, shown: str
) -> None:
    """A target can be seen where it is set."""
    registry = er.async_get(obico.hass)
    entry = registry.async_get(obico.entity_id(printer, f"sensor.{key}"))
    assert entry is not None
    await show(obico, printer)
    assert obico.value(printer, f"sensor.{key}") == shown
    printer.agent.go_offline()
    await obico.poll()
    assert obico.value(printer, f"sensor.{key}") == STATE_UNAVAILABLE


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (["printing", "cancelling"], "cancelling"),
        (["printing", "finishing"], "finishing"),
        (["printing", "pausing"], "pausing"),
        (["printing", "resuming"], "resuming"),
        (["operational", "paused"], "paused"),
        (["operational", "printing"], "printing"),
        (["closedOrError"], "disconnected"),
        (["closedOrError", "error"], "error"),
        (["operational", "ready"], "idle"),
        (["operational"], "idle"),
        (["ready"], "idle"),
        ([], "unknown_state"),
    ],
)
async def test_a_state_never_seen_before_is_told_by_its_flags(
    obico: Obico, printer: Printer, flags: list[str], status: str
) -> None:
    for text in ("Levitating", "", None, 7):
        state = {"text": text, "flags": dict.fromkeys(flags, True)}
        await show(obico, printer, state=state)
        assert obico.value(printer, "sensor.status") == status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Error: Thermal runaway", "error"),
        ("Offline after error: No response", "error"),
        ("offline", "disconnected"),
        ("  PRINTING ", "printing"),
        ("Printing from SD", "printing"),
        ("Transferring file to SD", "transferring"),
        ("Downloading G-Code", "downloading"),
        ("Detecting serial connection", "connecting"),
        ("Opening serial connection", "connecting"),
    ],
)
async def test_a_state_is_told_by_its_text(
    obico: Obico, printer: Printer, text: str, status: str
) -> None:
    await show(obico, printer, state={"text": text, "flags": {}})
    assert obico.value(printer, "sensor.status") == status


@pytest.mark.parametrize("state", [None, "Printing", [], {"text": "Printing"}])
async def test_a_state_in_pieces_does_no_harm(
    obico: Obico, printer: Printer, state: Json
) -> None:
    await show(obico, printer, state=state)
    expected = "printing" if isinstance(state, dict) else "unknown_state"
    assert obico.value(printer, "sensor.status") == expected


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("AI failure detection is disabled", "disabled"),
        ("ai failure detection is disabled.", "disabled"),
        ("You have run out of AI Detection Hours", "no_detection_hours"),
        ("Printer is not actively printing", "not_printing"),
        ("Alerts are muted for current print", "alerts_muted"),
        ("Mercury is retrograde", "other"),
        ("", "other"),
    ],
)
async def test_why_nobody_watches(
    obico: Obico, printer: Printer, sentence: str, reason: str
) -> None:
    obico.server.faults.change(
        f"{API}printers/",
        lambda _: [
            load_capture("printer_printing") | {"not_watching_reason": sentence}
        ],
    )
    await obico.poll()
    assert obico.value(printer, "sensor.not_watching_reason") == reason
    assert obico.value(printer, "binary_sensor.watching") == "off"


@pytest.mark.parametrize(
    ("score", "shown"),
    [(0.0, "0.0"), (0.5, "50.0"), (2 / 3, "66.7"), (1, "100.0"), (None, STATE_UNKNOWN)],
)
async def test_the_failure_score_is_a_percentage(
    obico: Obico, printer: Printer, score: float | None, shown: str
) -> None:
    obico.server.faults.change(
        f"{API}printers/",
        lambda _: [load_capture("printer_printing") | {"normalized_p": score}],
    )
    await obico.poll()
    assert obico.value(printer, "sensor.failure_score") == shown


async def test_the_start_of_a_print_is_when_the_server_says(
    obico: Obico, printer: Printer
) -> None:
    await show(obico, printer)
    assert printer.current_print is not None
    start = datetime.fromisoformat(obico.value(printer, "sensor.start_time"))
    assert start == printer.current_print.started_at.replace(microsecond=0)
    assert start.tzinfo is UTC
