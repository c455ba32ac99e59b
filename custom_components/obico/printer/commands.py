"""The commands that printers take, each with its precondition and its effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from homeassistant.exceptions import HomeAssistantError

from ..aioobico import AlertVerdict, CommandResult, ObicoClient, Printer, PrinterAgent
from ..const import DOMAIN
from . import effects, preconditions
from .status import has_unrecorded_print

# Seconds. An agent takes a picture within a few, unless it is busy.
_PICTURE_SECONDS: Final = 15.0

# Key of all commands that move the machine: of two such at once, the second is checked
# after the first had its effect, and does not move what has begun to print.
MOVE: Final = "move"


class CommandChannel(Protocol):
    """How commands reach a printer: through the server, or over its push connection."""

    @property
    def client(self) -> ObicoClient:
        """Return the client of the account's server."""

    def agent_of(self, printer_id: int) -> PrinterAgent:
        """Return the printer's agent; raises ObicoPushError where there is no connection."""

    async def async_request_picture(self, printer: Printer, *, within: float) -> None:
        """Have the agent send a picture; raises ObicoError if none comes within seconds."""


type Send = Callable[[CommandChannel, Printer], Awaitable[CommandResult | None]]


@dataclass(frozen=True, kw_only=True)
class PrinterCommand:
    """A command to a printer.

    `precondition_fn` returns the key of an error where the command cannot work now.
    `send_fn` sends it. `effect_fn` tells whether its effect is seen, None where no effect
    can be seen. `unanswered_fn` returns the error for a Klipper printer that does not
    answer: it answers when it is done, so it may still be at work, or begin later.
    """

    key: str
    precondition_fn: Callable[[Printer], str | None]
    send_fn: Send
    effect_fn: Callable[[Printer], bool] | None = None
    unanswered_fn: Callable[[], HomeAssistantError] | None = None
    is_urgent: bool = False
    """Whether it is sent although the same command is still waiting for its effect."""


async def _pause(channel: CommandChannel, printer: Printer) -> CommandResult | None:
    if not has_unrecorded_print(printer):
        return await channel.client.pause_print(printer.id)
    await channel.agent_of(printer.id).pause_print()
    return None


async def _resume(channel: CommandChannel, printer: Printer) -> CommandResult | None:
    if not has_unrecorded_print(printer):
        return await channel.client.resume_print(printer.id)
    await channel.agent_of(printer.id).resume_print()
    return None


async def _cancel(channel: CommandChannel, printer: Printer) -> CommandResult | None:
    if not has_unrecorded_print(printer):
        return await channel.client.cancel_print(printer.id)
    await channel.agent_of(printer.id).cancel_print()
    return None


def _unanswered() -> HomeAssistantError:
    """Return the error for an agent that does not answer, and no effect that is seen."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="agent_silent")


PAUSE: Final = PrinterCommand(
    key="pause",
    precondition_fn=preconditions.check_pause,
    send_fn=_pause,
    effect_fn=effects.is_paused,
    unanswered_fn=_unanswered,
)
RESUME: Final = PrinterCommand(
    key="resume",
    precondition_fn=preconditions.check_resume,
    send_fn=_resume,
    effect_fn=effects.is_resumed,
    unanswered_fn=_unanswered,
)
CANCEL: Final = PrinterCommand(
    key="cancel",
    precondition_fn=preconditions.check_cancel,
    send_fn=_cancel,
    effect_fn=effects.is_cancelled,
    unanswered_fn=_unanswered,
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
