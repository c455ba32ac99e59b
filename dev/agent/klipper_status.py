"""A Klipper machine, and the status and settings that its agent reports."""

from collections.abc import Sequence
from typing import override

from ..json_types import JsonObject
from .agent import Agent
from .heaters import Heater
from .jobs import Job
from .link import Link
from .machine import ACTIVE, SHARED_TEXTS, Phase
from .webcam import Webcam
from .workshop import RESTART_SECONDS, UPDATE_SECONDS, PlateObject, Workshop

TEXTS = SHARED_TEXTS | {Phase.STARTING: "Printing"}
# Without Klipper the agent has nothing to report, so the status is null.
NO_KLIPPY = frozenset(
    {
        Phase.DISCONNECTED,
        Phase.OPENING,
        Phase.CONNECTING,
        Phase.SHUTDOWN,
    }
)
RUNNING = frozenset({Phase.STARTING, Phase.PRINTING})


class KlipperStatus(Agent):
    """Klipper, Moonraker and their agent, apart from the commands of viewers."""

    agent_name = "moonraker_obico"
    agent_version = "2.1.4"
    local_url = "http://127.0.0.1"
    report_seconds = 30.0
    viewed_report_seconds = 30.0
    tool_heater = "extruder"
    bed_heater = "heater_bed"
    phase_after_error = Phase.IDLE
    registers_files = False

    def __init__(
        self, link: Link, *, webcams: Sequence[Webcam] = (), camera: bool = True
    ) -> None:
        """Link a machine; it has at least one camera configured."""
        super().__init__(link, webcams=webcams or (Webcam(),), camera=camera)
        self._modified: dict[str, float] = {}
        # What Moonraker can switch: names of power devices with "on" or "off".
        self.power_devices: dict[str, str] = {}
        self.workshop = Workshop()
        self.z_offset = 0.0
        self._offline_left: float | None = None
        self._update_left: float | None = None

    @override
    def make_heaters(self) -> dict[str, Heater]:
        return {
            "extruder": Heater(),
            "heater_bed": Heater(),
            "chamber": Heater(),
            "raspberry_pi": Heater(actual=48.32, target=None),
        }

    @override
    def emergency_stop(self) -> None:
        """Shut Klipper down; the agent stays connected, with a status of null."""
        self._abort()
        self._enter(Phase.SHUTDOWN)

    @property
    def plate(self) -> list[PlateObject]:
        """The objects of the file that is printed."""
        return self.workshop.objects if self.phase in ACTIVE else []

    def restart_klipper(self, *, firmware: bool) -> None:
        """Start Klipper again; only with its firmware that ends a shutdown."""
        if self.phase is not Phase.SHUTDOWN or firmware:
            self.disconnect()
            self.connect()

    def go_offline_for(self, seconds: float) -> None:
        """Lose the network for some time."""
        self.go_offline()
        self._offline_left = seconds

    @override
    def tick(self, seconds: float) -> None:
        """Let a moment pass, also for what the host does."""
        self.workshop.busy = max(0.0, self.workshop.busy - seconds)
        if self._offline_left is not None:
            self._offline_left -= seconds
            if self._offline_left <= 0:
                self._offline_left = None
                self.come_online()
        self._update(seconds)
        super().tick(seconds)

    def _update(self, seconds: float) -> None:
        """Go on with an update, and restart what it has updated."""
        name, components = self.workshop.updating, self.workshop.components
        if name is None or components is None:
            return
        left = UPDATE_SECONDS if self._update_left is None else self._update_left
        self._update_left = left - seconds
        if self._update_left > 0:
            return
        self._update_left = self.workshop.updating = None
        done = components[name]
        done.version = done.remote_version
        done.commits, done.packages = [], []
        if name == "klipper":
            self.restart_klipper(firmware=False)
        elif name == "moonraker":
            self.go_offline_for(RESTART_SECONDS)

    @override
    def entered(self, phase: Phase, before: Phase) -> None:
        if phase is Phase.STARTING:
            self.workshop.excluded = []
        super().entered(phase, before)

    def modified(self, job: Job) -> float:
        """Return when a file was written: when it was first seen here."""
        return self._modified.setdefault(job.path, self.timestamp())

    @override
    def signature(self, job: Job) -> str:
        return f"ts:{self.modified(job)}"

    @override
    def filament_used(self) -> float | None:
        return round(self.job.filament * self.printed, 1) if self.job else 0.0

    @override
    def settings(self) -> JsonObject:
        settings: JsonObject = {
            "temp_profiles": [
                {"name": "ABS", "heater_bed": 105.0, "extruder": 245.0},
                {"name": "PLA", "heater_bed": 60.0, "extruder": 210.0},
            ],
            "tsd_plugin_version": "",
            "data_channel_id": "2",
            "installed_plugins": "[]",
            "platform_uname": '["Linux", "voron", "6.6.51", "#1 SMP PREEMPT_DYNAMIC @0", "x86_64", "", ""]',
            "octoprint_version": "",
            "webcams": [
                {
                    "name": webcam.name,
                    "is_primary_camera": webcam.is_primary,
                    "is_nozzle_camera": webcam.is_nozzle,
                    "stream_mode": webcam.stream_mode,
                    "stream_id": number,
                    "flipV": webcam.flip_vertical,
                    "flipH": webcam.flip_horizontal,
                    "rotation": webcam.rotation,
                    "streamRatio": webcam.stream_ratio,
                }
                for number, webcam in enumerate(self.webcams, start=1)
            ],
            "printer_metadata": "{}",
            "agent_name": self.agent_name,
            "agent_version": self.agent_version,
        }
        return settings | self.flat_webcam()

    @override
    def status(self) -> JsonObject | None:
        phase = self.phase
        if phase in NO_KLIPPY:
            return None
        job = self.job
        shown = job if phase in RUNNING or phase is Phase.PAUSED else None
        # Klipper keeps times and filament of a cancelled print, but not its position.
        position = 0.0 if self._is_cancelled else self.printed
        left = round(job.seconds - self.extruded, 1) if job else 0.0
        return {
            "_ts": self.timestamp(),
            "state": self._state(),
            "currentZ": self.z or 0.0,
            "job": {
                "file": {
                    "name": job.name if job else None,
                    "path": job.path if job else "",
                    "display": job.name if job else None,
                    "obico_g_code_file_id": self.file_id,
                },
                "estimatedPrintTime": None,
                "user": None,
            },
            "progress": {
                "completion": round(position * 100, 1),
                "filepos": int(job.size * position) if job else 0,
                "printTime": round(self.print_time, 1),
                "printTimeLeft": None if self._is_cancelled else left,
                "filamentUsed": self.filament_used(),
            },
            "temperatures": {
                name: self._reading(heater) for name, heater in self.heaters.items()
            },
            "file_metadata": {
                "analysis": {"printingArea": {"maxZ": self._height(job)}},
                "obico": {"totalLayerCount": shown.layers if shown else None},
            },
            "currentLayerHeight": self.layer or None if shown else None,
            "currentFeedRate": self.feed_rate,
            "currentFlowRate": self.flow_rate,
            "currentFanSpeed": self.fan_speed,
        }

    @property
    def _is_cancelled(self) -> bool:
        """Whether the loaded file is that of a print that was cancelled."""
        if self.job is None or self.phase is not Phase.IDLE or self.error_text:
            return False
        runs = self.runs.get(self.job.path, [])
        return bool(runs) and not runs[-1].finished

    @staticmethod
    def _height(job: Job | None) -> float | None:
        """Return the height that the agent knows from Moonraker's analysis of a file."""
        if job is None:
            return 0.0
        return job.height if job.analysed else None

    @staticmethod
    def _reading(heater: Heater) -> JsonObject:
        reading = heater.reading()
        return {name: reading[name] for name in ("actual", "offset", "target")}

    def _state(self) -> JsonObject:
        phase = self.phase
        ready = TEXTS.get(phase) is None
        return {
            "text": TEXTS.get(phase, "Operational"),
            "flags": {
                "operational": phase is not Phase.DOWNLOADING,
                "paused": phase is Phase.PAUSED,
                "printing": phase in RUNNING,
                # The text alone tells of cancelling and pausing: these are always false.
                "cancelling": False,
                "pausing": False,
                "error": bool(self.error_text),
                "ready": ready,
                "closedOrError": False,
            },
            "error": self.error_text or None,
        }
