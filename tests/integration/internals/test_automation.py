"""Triggers and conditions where Home Assistant's helpers for them have changed."""

import pytest

from dev import Printer
from homeassistant.core import HomeAssistant
from tests.integration.automation.conftest import automations  # noqa: F401
from tests.integration.automation.support import Automations, condition, trigger
from tests.integration.support import Obico, load_capture

from .support import Change, gone, nothing, other, warnings_of_ours

NO_TRIGGERS = "There are no triggers for printers"
NO_CONDITIONS = "There are no conditions for printers"


class OtherData:
    """What tells of a changed state, without the states of other entities."""

    __dataclass_fields__: dict[str, object] = {}


def never(*_arguments: object) -> bool:
    return False


TRIGGER = "helpers.trigger"
TARGET = "helpers.target"
NUMERICAL = f"{TRIGGER}.EntityNumericalStateTriggerBase"
TRIGGER_CHANGES: dict[str, Change] = {
    "no schema": gone(f"{TRIGGER}.ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR"),
    "no base": gone(f"{TRIGGER}.EntityNumericalStateCrossedThresholdTriggerBase"),
    "no thresholds": gone(
        f"{TRIGGER}.make_entity_numerical_state_crossed_threshold_trigger"
    ),
    "other thresholds": other(f"{NUMERICAL}.is_valid_state", nothing),
    "thresholds that are never reached": other(f"{NUMERICAL}.is_valid_state", never),
    "no tracker": gone(f"{TARGET}.async_track_target_selector_state_change_event"),
    "other tracker": other(
        f"{TARGET}.async_track_target_selector_state_change_event", nothing
    ),
    "other data": other(f"{TARGET}.TargetStateChangedData", OtherData),
}
CONDITION = "helpers.condition.EntityConditionBase"
STATE_CONDITION = "helpers.condition.EntityStateConditionBase"
CONDITION_CHANGES: dict[str, Change] = {
    "no base": gone(STATE_CONDITION),
    "no check of all": gone(f"{CONDITION}._check_all_match_state"),
    "no filter": gone(f"{CONDITION}.entity_filter"),
    "other choice of states": other(f"{CONDITION}._should_include", nothing),
    "other states": other(f"{STATE_CONDITION}.is_valid_state", never),
}


@pytest.fixture
def target(obico: Obico, printer: Printer) -> dict[str, str]:
    device = obico.device(printer)
    assert device is not None
    return {"device_id": device.id}


def automation_states(hass: HomeAssistant) -> list[str]:
    return [state.state for state in hass.states.async_all("automation")]


@pytest.mark.parametrize("change", TRIGGER_CHANGES.values(), ids=TRIGGER_CHANGES)
async def test_without_triggers_entities_and_conditions_are_there(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    automations: Automations,  # noqa: F811
    target: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await automations.prepare(
        trigger("paused_printing", target),
        trigger("progress_passed", target),
        {"trigger": "event", "event_type": "asked"},
        conditions=[condition("is_printing", target)],
    )
    assert automation_states(hass) == ["unavailable", "unavailable", "on"]
    assert obico.value(printer, "sensor.status") == "printing"
    assert await automations.ask() == ["event"]
    (line,) = warnings_of_ours(caplog)
    assert line.startswith(NO_TRIGGERS)


@pytest.mark.parametrize("change", CONDITION_CHANGES.values(), ids=CONDITION_CHANGES)
async def test_without_conditions_entities_and_triggers_are_there(
    obico: Obico,
    printer: Printer,
    automations: Automations,  # noqa: F811
    target: dict[str, str],
) -> None:
    await automations.start(trigger("went_offline", target))
    printer.load_state(load_capture("printer_offline"))
    await obico.poll()
    assert automations.fired == ["went_offline"]


@pytest.mark.parametrize("change", CONDITION_CHANGES.values(), ids=CONDITION_CHANGES)
async def test_without_conditions_automations_that_have_one_are_off(
    hass: HomeAssistant,
    automations: Automations,  # noqa: F811
    target: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await automations.prepare(
        trigger("came_online", target),
        trigger("went_offline", target),
        conditions=[condition("is_printing", target)],
    )
    assert automation_states(hass) == ["unavailable"] * 2
    (line,) = warnings_of_ours(caplog)
    assert line.startswith(NO_CONDITIONS)


@pytest.mark.parametrize("change", [lambda _monkeypatch: None])
async def test_in_the_home_assistant_that_is_installed_nothing_is_missing(
    obico: Obico,
    automations: Automations,  # noqa: F811
    target: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The tests above would show nothing if importing again were to break it."""
    await automations.start(
        trigger("went_offline", target),
        conditions=[condition("is_printing", target)],
    )
    assert warnings_of_ours(caplog) == []
