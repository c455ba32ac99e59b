"""Which printer is meant, what is answered, and what a cancelling asks before."""

import asyncio

import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.obico.aioobico import ObicoClient
from dev import MEDIUM, SHORT, Account, Phase, Printer
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.auth.permissions import system_policies
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from tests.integration.push.support import PRINTERS
from tests.timelapse import wait_until

from .support import Room, speech

CONFIRM = (
    "This ends the print on {0} for good. If you mean it, say within a minute: "
    "yes, cancel {0}"
)
OTHER_PRINT = "That print is over, or another one has begun. Nothing was cancelled."


def device_of(room: Room, printer: Printer) -> dr.DeviceEntry:
    device = room.control.obico.device(printer)
    assert device is not None
    return device


def rename(room: Room, printer: Printer, name: str) -> None:
    """Have the user call a printer's device something else."""
    dr.async_get(room.hass).async_update_device(
        device_of(room, printer).id, name_by_user=name
    )


async def lose_push(room: Room) -> None:
    """Let news come with polls only."""
    sockets = room.control.obico.server.sockets
    sockets.blocked = True
    await sockets.close_all()
    # Past the poll that is made when the connection is refused.
    await room.control.pass_time(40)


async def start_another(room: Room) -> None:
    """Let a print end and the next one begin, before anything but a push can tell."""
    server = room.control.obico.server
    room.agent.cancel()
    await server.advance(3)
    room.agent.start_print(SHORT)
    await server.advance(3)
    assert room.agent.job is SHORT


# Which printer


async def test_the_one_that_prints_is_meant(two: Room, ender: Printer) -> None:
    await two.start(ender)
    assert await two.say("pause the print") == "The print on Ender 3 pauses."
    await two.control.pass_time(5)
    assert ender.agent.phase is Phase.PAUSED
    assert two.agent.phase is Phase.IDLE
    assert await two.say("continue printing") == "The print on Ender 3 goes on."
    assert (await two.say("how hot is the nozzle")).startswith("Ender 3: ")
    assert (await two.say("how is the print going")).startswith("Ender 3: ")


async def test_where_none_prints_that_is_said(two: Room) -> None:
    assert await two.say("pause the print") == "No printer is printing."
    assert await two.say("when will the print be done") == "No printer is printing."
    assert await two.say("resume the print") == "No print is paused."
    assert (
        await two.say("what is the print status") == "Prusa MK4: Idle. Ender 3: Idle."
    )
    assert await two.say("how hot is the nozzle") == (
        "Which printer do you mean: Prusa MK4, Ender 3? "
        "Say for example: how hot is Prusa MK4"
    )


async def test_where_several_print_they_are_named(two: Room, ender: Printer) -> None:
    await two.start()
    await two.start(ender)
    two.control.forget()
    assert await two.say("pause the print") == (
        "Which printer do you mean: Prusa MK4, Ender 3? "
        "Say for example: pause the print on Prusa MK4"
    )
    assert two.asked == []
    assert await two.say("how is the print going") == (
        "Prusa MK4: Printing. Ender 3: Printing."
    )
    assert await two.say("pause the print on Prusa MK4") == (
        "The print on Prusa MK4 pauses."
    )
    # Now only one of them can be meant.
    assert await two.say("pause the print") == "The print on Ender 3 pauses."


async def test_names_of_all_kinds(
    two: Room, ender: Printer, hass: HomeAssistant
) -> None:
    """The user's own name, an alias, the area; and Obico's name goes on to count."""
    device = device_of(two, ender)
    dr.async_get(hass).async_update_device(device.id, name_by_user="Größter Drucker")
    er.async_get(hass).async_update_entity(
        two.control.obico.entity_id(ender, "sensor.status"), aliases=["Old Faithful"]
    )
    area = ar.async_get(hass).async_create("Cellar", aliases={"Basement"})
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    await hass.async_block_till_done()
    for name in (
        "größter drucker",
        "Groesster Drucker",
        "grosster drucker",
        "old faithful",
        "the cellar",
        "the basement",
        "Ender 3",
        "ender-3",
    ):
        assert await two.say(f"what is the print status of {name}") == (
            "Größter Drucker: Idle."
        ), name

    ar.async_get(hass).async_update(area.id, name="Attic")
    await hass.async_block_till_done()
    assert await two.say("print status in the attic") == "Größter Drucker: Idle."
    assert "Idle" not in await two.say_at_once("print status in the cellar")


