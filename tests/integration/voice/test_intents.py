"""The intents: for sentences of a user's own, and for whoever handles intents."""

import asyncio
from pathlib import Path

import pytest

from custom_components.obico.voice.request import VoiceIntent
from dev import Phase, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from tests.checks.support import ROOT

from .support import Room, speech


async def handle(
    room: Room, wish: VoiceIntent, assistant: str | None = None, **slots: str
) -> intent.IntentResponse:
    """Handle an intent, while time passes."""
    return await room.finish(
        asyncio.get_running_loop().create_task(
            intent.async_handle(
                room.hass,
                "test",
                wish,
                {slot: {"value": value} for slot, value in slots.items()},
                language="en",
                assistant=assistant,
            )
        )
    )


async def test_all_are_registered_and_stay(room: Room, hass: HomeAssistant) -> None:
    def there() -> set[str]:
        return {
            handler.intent_type
            for handler in intent.async_get(hass)
            if handler.intent_type.startswith("Obico")
        }

    assert there() == set(VoiceIntent)
    await room.control.obico.unload()
    assert there() == set(VoiceIntent)
    for wish in VoiceIntent:
        slots = {"macro": "wipe"} if wish is VoiceIntent.RUN_MACRO else {}
        response = await handle(room, wish, **slots)
        assert response.response_type is intent.IntentResponseType.ERROR
        assert speech(response) == "There is no printer that I can use."


async def test_an_intent_does_what_a_sentence_does(room: Room) -> None:
    await room.start()
    room.control.forget()
    response = await handle(room, VoiceIntent.PAUSE, name="Prusa MK4")
    assert response.response_type is intent.IntentResponseType.ACTION_DONE
    await room.be(Phase.PAUSED)
    await handle(room, VoiceIntent.CANCEL)
    assert room.asked == ["pause_print"]
    # Where there is no conversation, each call stands for itself.
    response = await handle(room, VoiceIntent.CONFIRM_CANCEL)
    assert speech(response) == "The print on Prusa MK4 is cancelled."
    assert room.asked == ["pause_print", "cancel_print"]


async def test_a_name_and_an_area_are_both_of_the_printer(room: Room) -> None:
    response = await handle(room, VoiceIntent.STATUS, name="Prusa MK4", area="Cellar")
    assert speech(response) == (
        "I know no printer called Prusa MK4, Cellar. There is: Prusa MK4."
    )


async def test_an_empty_name_is_refused(room: Room) -> None:
    with pytest.raises(intent.InvalidSlotInfo):
        await handle(room, VoiceIntent.STATUS, name=" ")


async def test_a_user_s_own_sentences_as_the_document_has_them(
    room: Room, hass: HomeAssistant, printer: Printer, tmp_path: Path
) -> None:
    document = (ROOT / "docs" / "voice.md").read_text(encoding="utf-8")
    _, _, rest = document.partition("```yaml\n# custom_sentences/en/printers.yaml\n")
    hass.config.config_dir = str(tmp_path)
    folder = tmp_path / "custom_sentences" / "en"
    await hass.async_add_executor_job(lambda: folder.mkdir(parents=True))
    await hass.async_add_executor_job(
        (folder / "printers.yaml").write_text, rest.partition("```")[0]
    )
    room.expose(printer, "button.pause")
    await room.start()
    assert await room.say("give my Prusa MK4 printer a break") == (
        "The print on Prusa MK4 pauses."
    )
    await room.be(Phase.PAUSED)
