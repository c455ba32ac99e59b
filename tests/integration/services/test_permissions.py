"""Who may call which action: Home Assistant looks at entities only where an action names them."""

import asyncio

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.obico.const import DOMAIN
from custom_components.obico.services import ACTIONS
from dev import Phase
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import ServiceValidationError, UnknownUser
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.control.support import explained, octoprint, refused

from .support import Actions, as_user, ask, unauthorized

# What each action needs besides the printer.
NEEDS: dict[str, dict[str, object]] = {
    "answer_alert": {"answer": "failed"},
    "start_print": {"file": "short.gcode"},
    "set_temperature": {"heater": "bed", "temperature": 60},
    "jog": {"z": 10},
    "extrude": {"length": 5},
    "send_gcode": {"commands": "M105"},
    "predict": {"entity_id": "camera.prusa_mk4_webcam"},
    "preheat": {"profile": "PLA"},
    "set_power": {"power": True},
    "run_macro": {"macro": "CLEAN_NOZZLE"},
    "adjust_z_offset": {"distance": 0.05},
    "set_rates": {"fan_speed": 50},
    "exclude_object": {"object": "CLIP_1"},
    "judge_print": {"print_id": 1, "verdict": "failed"},
    "judge_frame": {
        "print_id": 1,
        "frame_id": 1,
        "answer": "looks_ok",
        "consent": True,
    },
    "get_prediction": {"print_id": 1},
    "delete_prints": {"print_ids": [1]},
    "upload_file": {"path": "/media/a.gcode"},
    "create_folder": {"folder": "Shelf"},
    "move_files": {"files": ["a.gcode"]},
    "rename_file": {"file": "a.gcode", "name": "b.gcode"},
    "delete_files": {"files": ["a.gcode"]},
}
# What is about prints or files of an account takes its device as well.
OF_ACCOUNTS = {
    "judge_print",
    "judge_frame",
    "delete_prints",
    "upload_file",
    "create_folder",
    "move_files",
    "rename_file",
    "delete_files",
}

CHANGING = [action.name for action in ACTIONS if not action.name.startswith("get_")]


async def member_of(hass: HomeAssistant, group: str) -> User:
    """Return a user of a group, who is not the owner."""
    await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    return await hass.auth.async_create_user("Guest", group_ids=[group])


async def call_as(actions: Actions, user: User, name: str, **more: object) -> None:
    """Call an action as a user."""
    action = next(action for action in ACTIONS if action.name == name)
    data = actions.with_device(NEEDS.get(name, {}) | more)
    if action.supports_response is SupportsResponse.NONE:
        await actions.hass.services.async_call(
            DOMAIN, name, data, blocking=True, context=as_user(user)
        )
    else:
        await ask(actions.hass, name, as_user(user), **data)


@octoprint
@pytest.mark.parametrize("name", CHANGING)
async def test_who_may_only_look_changes_nothing(actions: Actions, name: str) -> None:
    user = await member_of(actions.hass, GROUP_ID_READ_ONLY)
    await unauthorized(call_as(actions, user, name))
    assert (actions.asked, actions.told) == ([], [])


@octoprint
@pytest.mark.parametrize("name", ["get_prints", "get_events"])
async def test_who_may_look_gets_answers(actions: Actions, name: str) -> None:
    user = await member_of(actions.hass, GROUP_ID_READ_ONLY)
    answer = await ask(actions.hass, name, as_user(user), device_id=actions.device_id())
    assert answer["has_more"] is False


@octoprint
@pytest.mark.parametrize(
    "name", [action.name for action in ACTIONS if action.is_for_administrators]
)
async def test_what_is_for_administrators_is_for_nobody_else(
    actions: Actions, name: str
) -> None:
    user = await member_of(actions.hass, GROUP_ID_USER)
    await unauthorized(call_as(actions, user, name))
    assert (actions.asked, actions.told) == ([], [])


@octoprint
async def test_administrators_and_automations_send_gcode(
    actions: Actions, hass_admin_user: MockUser
) -> None:
    await call_as(actions, hass_admin_user, "send_gcode")
    # Automations act for nobody.
    await actions.hass.services.async_call(
        DOMAIN,
        "send_gcode",
        actions.with_device({"commands": "M106"}),
        blocking=True,
        context=Context(),
    )
    assert len(actions.told) == 2


