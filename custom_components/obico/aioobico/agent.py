"""Commands that the server only passes on to a printer's agent, and the agents' replies.

Any attribute of an agent can be reached this way. What can be called here is a list, and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
import re
from typing import Self
import uuid

import orjson

from .exceptions import (
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoError,
    ObicoPushError,
)
from .models import CloudFile, PrinterListing
from .parsing import JsonObject, section, text

# The usual reply takes less than 100 ms; heating up the serial line takes longer.
_REPLY_SECONDS = 10.0

# Klipper replies when it is done: a line may home or probe first. Its agent waits for 30 s, and
# then calls it an error what Klipper is still at; who stops waiting before that knows better.
_SCRIPT_SECONDS = 25.0

# Lengths of filament are pushed at this speed, which is slow for every extruder.
_EXTRUDE_MM_PER_MINUTE = 300
# Klipper refuses more in one move, unless it is told otherwise.
_MAX_EXTRUDE_MM = 50.0
_EXTRUDE_STATE = "GCODE_STATE NAME=obico_extrude"

_PRINTER = "_printer"
_FILES = "_file_manager"
_DOWNLOADER = "file_downloader"
_MOONRAKER = "moonraker_api"

# The agents know no other reason for a failure than their own words.
_NO_REASON = "no reason given"
# In these words may stand what could not be downloaded, and its signature opens it to anybody.
_ADDRESS = re.compile(r"[a-z]+://\S+", re.IGNORECASE)


def _activate(extruder: str) -> str:
    """Return the G-code that makes Klipper use an extruder; it moves nothing."""
    return f"ACTIVATE_EXTRUDER EXTRUDER={extruder}"


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
        failure = data.get("error")
        if failure is None and isinstance(value, dict):
            # Some functions report their failure as a result.
            failure = value.get("error") or None
        return cls(
            ref=text(data.get("ref")),
            value=value,
            error=None
            if failure is None
            else _ADDRESS.sub("…", text(failure) or _NO_REASON),
        )


class PrinterAgent:
    """The agent of one printer, behind an open push connection.

    Every method raises ObicoAgentSilentError when there is no reply (the agent is offline, or does not know the
    command), ObicoAgentRefusedError when the agent says why it did not do it, and ObicoConnectionError, mostly
    ObicoPushError, when there is no connection or it is lost. No error is no proof of an effect: a printer that
    is disconnected from its agent takes all.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send commands with `send`."""
        self._send = send
        # For a reply, or None when there will be none.
        self._waiting: dict[str, asyncio.Future[AgentReply | None]] = {}

    def handle_reply(self, reply: AgentReply) -> None:
        """Take a reply to whoever waits for it; other people's are ignored."""
        waiting = self._waiting.get(reply.ref or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def handle_lost(self) -> None:
        """Take notice that the connection was lost, and with it the replies."""
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_result(None)

    async def set_temperature(self, heater: str, celsius: float) -> None:
        """Set a heater's target in °C, 0 to turn it off; `heater` is the server's name of it.

        Agents only hand it on, Klipper's without telling of Klipper's errors.
        """
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
        """Run G-code.

        OctoPrint replies at once, Klipper when it is done: without a reply it may be at work still,
        for it is waited for during 25 seconds only.
        """
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "commands", list(lines))
        else:
            await self._call(
                _MOONRAKER,
                "printer/gcode/script",
                within=_SCRIPT_SECONDS,
                verb="post",
                script="\n".join(lines),
            )

    async def home(self, axes: Iterable[str]) -> None:
        """Move axes (x, y, z) to where they begin.

        Agents hand it on and reply at once: nobody tells when the axes are there, and Klipper's
        does not tell either what Klipper refuses.
        """
        await self._call(_PRINTER, "home", list(axes))

    async def jog(self, axis: str, millimeters: float) -> None:
        """Move an axis (x, y or z) from where it is.

        One at a time: agents turn the first of several alone round where it is inverted,
        and Klipper's moves all as fast as the slowest. They reply at once, as to home().
        """
        await self._call(_PRINTER, "jog", {axis: millimeters})

    async def extrude(
        self, kind: AgentKind, millimeters: float, tool: str | None = None
    ) -> None:
        """Push filament through the nozzle; less than nothing pulls it back.

        `tool` is the agent's name of the nozzle, None for the one that is in use. OctoPrint
        leaves the machine in absolute extrusion and with that tool selected, whatever was
        before, so that a paused print may not go on as it should. Klipper is left as it was.
        """
        if kind is AgentKind.OCTOPRINT:
            if tool is not None:
                await self._call(_PRINTER, "change_tool", tool)
            await self._call(_PRINTER, "extrude", millimeters)
            return
        moves = ceil(abs(millimeters) / _MAX_EXTRUDE_MM)
        activate, restore = [], [f"RESTORE_{_EXTRUDE_STATE}"]
        if tool is not None:
            activate = [_activate(tool)]
            # Before the state is restored, whose position is that of this extruder.
            restore.insert(0, _activate(await self._active_extruder()))
        # Whether positions are relative must be as before: a paused print goes on.
        try:
            await self.send_gcode(
                kind,
                [
                    f"SAVE_{_EXTRUDE_STATE}",
                    *activate,
                    "M83",
                    *(
                        f"G1 E{millimeters / moves:.3f} F{_EXTRUDE_MM_PER_MINUTE}"
                        for _ in range(moves)
                    ),
                    *restore,
                ],
            )
        except ObicoAgentRefusedError:
            # Klipper does nothing of what comes after a line that it refuses.
            with suppress(ObicoError):
                await self.send_gcode(kind, restore)
            raise

    async def _active_extruder(self) -> str:
        """Return Klipper's name of the extruder that is in use."""
        answer = await self._call(
            _MOONRAKER, "printer/objects/query", toolhead="extruder"
        )
        toolhead = section(section(section(answer).get("status")).get("toolhead"))
        if (extruder := text(toolhead.get("extruder"))) is None:
            raise ObicoAgentRefusedError(_NO_REASON)
        return extruder

    async def list_files(self, kind: AgentKind, folder: str = "") -> PrinterListing:
        """Return what is in a folder of the printer's storage, empty for its top."""
        if kind is AgentKind.OCTOPRINT:
            return PrinterListing.from_octoprint(
                await self._call(
                    _FILES, "list_files", path=folder or None, recursive=False, level=1
                )
            )
        return PrinterListing.from_moonraker(
            await self._call(
                _MOONRAKER,
                "server/files/directory",
                path=f"gcodes/{folder}".rstrip("/"),
                extended=True,
            ),
            folder,
        )

    async def print_file(self, kind: AgentKind, path: str) -> None:
        """Print a file of the printer's storage.

        Klipper begins and replies when it is done with what it is at: without a reply it may begin
        to print later.
        """
        if kind is AgentKind.OCTOPRINT:
            await self._call(
                _PRINTER, "select_file", path, None, printAfterSelect="true"
            )
        else:
            await self._call(
                _MOONRAKER,
                "printer/print/start",
                within=_SCRIPT_SECONDS,
                verb="post",
                filename=path,
            )

    async def print_cloud_file(self, file: CloudFile) -> None:
        """Download a file from the cloud and print it; the reply comes before the download."""
        await self._call(
            _DOWNLOADER,
            "download",
            {
                "id": file.id,
                "url": file.url,
                "filename": file.filename,
                "safe_filename": file.safe_filename,
            },
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
        self,
        target: str,
        func: str,
        *args: object,
        within: float | None = None,
        **kwargs: object,
    ) -> object:
        """Send a command and return its result, which is waited for so many seconds."""
        seconds = _REPLY_SECONDS if within is None else within
        ref = uuid.uuid4().hex
        message = orjson.dumps(
            {
                "passthru": {
                    "target": target,
                    "func": func,
                    "ref": ref,
                    "args": args,
                    "kwargs": kwargs,
                }
            }
        ).decode()
        waiting = self._waiting[ref] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._send(message)
                reply = await waiting
        except TimeoutError:
            raise ObicoAgentSilentError(
                f"The printer's agent did not reply within {seconds:g} s"
            ) from None
        finally:
            del self._waiting[ref]
        if reply is None:
            raise ObicoPushError("The push connection was lost")
        if reply.error is not None:
            raise ObicoAgentRefusedError(reply.error)
        return reply.value
