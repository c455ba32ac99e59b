"""Kind: a Klipper print that the server has no record of is spoken of like any other."""

import pytest

from dev import LONG, Account, Phase, Printer

from .support import Room


@pytest.fixture
def printer(account: Account) -> Printer:
    return account.add_printer("Voron", agent="klipper")


@pytest.fixture
async def unrecorded(room: Room, printer: Printer) -> Room:
    """Give the room with a printer that prints without a record."""
    printer.agent.start_print(LONG, recorded=False)
    await room.control.pass_time(120)
    assert printer.current_print is None
    room.control.forget()
    return room


async def test_status_and_time_left_are_told(unrecorded: Room) -> None:
    status = await unrecorded.say("what is the print status")
    assert status.startswith("Voron: Printing. long, ")
    assert status.endswith(" left.")
    left = await unrecorded.say("how much longer does the print need")
    assert left.startswith("Voron still needs ")
    assert await unrecorded.say("which printers are printing") == "Printing: Voron."
    assert await unrecorded.say("is any printer failing") == (
        "The AI is not watching: Voron."
    )


async def test_while_the_record_is_awaited_the_ai_has_not_judged_yet(
    room: Room, printer: Printer
) -> None:
    printer.agent.start_print(LONG, recorded=False)
    await room.control.pass_time(5)
    room.control.forget()
    assert await room.say("is any printer failing") == (
        "The AI has no verdict yet: Voron."
    )
    assert await room.say("is the print failing") == (
        "The AI has no verdict on Voron yet."
    )


async def test_it_is_paused_resumed_and_cancelled_after_a_question(
    unrecorded: Room,
) -> None:
    assert await unrecorded.say("pause the print") == "The print on Voron pauses."
    await unrecorded.control.pass_time(30)
    await unrecorded.be(Phase.PAUSED)
    assert await unrecorded.say("resume the print") == "The print on Voron goes on."
    await unrecorded.control.pass_time(30)
    question = await unrecorded.say("cancel the print")
    assert question.endswith("yes, cancel Voron")
    await unrecorded.be(Phase.PRINTING)
    assert await unrecorded.say("yes, cancel Voron") == (
        "The print on Voron is cancelled."
    )
    await unrecorded.control.pass_time(30)
    await unrecorded.be(Phase.IDLE)


async def test_a_recorded_print_that_follows_is_not_cancelled_by_the_yes(
    unrecorded: Room, printer: Printer
) -> None:
    await unrecorded.say("cancel the print")
    printer.agent.cancel()
    await unrecorded.control.pass_time(20)
    printer.agent.start_print(LONG)
    await unrecorded.control.pass_time(20)
    assert await unrecorded.say("yes, cancel Voron") == (
        "That print is over, or another one has begun. Nothing was cancelled."
    )
    assert unrecorded.agent.phase is Phase.PRINTING
