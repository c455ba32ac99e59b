"""What a file needs against the active spool: as conditions, and as an answer of *Get spool*.

The kind: a print that is called fine because nobody knows, a night's print that is not
begun because the first look at a file came too late, and a printer that is asked for ever.
"""

from dataclasses import replace
import math

import probatio
import pytest

from custom_components.obico.aioobico import FilamentNeed, Spool as ParsedSpool
from custom_components.obico.printer.workshop.filament import needed_weight
from dev import LONG, Account, Job, KlipperAgent, Phase, Spool
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import condition as conditions
from tests.integration.automation.support import Automations
from tests.integration.control.support import refused
from tests.integration.support import Json

from .support import Shop

# 92.5 g by Spoolman's density and diameter.
VASE = replace(LONG, path="parts/große vase.gcode", filament=31_000.0)


@pytest.fixture
def vase(shop: Shop) -> Job:
    """Put a file on the printer."""
    shop.agent.files[VASE.path] = VASE
    return VASE


def left(shop: Shop, grams: float) -> None:
    """Let so much be left on the active spool."""
    assert shop.around.spools is not None
    shop.around.spools[3].used = shop.around.spools[3].weight - grams


async def holding(
    shop: Shop, automations: Automations, device_id: Json = None, **options: Json
) -> list[str]:
    """Set automations up with both conditions, and return those that hold."""
    target = {"device_id": device_id or shop.device_id()}
    task = shop.hass.async_create_task(
        automations.start_asking(
            *(
                {
                    "condition": f"obico.{name}",
                    "target": target,
                    "options": options,
                }
                for name in ("has_enough_filament", "lacks_filament")
            )
        )
    )
    await shop.finish(task)
    return await asked(automations)


async def asked(automations: Automations) -> list[str]:
    """Return the conditions that hold now."""
    return [name.removeprefix("obico.") for name in await automations.ask()]


# A file


@pytest.mark.parametrize(
    ("grams", "reserve", "holds"),
    [
        (100, 0, "has_enough_filament"),
        (92.6, 0, "has_enough_filament"),
        (92.4, 0, "lacks_filament"),
        (100, 5, "has_enough_filament"),
        (100, 10, "lacks_filament"),
        (0, 0, "lacks_filament"),
        (-5, 0, "lacks_filament"),
    ],
)
async def test_a_file_on_the_printer_is_compared_with_the_spool(
    shop: Shop,
    automations: Automations,
    vase: Job,
    grams: float,
    reserve: float,
    holds: str,
) -> None:
    left(shop, grams)
    await shop.minute(15)
    found = await holding(shop, automations, file=f"/{vase.path}", reserve=reserve)
    assert found == [holds]


async def test_a_file_in_the_cloud_is_compared_with_the_spool(
    shop: Shop, automations: Automations, account: Account
) -> None:
    account.add_cloud_file("bracket.gcode")
    await shop.minute(15)
    found = await holding(shop, automations, file="bracket.gcode", source="cloud")
    assert found == ["has_enough_filament"]


@pytest.mark.parametrize("source", ["printer", "cloud"])
async def test_of_a_file_that_there_is_not_nothing_holds(
    shop: Shop, automations: Automations, source: str
) -> None:
    assert await holding(shop, automations, file="gone.gcode", source=source) == []


async def test_a_file_that_is_sliced_anew_is_compared_as_it_is_now(
    shop: Shop, automations: Automations, vase: Job
) -> None:
    left(shop, 200)
    await shop.minute(15)
    assert await holding(shop, automations, file=vase.path) == ["has_enough_filament"]
    shop.agent.files[vase.path] = replace(vase, filament=310_000.0)
    await shop.minute(15)
    assert await asked(automations) == ["lacks_filament"]
    del shop.agent.files[vase.path]
    await shop.minute(15)
    assert await asked(automations) == []


# What is not known


@pytest.mark.parametrize("state", ["no spool", "no weight", "offline", "a gone spool"])
async def test_nothing_holds_where_nobody_knows(
    shop: Shop, automations: Automations, vase: Job, state: str
) -> None:
    assert shop.around.spools is not None
    match state:
        case "no spool":
            shop.around.active_spool = None
        case "no weight":
            shop.around.spools[3].weight = math.nan
        case "a gone spool":
            shop.around.active_spool = 99
        case _:
            shop.agent.go_offline()
    await shop.minute(15)
    assert await holding(shop, automations, file=vase.path) == []


