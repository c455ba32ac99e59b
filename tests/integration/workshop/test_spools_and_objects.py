"""Spools and objects of a print.

The kind: a print that runs out of filament at night, an option that changes its name while it
is chosen, and the wrong part that is left out for good.
"""

import pytest

from dev import CUBE, Phase, Spool, square
from tests.integration.control.support import failed, refused

from .support import Shop

RED = "Fusion Reactor Red, PLA, #BD0B0B (3)"
SKY = "Fusion Sky, PETG, #00AAFF (7)"


# Spools


async def test_the_active_spool_is_shown_with_what_is_left(shop: Shop) -> None:
    state = shop.obico.state(shop.printer, "select.active_spool")
    assert state.state == RED
    assert state.attributes["options"] == ["none", RED, SKY]
    assert state.attributes["remaining_weight"] == 412.5
    assert state.attributes["material"] == "PLA"
    assert float(shop["sensor.spool_remaining"]) == 412.5


async def test_another_spool_is_chosen(shop: Shop) -> None:
    await shop.select("active_spool", SKY)
    assert shop.around.active_spool == 7
    assert shop["select.active_spool"] == SKY
    assert float(shop["sensor.spool_remaining"]) == 1000
    await shop.select("active_spool", "none")
    assert shop["select.active_spool"] == "none"
    assert shop["sensor.spool_remaining"] == "unknown"
    await shop.do("set_spool", spool_id=3)
    assert shop["select.active_spool"] == RED
    await shop.do("set_spool")
    assert shop["select.active_spool"] == "none"


async def test_what_is_left_is_no_part_of_the_option(shop: Shop) -> None:
    assert shop.around.spools is not None
    shop.around.spools[3].used = 700
    await shop.minute(15)
    assert shop["select.active_spool"] == RED
    assert float(shop["sensor.spool_remaining"]) == 300


async def test_a_spool_that_there_is_not_is_no_success(shop: Shop) -> None:
    await failed(shop.do("set_spool", spool_id=99), "no_effect")
    assert shop["select.active_spool"] == "none"


async def test_the_active_spool_is_asked_for(shop: Shop) -> None:
    assert await shop.ask("get_spool") == {
        "spool_id": 3,
        "name": "Reactor Red",
        "vendor": "Fusion",
        "material": "PLA",
        "color": "BD0B0B",
        "remaining_weight": 412.5,
        "needed_weight": None,
    }
    shop.around.active_spool = None
    await refused(shop.ask("get_spool"), "no_active_spool")


@pytest.mark.parametrize("agent_name", ["bare_klipper"], indirect=True)
async def test_without_spoolman_nothing_is_asked(shop: Shop) -> None:
    shop.forget()
    await refused(shop.ask("get_spool"), "no_spoolman")
    await refused(shop.do("set_spool", spool_id=3), "no_spoolman")
    assert shop.told == []


async def test_spools_of_any_kind_have_a_name(shop: Shop) -> None:
    shop.around.add_spools(
        Spool(id=1, name="", material="", vendor="", color="not a color"), active=1
    )
    await shop.minute(15)
    assert shop["select.active_spool"] == "#1 (1)"


# Objects


async def test_the_objects_of_a_print_are_listed(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    plate = await shop.ask("get_objects")
    assert plate["current"] == "CLIP_1"
    assert [row["name"] for row in plate["objects"]] == ["CLIP_1", "CLIP_2"]
    assert plate["objects"][0]["polygon"] == [[40, 50], [60, 50], [60, 70], [40, 70]]
    assert plate["objects"][0]["center"] == [50, 60]


async def test_an_object_is_left_out_for_good(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    await shop.do("exclude_object", object="clip_1")
    assert shop.around.excluded == ["CLIP_1"]
    plate = await shop.ask("get_objects")
    assert [row["excluded"] for row in plate["objects"]] == [True, False]
    assert plate["current"] == "CLIP_2"
    error = await refused(shop.do("exclude_object", object="CLIP_1"), "unknown_object")
    assert "CLIP_2" in str(error)


@pytest.mark.parametrize("name", ["GRÖSSE 1", 'A "B"', "C#1", "D=2"])
async def test_an_object_is_left_out_whatever_it_is_called(
    shop: Shop, name: str
) -> None:
    shop.around.objects.append(square(name, 120, 60))
    await shop.become(Phase.PRINTING)
    await shop.do("exclude_object", object=name.lower())
    assert shop.around.excluded == [name]


async def test_the_last_object_is_not_left_out(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    await shop.do("exclude_object", object="CLIP_1")
    await refused(shop.do("exclude_object", object="CLIP_2"), "last_object")
    assert shop.around.excluded == ["CLIP_1"]


async def test_without_a_print_there_is_nothing_to_leave_out(shop: Shop) -> None:
    await refused(shop.do("exclude_object", object="CLIP_1"), "no_print")
    await refused(shop.ask("get_objects"), "no_print")


@pytest.mark.parametrize("agent_name", ["bare_klipper"], indirect=True)
async def test_a_print_without_objects_says_so(shop: Shop) -> None:
    shop.agent.start_print(CUBE)
    await shop.pass_time(20)
    await refused(shop.do("exclude_object", object="CLIP_1"), "no_objects")
    await refused(shop.ask("get_objects"), "no_objects")


@pytest.mark.parametrize("agent_name", ["octoprint"], indirect=True)
async def test_octoprint_cannot_leave_anything_out(shop: Shop) -> None:
    await refused(shop.do("exclude_object", object="CLIP_1"), "only_klipper")
    await refused(shop.ask("get_objects"), "only_klipper")
