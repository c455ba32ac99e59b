"""Failures of prints, and their answers."""

from collections.abc import Awaitable, Callable

from dev import LONG, Job, Printer
from tests.integration.support import Obico

from .support import HomeTime, Phone

type Alert = Callable[..., Awaitable[str]]

# How often it is told, in seconds, unless the user wants it otherwise.
REPEAT = 300


async def fail(
    printer: Printer, time: HomeTime, *, pauses: bool = False, job: Job = LONG
) -> None:
    """Let a print fail after a while; the server pauses it only if it `pauses`."""
    printer.update({"action_on_failure": "PAUSE" if pauses else "NONE"})
    printer.agent.start_print(job)
    await time.pass_time(330)
    printer.agent.fail(rise=0.1, score=0.2)
    await time.pass_time(40)
    assert has_open_alert(printer)


async def fail_and_resume(printer: Printer, time: HomeTime, phone: Phone) -> None:
    """Let a print fail, be paused by the server, and go on because somebody says so."""
    await fail(printer, time, pauses=True)
    await time.pass_time(60)
    printer.agent.recover()
    phone.press("Resume")
    await time.pass_time(120)


async def cancel(printer: Printer, time: HomeTime) -> None:
    """Let somebody at the printer cancel a print that fails."""
    printer.agent.cancel()
    await time.pass_time(30)
    printer.agent.recover()


def has_open_alert(printer: Printer) -> bool:
    """Return whether the server waits for an answer."""
    return printer.current_print is not None and printer.current_print.has_open_alert


def answer_elsewhere(printer: Printer) -> None:
    """Answer the alert in the server's own app."""
    assert printer.current_print is not None
    printer.acknowledge(printer.current_print, "NOT_FAILED")
    printer.agent.recover()


def asked(obico: Obico) -> list[str]:
    """Return what the server was asked to do, oldest first."""
    return [
        request.path.rstrip("/").rpartition("/")[2]
        for request in obico.server.requests
        if request.method == "POST"
    ]
