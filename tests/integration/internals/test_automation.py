"""Triggers and conditions where Home Assistant's helpers for them have changed."""

from collections.abc import Callable

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition as ha_condition, target as ha_target
from homeassistant.helpers.trigger import EntityNumericalStateTriggerBase
from tests.integration.automation.conftest import automations  # noqa: F401
from tests.integration.automation.support import Automations, condition, trigger
from tests.integration.support import Obico, load_capture, set_up

from .support import import_again, warnings_of_ours

type Change = Callable[[pytest.MonkeyPatch], None]

TRIGGER_MODULES = (
    "trigger",
    "automation.trigger_base",
    "automation.reading_triggers",
    "automation.state_triggers",
)
CONDITION_MODULES = ("condition", "automation.condition_base")
NO_TRIGGERS = "There are no triggers for printers"
NO_CONDITIONS = "There are no conditions for printers"


def gone(name: str) -> Change:
    """Return the change after which Home Assistant does not have this any more."""
    return lambda monkeypatch: monkeypatch.delattr(f"homeassistant.helpers.{name}")


def other(owner: object, name: str, value: object) -> Change:
    """Return the change after which Home Assistant has this in the place of that."""
    return lambda monkeypatch: monkeypatch.setattr(owner, name, value)


class OtherData:
    """What tells of a changed state, without the states of other entities."""

    __dataclass_fields__: dict[str, object] = {}


TRIGGER_CHANGES: dict[str, Change] = {
    "no schema": gone("trigger.ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR"),
    "no base": gone("trigger.EntityNumericalStateCrossedThresholdTriggerBase"),
    "no thresholds": gone(
        "trigger.make_entity_numerical_state_crossed_threshold_trigger"
    ),
    "other thresholds": other(
        EntityNumericalStateTriggerBase, "is_valid_state", lambda _self, _state: True
    ),
    "thresholds that are never reached": other(
        EntityNumericalStateTriggerBase,
        "is_valid_state",
        lambda _self, _state, _report: False,
    ),
    "no tracker": gone("target.async_track_target_selector_state_change_event"),
    "other tracker": other(
        ha_target,
        "async_track_target_selector_state_change_event",
        lambda _hass, _target, _action: None,
    ),
    "other data": other(ha_target, "TargetStateChangedData", OtherData),
}
CONDITION_CHANGES: dict[str, Change] = {
    "no base": gone("condition.EntityStateConditionBase"),
    "no check of all": gone("condition.EntityConditionBase._check_all_match_state"),
    "no filter": gone("condition.EntityConditionBase.entity_filter"),
    "other choice of states": other(
        ha_condition.EntityConditionBase, "_should_include", lambda _self: True
    ),
    "other states": other(
        ha_condition.EntityStateConditionBase,
        "is_valid_state",
        lambda _self, _state: False,
    ),
}


@pytest.fixture
async def obico(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> Obico:
    """Give an account in a Home Assistant that changed, with a printer that prints."""
    # Afterwards the modules of before are back.
    import_again(monkeypatch, *TRIGGER_MODULES, *CONDITION_MODULES)
    change(monkeypatch)
    printer.load_state(load_capture("printer_printing"))
    return await set_up(hass, server, account)


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
