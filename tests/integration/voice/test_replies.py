"""Replies that mean nothing without the question that was asked before."""

import pytest

from custom_components.obico.voice.request import VoiceIntent
from custom_components.obico.voice.sentences import LANGUAGES
from dev import Account, ObicoServer, Phase, Printer
from homeassistant.components.conversation import async_converse
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from tests.integration.support import config_entry, set_up, settle

from .support import Room, said

WHICH = (
    "Which printer do you mean: Prusa MK4, Ender 3? "
    "Say for example: pause the print on Prusa MK4"
)
CONFIRM = (
    "This ends the print on Prusa MK4 for good. If you mean it, say within a minute: "
    "yes, cancel Prusa MK4"
)
AGAIN = "Please say that again."
# A plain yes in each language.
YES = {
    "ca": "sí",
    "cs": "ano",
    "da": "ja",
    "de": "ja",
    "en": "yes, please",
    "es": "sí",
    "fr": "oui",
    "it": "sì",
    "ja": "はい",
    "ko": "네",
    "nl": "ja",
    "pl": "tak",
    "pt": "sim",
    "ru": "да",
    "sv": "ja",
    "uk": "так",
    "zh": "是的",
    "zh-Hant": "是的",
    "tr": "evet",
    "hu": "igen",
}

# What calls the first and the second of those that were named, in each language.
PLACES = {
    "ca": ("la primera", "la segona"),
    "cs": ("první", "ta druhá"),
    "da": ("den første", "den anden"),
    "de": ("der erste", "den zweiten Drucker"),
    "en": ("the first", "the second printer, please"),
    "es": ("la primera", "la segunda impresora"),
    "fr": ("la première", "la deuxième imprimante"),
    "hu": ("az első", "a második nyomtató"),
    "it": ("la prima", "la seconda stampante"),
    "ja": ("1番目", "二番目のプリンター"),
    "ko": ("첫 번째", "두 번째 프린터"),
    "nl": ("de eerste", "de tweede printer"),
    "pl": ("pierwsza", "ta druga drukarka"),
    "pt": ("a primeira", "a segunda impressora"),
    "ru": ("первый", "на втором принтере"),
    "sv": ("den första", "den andra skrivaren"),
    "tr": ("birincisi", "ikinci yazıcı"),
    "uk": ("перший", "на другому принтері"),
    "zh": ("第一台", "第二台打印机"),
    "zh-Hant": ("第一台", "第二台印表機"),
}


@pytest.fixture
async def both(two: Room, ender: Printer) -> Room:
    """Give the room with two printers that print."""
    await two.start()
    await two.start(ender)
    two.control.forget()
    return two


# Which printer


@pytest.mark.parametrize(
    "reply",
    [
        "Ender 3",
        "on the Ender 3, please.",
        "ender-3",
        # A part of the name, or its place.
        "Ender",
        "the Ender one",
        "the second one",
        "on the 2nd",
        "second",
        "the last",
    ],
)
async def test_the_printer_that_was_asked_for_may_be_named_alone(
    both: Room, ender: Printer, reply: str
) -> None:
    assert await both.say("pause the print") == WHICH
    assert await both.say(reply) == "The print on Ender 3 pauses."
    await both.control.pass_time(5)
    assert ender.agent.phase is Phase.PAUSED
    await both.be(Phase.PRINTING)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_name_is_a_reply_in_every_language(both: Room, language: str) -> None:
    await both.speak(language)
    question = await both.say(said(language, VoiceIntent.TIME_LEFT)[0])
    assert "Prusa MK4" in question
    assert "Ender 3" in question
    answer = await both.say("Ender 3")
    assert "Ender 3" in answer
    assert "Prusa MK4" not in answer


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_place_is_a_reply_in_every_language(both: Room, language: str) -> None:
    await both.speak(language)
    for place, name in zip(PLACES[language], ("Prusa MK4", "Ender 3"), strict=True):
        question = await both.say(said(language, VoiceIntent.TIME_LEFT)[0])
        answer = await both.say(place)
        assert name in answer
        assert answer != question


async def test_a_place_that_there_is_not_is_asked_about_again(both: Room) -> None:
    assert await both.say("pause the print") == WHICH
    assert await both.say("the third one") == WHICH
    assert await both.say("the first one") == "The print on Prusa MK4 pauses."