async def test_the_user_s_name_comes_before_obico_s(
    two: Room, ender: Printer, hass: HomeAssistant
) -> None:
    """What the printers do decides nothing that a name says."""
    rename(two, two.control.printer, "Ender 3")
    rename(two, ender, "Prusa MK4")
    await hass.async_block_till_done()
    await two.start()
    two.control.forget()
    no_print = "Prusa MK4: There is no print job."
    assert await two.say("pause the print on Prusa MK4") == no_print
    assert await two.say("cancel the print on Prusa MK4") == no_print
    # A yes with the name of the other is none, though Obico calls this one so.
    assert await two.say("cancel the print") == CONFIRM.format("Ender 3")
    assert await two.say("yes, cancel Prusa MK4") == CONFIRM.format("Ender 3")
    assert two.asked == []
    assert await two.say("pause the print on Ender 3") == (
        "The print on Ender 3 pauses."
    )
    await two.be(Phase.PAUSED)


async def test_an_alias_counts_as_much_as_the_name_of_a_device(
    two: Room, ender: Printer, hass: HomeAssistant
) -> None:
    """Two are called so by the user: the one that prints is meant."""
    er.async_get(hass).async_update_entity(
        two.control.obico.entity_id(two.control.printer, "sensor.status"),
        aliases=["Ender 3"],
    )
    await hass.async_block_till_done()
    await two.start()
    assert await two.say("pause the print on Ender 3") == (
        "The print on Prusa MK4 pauses."
    )
    await two.be(Phase.PAUSED)


async def test_obico_s_name_comes_before_an_area(
    two: Room, ender: Printer, hass: HomeAssistant
) -> None:
    rename(two, ender, "Voron")
    area = ar.async_get(hass).async_create("Ender 3")
    dr.async_get(hass).async_update_device(
        device_of(two, two.control.printer).id, area_id=area.id
    )
    await hass.async_block_till_done()
    await two.start()
    two.control.forget()
    assert await two.say("pause the print on Ender 3") == (
        "Voron: There is no print job."
    )
    assert two.asked == []


async def test_an_area_with_several_printers(
    two: Room, ender: Printer, hass: HomeAssistant
) -> None:
    area = ar.async_get(hass).async_create("Cellar")
    for printer in (two.control.printer, ender):
        dr.async_get(hass).async_update_device(
            device_of(two, printer).id, area_id=area.id
        )
    await hass.async_block_till_done()
    await two.start(ender)
    assert await two.say("pause the print in the cellar") == (
        "The print on Ender 3 pauses."
    )


async def test_a_new_printer_can_be_spoken_of_at_once(
    room: Room, account: Account
) -> None:
    question = "what is the print status of the Voron 2.4"
    assert "Idle" not in await room.say_at_once(question)
    account.add_printer("Voron 2.4", agent="klipper")
    await room.control.pass_time(120)
    assert await room.say(question) == "Voron 2.4: Idle."


# Answers


async def test_what_cannot_be_done_is_said_with_its_reason(room: Room) -> None:
    assert await room.say("pause the print") == "Prusa MK4: There is no print job."
    assert await room.say("cancel the print") == "Prusa MK4: There is no print job."
    assert await room.say("is the print failing") == "Prusa MK4: There is no print job."
    await room.start()
    await room.say("pause the print")
    await room.be(Phase.PAUSED)
    assert await room.say("pause the print") == (
        "Prusa MK4: The print is paused already."
    )
    assert (await room.say("how much longer does the print need")).startswith(
        "Prusa MK4 is paused, and will then need "
    )
    await room.speak("de")
    assert await room.say("pausiere den Druck") == (
        "Prusa MK4: Der Druck ist bereits pausiert."
    )


async def test_a_printer_that_is_offline(room: Room) -> None:
    await room.start()
    room.agent.go_offline()
    await room.control.pass_time(150)
    for sentence in (
        "pause the print",
        "how much longer does the print need",
        "how hot is the nozzle",
    ):
        assert await room.say(sentence) == "Prusa MK4: The printer is offline."
    for sentence in ("is the print failing", "what is the print status"):
        assert await room.say(sentence) == (
            "Prusa MK4: Offline. A print was under way: "
            "it may go on, and nobody watches it."
        )


