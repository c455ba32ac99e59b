"""What is answered of printers of which nothing is known that is of now."""

from dev import Printer
from tests.integration.push.support import PRINTERS
from tests.integration.support import coordinator_of

from .support import Room

QUESTIONS = (
    "how is the print going",
    "how much longer does the print need",
    "how hot is the nozzle",
    "is the print failing",
)
UNREACHABLE = "I cannot reach {} at the moment."


async def fail_polls(room: Room) -> None:
    """Let no poll succeed from now on."""
    room.control.obico.server.faults.answer(PRINTERS, 500)
    await room.control.pass_time(90)
    assert not coordinator_of(room.control.obico.entry).last_update_success


async def leave_one_push(room: Room, lost: Printer) -> None:
    """Let no poll succeed, and no push of this printer come."""
    server = room.control.obico.server
    server.faults.answer(f"/ws/*{lost.auth_token}*", 403)
    await server.sockets.close_all()
    await fail_polls(room)


async def test_a_server_that_is_gone_is_not_spoken_for(room: Room) -> None:
    await room.start()
    server = room.control.obico.server
    await server.refuse_connections()
    await room.control.pass_time(120)
    room.agent.cancel()
    for question in QUESTIONS:
        assert await room.say(question) == UNREACHABLE.format("Prusa MK4")
    await room.speak("de")
    assert await room.say("wie weit ist der Druck") == (
        "Ich kann Prusa MK4 gerade nicht erreichen."
    )
    await room.speak("en")

    await server.accept_connections()
    await room.control.pass_time(60)
    assert await room.say(QUESTIONS[0]) == "Prusa MK4: Idle."


async def test_commands_are_tried_and_not_refused_for_what_was(room: Room) -> None:
    """The server may be back since the last poll, and the printer at something else."""
    await room.start()
    await room.control.obico.server.refuse_connections()
    await room.control.pass_time(120)
    assert (await room.say("pause the print")).startswith(
        "Prusa MK4: The Obico server does not answer."
    )
    assert await room.say("resume the print") == UNREACHABLE.format("Prusa MK4")
    await room.control.obico.server.accept_connections()


async def test_no_print_is_asked_about_that_was_not_there_when_last_seen(
    room: Room,
) -> None:
    await room.control.obico.server.refuse_connections()
    await room.control.pass_time(120)
    assert await room.say("cancel the print") == UNREACHABLE.format("Prusa MK4")
    await room.control.obico.server.accept_connections()


async def test_with_push_all_is_answered_while_polls_fail(room: Room) -> None:
    await room.start()
    await fail_polls(room)
    for question in QUESTIONS:
        assert "reach" not in await room.say(question)
    room.agent.pause()
    await room.control.pass_time(5)
    assert (await room.say(QUESTIONS[0])).startswith("Prusa MK4: Paused.")


async def test_without_push_all_is_answered_while_polls_succeed(room: Room) -> None:
    await room.start()
    server = room.control.obico.server
    server.sockets.blocked = True
    await server.sockets.close_all()
    await room.control.pass_time(90)
    for question in QUESTIONS:
        assert "reach" not in await room.say(question)


async def test_several_that_cannot_be_reached_are_named(
    two: Room, ender: Printer
) -> None:
    await two.start()
    await two.control.obico.server.refuse_connections()
    await two.control.pass_time(120)
    for question in QUESTIONS:
        assert await two.say(question) == UNREACHABLE.format("Prusa MK4, Ender 3")
    assert await two.say("how hot is Ender 3") == UNREACHABLE.format("Ender 3")
    await two.control.obico.server.accept_connections()


async def test_one_that_cannot_be_reached_keeps_no_other_from_being_told_of(
    two: Room, ender: Printer
) -> None:
    lost = UNREACHABLE.format("Ender 3")
    await leave_one_push(two, ender)
    assert await two.say("what is the print status") == f"Prusa MK4: Idle. {lost}"
    assert await two.say("how hot is Ender 3") == lost
    assert await two.say("what is the status of Ender 3") == lost
    assert await two.say("what is the status of Prusa MK4") == "Prusa MK4: Idle."
    # It may be the one that prints.
    assert await two.say("when will the print be done") == lost
    assert await two.say("pause the print") == lost

    await two.start()
    answer = await two.say("how is the print going")
    assert answer.startswith("Prusa MK4: Printing. long, ")
    assert answer.endswith(f" left. {lost}")
    assert (await two.say("is the print failing")).startswith("The print on Prusa")


async def test_the_one_that_printed_when_last_seen_is_meant(
    two: Room, ender: Printer
) -> None:
    await two.start(ender)
    await leave_one_push(two, ender)
    assert await two.say("is the print failing") == UNREACHABLE.format("Ender 3")
