"""Kind: a number that a person typed and that is none must not be guessed, nor passed over.

A profile whose chamber says "45 °C" would leave the chamber cold, and claim to be reached.
"""

import pytest

from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import ServiceValidationError
from tests.integration.support import Json

from .support import Control, octoprint

PREHEAT = "select.preheat"


@octoprint
@pytest.mark.parametrize("value", ["60 °C", "sixty", "6,0", "1e2", [60], True])
async def test_a_profile_with_what_is_no_number_is_refused_and_never_reached(
    control: Control,
    value: Json,
) -> None:
    await control.use_profiles(
        {"name": "PLA", "bed": 60, "extruder": 205},
        {"name": "Odd", "bed": value, "extruder": 205},
    )
    await control.select("preheat", "PLA")
    await control.report()
    assert control[PREHEAT] == "PLA"
    with pytest.raises(ServiceValidationError) as refused:
        await control.select("preheat", "Odd")
    assert refused.value.translation_key == "profile_unreadable"
    assert refused.value.translation_placeholders == {"profile": "Odd", "heater": "bed"}
    # What is set happens to be all that could be read of it.
    await control.set_value("bed_target", 0)
    await control.report()
    assert control[PREHEAT] == STATE_UNKNOWN


@octoprint
@pytest.mark.parametrize("value", ["60", " 60 ", "60.0", 60])
async def test_numbers_as_text_are_numbers(
    control: Control,
    value: Json,
) -> None:
    await control.use_profiles({"name": "Text", "bed": value, "extruder": "205"})
    await control.select("preheat", "Text")
    assert control.agent.heaters["bed"].target == 60
    assert control.agent.heaters["tool0"].target == 205


@octoprint
async def test_a_heater_that_the_printer_does_not_have_may_be_odd(
    control: Control,
) -> None:
    await control.use_profiles({"name": "PLA", "bed": 60, "dryer": "warm"})
    await control.select("preheat", "PLA")
    assert control.agent.heaters["bed"].target == 60
