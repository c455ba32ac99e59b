"""An OctoPrint machine, and the status and settings that its agent reports."""

from hashlib import md5
from statistics import fmean
from typing import override

from ..json_types import JsonObject
from .agent import Agent
from .heaters import Heater
from .jobs import Job
from .machine import ACTIVE, SHARED_TEXTS, Phase

TEXTS = SHARED_TEXTS | {
    Phase.DISCONNECTED: "Offline",
    Phase.OPENING: "Opening serial connection",
    Phase.CONNECTING: "Connecting",
    Phase.IDLE: "Operational",
    Phase.STARTING: "Starting",
    Phase.FINISHING: "Finishing",
    Phase.FINISHED: "Finishing",
    Phase.ERROR: "Error",
    Phase.ERROR_OFFLINE: "Offline after error",
}
CLOSED = frozenset({Phase.DISCONNECTED, Phase.ERROR, Phase.ERROR_OFFLINE})
# OctoPrint has no connection to the machine, so it reports no temperatures.
NO_MACHINE = frozenset(
    {
        Phase.DISCONNECTED,
        Phase.OPENING,
        Phase.CONNECTING,
        Phase.ERROR_OFFLINE,
    }
)
# The part of a print after which OctoPrint estimates the time left from the progress
# instead of the analysis of the file.
LINEAR_FROM = 0.25
FIRMWARE = '{"FIRMWARE_NAME": "Virtual Marlin 1.0", "PROTOCOL_VERSION": "1.0"}'