@octoprint
async def test_a_user_of_the_home_controls_printers(actions: Actions) -> None:
    await actions.become(Phase.IDLE)
    user = await member_of(actions.hass, GROUP_ID_USER)
    await call_as(actions, user, "jog")
    assert actions.agent.position["z"] == 10.0


@octoprint
async def test_somebody_unknown_is_nobody(actions: Actions) -> None:
    with pytest.raises(UnknownUser):
        await actions.hass.services.async_call(
            DOMAIN,
            "pause_print",
            actions.with_device({}),
            blocking=True,
            context=Context(user_id="nobody"),
        )
    assert actions.asked == []


@octoprint
@pytest.mark.parametrize("name", ["pause_print", "cancel_print"])
async def test_who_may_press_the_button_may_do_the_same(
    actions: Actions, name: str
) -> None:
    """A tablet on the wall that may press buttons, and look at the rest."""
    await actions.become(Phase.PRINTING)
    user = MockUser().add_to_hass(actions.hass)
    user.mock_policy({"entities": {"domains": {"button": {"control": True}}}})
    await actions.finish(asyncio.create_task(call_as(actions, user, name)))
    assert actions.asked == [name]
    # A button of somebody else's, on the same device, gives no right to anything.
    er.async_get(actions.hass).async_get_or_create(
        "button", "template", "cozy", device_id=actions.device_id()
    )
    await unauthorized(call_as(actions, user, "mute_alerts"))


@octoprint
async def test_a_button_that_is_disabled_gives_no_right(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    er.async_get(actions.hass).async_update_entity(
        actions.obico.entity_id(actions.printer, "button.cancel"),
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    user = MockUser().add_to_hass(actions.hass)
    user.mock_policy({"entities": {"domains": {"button": {"control": True}}}})
    await unauthorized(call_as(actions, user, "cancel_print"))
    assert actions.asked == []


# Devices that are no printers


@octoprint
@pytest.mark.parametrize("name", [action.name for action in ACTIONS])
async def test_without_its_account_a_printer_is_not_reached(
    actions: Actions, name: str, hass_admin_user: MockUser
) -> None:
    await actions.obico.unload()
    await refused(call_as(actions, hass_admin_user, name), "account_not_loaded")
    await actions.obico.set_up()
    await actions.settle()


@octoprint
@pytest.mark.parametrize(
    "name", [*(name for name in CHANGING if name not in OF_ACCOUNTS), "get_files"]
)
async def test_an_account_is_no_printer(
    actions: Actions, name: str, hass_admin_user: MockUser
) -> None:
    device_id = actions.account_device_id
    with pytest.raises(ServiceValidationError) as caught:
        await call_as(actions, hass_admin_user, name, device_id=device_id)
    explained(caught.value, "not_a_printer")


@octoprint
async def test_a_device_that_is_not_there_is_no_printer(actions: Actions) -> None:
    await refused(actions.do("pause_print", device_id="gone"), "not_a_printer")


@octoprint
async def test_a_device_of_somebody_else_is_no_printer(actions: Actions) -> None:
    """Identifiers of other integrations may have any number of parts."""
    other = MockConfigEntry(domain="other")
    other.add_to_hass(actions.hass)
    device = dr.async_get(actions.hass).async_get_or_create(
        config_entry_id=other.entry_id,
        identifiers={("other", "a", "b")},  # type: ignore[arg-type]
    )
    await refused(actions.do("pause_print", device_id=device.id), "not_a_printer")


@octoprint
async def test_who_may_not_tell_one_printer_tells_none(
    actions: Actions, hass_read_only_user: MockUser
) -> None:
    other = await actions.add("Voron", agent="klipper")
    await actions.become(Phase.PRINTING)
    entities = er.async_entries_for_device(
        er.async_get(actions.hass), actions.device_id(), include_disabled_entities=True
    )
    own = {entry.entity_id: True for entry in entities}
    hass_read_only_user.mock_policy({"entities": {"entity_ids": own}})
    device_ids = [actions.device_id(), actions.device_id(other)]
    await unauthorized(
        call_as(actions, hass_read_only_user, "pause_print", device_id=device_ids)
    )
    assert actions.asked == []
    begun = asyncio.get_running_loop().create_task(
        call_as(actions, hass_read_only_user, "pause_print")
    )
    await actions.finish(begun)
    assert actions.asked == ["pause_print"]
