"""What the entities of a printer say arrives in Obico, in whatever form they say it."""

from datetime import timedelta

import pytest

from dev.json_types import JsonValue
from homeassistant.core import ServiceCall, callback
from homeassistant.util import dt as dt_util

from .support import LEFT, NOZZLE, PROGRESS, Watched

CLIMATE = "climate.bed"


def reported(watched: Watched, *path: str) -> JsonValue:
    """Return what the server has of the printer's status."""
    value: JsonValue = watched.printer.status
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    return value


@pytest.mark.parametrize(
    ("text", "unit", "seconds"),
    [
        ("0:12:30", None, 750),
        ("1 day, 2:03:04", None, 93784),
        ("1.5", "h", 5400),
        ("90", None, 90),
    ],
)
async def test_the_time_left_has_many_forms(
    watched: Watched, text: str, unit: str | None, seconds: int
) -> None:
    watched.hass.states.async_set(
        LEFT, text, {"unit_of_measurement": unit} if unit else {}
    )
    watched.say("running", file="a.gcode", progress="1")
    await watched.until(lambda: watched.printer.current_print)
    left = reported(watched, "progress", "printTimeLeft")
    assert left == pytest.approx(seconds, abs=10)


async def test_the_time_left_may_be_the_time_of_the_end(watched: Watched) -> None:
    end = dt_util.utcnow() + timedelta(minutes=20)
    watched.hass.states.async_set(LEFT, end.isoformat())
    watched.say("running", file="a.gcode", progress="1")
    await watched.until(lambda: watched.printer.current_print)
    left = reported(watched, "progress", "printTimeLeft")
    assert left == pytest.approx(1200, abs=10)


@pytest.mark.parametrize(
    ("text", "unit"), [("soon", None), ("2026-11-26T12:00:00", None), ("5", "°C")]
)
async def test_a_time_left_that_is_none_is_not_reported(
    watched: Watched, text: str, unit: str | None
) -> None:
    watched.hass.states.async_set(
        LEFT, text, {"unit_of_measurement": unit} if unit else {}
    )
    watched.say("running", file="a.gcode", progress="1")
    await watched.until(lambda: watched.printer.current_print)
    assert reported(watched, "progress", "printTimeLeft") is None
    assert watched.outcomes == ["open"]


async def test_numbers_that_are_none_harm_no_others(watched: Watched) -> None:
    watched.hass.states.async_set(PROGRESS, "nan")
    watched.hass.states.async_set(NOZZLE, "hot", {"unit_of_measurement": "°C"})
    watched.say("running", file="folder/a.gcode", nozzle_target="210")
    await watched.until(lambda: watched.printer.current_print)
    assert reported(watched, "progress", "completion") is None
    assert reported(watched, "temperatures", "tool0", "target") == 210
    job = watched.printer.current_print
    assert job is not None
    assert job.filename == "a.gcode"


@pytest.mark.parametrize(
    "watched",
    [{"bed": CLIMATE, "bed_target": CLIMATE, "chamber": "sensor.chamber"}],
    indirect=True,
)
async def test_a_climate_entity_tells_and_takes_temperatures(watched: Watched) -> None:
    calls: list[ServiceCall] = []

    @callback
    def handle(call: ServiceCall) -> None:
        calls.append(call)

    watched.hass.services.async_register("climate", "set_temperature", handle)
    watched.hass.states.async_set(
        CLIMATE, "heat", {"current_temperature": 58.5, "temperature": 60}
    )
    watched.hass.states.async_set("sensor.chamber", "20", {"unit_of_measurement": "kg"})
    watched.say("idle")
    await watched.until(
        lambda: reported(watched, "temperatures", "bed", "actual") == 58.5
    )
    assert reported(watched, "temperatures", "bed", "target") == 60
    watched.printer.passthru(
        {"target": "_printer", "func": "set_temperature", "args": ["bed", 70], "ref": 1}
    )
    await watched.until(lambda: calls)
    assert calls[0].data == {"entity_id": CLIMATE, "temperature": 70}
    watched.hass.states.async_set(CLIMATE, "off", {"current_temperature": None})
    await watched.until(
        lambda: reported(watched, "temperatures", "bed", "actual") is None
    )


@pytest.mark.parametrize(
    "watched",
    [{"bed": "sensor.bed", "bed_target": "sensor.bed_target"}],
    indirect=True,
)
async def test_what_cannot_be_set_or_fails_is_said(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    @callback
    def fail(_call: ServiceCall) -> None:
        raise RuntimeError("the printer is out")

    watched.hass.services.async_register("number", "set_value", fail)
    for ref, heater in enumerate(("bed", "tool0")):
        watched.printer.passthru(
            {
                "target": "_printer",
                "func": "set_temperature",
                "args": [heater, 70],
                "ref": ref,
            }
        )
    await watched.pass_time(3)
    errors = {
        answer["ref"]: str(answer["error"])
        for message in watched.remote.heard
        if isinstance(answer := message.get("passthru"), dict)
    }
    assert "cannot do this" in errors[0]
    assert "could not do it" in errors[1]
    assert "A viewer's request failed" in caplog.text
    assert watched.agent.connections == 1
