"""Triggers of readings: once for each print or cooling down, however the readings wobble."""

from dataclasses import dataclass

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from tests.integration.support import Json, Obico, set_up

from .support import COOL, HALF, TEN_MINUTES, Automations, Config, Shown, below, trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A trigger for a limit, and what a print shows before it and beyond it while it wobbles."""

    name: str
    options: dict[str, Json]
    before: tuple[Config, Config]
    beyond: tuple[Config, Config]

    def trigger(self, target: Config) -> Config:
        """Return the trigger's configuration."""
        return trigger(self.name, target, **self.options)


LIMITS = [
    Limit(
        name="progress_passed",
        options=HALF,
        before=({"progress": 49.9}, {"progress": 49.8}),
        beyond=({"progress": 50.2}, {"progress": 50.1}),
    ),
    Limit(
        name="time_left_below",
        options=TEN_MINUTES,
        before=({"left": 601}, {"left": 602}),
        beyond=({"left": 599}, {"left": 598}),
    ),
]
of_both = pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)


@of_both
async def test_a_reading_that_wobbles_around_the_limit_fires_once_a_print(
    shown: Shown, automations: Automations, limit: Limit
) -> None:
    await automations.start(limit.trigger(shown.target))
    for print_id in (5, 6):
        await shown.show(**limit.before[0], print_id=print_id)
        assert automations.take() == []
        await shown.show(**limit.beyond[0], print_id=print_id)
        assert automations.take() == [limit.name]
        for reading in (
            limit.before[1],
            limit.beyond[1],
            limit.before[0],
            limit.beyond[0],
        ):
            await shown.show(**reading, print_id=print_id)
        # Even far back it is the same print.
        await shown.show(print_id=print_id)
        await shown.show(**limit.beyond[0], print_id=print_id)
        assert automations.take() == []
        await shown.show(print_id=None)
        assert automations.take() == []


@of_both
async def test_a_print_that_is_first_seen_beyond_the_limit_fires_nothing(
    obico: Obico, shown: Shown, automations: Automations, limit: Limit
) -> None:
    await shown.show(**limit.beyond[0])
    await automations.start(limit.trigger(shown.target))
    # It wobbles; it passed before.
    for reading in (limit.before[0], limit.beyond[1], limit.before[1], limit.beyond[0]):
        await shown.show(**reading)
    await obico.reload()
    await automations.reload()
    await shown.lose_server()
    await shown.find_server()
    assert automations.fired == []
    # The next one is none of these.
    await shown.show(print_id=6)
    await shown.show(**limit.beyond[0], print_id=6)
    assert automations.fired == [limit.name]


@of_both
@pytest.mark.parametrize("away", ["server", "agent", "account"])
async def test_a_limit_that_is_passed_out_of_sight_fires_once_when_it_is_seen(
    obico: Obico,
    printer: Printer,
    shown: Shown,
    automations: Automations,
    limit: Limit,
    away: str,
) -> None:
    await shown.show(**limit.before[0])
    await automations.start(limit.trigger(shown.target))
    match away:
        case "server":
            await shown.lose_server()
            shown.will_show(**limit.beyond[0])
            await shown.find_server()
        case "agent":
            printer.status = None
            await obico.poll()
            assert obico.value(printer, "sensor.progress") == "unavailable"
            await shown.show(**limit.beyond[0])
        case _:
            await obico.unload()
            shown.will_show(**limit.beyond[0])
            await obico.set_up()
    await obico.poll()
    await shown.show(**limit.beyond[1])
    assert automations.fired == [limit.name]


@of_both
@pytest.mark.parametrize("print_before", [None, 4])
async def test_a_print_that_began_out_of_sight_fires_when_it_is_seen(
    shown: Shown, automations: Automations, limit: Limit, print_before: int | None
) -> None:
    await shown.show(print_id=print_before)
    await automations.start(limit.trigger(shown.target))
    await shown.lose_server()
    shown.will_show(**limit.beyond[0])
    await shown.find_server()
    assert automations.fired == [limit.name]


@of_both
async def test_the_reading_of_the_last_print_is_none_of_the_next(
    shown: Shown, automations: Automations, limit: Limit
) -> None:
    await automations.start(limit.trigger(shown.target))
    await shown.show(print_id=None)
    for print_id in (5, 6):
        # The first report of a print still has the numbers of the last.
        await shown.show(progress=100.0, left=0, print_id=print_id)
        await shown.show(progress=None, left=None, print_id=print_id)
        assert automations.take() == []
        await shown.show(progress=0.1, left=7200, print_id=print_id)
        await shown.show(**limit.before[0], print_id=print_id)
        assert automations.take() == []
        await shown.show(**limit.beyond[0], print_id=print_id)
        assert automations.take() == [limit.name]


