"""The answer to a failure alert that is not to cancel the print."""

import pytest

from custom_components.obico.voice.request import VoiceIntent
from custom_components.obico.voice.sentences import LANGUAGES
from dev import Phase, Printer
from homeassistant.const import STATE_OFF, STATE_ON

from .support import Room, said

NOT_A_FAILURE = "the print is not a failure"
NO_ALERT = "There is no failure alert that waits for an answer."


async def alert(room: Room, *printers: Printer) -> None:
    """Let these printers, which print, have an alert that waits for an answer."""
    # An alert is open that is later than the answer to the one before.
    await room.control.pass_time(5)
    for printer in printers:
        assert printer.current_print is not None
        printer.current_print.alerted_at = room.control.obico.server.clock.now()
        printer.push()
    await room.control.settle()
    assert all(is_failing(room, printer) for printer in printers)
    room.control.forget()


def is_failing(room: Room, printer: Printer) -> bool:
    value = room.control.obico.value(printer, "binary_sensor.failure_detected")
    assert value in {STATE_ON, STATE_OFF}
    return value == STATE_ON


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_documented_sentence_answers_the_alert(
    room: Room, printer: Printer, language: str
) -> None:
    await room.speak(language)
    await room.start()
    for sentence in said(language, VoiceIntent.NOT_A_FAILURE):
        await alert(room, printer)
        assert "Prusa MK4" in await room.say(sentence)
        assert room.asked == ["acknowledge_alert NOT_FAILED"]
        assert not is_failing(room, printer)
    await room.be(Phase.PRINTING)


async def test_a_print_that_was_paused_is_said_to_be_so(
    room: Room, printer: Printer
) -> None:
    await room.start()
    await room.say("pause the print")
    await room.be(Phase.PAUSED)
    await alert(room, printer)
    assert await room.say(NOT_A_FAILURE) == ("Noted: not a failure. Prusa MK4: Paused.")
    await room.be(Phase.PAUSED)


async def test_it_is_for_the_printer_that_has_the_alert(
    two: Room, printer: Printer, ender: Printer
) -> None:
    await two.start()
    await two.start(ender)
    assert await two.say(NOT_A_FAILURE) == NO_ALERT
    await alert(two, ender)
    assert await two.say(NOT_A_FAILURE) == ("Noted: not a failure. Ender 3: Printing.")
    assert not is_failing(two, ender)
    await alert(two, printer, ender)
    assert await two.say(NOT_A_FAILURE) == (
        "Which printer do you mean: Prusa MK4, Ender 3? "
        "Say for example: the print on Prusa MK4 is not a failure"
    )
    assert two.asked == []
    assert await two.say("Ender 3") == "Noted: not a failure. Ender 3: Printing."
    assert is_failing(two, printer)
    assert not is_failing(two, ender)


async def test_a_printer_without_an_alert_is_not_answered_for(room: Room) -> None:
    await room.start()
    room.control.forget()
    assert await room.say(NOT_A_FAILURE) == f"Prusa MK4: {NO_ALERT}"
    assert room.asked == []