async def test_what_was_read_long_ago_does_not_count(
    shop: Shop,
    automations: Automations,
    vase: Job,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await holding(shop, automations, file=vase.path) == ["has_enough_filament"]
    run = shop.klipper.run

    def refuse(target: str, func: str, call: object) -> Json:
        if func == "server/spoolman/proxy":
            raise ValueError(f'Error in calling "{func}" - "post"')
        return run(target, func, call)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.klipper, "run", refuse)
    await shop.timelapse.pass_time(2400, step=30)
    assert await asked(automations) == []
    monkeypatch.undo()
    await shop.timelapse.pass_time(900, step=30)
    assert await asked(automations) == ["has_enough_filament"]


@pytest.mark.parametrize("agent_name", ["bare_klipper", "octoprint"], indirect=True)
async def test_without_spoolman_nothing_holds_and_nothing_is_asked(
    shop: Shop, automations: Automations, vase: Job
) -> None:
    shop.forget()
    assert await holding(shop, automations, file=vase.path) == []
    await shop.minute(12)
    assert "server/files/metadata" not in shop.funcs
    assert not [func for func in shop.funcs if "spoolman" in func]


# The current print


async def test_of_a_print_counts_what_is_still_to_be_printed(
    shop: Shop, automations: Automations
) -> None:
    left(shop, 80)
    await shop.minute(15)
    assert await holding(shop, automations) == []
    shop.agent.start_print(VASE)
    await shop.pass_time(120)
    assert await asked(automations) == ["lacks_filament"]
    await shop.pass_time(600)
    assert await asked(automations) == ["has_enough_filament"]
    shop.agent.cancel()
    await shop.pass_time(60)
    assert await asked(automations) == []


async def test_the_next_print_of_the_same_name_is_read_anew(
    shop: Shop, automations: Automations
) -> None:
    left(shop, 100)
    await shop.minute(15)
    await holding(shop, automations)
    shop.agent.start_print(VASE)
    await shop.pass_time(60)
    assert await asked(automations) == ["has_enough_filament"]
    shop.agent.cancel()
    await shop.pass_time(60)
    shop.agent.start_print(replace(VASE, filament=62_000.0))
    await shop.pass_time(60)
    assert await asked(automations) == ["lacks_filament"]


# Several printers


async def test_of_several_printers_one_is_enough_or_all_have_to_be(
    shop: Shop, automations: Automations, vase: Job, account: Account
) -> None:
    other = account.add_printer("Voron 0", agent="klipper")
    assert isinstance(other.agent, KlipperAgent)
    other.agent.workshop.add_spools(Spool(id=1, name="Rest", used=990), active=1)
    other.agent.files[vase.path] = vase
    await shop.obico.poll()
    await shop.minute(2)
    device = shop.obico.device(other)
    assert device is not None
    both = [shop.device_id(), device.id]
    found = await holding(shop, automations, both, file=vase.path)
    assert found == ["has_enough_filament", "lacks_filament"]


async def test_all_of_several_printers_have_to_be_known(
    shop: Shop, automations: Automations, vase: Job, account: Account
) -> None:
    other = account.add_printer("MK4", agent="octoprint")
    await shop.obico.poll()
    device = shop.obico.device(other)
    assert device is not None
    both = [shop.device_id(), device.id]
    found = await holding(shop, automations, both, file=vase.path, behavior="all")
    assert found == []


# When it is read


async def test_an_action_that_is_first_reached_now_has_its_answer(
    shop: Shop, vase: Job
) -> None:
    """Home Assistant sets such a condition up as late as that, and checks it at once."""
    config = await conditions.async_validate_condition_config(
        shop.hass,
        {
            "condition": "obico.has_enough_filament",
            "target": {"device_id": [shop.device_id()]},
            "options": {"file": vase.path},
        },
    )
    task = shop.hass.async_create_task(conditions.async_from_config(shop.hass, config))
    await shop.finish(task)  # type: ignore[arg-type]
    checker = task.result()
    assert checker.async_check() is True
    checker.async_unload()
    shop.forget()
    await shop.minute(12)
    assert "server/files/metadata" not in shop.funcs


async def test_an_agent_that_does_not_answer_holds_nothing_up_for_long(
    shop: Shop, automations: Automations, vase: Job
) -> None:
    shop.agent.freeze()

    async def begin() -> None:
        assert await holding(shop, automations, file=vase.path) == []

    assert await shop.timed(begin()) <= 25


