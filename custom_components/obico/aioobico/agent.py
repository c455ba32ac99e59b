"""Commands that the server passes on to a printer's agent (passthru).

Agents execute any of their own attributes this way: only the commands listed here are sent.
"""

from collections.abc import Iterable
from contextlib import suppress
from math import ceil, isfinite

from .agent_kind import AgentKind
from .agent_requests import MOONRAKER
from .agent_webcams import WebcamRequests
from .exceptions import (
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentUnexplainedError,
    ObicoError,
)
from .models import CloudFile, PrinterListing
from .moonraker import MoonrakerRequests
from .parsing import section, text
from .text import is_same_name, is_sendable_name

# Klipper replies when it is done, which may include homing or probing, and a list of thousands
# of files takes seconds to make and to send. Below the 30 s after which Klipper's agent
# reports a command as failed that may still succeed.
_LONG_REPLY_SECONDS = 25.0

# Lengths of filament are pushed at this speed, which is slow for every extruder.
_EXTRUDE_MM_PER_MINUTE = 300
# Klipper refuses more in one move, unless it is told otherwise.
_MAX_EXTRUDE_MM = 50.0
_EXTRUDE_STATE = "GCODE_STATE NAME=obico_extrude"

_PRINTER = "_printer"
_FILES = "_file_manager"
_DOWNLOADER = "file_downloader"


def _activate(extruder: str) -> str:
    """Return the G-code that makes Klipper use an extruder; it moves nothing."""
    return f"ACTIVATE_EXTRUDER EXTRUDER={extruder}"