async def test_a_part_of_a_name_that_leaves_several_is_asked_about_again(
    both: Room, ender: Printer, hass: HomeAssistant
) -> None:
    for printer, name in ((both.control.printer, "Left Voron"), (ender, "Right Voron")):
        device = both.control.obico.device(printer)
        assert device is not None
        dr.async_get(hass).async_update_device(device.id, name_by_user=name)
    await hass.async_block_till_done()
    question = await both.say("pause the print")
    assert question.startswith("Which printer do you mean: Left Voron, Right Voron? ")
    assert await both.say("the Voron") == question
    assert await both.say("right") == "The print on Right Voron pauses."


async def test_parts_and_places_mean_nothing_without_the_question(both: Room) -> None:
    for reply in ("Ender", "the second one"):
        nobody_listens = await both.say_at_once(reply)
        assert await both.say("pause the print") == WHICH
        await both.control.pass_time(61)
        assert await both.say_at_once(reply) == nobody_listens
    assert both.asked == []


async def test_a_name_is_no_reply_in_another_conversation(both: Room) -> None:
    both.conversation_id = "here"
    await both.say("pause the print")
    both.conversation_id = "there"
    assert await both.say("Ender 3") == AGAIN
    both.conversation_id = "here"
    both.user_id = "somebody else"
    assert await both.say("Ender 3") == AGAIN
    assert both.asked == []
    both.user_id = None
    assert await both.say("Ender 3") == "The print on Ender 3 pauses."


async def test_a_name_is_a_reply_for_60_seconds(both: Room) -> None:
    nobody_listens = await both.say_at_once("Ender 3")
    await both.say("pause the print")
    await both.control.pass_time(58)
    # Asked again, it waits anew.
    await both.say("pause the print")
    await both.control.pass_time(58)
    assert await both.say("Ender 3") == "The print on Ender 3 pauses."
    await both.say("how much longer does the print need")
    await both.control.pass_time(61)
    assert await both.say_at_once("Ender 3") == nobody_listens


async def test_a_name_is_a_reply_once_and_not_after_another_sentence(
    both: Room,
) -> None:
    nobody_listens = await both.say_at_once("Ender 3")
    await both.say("pause the print")
    await both.say("how hot is Prusa MK4")
    assert await both.say_at_once("Ender 3") == nobody_listens
    assert both.asked == []


async def test_a_reply_that_leaves_several_is_asked_about_again(
    both: Room, ender: Printer, hass: HomeAssistant
) -> None:
    area = ar.async_get(hass).async_create("Cellar")
    for printer in (both.control.printer, ender):
        device = both.control.obico.device(printer)
        assert device is not None
        dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    await hass.async_block_till_done()
    assert await both.say("pause the print in the cellar") == WHICH
    assert await both.say("the cellar") == WHICH
    assert await both.say("Prusa MK4") == "The print on Prusa MK4 pauses."


async def test_the_printer_that_is_to_be_cancelled_is_asked_about(both: Room) -> None:
    assert (await both.say("cancel the print")).startswith("Which printer ")
    assert await both.say("Prusa MK4") == CONFIRM
    assert await both.say("Prusa MK4") != CONFIRM
    assert both.asked == []


