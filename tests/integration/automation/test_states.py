"""Triggers of what is on or off: what changes while nobody can see it has happened, too."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import Printer
from homeassistant.helpers import device_registry as dr
from tests.integration.support import Obico, load_capture

from .support import FOR_FIVE_MINUTES, Automations, Config, Shown, both, trigger


def alert(printer: Printer, *, is_open: bool) -> None:
    """Let a printer have an open alert, or none; Home Assistant does not know yet."""
    printer.load_state(
        load_capture("printer_alert_warning" if is_open else "printer_printing")
    )


async def test_a_printer_that_comes_and_goes_fires_each_time(
    obico: Obico, shown: Shown, automations: Automations
) -> None:
    await automations.start(
        trigger("came_online", shown.target), trigger("went_offline", shown.target)
    )
    assert automations.take() == []
    for _ in range(2):
        await shown.be_offline()
        await obico.poll()
        assert automations.take() == ["went_offline"]
        await shown.show()
        await obico.poll()
        assert automations.take() == ["came_online"]


async def test_an_automation_is_told_of_the_print_that_goes_on(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    await shown.show(print_id=7)
    await automations.start(trigger("went_offline", shown.target))
    await shown.be_offline()
    (run,) = automations.runs
    assert run["entity_id"] == obico.entity_id(printer, "binary_sensor.online")
    assert run["device_id"] == shown.target["device_id"]
    assert run["printer"] == "Prusa MK4"
    # What is recorded of an offline printer has a print of its own.
    assert (run["print_id"], run["file"]) == (6, "medium.gcode")
    assert run["entities"]["button.cancel"] == obico.entity_id(printer, "button.cancel")
    for name in ("title", "text", "image", "outcome"):
        assert run[name] is None


async def test_an_alert_that_is_answered_fires_once(
    obico: Obico, printer: Printer, automations: Automations, target: Config
) -> None:
    alert(printer, is_open=True)
    await obico.poll()
    await automations.start(trigger("alert_cleared", target))
    await obico.poll()
    assert automations.fired == []
    alert(printer, is_open=False)
    await obico.poll()
    await obico.poll()
    assert automations.fired == ["alert_cleared"]


async def test_an_alert_that_was_answered_while_the_server_was_gone_fires_once(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    alert(printer, is_open=True)
    await obico.poll()
    await automations.start(trigger("alert_cleared", shown.target))
    await shown.lose_server()
    assert obico.value(printer, "binary_sensor.failure_detected") == "unavailable"
    alert(printer, is_open=False)
    await shown.find_server()
    await obico.poll()
    assert automations.fired == ["alert_cleared"]


async def test_what_is_as_it_was_when_the_server_is_back_fires_nothing(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    await automations.start(
        *(
            trigger(name, shown.target)
            for name in ("alert_cleared", "came_online", "went_offline")
        )
    )
    for is_online in (True, False):
        await (shown.show() if is_online else shown.be_offline())
        automations.take()
        await shown.lose_server()
        await shown.find_server()
        await obico.reload()
        await automations.reload()
        await obico.poll()
        assert automations.fired == []
        assert obico.value(printer, "binary_sensor.online") == (
            "on" if is_online else "off"
        )


async def test_nothing_fires_for_what_is_first_seen(
    obico: Obico, shown: Shown, automations: Automations
) -> None:
    await obico.unload()
    await automations.start(
        *(
            trigger(name, shown.target)
            for name in ("alert_cleared", "came_online", "went_offline")
        )
    )
    await obico.set_up()
    assert automations.fired == []
    await shown.be_offline()
    assert automations.fired == ["went_offline"]


async def test_what_happens_during_a_reload_fires_once(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    await automations.start(trigger("went_offline", shown.target))
    await obico.unload()
    printer.load_state(load_capture("printer_offline"))
    await obico.set_up()
    await obico.poll()
    assert automations.fired == ["went_offline"]


# For some time


@pytest.fixture
def patient(target: Config) -> Config:
    """Give a trigger that waits for five minutes."""
    return trigger("went_offline", target, **FOR_FIVE_MINUTES)


async def test_what_does_not_last_fires_nothing(
    obico: Obico, shown: Shown, automations: Automations, patient: Config
) -> None:
    await automations.start(patient)
    await shown.be_offline()
    await shown.show()
    await obico.pass_time(400)
    assert automations.fired == []


async def test_what_lasts_fires_once(
    obico: Obico, shown: Shown, automations: Automations, patient: Config
) -> None:
    await automations.start(patient)
    await shown.be_offline()
    assert automations.fired == []
    await obico.pass_time(400)
    await obico.pass_time(800)
    assert automations.fired == ["went_offline"]
    # It is not over, and so it is nothing new when it was out of sight.
    await shown.lose_server()
    await shown.find_server()
    await obico.pass_time(400)
    assert automations.fired == ["went_offline"]


async def test_a_new_name_does_not_let_it_wait_longer(
    frozen: FrozenDateTimeFactory,
    obico: Obico,
    shown: Shown,
    automations: Automations,
    patient: Config,
) -> None:
    await automations.start(patient)
    await shown.be_offline()
    await obico.advance(frozen, 200)
    dr.async_get(obico.hass).async_update_device(
        shown.target["device_id"], name_by_user="The red one"
    )
    await obico.hass.async_block_till_done()
    assert automations.fired == []
    await obico.advance(frozen, 60)
    assert [run["printer"] for run in automations.runs] == ["The red one"]


async def test_a_server_that_is_gone_for_a_moment_only_lets_it_wait_longer(
    obico: Obico, shown: Shown, automations: Automations, patient: Config
) -> None:
    await automations.start(patient)
    await shown.be_offline()
    await shown.lose_server()
    await obico.pass_time(400)
    assert automations.fired == []
    await shown.find_server()
    assert automations.fired == []
    await obico.pass_time(400)
    assert automations.fired == ["went_offline"]


async def test_a_trigger_that_is_gone_fires_no_more(
    obico: Obico, shown: Shown, automations: Automations, patient: Config
) -> None:
    await automations.start(patient)
    await shown.be_offline()
    await automations.stop()
    await obico.pass_time(400)
    assert automations.fired == []


# Several printers


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [("each", [1, 1, 1, 1]), ("first", [1, 0, 0, 0]), ("all", [0, 1, 1, 1])],
)
async def test_one_of_several_printers_or_all_of_them(
    other: Shown,
    shown: Shown,
    automations: Automations,
    behavior: str,
    expected: list[int],
) -> None:
    await automations.start(
        trigger("went_offline", both(shown, other), behavior=behavior)
    )
    counts = []
    await shown.lose_agent()
    counts.append(len(automations.take()))
    await other.lose_agent()
    counts.append(len(automations.take()))
    await shown.find_agent()
    assert automations.take() == []
    await shown.lose_agent()
    counts.append(len(automations.take()))
    await other.find_agent()
    await other.lose_agent()
    counts.append(len(automations.take()))
    assert counts == expected


@pytest.mark.parametrize("was_other_online", [True, False])
async def test_all_of_them_are_known_when_the_server_is_back(
    other: Shown,
    obico: Obico,
    printer: Printer,
    shown: Shown,
    automations: Automations,
    was_other_online: bool,
) -> None:
    if not was_other_online:
        await other.lose_agent()
    target = both(shown, other)
    await automations.start(
        trigger("went_offline", target, behavior="all"),
        trigger("went_offline", target, behavior="first"),
    )
    await shown.lose_server()
    printer.load_state(load_capture("printer_offline"))
    await shown.find_server()
    await obico.poll()
    # One way it is the first, the other way the last.
    assert automations.fired == ["went_offline"]


async def test_the_second_is_not_the_first_when_the_first_is_back(
    other: Shown, shown: Shown, automations: Automations
) -> None:
    await automations.start(
        trigger("went_offline", both(shown, other), behavior="first")
    )
    await shown.lose_agent()
    await other.lose_agent()
    await shown.find_agent()
    assert automations.take() == ["went_offline"]
    await shown.lose_server()
    await shown.find_server()
    assert automations.take() == []
    # Each can be the first.
    await other.find_agent()
    await shown.lose_agent()
    await shown.find_agent()
    assert automations.take() == ["went_offline"]
    await other.lose_agent()
    assert automations.take() == ["went_offline"]


async def test_all_of_several_printers_for_some_time(
    other: Shown, obico: Obico, shown: Shown, automations: Automations
) -> None:
    await automations.start(
        trigger("went_offline", both(shown, other), behavior="all", **FOR_FIVE_MINUTES)
    )
    await shown.lose_agent()
    await obico.pass_time(400)
    assert automations.fired == []
    await other.lose_agent()
    await shown.find_agent()
    await obico.pass_time(400)
    assert automations.fired == []
    await shown.lose_agent()
    # It waits anew when the server was gone meanwhile.
    await shown.lose_server()
    await obico.pass_time(400)
    await shown.find_server()
    assert automations.fired == []
    await obico.pass_time(400)
    await obico.pass_time(timedelta(hours=1).total_seconds())
    assert automations.fired == ["went_offline"]


async def test_the_first_of_several_printers_for_some_time(
    other: Shown, obico: Obico, shown: Shown, automations: Automations
) -> None:
    await automations.start(
        trigger(
            "went_offline", both(shown, other), behavior="first", **FOR_FIVE_MINUTES
        )
    )
    await shown.lose_agent()
    await other.lose_agent()
    await obico.pass_time(400)
    await obico.pass_time(800)
    assert automations.fired == ["went_offline"]
    # The second is none when the first is back.
    await shown.find_agent()
    await shown.lose_server()
    await shown.find_server()
    await obico.pass_time(400)
    assert automations.fired == ["went_offline"]