@of_both
async def test_a_print_that_is_first_seen_when_its_account_is_set_up_fires_nothing(
    obico: Obico, shown: Shown, automations: Automations, limit: Limit
) -> None:
    await obico.unload()
    await automations.start(limit.trigger(shown.target))
    shown.will_show(**limit.beyond[0])
    await obico.set_up()
    await shown.show(**limit.beyond[1])
    assert automations.fired == []


async def test_an_automation_is_told_of_the_print(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    await shown.show(print_id=7)
    await automations.start(trigger("progress_passed", shown.target, **HALF))
    await shown.show(progress=50.1, print_id=7)
    (run,) = automations.runs
    assert run["entity_id"] == obico.entity_id(printer, "sensor.progress")
    assert (run["print_id"], run["file"]) == (7, "short.gcode")
    assert run["printer"] == "Prusa MK4"


async def test_a_limit_may_be_what_another_entity_shows(
    hass: HomeAssistant, shown: Shown, automations: Automations
) -> None:
    hass.states.async_set("input_number.limit", "80", {"unit_of_measurement": "%"})
    await shown.show()
    limit = {"type": "above", "value": {"entity": "input_number.limit"}}
    await automations.start(trigger("progress_passed", shown.target, threshold=limit))
    await shown.show(progress=75.0)
    assert automations.fired == []
    await shown.show(progress=80.1)
    assert automations.fired == ["progress_passed"]


async def test_a_limit_may_be_a_range(shown: Shown, automations: Automations) -> None:
    half = {
        "type": "between",
        "value_min": {"number": 45},
        "value_max": {"number": 55},
    }
    await shown.show()
    await automations.start(trigger("progress_passed", shown.target, threshold=half))
    for progress in (44.0, 46.0, 56.0, 50.0):
        await shown.show(progress=progress)
    assert automations.fired == ["progress_passed"]


async def test_a_reading_that_has_to_last_fires_when_it_did(
    obico: Obico, shown: Shown, automations: Automations
) -> None:
    await shown.show()
    options = TEN_MINUTES | {"for": {"minutes": 5}}
    await automations.start(trigger("time_left_below", shown.target, **options))
    await shown.show(left=599)
    # It was a wobble.
    await shown.show(left=700)
    await obico.pass_time(301)
    assert automations.fired == []
    await shown.show(left=590)
    await obico.pass_time(301)
    assert automations.fired == ["time_left_below"]


async def test_minutes_are_minutes_whatever_unit_the_user_shows(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    entity_id = obico.entity_id(printer, "sensor.time_remaining")
    er.async_get(obico.hass).async_update_entity_options(
        entity_id, SENSOR_DOMAIN, {"unit_of_measurement": "h"}
    )
    await obico.hass.async_block_till_done()
    await shown.show(left=7200)
    assert float(obico.value(printer, "sensor.time_remaining")) == 2
    await automations.start(trigger("time_left_below", shown.target, **below(1.5, "h")))
    await shown.show(left=5460)
    assert automations.fired == []
    await shown.show(left=5340)
    assert automations.fired == ["time_left_below"]


async def test_what_is_no_number_or_has_no_unit_is_not_looked_at(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    shown: Shown,
    automations: Automations,
) -> None:
    await shown.show()
    await automations.start(trigger("time_left_below", shown.target, **TEN_MINUTES))
    entity_id = obico.entity_id(printer, "sensor.time_remaining")
    hass.states.async_set(entity_id, "soon", {"unit_of_measurement": "s"})
    hass.states.async_set(entity_id, "5", {"unit_of_measurement": "kg"})
    await hass.async_block_till_done()
    assert automations.fired == []


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("progress_passed", {"threshold": None}),
        ("progress_passed", {"threshold": {"type": "any"}}),
        ("progress_passed", {"progress": 50}),
        ("progress_passed", {"threshold": {"type": "above", "value": {}}}),
        ("time_left_below", below(10, "kg")),
        ("bed_cooled", {"threshold": {"type": "below"}}),
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused(
    hass: HomeAssistant,
    automations: Automations,
    target: Config,
    name: str,
    options: dict[str, Json],
) -> None:
    await automations.prepare(trigger(name, target, **options))
    assert [state.state for state in hass.states.async_all("automation")] == [
        "unavailable"
    ]


# The bed


async def test_a_bed_that_wobbles_around_the_limit_fires_once_until_it_is_heated_again(
    shown: Shown, automations: Automations
) -> None:
    await automations.start(trigger("bed_cooled", shown.target, **COOL))
    for _ in range(2):
        await shown.show(bed=60, bed_target=60, print_id=None)
        await shown.show(bed=40.1, bed_target=0, print_id=None)
        assert automations.take() == []
        await shown.show(bed=39.9, bed_target=0, print_id=None)
        assert automations.take() == ["bed_cooled"]
        for bed in (40.1, 39.8, 41, 39):
            await shown.show(bed=bed, bed_target=0, print_id=None)
        assert automations.take() == []


async def test_a_bed_that_is_heated_to_little_more_than_the_limit_fires_each_time(
    shown: Shown, automations: Automations
) -> None:
    await automations.start(trigger("bed_cooled", shown.target, **below(58, "°C")))
    for _ in range(2):
        await shown.show(bed=60, bed_target=60)
        await shown.show(bed=57, bed_target=60)
        await shown.show(bed=60, bed_target=0, print_id=None)
        assert automations.take() == []
        await shown.show(bed=57, bed_target=0, print_id=None)
        assert automations.take() == ["bed_cooled"]


async def test_a_bed_that_is_cold_from_the_beginning_fires_nothing(
    obico: Obico, shown: Shown, automations: Automations
) -> None:
    await shown.show(bed=39.9, bed_target=0, print_id=None)
    await automations.start(trigger("bed_cooled", shown.target, **COOL))
    for bed in (40.1, 39.9, 42, 39.8):
        await shown.show(bed=bed, bed_target=0, print_id=None)
    await obico.reload()
    await automations.reload()
    await obico.poll()
    assert automations.fired == []


async def test_a_bed_that_is_first_seen_to_be_a_little_too_warm_is_waited_for(
    shown: Shown, automations: Automations
) -> None:
    await shown.show(bed=41, bed_target=0, print_id=None)
    await automations.start(trigger("bed_cooled", shown.target, **COOL))
    await shown.show(bed=39.9, bed_target=0, print_id=None)
    assert automations.fired == ["bed_cooled"]


async def test_a_bed_that_is_heated_does_not_cool_down(
    shown: Shown, automations: Automations
) -> None:
    """A thermistor that fails for a moment must not cut the power of a print."""
    await shown.show(bed=60, bed_target=60)
    await automations.start(trigger("bed_cooled", shown.target, **COOL))
    await shown.show(bed=0, bed_target=60)
    await shown.show(bed=60, bed_target=60)
    assert automations.fired == []
    await shown.show(bed=39, bed_target=35)
    assert automations.fired == ["bed_cooled"]


async def test_a_bed_that_cools_down_out_of_sight_fires_once_when_it_is_seen(
    obico: Obico, shown: Shown, automations: Automations
) -> None:
    await shown.show(bed=60, bed_target=60)
    await automations.start(trigger("bed_cooled", shown.target, **below(50, "°C")))
    await shown.lose_server()
    shown.will_show(bed=30, bed_target=0, print_id=None)
    await shown.find_server()
    await obico.poll()
    assert automations.fired == ["bed_cooled"]


@pytest.mark.parametrize("limit", [COOL, below(104, "°F")])
async def test_a_limit_in_either_unit_holds_for_who_reads_fahrenheit(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    automations: Automations,
    limit: dict[str, Json],
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    obico = await set_up(hass, server, account)
    shown = Shown(obico, printer)
    device = obico.device(printer)
    assert device is not None
    await shown.show(bed=45, bed_target=0)
    state = obico.state(printer, "sensor.bed_temperature")
    assert state.attributes["unit_of_measurement"] == UnitOfTemperature.FAHRENHEIT
    await automations.start(trigger("bed_cooled", {"device_id": device.id}, **limit))
    await shown.show(bed=40.5, bed_target=0)
    assert automations.fired == []
    await shown.show(bed=39.5, bed_target=0)
    assert automations.fired == ["bed_cooled"]


async def test_a_bed_that_cools_while_its_printer_is_not_to_be_had(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    """Nobody knows then whether it is heated, and a reading that lingers is believed."""
    await shown.show(bed=60, bed_target=60)
    await automations.start(trigger("bed_cooled", shown.target, **COOL))
    entity_id = obico.entity_id(printer, "sensor.bed_temperature")
    attributes = obico.state(printer, "sensor.bed_temperature").attributes
    await obico.unload()
    obico.hass.states.async_set(entity_id, "30", attributes)
    await obico.hass.async_block_till_done()
    assert automations.fired == ["bed_cooled"]
    await obico.set_up()