async def test_of_a_farm_five_names_are_read_out_and_any_is_a_reply(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    account = server.add_account(email="farm@example.com")
    for number in range(70):
        account.add_printer(f"Farm {number:02}")
    await set_up(hass, server, account)

    async def say(text: str) -> str:
        answer = await async_converse(hass, text, "a talk", Context(), "en")
        return str(answer.response.speech["plain"]["speech"])

    assert await say("how hot is the printer") == (
        "Which printer do you mean: Farm 00, Farm 01, Farm 02, Farm 03, Farm 04 and "
        "65 more? Say for example: how hot is Farm 00"
    )
    # Though the names of a farm are in lists, a mere name is not open to any other.
    (mere,) = (
        sentence
        for sentence in get_agent_manager(hass).trigger_sentences
        if "farm 69" in sentence
    )
    assert "{" not in mere
    assert await say("Farm 69") == "Farm 69: The printer is offline."


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (
            ("Maria (obico.example)", "workshop (obico.example)"),
            ("Prusa MK4 Maria", "Prusa MK4 workshop"),
        ),
        (
            ("Maria (app.obico.io)", "Maria (obico.example)"),
            ("Prusa MK4 Maria app.obico.io", "Prusa MK4 Maria obico.example"),
        ),
    ],
)
async def test_printers_of_the_same_name_are_told_apart_by_their_accounts(
    hass: HomeAssistant,
    server: ObicoServer,
    titles: tuple[str, str],
    names: tuple[str, str],
) -> None:
    for number, title in enumerate(titles):
        account = server.add_account(email=f"user{number}@example.com")
        account.add_printer("Prusa MK4")
        account.add_printer(f"Only {number}")
        entry = config_entry(server, account)
        entry.add_to_hass(hass)
        hass.config_entries.async_update_entry(entry, title=title)
        await hass.config_entries.async_setup(entry.entry_id)
        await settle(hass)

    async def say(text: str) -> str:
        answer = await async_converse(hass, text, "a talk", Context(), "en")
        return str(answer.response.speech["plain"]["speech"])

    for name in names:
        assert await say("how hot is Prusa MK4") == (
            f"Which printer do you mean: {', '.join(names)}? "
            f"Say for example: how hot is {names[0]}"
        )
        assert await say(name) == f"{name}: The printer is offline."
    # The others need nobody's name.
    assert await say("how hot is Only 1") == "Only 1: The printer is offline."


@pytest.mark.parametrize(
    ("areas", "names"),
    [
        (("Attic", "Cellar"), ("Twin Attic", "Twin Cellar")),
        ((None, None), ("Twin {ids[0]}", "Twin {ids[1]}")),
        (("Cellar", "Cellar"), ("Twin {ids[0]}", "Twin {ids[1]}")),
    ],
)
async def test_printers_of_the_same_name_in_one_account_are_told_apart(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    areas: tuple[str | None, str | None],
    names: tuple[str, str],
) -> None:
    twins = [account.add_printer("Twin") for _ in areas]
    obico = await set_up(hass, server, account)
    for twin, area in zip(twins, areas, strict=True):
        device = obico.device(twin)
        assert device is not None
        area_id = ar.async_get(hass).async_get_or_create(area).id if area else None
        dr.async_get(hass).async_update_device(device.id, area_id=area_id)
    called = [name.format(ids=[twin.id for twin in twins]) for name in names]

    async def say(text: str) -> str:
        answer = await async_converse(hass, text, "a talk", Context(), "en")
        return str(answer.response.speech["plain"]["speech"])

    for name in called:
        assert await say("how hot is Twin") == (
            f"Which printer do you mean: {', '.join(called)}? "
            f"Say for example: how hot is {called[0]}"
        )
        assert await say(name) == f"{name}: The printer is offline."


# Yes


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_plain_yes_cancels_nothing_and_is_told_what_to_say(
    room: Room, language: str
) -> None:
    await room.speak(language)
    await room.start()
    room.control.forget()
    question = await room.say(said(language, VoiceIntent.CANCEL)[0])
    assert await room.say(YES[language]) == question
    assert room.asked == []
    # What it says counts all the same.
    confirmed = await room.say(said(language, VoiceIntent.CONFIRM_CANCEL)[0])
    assert confirmed != question
    assert room.asked == ["cancel_print"]


async def test_a_plain_yes_of_somebody_who_was_not_asked_is_none(room: Room) -> None:
    nobody_listens = await room.say_at_once("yes")
    await room.start()
    room.control.forget()
    room.conversation_id = "here"
    await room.say("cancel the print")
    room.conversation_id = "there"
    assert (await room.say("yes")).startswith("No question is waiting for an answer.")
    assert room.asked == []
    await room.control.pass_time(60)
    assert await room.say_at_once("yes") == nobody_listens


async def test_a_question_does_not_outlive_the_account(
    both: Room, account: Account
) -> None:
    await both.say("pause the print")
    await both.say("cancel the print on Prusa MK4")
    await both.say("pause the print")
    await both.control.obico.reload()
    assert await both.say_at_once("Ender 3") not in {AGAIN, WHICH}
    assert both.asked == []