async def test_a_printer_that_was_switched_off_has_no_print_that_may_go_on(
    room: Room,
) -> None:
    room.agent.go_offline()
    await room.control.pass_time(150)
    assert await room.say("what is the print status") == "Prusa MK4: Offline."


async def test_a_printer_with_an_error_is_not_said_to_have_no_print(
    two: Room, ender: Printer
) -> None:
    await two.start()
    two.agent.error("MINTEMP triggered, system stopped!")
    await two.control.pass_time(60)
    for sentence in (
        "is the print failing",
        "is there a problem with Prusa MK4",
        "is Prusa MK4 failing",
    ):
        assert await two.say(sentence) == (
            "Prusa MK4: Error. It reports an error: MINTEMP triggered, system stopped!"
        )
    assert await two.say("is any printer failing") == "Error: Prusa MK4."
    await two.start(ender)
    assert await two.say("is any printer failing") == (
        "The AI sees no failure. Error: Prusa MK4."
    )


async def test_a_server_that_is_down_is_said_to_be(room: Room) -> None:
    await room.start()
    await room.control.obico.server.refuse_connections()
    assert await room.say("pause the print") == (
        "Prusa MK4: The Obico server does not answer. Check that it is running and "
        "reachable from Home Assistant."
    )
    await room.control.obico.server.accept_connections()


async def test_an_error_from_elsewhere_is_said_as_it_is(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: ObicoClient, printer_id: int) -> None:
        raise HomeAssistantError("It is Sunday")

    monkeypatch.setattr(ObicoClient, "pause_print", fail)
    await room.start()
    assert await room.say("pause the print") == "Prusa MK4: It is Sunday"


async def test_the_ai_s_verdict(room: Room) -> None:
    obico = room.control.obico
    await room.start()
    assert await room.say("is the print failing") == (
        "The print on Prusa MK4 looks good. Failure score: 0 percent."
    )
    await room.control.select("action_on_failure", "notify")
    await room.control.pass_time(320)
    room.agent.fail(rise=0.1, score=0.1)
    heard = set()
    for _ in range(20):
        await room.control.pass_time(5)
        heard.add((await room.say("is the print failing")).partition(".")[0])
    assert heard == {
        "The print on Prusa MK4 looks good",
        "The AI reports a failure on Prusa MK4",
    }
    assert (await room.say("what is the print status")).endswith(
        "The AI reports a failure."
    )
    await room.control.press("not_a_failure")
    # Neither yes nor no: it is the answer to both questions.
    for question in ("is the print failing", "does the print look good"):
        assert (await room.say(question)).startswith(
            "The AI sees the print on Prusa MK4 fail. Failure score: "
        )
    room.agent.recover()
    await room.control.turn("watching_enabled", on=False)
    assert await room.say("is the print failing") == (
        "I cannot tell: the AI is not watching Prusa MK4. Turned off."
    )
    assert obico.value(room.control.printer, "sensor.status") == "printing"


async def test_temperatures_in_the_user_s_unit(room: Room, hass: HomeAssistant) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await room.start()
    assert await room.say("how hot is Prusa MK4") == (
        "Prusa MK4: Nozzle temperature 401 °F, target 401 °F; "
        "Bed temperature 140 °F, target 140 °F."
    )


# Cancelling


async def test_a_question_waits_for_60_seconds(room: Room) -> None:
    await room.start()
    room.control.forget()
    assert await room.say("cancel the print") == (
        "This ends the print on Prusa MK4 for good. If you mean it, say within a minute: "
        "yes, cancel Prusa MK4"
    )
    await room.control.pass_time(58)
    # Asked again, it waits anew.
    await room.say("cancel the print")
    await room.control.pass_time(58)
    assert await room.say_at_once("no") == "All right, nothing is cancelled."
    await room.say("cancel the print")
    await room.control.pass_time(60)
    assert await room.say("yes, cancel Prusa MK4") == (
        "No question is waiting for an answer. To cancel a print, first say: "
        "cancel the print on Prusa MK4"
    )
    assert room.asked == []


