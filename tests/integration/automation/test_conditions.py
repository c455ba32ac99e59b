"""Conditions: what printers are doing, as far as it is known."""

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.condition import CONDITIONS
from dev import LONG, Phase, Printer
from homeassistant.helpers import entity_registry as er
from tests.integration.support import Obico, load_capture

from .support import Automations, Config, Shown, both, condition


@pytest.fixture(params=["any", "all"])
async def asked(
    automations: Automations, target: Config, request: pytest.FixtureRequest
) -> Automations:
    """Give an automation for each condition, for one or all of one printer."""
    await automations.start_asking(
        *(condition(name, target, behavior=request.param) for name in CONDITIONS)
    )
    return automations


@pytest.mark.parametrize(
    ("capture", "holding"),
    [
        ("printer_idle", ["is_online"]),
        ("printer_printing", ["is_online", "is_printing", "is_watching"]),
        ("printer_starting", ["is_online", "is_printing"]),
        ("printer_paused", ["is_online", "is_paused"]),
        (
            "printer_alert_warning",
            ["is_failure_detected", "is_online", "is_printing", "is_watching"],
        ),
        ("printer_muted_printing", ["is_online", "is_printing"]),
        ("printer_klipper_printing", ["is_online", "is_printing", "is_watching"]),
        ("printer_disconnected", ["is_online"]),
        ("printer_offline", []),
    ],
)
async def test_what_holds_of_a_printer(
    obico: Obico, printer: Printer, asked: Automations, capture: str, holding: list[str]
) -> None:
    printer.load_state(load_capture(capture))
    await obico.poll()
    assert await asked.ask() == holding


async def test_nothing_holds_of_what_is_out_of_sight(
    obico: Obico, shown: Shown, asked: Automations
) -> None:
    await shown.show()
    assert len(await asked.ask()) == 3
    await shown.lose_server()
    assert await asked.ask() == []
    await shown.find_server()
    assert len(await asked.ask()) == 3
    await obico.unload()
    assert await asked.ask() == []


async def test_nothing_holds_of_what_the_user_disabled(
    obico: Obico, printer: Printer, shown: Shown, asked: Automations
) -> None:
    await shown.show()
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(printer, "binary_sensor.printing"),
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    await obico.reload()
    assert await asked.ask() == ["is_online", "is_watching"]


async def test_one_of_several_printers_is_enough_or_all_have_to_be(
    voron: Printer,
    obico: Obico,
    printer: Printer,
    shown: Shown,
    other: Shown,
    automations: Automations,
) -> None:
    target = both(shown, other)
    await automations.start_asking(
        condition("is_printing", target),
        condition("is_printing", target, behavior="all"),
        condition("is_online", target, behavior="all"),
    )
    assert await automations.ask() == ["is_online"]
    printer.load_state(load_capture("printer_printing"))
    await obico.poll()
    assert await automations.ask() == ["is_online", "is_printing"]
    voron.load_state(load_capture("printer_klipper_printing"))
    await obico.poll()
    assert await automations.ask() == [
        "is_online",
        "is_printing",
        "is_printing",
    ]
    # What an unreachable printer does nobody knows.
    voron.status = None
    await obico.poll()
    assert obico.value(voron, "binary_sensor.printing") == "unavailable"
    assert await automations.ask() == ["is_printing"]


@pytest.mark.parametrize("name", ["is_online", "is_paused"])
async def test_a_condition_can_have_to_hold_for_some_time(
    frozen: FrozenDateTimeFactory,
    obico: Obico,
    printer: Printer,
    automations: Automations,
    target: Config,
    name: str,
) -> None:
    printer.load_state(load_capture("printer_offline"))
    await obico.poll()
    await automations.start_asking(
        condition(name, target, **{"for": {"minutes": 10}}),
        condition(name, target, behavior="all", **{"for": {"minutes": 10}}),
    )
    printer.load_state(load_capture("printer_paused"))
    await obico.poll()
    await obico.advance(frozen, 540)
    assert await automations.ask() == []
    await obico.advance(frozen, 120)
    assert await automations.ask() == [f"{name}"] * 2


async def test_a_pause_of_a_machine_is_seen_as_one(
    obico: Obico, printer: Printer, asked: Automations
) -> None:
    agent = printer.agent
    agent.start_print(LONG)
    await obico.poll(after=60)
    assert "is_printing" in await asked.ask()
    agent.pause()
    await obico.poll(after=30)
    assert agent.phase is Phase.PAUSED
    assert await asked.ask() == ["is_online", "is_paused"]