class PrinterAgent(MoonrakerRequests, WebcamRequests):
    """The agent of one printer, behind an open push connection.

    Every command raises what AgentRequests raises, and ValueError, before anything is sent,
    for a number that is not finite. Success is no proof of an effect: agents accept all
    commands while their printer is disconnected.
    """

    async def set_temperature(self, heater: str, celsius: float) -> None:
        """Set a heater's target in °C, 0 to turn it off (set_temperature).

        `heater` is its key in PrinterStatus.temperatures. The reply comes before the
        effect, and Klipper's agent does not report what Klipper refuses.
        """
        _ensure_finite(celsius)
        await self._call(_PRINTER, "set_temperature", heater, celsius)

    async def set_feed_rate(self, kind: AgentKind, percent: int) -> None:
        """Set the speed of movements in percent of the G-code's (feed_rate; Klipper: M220)."""
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "feed_rate", percent)
        else:
            await self.send_gcode(kind, [f"M220 S{percent:d}"])

    async def set_flow_rate(self, kind: AgentKind, percent: int) -> None:
        """Set the amount of filament in percent of the G-code's (flow_rate; Klipper: M221)."""
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "flow_rate", percent)
        else:
            await self.send_gcode(kind, [f"M221 S{percent:d}"])

    async def send_gcode(
        self,
        kind: AgentKind,
        lines: Iterable[str],
        *,
        within: float | None = None,
    ) -> None:
        """Run G-code (commands; Klipper: printer/gcode/script).

        OctoPrint replies at once, Klipper when it is done: it may still be running when
        ObicoAgentSilentError is raised after `within` seconds, 25 by default.
        """
        if kind is AgentKind.OCTOPRINT:
            await self._call(_PRINTER, "commands", list(lines))
        else:
            await self._call(
                MOONRAKER,
                "printer/gcode/script",
                within=_LONG_REPLY_SECONDS if within is None else within,
                verb="post",
                script="\n".join(lines),
            )

    async def home(self, axes: Iterable[str]) -> None:
        """Move axes (x, y, z) to their end stops (home).

        Agents reply at once: nothing reports when the axes have arrived, and Klipper's
        agent does not report what Klipper refuses.
        """
        await self._call(_PRINTER, "home", list(axes))

    async def jog(self, axis: str, millimeters: float) -> None:
        """Move an axis (x, y or z) by millimetres from where it is (jog).

        Only one axis, because agents invert the direction of the first one only, and
        Klipper's moves all at the speed of the slowest. They reply at once, as to home().
        """
        _ensure_finite(millimeters)
        await self._call(_PRINTER, "jog", {axis: millimeters})

    async def extrude(
        self, kind: AgentKind, millimeters: float, tool: str | None = None
    ) -> None:
        """Push millimetres of filament through the nozzle, or pull it back (extrude; Klipper: G1 E).

        `tool` is the agent's name of the nozzle, None for the one that is in use. OctoPrint
        leaves the machine in absolute extrusion and with that tool selected, whatever was
        before, so that a paused print may not go on as it should. Klipper is left as it was.
        """
        _ensure_finite(millimeters)
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
        # A paused print relies on whether its extrusion is relative or absolute.
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
            # Klipper skips the lines after one that it refuses, also the last one.
            with suppress(ObicoError):
                await self.send_gcode(kind, restore)
            raise

    async def _active_extruder(self) -> str:
        """Return Klipper's name of the extruder that is in use (printer/objects/query)."""
        answer = await self._call(
            MOONRAKER, "printer/objects/query", toolhead="extruder"
        )
        toolhead = section(section(section(answer).get("status")).get("toolhead"))
        if (extruder := text(toolhead.get("extruder"))) is None:
            raise ObicoAgentUnexplainedError("Klipper did not name its active extruder")
        return extruder

    async def list_files(self, kind: AgentKind, folder: str = "") -> PrinterListing:
        """Return what is in one folder of the printer's storage (list_files; server/files/directory).

        An empty `folder` is the top. Folders within it are listed without their content.
        Raises ObicoAgentNotFoundError for a folder that does not exist. Klipper's agent does
        not report why a list failed: the folders above are listed to find out.
        """
        try:
            return await self._list_folder(kind, folder)
        except ObicoAgentUnexplainedError as err:
            if not folder or await self._may_have(kind, folder):
                raise
            raise ObicoAgentNotFoundError(
                "The printer has no such folder", detail=err.detail
            ) from None

    async def _may_have(self, kind: AgentKind, path: str) -> bool:
        """Return whether the folder above lists a path; True if that cannot be found out."""
        folder, _, name = path.rpartition("/")
        if name.startswith("."):
            # Hidden names are not listed.
            return True
        try:
            listing = await self.list_files(kind, folder)
        except ObicoAgentNotFoundError:
            return False
        except ObicoError:
            return True
        paths = [inner.path for inner in listing.folders]
        paths += [file.path for file in listing.files]
        return any(is_same_name(listed, path) for listed in paths)

    async def _list_folder(self, kind: AgentKind, folder: str) -> PrinterListing:
        """Return what is in a folder; for errors see list_files()."""
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
                MOONRAKER,
                "server/files/directory",
                within=_LONG_REPLY_SECONDS,
                path=f"gcodes/{folder}".rstrip("/"),
                extended=True,
            ),
            folder,
        )

    async def print_file(self, kind: AgentKind, path: str) -> None:
        """Print a file of the printer's storage (select_file; printer/print/start).

        OctoPrint ignores it during a print. Klipper replies when it has finished what it is
        doing: the print may begin after ObicoAgentSilentError was raised.
        Raises ObicoAgentNotFoundError for a file that does not exist: Klipper's agent does not
        report why a start failed, the file's folder is listed to find out.
        """
        _ensure_sendable(path)
        if kind is AgentKind.OCTOPRINT:
            await self._call(
                _PRINTER, "select_file", path, None, printAfterSelect="true"
            )
        else:
            try:
                await self._call(
                    MOONRAKER,
                    "printer/print/start",
                    within=_LONG_REPLY_SECONDS,
                    verb="post",
                    filename=path,
                )
            except ObicoAgentUnexplainedError as err:
                if await self._may_have(kind, path):
                    raise
                raise ObicoAgentNotFoundError(
                    "The printer has no such file", detail=err.detail
                ) from None

    async def pause_print(self) -> None:
        """Pause Klipper's print, also one that the server has no record of (printer/print/pause).

        Klipper replies when its macro is done, as to send_gcode(). Not for OctoPrint.
        """
        await self._control_print("pause")

    async def resume_print(self) -> None:
        """Resume Klipper's print (printer/print/resume); otherwise as pause_print()."""
        await self._control_print("resume")

    async def cancel_print(self) -> None:
        """Cancel Klipper's print (printer/print/cancel); otherwise as pause_print()."""
        await self._control_print("cancel")

    async def _control_print(self, command: str) -> None:
        """Call Moonraker's printer/print/{command}."""
        await self._call(
            MOONRAKER,
            f"printer/print/{command}",
            within=_LONG_REPLY_SECONDS,
            verb="post",
        )

    async def print_cloud_file(self, file: CloudFile) -> None:
        """Download a file from the cloud and print it (file_downloader.download).

        The reply comes before the download. Raises ObicoAgentBusyError during a print.
        """
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
        """Connect OctoPrint to its printer, with the port and the baud rate of its settings (connect)."""
        options = await self._call(_PRINTER, "get_connection_options")
        preferred = options if isinstance(options, dict) else {}
        port, speed = (
            preferred.get("portPreference"),
            preferred.get("baudratePreference"),
        )
        if port is None:
            # OctoPrint searches for the printer then.
            await self._call(_PRINTER, "connect")
        else:
            await self._call(_PRINTER, "connect", port, speed)

    async def emergency_stop(self) -> None:
        """Stop Klipper at once, until its firmware is restarted (printer/emergency_stop).

        Heaters and motors are off then. Not for OctoPrint.
        """
        await self._call(MOONRAKER, "printer/emergency_stop", verb="post")


def _ensure_finite(value: float) -> None:
    """Raise ValueError for a number that would be sent as null."""
    if not isfinite(value):
        raise ValueError("This is no finite number")


def _ensure_sendable(path: str) -> None:
    """Raise ValueError for a path that no file of the printer can have."""
    if not is_sendable_name(path):
        raise ValueError("A path has no control characters")
