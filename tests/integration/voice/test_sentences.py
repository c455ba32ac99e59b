"""Every language, spoken to a printer that obeys."""

from itertools import cycle

import pytest

from custom_components.obico.voice.request import VoiceIntent
from custom_components.obico.voice.sentences import LANGUAGES
from dev import Phase
from homeassistant.helpers import area_registry as ar, device_registry as dr

from .support import Room, said


@pytest.fixture(autouse=True)
def _garage(room: Room) -> None:
    """Put the printer where the document says."""
    area = ar.async_get(room.hass).async_create("Garage")
    device = room.control.obico.device(room.control.printer)
    assert device is not None
    dr.async_get(room.hass).async_update_device(device.id, area_id=area.id)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_asked_is_answered(room: Room, language: str) -> None:
    """Ask with each documented sentence; nothing happens to the print."""
    await room.speak(language)
    await room.start()
    answers = {}
    for wish in (
        VoiceIntent.STATUS,
        VoiceIntent.TIME_LEFT,
        VoiceIntent.TEMPERATURE,
        VoiceIntent.IS_FAILING,
    ):
        heard = [await room.say_at_once(sentence) for sentence in said(language, wish)]
        assert heard == heard[:1] * len(heard)
        answers[wish] = heard[0]
    assert all("Prusa MK4" in answer for answer in answers.values())
    assert len(set(answers.values())) == len(answers)
    # long.gcode, at 1 %.
    assert "long" in answers[VoiceIntent.STATUS]
    assert "1" in answers[VoiceIntent.STATUS]
    assert "28" in answers[VoiceIntent.TIME_LEFT]
    assert "205 °C" in answers[VoiceIntent.TEMPERATURE]
    assert "60 °C" in answers[VoiceIntent.TEMPERATURE]
    assert room.asked == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_printer_pauses_and_resumes(room: Room, language: str) -> None:
    """Pause with each documented sentence, and resume with each."""
    await room.speak(language)
    await room.start()
    resume = cycle(said(language, VoiceIntent.RESUME))
    for pause in said(language, VoiceIntent.PAUSE):
        room.control.forget()
        paused = await room.say(pause)
        assert "Prusa MK4" in paused
        await room.be(Phase.PAUSED)
        resumed = await room.say(next(resume))
        assert "Prusa MK4" in resumed
        assert resumed != paused
        await room.be(Phase.PRINTING)
        assert room.asked == ["pause_print", "resume_print"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_printer_cancels_only_after_a_yes(room: Room, language: str) -> None:
    """Ask to cancel with each documented sentence, take it back with each, and mean it with each."""
    await room.speak(language)
    await room.start()
    keep = cycle(said(language, VoiceIntent.KEEP))
    for cancel in said(language, VoiceIntent.CANCEL):
        asked_back = await room.say(cancel)
        # It tells what to say, and that is understood.
        assert "Prusa MK4" in asked_back
        kept = await room.say(next(keep))
        assert kept != asked_back
        # There is no question any more.
        assert await room.say(said(language, VoiceIntent.CONFIRM_CANCEL)[0]) not in {
            kept,
            asked_back,
        }
    assert room.asked == []
    await room.be(Phase.PRINTING)
    for confirm in said(language, VoiceIntent.CONFIRM_CANCEL):
        room.control.forget()
        await room.say(said(language, VoiceIntent.CANCEL)[0])
        cancelled = await room.say(confirm)
        assert "Prusa MK4" in cancelled
        await room.control.pass_time(30)
        assert room.agent.phase is Phase.IDLE
        assert room.asked == ["cancel_print"]
        await room.start()
