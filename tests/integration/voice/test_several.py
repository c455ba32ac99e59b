"""Questions about all printers, and about the account."""

import pytest

from custom_components.obico.voice.request import VoiceIntent
from custom_components.obico.voice.sentences import LANGUAGES
from dev import Account, ObicoServer, Phase, Printer
from dev.json_types import JsonValue, as_object
from homeassistant.components.conversation import async_converse
from homeassistant.core import Context, HomeAssistant
from tests.integration.push.support import PRINTERS
from tests.integration.support import coordinator_of, load_capture, set_up

from .support import Room, said
from .test_unreachable import fail_polls, leave_one_push

ANY_FAILING = "is any printer failing"
WHICH_PRINTING = "which printers are printing"
HOURS = "how many AI hours are left"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_question_has_an_answer_in_every_language(
    two: Room, ender: Printer, language: str
) -> None:
    """Ask with each documented sentence; nothing happens to the prints."""
    await two.speak(language)
    await two.start()
    two.control.forget()
    answers = []
    for wish in (
        VoiceIntent.ANY_FAILING,
        VoiceIntent.WHICH_PRINTING,
        VoiceIntent.DETECTION_HOURS,
    ):
        heard = [await two.say_at_once(sentence) for sentence in said(language, wish)]
        assert heard == heard[:1] * len(heard)
        answers.append(heard[0])
    failing, printing, hours = answers
    assert "Prusa MK4" in printing
    assert "Ender 3" not in printing
    assert failing not in (printing, hours)
    assert two.asked == []


# Which printers print


async def test_printers_are_named_by_what_they_do(two: Room, ender: Printer) -> None:
    assert await two.say(WHICH_PRINTING) == "No printer is printing."
    await two.start()
    assert await two.say(WHICH_PRINTING) == "Printing: Prusa MK4."
    await two.start(ender)
    assert await two.say(WHICH_PRINTING) == "Printing: Prusa MK4, Ender 3."
    await two.say("pause the print on Prusa MK4")
    await two.be(Phase.PAUSED)
    assert await two.say(WHICH_PRINTING) == "Printing: Ender 3. Paused: Prusa MK4."


async def test_a_printer_that_heats_up_is_not_said_to_print(
    two: Room, ender: Printer
) -> None:
    two.agent.heaters[two.agent.bed_heater].heats = 0.0
    await two.start()
    await two.start(ender)
    assert await two.say(WHICH_PRINTING) == (
        "Printing: Ender 3. Heating up: Prusa MK4."
    )


async def test_a_printer_that_cannot_be_reached_is_not_spoken_for(
    two: Room, ender: Printer
) -> None:
    await two.start()
    await leave_one_push(two, ender)
    unreachable = "I cannot reach Ender 3 at the moment."
    assert await two.say(WHICH_PRINTING) == f"Printing: Prusa MK4. {unreachable}"
    assert (await two.say(ANY_FAILING)).endswith(unreachable)


# Whether any is failing


async def test_the_ai_s_verdict_on_all(two: Room, ender: Printer) -> None:
    assert await two.say(ANY_FAILING) == "No printer is printing."
    await two.start()
    # Neither yes nor no: it is the answer to both questions.
    assert await two.say("are all prints okay") == await two.say(ANY_FAILING)
    assert await two.say(ANY_FAILING) == "The AI sees no failure."
    await two.start(ender)
    await two.control.turn("watching_enabled", on=False)
    assert await two.say(ANY_FAILING) == (
        "The AI sees no failure. The AI is not watching: Prusa MK4."
    )
    two.control.obico.server.add_event(ender, "FAILURE_ALERTED")
    ender.agent.fail(rise=0.1, score=1.0)
    await two.control.pass_time(60)
    answer = await two.say(ANY_FAILING)
    assert answer.startswith("The AI sees a failure: Ender 3.")
    assert answer.endswith("The AI is not watching: Prusa MK4.")


@pytest.mark.parametrize(
    ("score", "answer"),
    [
        (0.9, "The AI sees a failure: Prusa MK4."),
        (0.5, "The AI sees signs of a failure: Prusa MK4."),
        (0.1, "The AI sees no failure."),
    ],
)
async def test_a_recorded_state_with_another_score(
    room: Room, printer: Printer, score: float, answer: str
) -> None:
    printer.load_state(
        load_capture("printer_printing")
        | {"name": "Prusa MK4", "normalized_p": score, "alert_overwrite": None}
    )
    await room.control.settle()
    assert await room.say(ANY_FAILING) == answer


async def test_a_print_that_was_called_fine_is_not_said_to_fail(
    room: Room, printer: Printer
) -> None:
    failing = load_capture("printer_printing") | {
        "name": "Prusa MK4",
        "normalized_p": 0.9,
    }
    job = as_object(failing["current_print"])
    asked = {
        "alerted_at": "2026-11-22T05:00:00Z",
        "alert_acknowledged_at": "2026-11-22T05:01:00Z",
    }
    for verdict, answer in (
        ("FAILED", "The AI sees a failure: Prusa MK4."),
        ("NOT_FAILED", "The AI sees signs of a failure: Prusa MK4."),
    ):
        answered = job | asked | {"alert_overwrite": verdict}
        printer.load_state(failing | {"current_print": answered})
        await room.control.settle()
        assert await room.say(ANY_FAILING) == answer


