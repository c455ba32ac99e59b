"""Every recorded state of a real printer, put into words."""

import re

from dev import Printer
from tests.integration.support import load_capture, printer_captures

from .support import Room

QUESTIONS = (
    "what is the print status",
    "how much longer does the print need",
    "how hot is the nozzle",
    "is the print failing",
)
# What each question is answered for some of the states.
ANSWERS = (
    r"Prusa MK4: Idle\.",
    r"Prusa MK4: Printing\. (\w+, \d+ percent\.)?( [^.]+ left\.)?( The AI reports a failure\.)?",
    r"Prusa MK4: Disconnected\.",
    r"Prusa MK4: Error\. It reports an error: .+",
    r"Prusa MK4: There is no print job\.",
    r"Prusa MK4: The printer is offline\.",
    r"Prusa MK4 still needs ((1 hour|\d+ hours) ?)?(1 minute|\d+ minutes)?\.",
    r"Prusa MK4 is paused, and will then need .+\.",
    r"Prusa MK4 does not say how long it still needs\.",
    r"Prusa MK4: Nozzle temperature \d+ °C.*; Bed temperature \d+ °C.*\.",
    r"Prusa MK4 reports no temperature\.",
    r"The AI reports a failure on Prusa MK4\.",
    r"The print on Prusa MK4 looks good\. Failure score: \d+ percent\.",
    r"I cannot tell: the AI is not watching Prusa MK4\. [^.]+\.",
)


async def test_every_state_is_put_into_words(room: Room, printer: Printer) -> None:
    said: set[str] = set()
    for name in printer_captures():
        printer.load_state(load_capture(name) | {"name": "Prusa MK4"})
        await room.control.settle()
        for question in QUESTIONS:
            said.add(await room.say(question))
    assert not {answer for answer in said if "{" in answer or "None" in answer}
    assert not {answer for answer in said if "did not work" in answer}
    unheard = [
        answer
        for answer in ANSWERS
        if not any(re.fullmatch(answer, each) for each in said)
    ]
    assert unheard == [], sorted(said)


async def test_what_a_printer_does_not_say(room: Room, printer: Printer) -> None:
    """No file, no progress, a sensor that heats nothing; and a long way to go."""
    recorded = load_capture("printer_printing")
    status = recorded["status"]
    job = recorded["current_print"] | {"filename": None}
    printer.load_state(
        recorded
        | {
            "current_print": job,
            "status": status
            | {
                "progress": status["progress"] | {"printTimeLeft": 3661},
                "temperatures": {
                    "bed": {"actual": 21.4, "target": 0, "offset": 0},
                    "raspberry_pi": {"actual": 50, "target": None, "offset": 0},
                },
            },
        }
    )
    await room.control.settle()
    name = recorded["name"]
    assert await room.say("what is the print status") == (
        f"{name}: Printing. 1 hour 1 minute left."
    )
    assert await room.say("how hot is the nozzle") == f"{name}: Bed temperature 21 °C."
    printer.load_state(
        recorded
        | {
            "normalized_p": 0.5,
            "status": status | {"progress": {"printTimeLeft": 20}, "temperatures": {}},
        }
    )
    await room.control.settle()
    assert await room.say("what is the print status") == (
        f"{name}: Printing. less than a minute left."
    )
    assert await room.say("is the print failing") == (
        f"The AI sees signs of a failure on {name}. Failure score: 50 percent."
    )