async def test_without_a_question_no_other_printer_is_proposed_than_the_named_one(
    two: Room, ender: Printer
) -> None:
    await two.start()
    await two.start(ender)
    two.control.forget()
    for name in ("Ender 3", "Prusa MK4"):
        assert await two.say(f"yes, cancel {name}") == (
            "No question is waiting for an answer. To cancel a print, first say: "
            f"cancel the print on {name}"
        )
    # Without a name it is one that has a print.
    two.agent.cancel()
    await two.be(Phase.IDLE)
    assert (await two.say("yes, cancel the print")).endswith(
        "cancel the print on Ender 3"
    )
    assert two.asked == []


async def test_only_who_was_asked_can_answer(room: Room, hass: HomeAssistant) -> None:
    user = MockUser(groups=[await hass.auth.async_get_group(GROUP_ID_USER)])
    user.add_to_hass(hass)
    await room.start()
    room.control.forget()
    room.conversation_id = "here"
    await room.say("cancel the print")

    room.conversation_id = "there"
    assert (await room.say("yes, cancel Prusa MK4")).startswith("No question ")
    room.conversation_id = "here"
    room.user_id = user.id
    assert (await room.say("yes, cancel Prusa MK4")).startswith("No question ")
    room.user_id = None
    room.device_id = "satellite"
    assert (await room.say("yes, cancel Prusa MK4")).startswith("No question ")
    assert room.asked == []
    room.device_id = None
    assert await room.say("yes, cancel Prusa MK4") == (
        "The print on Prusa MK4 is cancelled."
    )
    assert room.asked == ["cancel_print"]


async def test_at_a_satellite_it_need_not_be_the_same_conversation(room: Room) -> None:
    await room.start()
    room.device_id = "satellite"
    room.conversation_id = None
    await room.say("cancel the print")
    assert await room.say("yes, cancel it") == "The print on Prusa MK4 is cancelled."


async def test_a_yes_to_another_printer_asks_again(two: Room, ender: Printer) -> None:
    await two.start()
    await two.start(ender)
    two.control.forget()
    question = await two.say("cancel the print on Prusa MK4")
    assert await two.say("yes, cancel Ender 3") == question
    assert two.asked == []
    await two.say("yes, cancel the print on Prusa MK4")
    assert two.asked == ["cancel_print"]
    await two.control.pass_time(30)
    assert ender.agent.phase is Phase.PRINTING


async def test_the_next_print_is_not_cancelled(room: Room) -> None:
    await room.start()
    await room.say("cancel the print")
    room.agent.cancel()
    await room.control.pass_time(20)
    await room.start()
    room.control.forget()
    assert await room.say("yes, cancel Prusa MK4") == OTHER_PRINT
    assert (await room.say("yes, cancel Prusa MK4")).startswith("No question ")
    assert room.asked == []


async def test_the_next_print_is_not_cancelled_before_a_poll_tells_of_it(
    room: Room,
) -> None:
    await room.start()
    await lose_push(room)
    room.control.forget()
    assert await room.say("cancel the print") == CONFIRM.format("Prusa MK4")
    await start_another(room)
    assert room.control["sensor.file"] == "long.gcode"
    assert await room.say("yes, cancel the print") == OTHER_PRINT
    assert room.asked == []
    assert room.agent.job is SHORT
    # What was read is shown at once.
    assert room.control["sensor.file"] == SHORT.name


async def test_without_push_the_print_that_was_asked_about_is_cancelled(
    room: Room,
) -> None:
    await room.start()
    await lose_push(room)
    room.control.forget()
    await room.say("cancel the print")
    assert await room.say("yes, cancel it") == "The print on Prusa MK4 is cancelled."
    assert room.asked == ["cancel_print"]


async def test_nothing_is_cancelled_where_the_print_cannot_be_read(room: Room) -> None:
    await room.start()
    room.control.forget()
    await room.say("cancel the print")
    room.control.obico.server.faults.answer(
        f"{PRINTERS}{room.control.printer.id}/", 500
    )
    answer = await room.say("yes, cancel the print")
    assert answer.startswith(
        "I cannot check whether Prusa MK4 still works on that print, so nothing was "
        "cancelled. The Obico server "
    )
    assert room.asked == []
    assert room.agent.phase is Phase.PRINTING


