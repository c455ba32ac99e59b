"""Commands that the server only passes on to a printer's agent, and the agents' replies.

Any attribute of an agent can be reached this way. What can be called here is a list, and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from enum import StrEnum
from math import ceil, isfinite
import uuid

import orjson

from .exceptions import (
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoAgentUnexplainedError,
    ObicoError,
    ObicoPushError,
    ObicoTooLargeError,
)
from .models import CloudFile, PrinterListing
from .replies import AgentReply, refusal_of
from .text import is_same_name, is_sendable_name

# The usual reply takes less than 100 ms; heating up the serial line takes longer.
_REPLY_SECONDS = 10.0

# Klipper replies when it is done: a line may home or probe first, a list of thousands of
# files takes seconds to make and to send. Its agent waits for 30 s, and then calls an error
# what may still succeed: whoever waits for less is not told so.
_LONG_REPLY_SECONDS = 25.0

# Lengths of filament are pushed at this speed, which is slow for every extruder.
_EXTRUDE_MM_PER_MINUTE = 300
# Klipper refuses more in one move, unless it is told otherwise.
_MAX_EXTRUDE_MM = 50.0
_EXTRUDE_STATE = "GCODE_STATE NAME=obico_extrude"

_PRINTER = "_printer"
_FILES = "_file_manager"
_DOWNLOADER = "file_downloader"
_MOONRAKER = "moonraker_api"


class AgentKind(StrEnum):
    """Which agent speaks for a printer, by its own name."""

    OCTOPRINT = "octoprint_obico"
    KLIPPER = "moonraker_obico"


class PrinterAgent:
    """The agent of one printer, behind an open push connection.

    Every method raises ObicoAgentSilentError when there is no reply (the agent is offline, or does not know the
    command), ObicoAgentRefusedError or one of its kinds when the agent says that it did not do it,
    ObicoTooLargeError for a reply of more than 16 MiB, and ObicoConnectionError, mostly ObicoPushError, when there
    is no connection or it is lost. Before anything is sent, ValueError is raised for a number that is none and a
    text that cannot be sent. No error is no proof of an effect: a printer that is disconnected from its agent
    takes all.
    """

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send commands with `send`."""
        self._send = send
        # For a reply, or the error that there will be instead of it.
        self._waiting: dict[str, asyncio.Future[AgentReply | ObicoError]] = {}

    def handle_reply(self, reply: AgentReply) -> None:
        """Take a reply to whoever waits for it; other people's are ignored."""
        if reply.unread is None:
            self._settle(reply.ref, reply)
        elif (ref := self._awaited_in(reply.unread)) is not None:
            self._settle(ref, reply.read())

    def handle_lost(self, error: ObicoError | None = None) -> None:
        """Take notice that the connection was lost, and with it the replies; `error` is why."""
        for ref in self._waiting:
            self._settle(
                ref,
                ObicoTooLargeError(str(error))
                if isinstance(error, ObicoTooLargeError)
                else ObicoPushError("The push connection was lost"),
            )

    def _awaited_in(self, message: bytes) -> str | None:
        """Return the awaited reference that stands in a message, without parsing it."""
        for ref in self._waiting:
            if f'"{ref}"'.encode() in message:
                return ref
        return None

    def _settle(self, ref: str | None, outcome: AgentReply | ObicoError) -> None:
        """End the waiting for a reply; the first outcome counts."""
        waiting = self._waiting.get(ref or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)

    async def set_temperature(self, heater: str, celsius: float) -> None:
        """Set a heater's target in °C, 0 to turn it off; `heater` is the server's name of it.

        Agents only hand it on, Klipper's without telling of Klipper's errors.
        """
        _ensure_finite(celsius)
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

        OctoPrint replies at once, Klipper when it is done: it may still be at work when
        ObicoAgentSilentError is raised after 25 seconds.
        """
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "commands", list(lines))
        else:
            await self._call(
                _MOONRAKER,
                "printer/gcode/script",
                within=_LONG_REPLY_SECONDS,
                verb="post",
                script="\n".join(lines),
            )

    async def home(self, axes: Iterable[str]) -> None:
        """Move axes (x, y, z) to their end stops.

        Agents hand it on and reply at once: it is not told when the axes are there, nor, by
        Klipper's agent, what Klipper refuses.
        """
        await self._call(_PRINTER, "home", list(axes))

    async def jog(self, axis: str, millimeters: float) -> None:
        """Move an axis (x, y or z) by millimetres from where it is.

        One at a time: of several, agents invert the direction of the first one only, and
        Klipper's moves all as fast as the slowest. They reply at once, as to home().
        """
        _ensure_finite(millimeters)
        await self._call(_PRINTER, "jog", {axis: millimeters})

    async def extrude(self, kind: AgentKind, millimeters: float) -> None:
        """Push millimetres of filament through the nozzle; negative ones pull it back.

        OctoPrint leaves the machine in absolute extrusion, whatever it was in before, so that a
        paused print may not go on as it should. Klipper is left as it was.
        """
        _ensure_finite(millimeters)
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "extrude", millimeters)
        else:
            moves = ceil(abs(millimeters) / _MAX_EXTRUDE_MM)
            # Whether positions are relative must be as before: a paused print goes on.
            try:
                await self.send_gcode(
                    kind,
                    [
                        f"SAVE_{_EXTRUDE_STATE}",
                        "M83",
                        *(
                            f"G1 E{millimeters / moves:.3f} F{_EXTRUDE_MM_PER_MINUTE}"
                            for _ in range(moves)
                        ),
                        f"RESTORE_{_EXTRUDE_STATE}",
                    ],
                )
            except ObicoAgentRefusedError:
                # Klipper does nothing of what comes after a line that it refuses.
                with suppress(ObicoError):
                    await self.send_gcode(kind, [f"RESTORE_{_EXTRUDE_STATE}"])
                raise

    async def list_files(self, kind: AgentKind, folder: str = "") -> PrinterListing:
        """Return what is in one folder of the printer's storage, empty for its top.

        Folders within it are named without their content: they are listed one by one.
        Raises ObicoAgentNotFoundError for a folder that is not there.
        """
        try:
            return await self._list_folder(kind, folder)
        except ObicoAgentUnexplainedError as err:
            if not folder or await self._has_folder(kind, folder):
                raise
            raise ObicoAgentNotFoundError(
                "The printer has no such folder", detail=err.detail
            ) from None

    async def _has_folder(self, kind: AgentKind, folder: str) -> bool:
        """Return whether a folder is listed where it should be."""
        try:
            listing = await self.list_files(kind, folder.rpartition("/")[0])
        except ObicoAgentNotFoundError:
            return False
        return any(is_same_name(inner.path, folder) for inner in listing.folders)

    async def _list_folder(self, kind: AgentKind, folder: str) -> PrinterListing:
        """Return what is in a folder, or what the agent says instead."""
        _ensure_sendable(folder)
        if kind is AgentKind.OCTOPRINT:
            return PrinterListing.from_octoprint(
                await self._call(
                    _FILES,
                    "list_files",
                    within=_LONG_REPLY_SECONDS,
                    path=folder or None,
                    recursive=False,
                )
            )
        return PrinterListing.from_moonraker(
            await self._call(
                _MOONRAKER,
                "server/files/directory",
                within=_LONG_REPLY_SECONDS,
                path=f"gcodes/{folder}".rstrip("/"),
                extended=True,
            ),
            folder,
        )

    async def print_file(self, kind: AgentKind, path: str) -> None:
        """Print a file of the printer's storage.

        OctoPrint ignores it during a print. Klipper begins and replies when it is done with
        what it is at: it may begin to print after ObicoAgentSilentError was raised.
        """
        _ensure_sendable(path)
        if kind is AgentKind.OCTOPRINT:
            await self._call(
                _PRINTER, "select_file", path, None, printAfterSelect="true"
            )
        else:
            await self._call(
                _MOONRAKER,
                "printer/print/start",
                within=_LONG_REPLY_SECONDS,
                verb="post",
                filename=path,
            )

    async def pause_print(self) -> None:
        """Have Klipper pause its print, also one that the server has no record of.

        Klipper replies when its macro is done, as to send_gcode().
        """
        await self._control_print("pause")

    async def resume_print(self) -> None:
        """Have Klipper resume its print; as pause_print()."""
        await self._control_print("resume")

    async def cancel_print(self) -> None:
        """Have Klipper cancel its print; as pause_print()."""
        await self._control_print("cancel")

    async def _control_print(self, command: str) -> None:
        """Call Moonraker's printer/print/{command}."""
        await self._call(
            _MOONRAKER,
            f"printer/print/{command}",
            within=_LONG_REPLY_SECONDS,
            verb="post",
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
        """Send a command and return its result; `within` is in seconds, 10 if not given."""
        seconds = _REPLY_SECONDS if within is None else within
        ref = uuid.uuid4().hex
        command = {
            "target": target,
            "func": func,
            "ref": ref,
            "args": args,
            "kwargs": kwargs,
        }
        try:
            message = orjson.dumps({"passthru": command}).decode()
        except orjson.JSONEncodeError:
            raise ValueError("A text with half a character cannot be sent") from None
        waiting = self._waiting[ref] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._send(message)
                outcome = await waiting
        except TimeoutError:
            raise ObicoAgentSilentError(
                f"The printer's agent did not reply within {seconds:g} s"
            ) from None
        finally:
            del self._waiting[ref]
        if isinstance(outcome, ObicoError):
            raise outcome
        if outcome.error is not None:
            raise refusal_of(outcome.error)
        return outcome.value


def _ensure_finite(value: float) -> None:
    """Raise ValueError for a number that would be sent as null."""
    if not isfinite(value):
        raise ValueError("This is no finite number")


def _ensure_sendable(path: str) -> None:
    """Raise ValueError for a path that no file of the printer can have."""
    if not is_sendable_name(path):
        raise ValueError("A path has no control characters")
