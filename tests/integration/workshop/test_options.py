"""Macros get their buttons in one step in the options, and a look is taken on request."""

from dev import Macro
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.services.support import Actions

MACRO = "button.macro_clean_nozzle"


async def choose(plain: Actions, **answers: object) -> dict[str, object]:
    """Fill in the options, and return what they offered."""
    flows = plain.hass.config_entries.options
    form = await flows.async_init(plain.obico.entry.entry_id)
    assert form["data_schema"] is not None
    offered = {str(key): value for key, value in form["data_schema"].schema.items()}
    result = await flows.async_configure(
        form["flow_id"],
        {"low_bandwidth": False, "printers": [str(plain.printer.id)]} | answers,
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await plain.timelapse.pass_time(10)
    return offered


async def test_chosen_macros_get_buttons_at_once(plain: Actions) -> None:
    hass, obico = plain.hass, plain.obico
    button = obico.entity_id(plain.printer, MACRO)
    offered = await choose(plain, macros=[button])
    options = offered["macros"].config["options"]  # type: ignore[attr-defined]
    assert {"value": button, "label": "Voron 2.4: Macro Clean nozzle"} in options
    assert hass.states.get(button) is not None
    assert "macros" not in obico.entry.options
    await choose(plain, macros=[])
    assert hass.states.get(button) is None


async def test_a_look_is_taken_on_request(plain: Actions) -> None:
    plain.agent.workshop.macros["PARK"] = Macro()  # type: ignore[attr-defined]
    await choose(plain)
    assert plain.obico.find_entity_id(plain.printer, "button.macro_park") is None
    plain.forget()
    await choose(plain, look_again=True)
    assert plain.obico.find_entity_id(plain.printer, "button.macro_park") is not None
    assert "look_again" not in plain.obico.entry.options