async def test_the_next_print_is_not_cancelled_though_it_begins_while_the_last_is_read(
    room: Room,
) -> None:
    """The push that tells of it is newer than the answer, and stays."""
    await room.start()
    room.control.forget()
    await room.say("cancel the print")
    answered = asyncio.Event()
    reading = room.control.obico.server.faults.delay(
        f"{PRINTERS}{room.control.printer.id}/", answered, after=True
    )
    task = room.begin("yes, cancel the print")
    await wait_until(lambda: reading.hits)
    await start_another(room)
    await wait_until(lambda: room.control["sensor.file"] == SHORT.name)
    answered.set()
    assert speech((await room.finish(task)).response) == OTHER_PRINT
    assert room.asked == []
    assert room.control["sensor.file"] == SHORT.name


async def test_a_print_that_is_ending_is_not_cancelled_once_more(room: Room) -> None:
    await room.start()
    await lose_push(room)
    room.control.forget()
    await room.say("cancel the print")
    room.agent.cancel()
    assert await room.say("yes, cancel the print") == (
        "Prusa MK4: The print is just ending."
    )
    assert room.asked == []


@pytest.mark.parametrize(
    "no", ["no", "don't cancel the print", "don't cancel Prusa MK4"]
)
async def test_a_no_from_elsewhere_counts(two: Room, no: str) -> None:
    """It says that nothing is cancelled, so nothing is."""
    await two.start()
    two.control.forget()
    two.conversation_id = "here"
    await two.say("cancel the print")
    two.conversation_id = "there"
    assert await two.say(no) == "All right, nothing is cancelled."
    two.conversation_id = "here"
    assert (await two.say("yes, cancel Prusa MK4")).startswith("No question ")
    assert two.asked == []


async def test_a_no_is_about_the_printer_that_it_names(two: Room) -> None:
    await two.start()
    two.control.forget()
    two.conversation_id = "here"
    await two.say("cancel the print")
    two.conversation_id = "there"
    await two.say("don't cancel the print on Ender 3")
    two.conversation_id = "here"
    await two.say("yes, cancel Prusa MK4")
    assert two.asked == ["cancel_print"]


async def test_a_no_of_who_may_only_look_counts_for_nothing(
    room: Room, hass: HomeAssistant
) -> None:
    user = MockUser()
    user.add_to_hass(hass)
    user.mock_policy(system_policies.READ_ONLY_POLICY)
    await room.start()
    room.control.forget()
    await room.say("cancel the print")
    room.user_id = user.id
    assert await room.say("don't cancel the print") == "You are not allowed to do that."
    room.user_id = None
    await room.say("yes, cancel Prusa MK4")
    assert room.asked == ["cancel_print"]


async def test_a_plain_no_is_listened_to_only_while_a_question_waits(
    room: Room,
) -> None:
    deaf = await room.say_at_once("no")
    await room.start()
    await room.say("cancel the print")
    assert await room.say("no") == "All right, nothing is cancelled."
    assert await room.say_at_once("no") == deaf
    assert (await room.say("yes, cancel Prusa MK4")).startswith("No question ")


# Permissions


async def test_who_may_only_look_can_only_ask(room: Room, hass: HomeAssistant) -> None:
    user = MockUser()
    user.add_to_hass(hass)
    user.mock_policy(system_policies.READ_ONLY_POLICY)
    room.user_id = user.id
    await room.start()
    room.control.forget()
    assert (await room.say("how is the print going")).startswith("Prusa MK4: Printing.")
    for sentence in ("pause the print", "cancel the print", "yes, cancel the print"):
        assert await room.say(sentence) == "You are not allowed to do that."
    room.user_id = "nobody"
    assert await room.say("how is the print going") == "You are not allowed to do that."
    assert room.asked == []


async def test_an_administrator_may_do_all(room: Room, hass: HomeAssistant) -> None:
    user = MockUser(is_owner=True)
    user.add_to_hass(hass)
    room.user_id = user.id
    await room.start()
    await room.say("pause the print")
    await room.be(Phase.PAUSED)


async def test_what_a_printer_waits_for_is_told(room: Room) -> None:
    room.agent.start_print(MEDIUM)
    await room.control.pass_time(60)
    room.agent.change_filament()
    await room.control.pass_time(10)
    status = await room.say("what is the print status")
    assert "filament" in status.lower()
