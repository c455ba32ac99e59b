"""Commands around the printer that are sent as they are: steppers, baby steps, restarts."""

from typing import Final

from ...aioobico import Printer, Restart
from .. import preconditions
from ..commands import MOVE, CommandChannel, PrinterCommand, Send
from ..status import agent_kind

# In mm, as most printers have it on their own menu.
BABY_STEP: Final = 0.025


def gcode(*lines: str) -> Send:
    """Return the function that sends G-code."""

    async def send(channel: CommandChannel, printer: Printer) -> None:
        await channel.agent_of(printer.id).send_gcode(agent_kind(printer), lines)

    return send


def baby_step(millimeters: float) -> PrinterCommand:
    """Return the command that moves the nozzle of an OctoPrint printer by millimetres."""
    return PrinterCommand(
        key="baby_step",
        precondition_fn=preconditions.check_baby_step,
        send_fn=gcode(f"M290 Z{millimeters:.3f}"),
    )


def _restart(key: str, what: Restart) -> PrinterCommand:
    async def send(channel: CommandChannel, printer: Printer) -> None:
        await channel.agent_of(printer.id).restart(what)

    return PrinterCommand(
        key=key, precondition_fn=preconditions.check_restart, send_fn=send
    )


def _restart_host(key: str, what: Restart) -> PrinterCommand:
    """Return a command that the agent does not answer, as it goes offline."""

    async def send(channel: CommandChannel, printer: Printer) -> None:
        await channel.agent_of(printer.id).restart(what)

    return PrinterCommand(
        key=key,
        precondition_fn=preconditions.check_host_restart,
        send_fn=send,
        effect_fn=lambda printer: printer.status is None,
        unanswered_error="agent_silent",
    )


DISABLE_STEPPERS: Final = PrinterCommand(
    key=MOVE,
    precondition_fn=preconditions.check_moving,
    send_fn=gcode("M84"),
    unanswered_error="gcode_unanswered",
)
Z_OFFSET_UP: Final = baby_step(BABY_STEP)
Z_OFFSET_DOWN: Final = baby_step(-BABY_STEP)
RESTART_KLIPPER: Final = _restart("restart_klipper", Restart.KLIPPER)
RESTART_FIRMWARE: Final = _restart("restart_firmware", Restart.FIRMWARE)
RESTART_HOST: Final = _restart_host("restart_host", Restart.HOST)
SHUTDOWN_HOST: Final = _restart_host("shutdown_host", Restart.SHUTDOWN)