# The hours of AI detection


async def set_hours(room: Room, **columns: float | bool) -> None:
    """Have the account's balance be something else, and let a poll tell of it."""
    for name, value in columns.items():
        setattr(room.control.obico.account, name, value)
    await room.control.pass_time(330)


async def test_the_hours_that_are_left(room: Room) -> None:
    # A self-hosted server that counts none has no limit.
    assert await room.say(HOURS) == "AI detection is not limited."
    await set_hours(room, dh_balance=12.5)
    assert await room.say(HOURS) == "AI detection left: 12 hours 30 minutes."
    await set_hours(room, dh_balance=1.0)
    assert await room.say(HOURS) == "AI detection left: 1 hour."
    await set_hours(room, dh_balance=-1.0)
    assert await room.say(HOURS) == "No hours of AI detection are left."
    await set_hours(room, is_dh_unlimited=True)
    assert await room.say(HOURS) == "AI detection is not limited."


async def test_hours_that_are_not_known_are_not_told(two: Room, ender: Printer) -> None:
    await leave_one_push(two, ender)
    assert not coordinator_of(two.control.obico.entry).last_update_success
    assert await two.say(HOURS) == (
        "How many hours of AI detection are left is not known at the moment."
    )


async def test_a_server_that_is_gone_is_not_spoken_for(room: Room) -> None:
    await room.control.obico.server.refuse_connections()
    await fail_polls(room)
    for question in (ANY_FAILING, WHICH_PRINTING, HOURS):
        assert await room.say(question) == "I cannot reach Prusa MK4 at the moment."
    await room.control.obico.server.accept_connections()


async def test_each_account_has_hours_of_its_own(
    room: Room, hass: HomeAssistant, server: ObicoServer
) -> None:
    account = server.add_account(email="club@example.com")
    account.add_printer("Club printer")
    other = await set_up(hass, server, account)
    hass.config_entries.async_update_entry(room.control.obico.entry, title="Home")
    hass.config_entries.async_update_entry(other.entry, title="Club")
    answer = await room.say(HOURS)
    assert "Home: AI detection is not limited." in answer
    assert "Club: AI detection is not limited." in answer
    # Nobody says where a server is, unless one person has accounts on two.
    for titles, names in (
        (("Maria (a.example)", "Club (b.example)"), ("Maria", "Club")),
        (
            ("Maria (a.example)", "Maria (b.example)"),
            ("Maria a.example", "Maria b.example"),
        ),
    ):
        for obico, title in zip((room.control.obico, other), titles, strict=True):
            hass.config_entries.async_update_entry(obico.entry, title=title)
        answer = await room.say(HOURS)
        for name in names:
            assert f"{name}: AI detection is not limited." in answer
    await other.unload()


# Farms


@pytest.fixture
async def farm(hass: HomeAssistant, server: ObicoServer) -> Account:
    """Give an account with ten printers, of which seven print."""
    account = server.add_account(email="farm@example.com")
    recorded = load_capture("printer_printing") | {"normalized_p": 0.9}
    for number in range(10):
        printer = account.add_printer(f"Farm {number}")
        if number < 7:
            printer.load_state(recorded | {"name": f"Farm {number}"})
    await set_up(hass, server, account)
    return account


async def test_of_a_farm_five_names_are_read_out(
    hass: HomeAssistant, farm: Account
) -> None:
    async def say(text: str) -> str:
        answer = await async_converse(hass, text, "a talk", Context(), "en")
        return str(answer.response.speech["plain"]["speech"])

    five = "Farm 0, Farm 1, Farm 2, Farm 3, Farm 4"
    assert await say(WHICH_PRINTING) == f"Printing: {five} and 2 more."
    assert await say("what is the print status") == f"Printing: {five} and 2 more."
    assert await say(ANY_FAILING) == (f"The AI sees a failure: {five} and 2 more.")
    answer = await say("what is the print status of Farm 8")
    assert answer == "Farm 8: Offline."


@pytest.mark.usefixtures("farm")
async def test_names_are_separated_as_the_language_does(hass: HomeAssistant) -> None:
    await hass.config.async_update(language="ja")
    await hass.async_block_till_done()
    text = "どのプリンターが印刷していますか"
    answer = await async_converse(hass, text, "a talk", Context(), "ja")
    assert "Farm 0、Farm 1、Farm 2" in str(answer.response.speech["plain"]["speech"])


async def test_a_print_that_the_ai_has_not_judged_yet(
    room: Room, server: ObicoServer
) -> None:
    await room.start()

    def without_score(answer: JsonValue) -> JsonValue:
        assert isinstance(answer, list)
        return [as_object(printer) | {"normalized_p": None} for printer in answer]

    server.faults.change(PRINTERS, without_score)
    # Pushes would tell the score.
    server.sockets.blocked = True
    await server.sockets.close_all()
    await room.control.pass_time(90)
    assert await room.say(ANY_FAILING) == "The AI has no verdict yet: Prusa MK4."