async def test_it_goes_on_after_a_reload(
    shop: Shop, automations: Automations, vase: Job
) -> None:
    assert await holding(shop, automations, file=vase.path) == ["has_enough_filament"]
    await shop.obico.unload()
    assert await asked(automations) == []
    await shop.obico.set_up()
    await shop.minute(2)
    assert await asked(automations) == ["has_enough_filament"]


async def test_all_of_it_takes_one_message_a_minute(
    shop: Shop, automations: Automations, vase: Job
) -> None:
    await holding(shop, automations, file=vase.path)
    shop.forget()
    await shop.timelapse.pass_time(3600, step=10)
    assert len(shop.funcs) <= 61
    assert 3 <= shop.funcs.count("server/files/metadata") <= 7


# What is taken


@pytest.mark.parametrize(
    "options",
    [
        {"file": "{{ trigger.file }}"},
        {"file": "../secret.gcode"},
        {"source": "usb"},
        {"reserve": -1},
        {"reserve": math.nan},
        {"for": {"minutes": 5}},
    ],
)
async def test_what_cannot_be_compared_is_refused(
    shop: Shop, options: dict[str, Json]
) -> None:
    with pytest.raises((probatio.Invalid, HomeAssistantError)):
        await conditions.async_validate_condition_config(
            shop.hass,
            {
                "condition": "obico.has_enough_filament",
                "target": {"device_id": [shop.device_id()]},
                "options": options,
            },
        )


def spool(density: float | None = 1.24, diameter: float | None = 1.75) -> ParsedSpool:
    """Return a spool with half a kilogram."""
    parsed = ParsedSpool.from_dict(
        {
            "id": 1,
            "remaining_weight": 500,
            "filament": {"density": density, "diameter": diameter},
        }
    )
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("need", "of", "used", "grams"),
    [
        (FilamentNeed.of(1000, 5.0), spool(), 0, 2.98),
        (FilamentNeed.of(1000, None), spool(), 400, 1.79),
        (FilamentNeed.of(1000, None), spool(), 1200, 0),
        (FilamentNeed.of(1000, 5.0), spool(density=None), 0, 5.0),
        (FilamentNeed.of(1000, 5.0), spool(diameter=0), 400, 3.0),
        (FilamentNeed.of(1000, 5.0), spool(density=-1), 2000, 0),
        (FilamentNeed.of(1000, None), spool(diameter=None), 0, None),
        (FilamentNeed.of(None, 5.0), spool(), 0, 5.0),
        (FilamentNeed.of(None, 5.0), spool(), 1, None),
        (FilamentNeed.of(-1, -1), spool(), 0, None),
        (FilamentNeed.of(0, 0), spool(), 0, 0),
    ],
)
def test_a_length_becomes_a_weight_as_far_as_that_is_known(
    need: FilamentNeed, of: ParsedSpool, used: float, grams: float | None
) -> None:
    found = needed_weight(need, of, used)
    assert found == (None if grams is None else pytest.approx(grams, abs=0.01))


# The answer of the action


async def test_the_action_answers_what_a_file_needs(
    shop: Shop, vase: Job, account: Account
) -> None:
    account.add_cloud_file("bracket.gcode")
    assert (await shop.ask("get_spool", file=vase.path))["needed_weight"] == 92.5
    answer = await shop.ask("get_spool", file="bracket.gcode", source="cloud")
    assert answer["needed_weight"] > 0
    assert (await shop.ask("get_spool"))["needed_weight"] is None
    shop.agent.start_print(VASE)
    await shop.pass_time(120)
    assert shop.agent.phase is Phase.PRINTING
    assert 0 < (await shop.ask("get_spool"))["needed_weight"] < 92.5


@pytest.mark.parametrize("source", ["printer", "cloud"])
async def test_the_action_refuses_a_file_that_there_is_not(
    shop: Shop, source: str
) -> None:
    error = await refused(
        shop.ask("get_spool", file="gone.gcode", source=source), "file_not_found"
    )
    assert "gone.gcode" in str(error)


async def test_the_slicer_may_have_written_nothing(shop: Shop) -> None:
    shop.agent.files["bare.gcode"] = replace(VASE, path="bare.gcode", analysed=False)
    assert (await shop.ask("get_spool", file="bare.gcode"))["needed_weight"] is None