class OctoPrintStatus(Agent):
    """OctoPrint with its agent, apart from the commands of viewers."""

    agent_name = "octoprint_obico"
    agent_version = "2.6.1"
    local_url = "http://localhost"
    report_seconds = 50.0
    viewed_report_seconds = 10.0
    tool_heater = "tool0"
    bed_heater = "bed"

    # Until OctoPrint has lost a printer or a file for the first time, its JSON for "no file"
    # has other keys.
    _fresh_process = True
    _knows_firmware = False
    _transmitted = 0
    started_by: str | None = "_api"
    terminal_feed = False

    @override
    def make_heaters(self) -> dict[str, Heater]:
        return {
            "tool0": Heater(),
            "bed": Heater(),
            "chamber": Heater(actual=None, target=None),
        }

    @override
    def entered(self, phase: Phase, before: Phase) -> None:
        if phase in {Phase.DISCONNECTED, Phase.ERROR_OFFLINE}:
            self._fresh_process = False
            self._transmitted = 0
        elif phase is Phase.CANCELLED:
            self.z = None
        super().entered(phase, before)
        if phase is Phase.ERROR:
            self.alert("OctoPrint Error", self.error_text, event_class="ERROR", delay=0)

    def echo(self, line: str) -> None:
        """Send a line of the terminal to all viewers, if the terminal feed is on."""
        if self.terminal_feed:
            feed: JsonObject = {"msg": line, "_ts": self.timestamp()}
            self.link.relay(
                {"passthru": {"terminal_feed": feed}, "type": "web.message"}
            )

    @override
    def restart(self) -> None:
        super().restart()
        self._fresh_process = True
        self._knows_firmware = False

    @override
    def start_print(
        self, job: Job, *, started_by: str | None = "_api", recorded: bool = True
    ) -> None:
        self.started_by = started_by
        super().start_print(job, recorded=recorded)

    @override
    def download(self, job: Job) -> None:
        self.started_by = None
        super().download(job)

    @override
    def _print(self, job: Job, seconds: float) -> None:
        super()._print(job, seconds)
        self._transmitted += 1

    @override
    def signature(self, job: Job) -> str:
        return f"md5:{md5(job.path.encode(), usedforsecurity=False).hexdigest()}"

    @override
    def filament_used(self) -> float | None:
        return self.job.filament if self.job and self.job.analysed else None

    @override
    def settings(self) -> JsonObject:
        self._knows_firmware |= self.phase not in NO_MACHINE
        settings: JsonObject = {
            "temp_profiles": [
                {"bed": 100, "chamber": None, "extruder": 210, "name": "ABS"},
                {"bed": 60, "chamber": None, "extruder": 180, "name": "PLA"},
            ],
            "tsd_plugin_version": "",
            "data_channel_id": "",
            "installed_plugins": '["obico"]',
            "platform_uname": '["Linux", "octopi", "6.6.51", "#1 SMP PREEMPT_DYNAMIC @0", "x86_64", "", ""]',
        }
        if self.webcams:
            settings["webcams"] = [
                {
                    "name": webcam.name,
                    "is_primary_camera": webcam.is_primary,
                    "stream_mode": webcam.stream_mode,
                    "stream_id": number,
                    "data_channel_available": False,
                    "flipV": webcam.flip_vertical,
                    "flipH": webcam.flip_horizontal,
                    "rotation": webcam.rotation,
                    "streamRatio": webcam.stream_ratio,
                }
                for number, webcam in enumerate(self.webcams, start=1)
            ]
        settings |= {
            "printer_metadata": FIRMWARE if self._knows_firmware else "{}",
            "octoprint_version": "1.11.8",
        }
        return (
            settings
            | self.flat_webcam()
            | {
                "agent_name": self.agent_name,
                "agent_version": self.agent_version,
            }
        )

    @override
    def status(self) -> JsonObject:
        return {
            "state": self.state_json(),
            "job": self.job_json(),
            "currentZ": self.z,
            "progress": self.progress_json(),
            "offsets": {},
            "resends": {"count": 0, "transmitted": self._transmitted, "ratio": 0},
            "temperatures": {}
            if self.phase in NO_MACHINE
            else {name: heater.reading() for name, heater in self.heaters.items()},
            "_ts": int(self.timestamp()),
            # Always null in the recordings: the agent only knows layers that a slicer has
            # marked in the file.
            "currentLayerHeight": None,
            "display_status": {"message": self.message},
            "file_metadata": self._file_metadata(),
        }

    def state_json(self) -> JsonObject:
        """Return the state: its text, its flags and the error."""
        phase = self.phase
        printing = phase in ACTIVE and phase is not Phase.PAUSED
        operational = phase in ACTIVE or phase is Phase.IDLE
        return {
            "text": TEXTS[phase],
            "flags": {
                "operational": operational,
                "printing": printing,
                "cancelling": phase in {Phase.CANCELLING, Phase.CANCELLED},
                "pausing": phase is Phase.PAUSING,
                "resuming": phase is Phase.RESUMING,
                "finishing": phase in {Phase.FINISHING, Phase.FINISHED},
                "closedOrError": phase in CLOSED,
                "error": phase is Phase.ERROR,
                "paused": phase is Phase.PAUSED,
                "ready": phase in {Phase.IDLE, Phase.DOWNLOADING},
                "sdReady": operational or phase in {Phase.DOWNLOADING, Phase.ERROR},
            },
            "error": self.error_text,
        }

    def job_json(self) -> JsonObject:
        """Return the job: what OctoPrint knows of the loaded file."""
        if (job := self.job) is None:
            return self._no_job()
        times = self._finished_times()
        file: JsonObject = {
            "name": job.name,
            "path": job.path,
            "display": job.name,
            "origin": "local",
            "size": job.size,
            "date": int(self.timestamp() - self.print_time),
        }
        if self.file_id is not None:
            file["obico_g_code_file_id"] = self.file_id
        return {
            "file": file,
            "estimatedPrintTime": job.estimate if job.analysed else None,
            "averagePrintTime": fmean(times) if times else None,
            "lastPrintTime": times[-1] if times else None,
            "filament": self._filament(job) if job.analysed else None,
            "user": self.started_by,
        }

    def _no_job(self) -> JsonObject:
        file: JsonObject = dict.fromkeys(("name", "path", "size", "origin", "date"))
        job: JsonObject = {"file": file, "estimatedPrintTime": None}
        job |= {"lastPrintTime": None, "user": None}
        if self._fresh_process:
            return job | {"filament": {"length": None, "volume": None}}
        file["display"] = None
        return job | {"averagePrintTime": None, "filament": None}

    def progress_json(self) -> JsonObject:
        """Return the progress of the print."""
        job, phase = self.job, self.phase
        progress: JsonObject = dict.fromkeys(
            (
                "completion",
                "filepos",
                "printTime",
                "printTimeLeft",
                "printTimeLeftOrigin",
            )
        )
        if job is None:
            return progress
        if phase is Phase.STARTING:
            progress |= {"completion": 0.0, "filepos": 0, "printTime": 0}
        elif phase in {Phase.FINISHING, Phase.FINISHED} or self._is_done:
            progress |= {
                "completion": 100.0 if phase is Phase.IDLE else 100,
                "filepos": job.size,
                "printTime": int(self.print_time),
                "printTimeLeft": 0,
            }
        elif phase in ACTIVE and phase is not Phase.CANCELLED:
            position = job.header + int((job.size - job.header) * self.printed)
            left, origin = self._time_left(job)
            progress |= {
                "completion": position / job.size * 100,
                "filepos": position,
                "printTime": int(self.print_time),
                "printTimeLeft": left,
                "printTimeLeftOrigin": origin,
            }
        if job.analysed:
            progress["filamentUsed"] = job.filament
        return progress

    @property
    def _is_done(self) -> bool:
        return self.phase is Phase.IDLE and self.printed >= 1

    def _time_left(self, job: Job) -> tuple[int | None, str]:
        left = int(job.seconds - self.extruded)
        if self.printed >= LINEAR_FROM:
            return left, "linear"
        if self._finished_times():
            return left, "average"
        if job.analysed:
            return left, "analysis"
        return None, "linear"

    def _finished_times(self) -> list[float]:
        runs = self.runs.get(self.job.path, []) if self.job else []
        return [run.seconds for run in runs if run.finished]

    @staticmethod
    def _filament(job: Job) -> JsonObject:
        return {
            "tool0": {"length": job.filament, "volume": round(job.filament * 0.0024, 4)}
        }

    def analysis(self, job: Job) -> JsonObject:
        """Return OctoPrint's analysis of a file."""
        area: JsonObject = {
            "maxX": float(job.width),
            "maxY": float(job.depth),
            "maxZ": job.height,
            "minX": 0.0,
            "minY": 0.0,
            "minZ": 0.0,
        }
        size: JsonObject = {
            "depth": float(job.depth),
            "height": job.height,
            "width": float(job.width),
        }
        return {
            "printingArea": area,
            "dimensions": size,
            "travelArea": area,
            "travelDimensions": size,
            "estimatedPrintTime": job.estimate,
            "filament": self._filament(job),
        }

    def _file_metadata(self) -> JsonObject | None:
        if (job := self.job) is None:
            return None
        metadata: JsonObject = {"hash": job.hash}
        if not job.analysed:
            return metadata | {"obico": {"totalLayerCount": None}}
        metadata |= {
            "user": "_api",
            "obico": {"totalLayerCount": None},
            "analysis": self.analysis(job),
        }
        return metadata | self.history(job)

    def history(self, job: Job) -> JsonObject:
        """Return the hash, the prints and the statistics of a file that was printed."""
        if not (runs := self.runs.get(job.path)):
            return {}
        times = [run.seconds for run in runs if run.finished]
        return {
            "hash": job.hash,
            "history": [
                {"timestamp": run.ended}
                | ({"printTime": run.seconds} if run.finished else {})
                | {"success": run.finished, "printerProfile": "_default"}
                for run in runs
            ],
            "statistics": {
                "averagePrintTime": {"_default": fmean(times)} if times else {},
                "lastPrintTime": {"_default": times[-1]} if times else {},
            },
        }
