"""Commands that the server only passes on to a printer's agent, and the agents' replies.

Any attribute of an agent can be reached this way. What can be called here is a list, and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
import uuid

import orjson

from .exceptions import ObicoAgentRefusedError, ObicoAgentSilentError
from .parsing import JsonObject, text

# The usual reply takes less than 100 ms; heating up the serial line takes longer.
_REPLY_SECONDS = 10.0

_PRINTER = "_printer"
_MOONRAKER = "moonraker_api"

# The agents know no other reason for a failure than their own words.
_NO_REASON = "no reason given"


class AgentKind(StrEnum):
    """Which agent speaks for a printer, by its own name."""

    OCTOPRINT = "octoprint_obico"
    KLIPPER = "moonraker_obico"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReply:
    """A reply to somebody's command; everybody who watches the printer gets it."""

    ref: str | None
    value: object
    error: str | None

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `passthru` with a `ref`."""
        value = data.get("ret")
        error = text(data.get("error"))
        if error is None and isinstance(value, dict) and value.get("error"):
            # Some functions report their failure as a result.
            error = text(value["error"]) or _NO_REASON
        return cls(ref=text(data.get("ref")), value=value, error=error)


class PrinterAgent:
    """The agent of one printer, behind an open push connection.

    Every method raises ObicoAgentSilentError when there is no reply (the agent is offline, or does not know the
    command), ObicoAgentRefusedError when the agent says why it did not do it, and ObicoConnectionError when the
    connection is lost. No error is no proof of an effect: a printer that is disconnected from its agent takes all.
    """

    def __init__(
        self, send: Callable[[str], Awaitable[None]], *, timeout: float = _REPLY_SECONDS
    ) -> None:
        """Send commands with `send`; `timeout` in seconds is for a reply."""
        self._send = send
        self._timeout = timeout
        self._waiting: dict[str, asyncio.Future[object]] = {}

    def handle_reply(self, reply: AgentReply) -> None:
        """Take a reply to whoever waits for it; other people's are ignored."""
        waiting = self._waiting.get(reply.ref or "")
        if waiting is None or waiting.done():
            return
        if reply.error is not None:
            waiting.set_exception(ObicoAgentRefusedError(reply.error))
        else:
            waiting.set_result(reply.value)

    async def set_temperature(self, heater: str, celsius: float) -> None:
        """Set a heater's target in °C, 0 to turn it off; `heater` is the server's name of it."""
        await self._call(_PRINTER, "set_temperature", heater, celsius)

    async def set_feed_rate(self, kind: AgentKind, percent: int) -> None:
        """Set the speed of movements, in percent of what the G-code says."""
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "feed_rate", percent)
        else:
            await self.send_gcode(kind, [f"M220 S{percent:d}"])

    async def set_flow_rate(self, kind: AgentKind, percent: int) -> None:
        """Set the amount of filament, in percent of what the G-code says."""
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "flow_rate", percent)
        else:
            await self.send_gcode(kind, [f"M221 S{percent:d}"])

    async def send_gcode(self, kind: AgentKind, lines: Iterable[str]) -> None:
        """Run G-code."""
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "commands", list(lines))
        else:
            await self._call(
                _MOONRAKER, "printer/gcode/script", verb="post", script="\n".join(lines)
            )

    async def connect_printer(self) -> None:
        """Have OctoPrint connect to its printer, by the port and speed it prefers."""
        options = await self._call(_PRINTER, "get_connection_options")
        preferred = options if isinstance(options, dict) else {}
        port, speed = (
            preferred.get("portPreference"),
            preferred.get("baudratePreference"),
        )
        if port is None:
            # OctoPrint looks for the printer by itself.
            await self._call(_PRINTER, "connect")
        else:
            await self._call(_PRINTER, "connect", port, speed)

    async def emergency_stop(self) -> None:
        """Shut Klipper down at once: heaters and motors off, until its firmware is restarted."""
        await self._call(_MOONRAKER, "printer/emergency_stop", verb="post")

    async def _call(
        self, target: str, func: str, *args: object, **kwargs: object
    ) -> object:
        """Send a command and return its result."""
        ref = uuid.uuid4().hex
        waiting: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = waiting
        command = {"target": target, "func": func, "ref": ref}
        try:
            await self._send(
                orjson.dumps(
                    {"passthru": {**command, "args": args, "kwargs": kwargs}}
                ).decode()
            )
            async with asyncio.timeout(self._timeout):
                return await waiting
        except TimeoutError:
            raise ObicoAgentSilentError(
                f"The printer's agent did not reply within {self._timeout:g} s"
            ) from None
        finally:
            del self._waiting[ref]
