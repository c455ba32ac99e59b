"""The commands of printers, each with its precondition and its effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from ..aioobico import AlertVerdict, CommandResult, ObicoClient, Printer, PrinterAgent
from . import effects, preconditions
from .status import has_unrecorded_print

# Seconds. Agents usually send a picture within a few seconds.
_PICTURE_SECONDS: Final = 15.0

# Key of all commands that move the machine. The second of two concurrent commands is checked
# after the effect of the first one, so that it does not move a machine that now prints.
MOVE: Final = "move"


class CommandChannel(Protocol):
    """The ways by which commands reach a printer: the server, or its push connection."""

    @property
    def client(self) -> ObicoClient:
        """Return the client of the account's server."""

    def agent_of(self, printer_id: int) -> PrinterAgent:
        """Return the printer's agent. Raises ObicoPushError without a push connection."""

    async def async_request_picture(self, printer: Printer, *, within: float) -> None:
        """Have the agent send a picture. Raises ObicoError if none comes `within` seconds."""


type Send = Callable[[CommandChannel, Printer], Awaitable[CommandResult | None]]


@dataclass(frozen=True, kw_only=True)
class PrinterCommand:
    """A command to a printer.

    `precondition_fn` returns the translation key of an error where the command cannot work
    now, else None. `send_fn` sends it. `effect_fn` returns whether a printer shows the
    effect; it is None for commands without a visible effect. `unanswered_error` is the
    translation key of the error for a Klipper printer that does not answer: as Klipper
    answers when a command is complete, it may still be running or start later.
    """

    key: str
    precondition_fn: Callable[[Printer], str | None]
    send_fn: Send
    effect_fn: Callable[[Printer], bool] | None = None
    unanswered_error: str | None = None
    is_urgent: bool = False
    """Whether it is sent even while the same command waits for its effect."""


def _send_about_print(
    send_to_server: Callable[[ObicoClient, int], Awaitable[CommandResult]],
    send_to_agent: Callable[[PrinterAgent], Awaitable[None]],
) -> Send:
    """Return the function that sends a command about the current print.

    The server refuses commands about a print that it has no record of, so for such a print
    the agent is asked directly.
    """

    async def send(channel: CommandChannel, printer: Printer) -> CommandResult | None:
        if not has_unrecorded_print(printer):
            return await send_to_server(channel.client, printer.id)
        await send_to_agent(channel.agent_of(printer.id))
        return None

    return send


PAUSE: Final = PrinterCommand(
    key="pause",
    precondition_fn=preconditions.check_pause,
    send_fn=_send_about_print(
        lambda client, printer_id: client.pause_print(printer_id),
        lambda agent: agent.pause_print(),
    ),
    effect_fn=effects.is_paused,
    unanswered_error="agent_silent",
)
RESUME: Final = PrinterCommand(
    key="resume",
    precondition_fn=preconditions.check_resume,
    send_fn=_send_about_print(
        lambda client, printer_id: client.resume_print(printer_id),
        lambda agent: agent.resume_print(),
    ),
    effect_fn=effects.is_resumed,
    unanswered_error="agent_silent",
)
CANCEL: Final = PrinterCommand(
    key="cancel",
    precondition_fn=preconditions.check_cancel,
    send_fn=_send_about_print(
        lambda client, printer_id: client.cancel_print(printer_id),
        lambda agent: agent.cancel_print(),
    ),
    effect_fn=effects.is_cancelled,
    unanswered_error="agent_silent",
)


def start_print(send: Send) -> PrinterCommand:
    """Return the command that begins a print, of whatever file `send` names."""
    return PrinterCommand(
        key=MOVE,
        precondition_fn=preconditions.check_moving,
        send_fn=send,
        effect_fn=effects.is_started,
        unanswered_error="start_unanswered",
    )


def _answer_alert(key: str, verdict: AlertVerdict) -> PrinterCommand:
    """Return the command that answers the open alert."""
    return PrinterCommand(
        key=key,
        precondition_fn=preconditions.check_answer,
        send_fn=lambda channel, printer: channel.client.acknowledge_alert(
            printer.id, verdict
        ),
        effect_fn=lambda printer: not printer.has_open_alert,
    )


NOT_A_FAILURE: Final = _answer_alert("not_a_failure", AlertVerdict.NOT_FAILED)
CONFIRM_FAILURE: Final = _answer_alert("confirm_failure", AlertVerdict.FAILED)


async def _refresh_snapshot(channel: CommandChannel, printer: Printer) -> None:
    await channel.async_request_picture(printer, within=_PICTURE_SECONDS)


async def _connect(channel: CommandChannel, printer: Printer) -> None:
    await channel.agent_of(printer.id).connect_printer()


async def _emergency_stop(channel: CommandChannel, printer: Printer) -> None:
    await channel.agent_of(printer.id).emergency_stop()


REFRESH_SNAPSHOT: Final = PrinterCommand(
    key="refresh_snapshot",
    precondition_fn=preconditions.check_agent,
    send_fn=_refresh_snapshot,
)
CONNECT: Final = PrinterCommand(
    key="connect",
    precondition_fn=preconditions.check_connecting,
    send_fn=_connect,
    effect_fn=effects.is_connecting,
)
EMERGENCY_STOP: Final = PrinterCommand(
    key="emergency_stop",
    precondition_fn=preconditions.check_agent,
    send_fn=_emergency_stop,
    is_urgent=True,
)
