"""Macros: run with parameters, heard, and neither waited for nor given up.

The kind: a macro of two minutes that holds up an automation, or is called failed while it
runs; and a parameter that runs something else.
"""

import probatio
import pytest

from dev import CUBE, Macro, Phase
from homeassistant.auth.models import User
from tests.integration.control.support import failed, refused
from tests.integration.services.support import Json, ask, only_for_administrators

from .support import Shop


async def run(shop: Shop, macro: str, within: float = 60, **parameters: Json) -> Json:
    """Run a macro by the action, and return its answer."""
    answers: list[Json] = []

    async def call() -> None:
        answers.append(
            await ask(
                shop.hass,
                "run_macro",
                device_id=shop.device_id(),
                macro=macro,
                parameters=parameters,
            )
        )

    await shop.finish(shop.hass.async_create_task(call()), within=within)
    return answers[0]


async def test_a_button_runs_its_macro(shop: Shop) -> None:
    await shop.press("macro_clean_nozzle")
    assert shop.around.ran == ["CLEAN_NOZZLE"]


async def test_the_action_answers_what_the_macro_says(shop: Shop) -> None:
    shop.around.say("// Said before", "response", shop.agent.timestamp())
    assert await run(shop, "clean_nozzle") == {
        "finished": True,
        "lines": ["Wiping at 210 °C", "Done"],
    }


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        ({"temp": 210}, "CLEAN_NOZZLE TEMP=210"),
        ({"TEMP": 210.5, "FAST": True}, "CLEAN_NOZZLE TEMP=210.5 FAST=1"),
        ({"MSG": "Nearly there"}, 'CLEAN_NOZZLE MSG="Nearly there"'),
        ({"MSG": 'say "hi" \\'}, 'CLEAN_NOZZLE MSG="say \\"hi\\" \\\\"'),
        ({"MSG": "größer"}, 'CLEAN_NOZZLE MSG="größer"'),
        ({"MSG": "a#b"}, 'CLEAN_NOZZLE MSG="a#b"'),
    ],
)
async def test_parameters_are_written_as_klipper_reads_them(
    shop: Shop, parameters: Json, line: str
) -> None:
    await run(shop, "CLEAN_NOZZLE", **parameters)
    assert shop.around.ran == [line]


@pytest.mark.parametrize(
    "parameters",
    [
        {"MSG": "a;M112"},
        {"MSG": "a\nM112"},
        {"MSG": ""},
        {"TEMP=1 M112 X": 1},
        {"": 1},
        {"1ST": 1},
        {"MSG": "x" * 300},
    ],
)
async def test_a_parameter_that_would_be_something_else_is_refused(
    shop: Shop, parameters: Json
) -> None:
    shop.forget()
    await refused(
        shop.do("run_macro", macro="CLEAN_NOZZLE", parameters=parameters),
        "parameter_unusable",
    )
    assert shop.told == []


@pytest.mark.parametrize("value", [None, [1], {"a": 1}])
async def test_a_parameter_is_a_text_or_a_number(shop: Shop, value: object) -> None:
    with pytest.raises(probatio.Invalid):
        await shop.do("run_macro", macro="CLEAN_NOZZLE", parameters={"A": value})


async def test_a_macro_like_a_traditional_command_gets_letters(shop: Shop) -> None:
    shop.around.macros["M600"] = Macro()
    shop.agent.go_offline()
    await shop.settle()
    shop.agent.come_online()
    await shop.settle()
    await run(shop, "M600", x=10, Y="2.5")
    assert shop.around.ran == ["M600 X10 Y2.5"]
    await refused(
        shop.do("run_macro", macro="M600", parameters={"TEMP": 1}), "parameter_unusable"
    )


async def test_a_long_macro_is_neither_waited_for_nor_called_failed(
    shop: Shop,
) -> None:
    async def by_action() -> None:
        assert await run(shop, "SLOW_CALIBRATION") == {
            "finished": False,
            "lines": ["Heating"],
        }

    assert await shop.timed(by_action()) <= 30
    assert await shop.timed(shop.press("macro_slow_calibration")) <= 30
    assert shop.around.ran == ["SLOW_CALIBRATION"] * 2


async def test_an_agent_that_is_gone_is_an_error(shop: Shop) -> None:
    shop.agent.freeze()
    await failed(shop.press("macro_clean_nozzle"), "agent_silent")
    assert shop.around.ran == []


async def test_what_klipper_refuses_is_an_error(shop: Shop) -> None:
    await failed(shop.press("macro_needs_homing"), "agent_unexplained")


async def test_a_macro_runs_during_a_print_but_not_without_klipper(shop: Shop) -> None:
    shop.agent.start_print(CUBE)
    await shop.pass_time(20)
    await shop.press("macro_clean_nozzle")
    assert shop.agent.phase is Phase.PRINTING
    shop.agent.emergency_stop()
    await shop.settle()
    await refused(shop.do("run_macro", macro="CLEAN_NOZZLE"), "printer_offline")


async def test_a_macro_that_there_is_not_is_named(shop: Shop) -> None:
    error = await refused(shop.do("run_macro", macro="_INTERNAL"), "unknown_macro")
    assert "CLEAN_NOZZLE" in str(error)
    assert "{" not in str(error)


async def test_only_an_administrator_runs_macros(
    shop: Shop, hass_read_only_user: User
) -> None:
    await only_for_administrators(
        shop.hass,
        hass_read_only_user,
        (
            "button",
            "press",
            {
                "entity_id": shop.obico.entity_id(
                    shop.printer, "button.macro_clean_nozzle"
                )
            },
        ),
        (
            "obico",
            "run_macro",
            {"device_id": shop.device_id(), "macro": "CLEAN_NOZZLE"},
        ),
        (
            "button",
            "press",
            {"entity_id": shop.obico.entity_id(shop.printer, "button.restart_host")},
        ),
    )
    assert shop.around.ran == []
