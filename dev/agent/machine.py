"""A machine that prints: heaters, phases and layers, apart from any agent or server."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from .heaters import Heater
from .jobs import Job

DOWNLOAD_SECONDS = 8.0
# A filament change shows as "Pausing" for about a second, then as "Paused".
FILAMENT_CHANGE_SECONDS = 1.0


class Phase(Enum):
    """What a machine is doing."""

    DISCONNECTED = auto()
    OPENING = auto()
    CONNECTING = auto()
    IDLE = auto()
    DOWNLOADING = auto()
    STARTING = auto()
    PRINTING = auto()
    PAUSING = auto()
    PAUSED = auto()
    RESUMING = auto()
    CANCELLING = auto()
    CANCELLED = auto()
    FINISHING = auto()
    FINISHED = auto()
    ERROR = auto()
    ERROR_OFFLINE = auto()
    SHUTDOWN = auto()


# What agents call the phases that they name alike.
SHARED_TEXTS = {
    Phase.DOWNLOADING: "G-Code Downloading",
    Phase.PRINTING: "Printing",
    Phase.PAUSING: "Pausing",
    Phase.PAUSED: "Paused",
    Phase.RESUMING: "Resuming",
    Phase.CANCELLING: "Cancelling",
    Phase.CANCELLED: "Cancelling",
}
# A job is under way in these phases.
ACTIVE = frozenset(
    {
        Phase.STARTING,
        Phase.PRINTING,
        Phase.PAUSING,
        Phase.PAUSED,
        Phase.RESUMING,
        Phase.CANCELLING,
        Phase.CANCELLED,
        Phase.FINISHING,
        Phase.FINISHED,
    }
)
CANCELLABLE = frozenset({Phase.PRINTING, Phase.PAUSING, Phase.PAUSED, Phase.RESUMING})
UNREACHABLE = frozenset({Phase.DISCONNECTED, Phase.ERROR_OFFLINE, Phase.SHUTDOWN})

# The phases that end by themselves: the seconds that each lasts, and the next phase.
FOLLOWING = {
    Phase.OPENING: (1.0, Phase.CONNECTING),
    Phase.CONNECTING: (2.0, Phase.IDLE),
    Phase.DOWNLOADING: (DOWNLOAD_SECONDS, Phase.STARTING),
    Phase.STARTING: (0.5, Phase.PRINTING),
    Phase.PAUSING: (3.0, Phase.PAUSED),
    Phase.RESUMING: (3.0, Phase.PRINTING),
    Phase.CANCELLING: (0.5, Phase.CANCELLED),
    Phase.CANCELLED: (0.5, Phase.IDLE),
    Phase.FINISHING: (0.5, Phase.FINISHED),
    Phase.FINISHED: (0.5, Phase.IDLE),
    Phase.ERROR: (1.0, Phase.ERROR_OFFLINE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseOptions:
    """The printer's settings for a pause, which the server sends along."""

    tools_off: bool = False
    bed_off: bool = False
    lift_z: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """How a print of a file went."""

    ended: float
    seconds: float
    finished: bool


class Machine(ABC):
    """A machine that prints."""

    tool_heater: ClassVar[str]
    bed_heater: ClassVar[str]
    phase_after_error: ClassVar[Phase] = Phase.ERROR_OFFLINE

    def __init__(self) -> None:
        """Create a machine at room temperature that is not connected."""
        self.heaters = self.make_heaters()
        self.files: dict[str, Job] = {}
        self.runs: dict[str, list[Run]] = {}
        self.phase = Phase.DISCONNECTED
        self.job: Job | None = None
        self.print_time = 0.0
        self.extruded = 0.0
        self.layer = 0
        self.z: float | None = None
        self.position = dict.fromkeys("xyz", 0.0)
        self.homed: set[str] = set()
        # Filament that was pushed by hand, in mm.
        self.pushed = 0.0
        self.pushed_by_tool: dict[str, float] = {}
        self.active_tool = self.tool_heater
        self.relative_extrusion = False
        self.saved_states: dict[str, bool] = {}
        self.message: str | None = None
        self.error_text = ""
        self.feed_rate = 1.0
        self.flow_rate = 1.0
        self.fan_speed = 0.0
        # By which the nozzle was moved up or down during a print (M290), in mm.
        self.baby_steps = 0.0
        self._phase_left: float | None = None
        self._begun = False
        self._changing_filament = False
        self._pause_options = PauseOptions()
        self._kept_targets: dict[str, float] = {}
        self._awaited: Job | None = None

    @abstractmethod
    def make_heaters(self) -> dict[str, Heater]:
        """Return the heaters and sensors by their names."""

    @abstractmethod
    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""

    def entered(self, phase: Phase, before: Phase) -> None:  # noqa: B027 # optional
        """Handle the beginning of a phase."""

    def ended(self, *, finished: bool) -> None:  # noqa: B027 # optional
        """Handle the end of a print, which may also be lost."""

    # What a script does, or somebody at the printer

    def connect(self) -> None:
        """Connect the machine."""
        if self.phase in UNREACHABLE:
            self.error_text = ""
            self._enter(Phase.OPENING)

    def disconnect(self) -> None:
        """Disconnect the machine; a print under way is lost."""
        self._abort()
        self.forget_job()
        self._enter(Phase.DISCONNECTED)

    def select(self, job: Job) -> None:
        """Load a file without printing it."""
        self.files[job.path] = job
        self.job = job

    def start_print(self, job: Job) -> None:
        """Start a print; raises RuntimeError where the machine cannot."""
        self._prepare(job, Phase.STARTING)

    def download(self, job: Job) -> None:
        """Download a file and print it; raises RuntimeError where the machine cannot."""
        self._prepare(job, Phase.DOWNLOADING)

    def pause(self, options: PauseOptions = PauseOptions()) -> None:
        """Pause; without effect unless the machine prints."""
        if self.phase is Phase.PRINTING:
            self._pause_options = options
            self._enter(Phase.PAUSING)

    def resume(self) -> None:
        """Resume; without effect unless the machine is paused, so also while it is pausing."""
        if self.phase is Phase.PAUSED:
            self._enter(Phase.RESUMING)

    def cancel(self) -> None:
        """Cancel the print."""
        if self.phase in CANCELLABLE:
            self._enter(Phase.CANCELLING)

    def change_filament(self) -> None:
        """Stop for a filament change (M600), until filament_changed() or resume()."""
        if self.phase is Phase.PRINTING:
            self._changing_filament = True
            self._enter(Phase.PAUSING)

    def filament_changed(self) -> None:
        """Continue after a filament change."""
        if self._changing_filament:
            self._enter(Phase.RESUMING)

    @property
    def changing_filament(self) -> bool:
        """Whether the machine waits for a filament change."""
        return self._changing_filament

    def error(self, text: str) -> None:
        """Stop with an error."""
        self._abort()
        self.error_text = text
        self._enter(Phase.ERROR)

    def emergency_stop(self) -> None:
        """Stop immediately."""
        self.error("Emergency stop")

    def set_target(self, heater: str, target: float) -> None:
        """Set the target of a heater; raises ValueError for a bad one."""
        if target < 0:
            raise ValueError("target must not be negative")
        if heater not in self.heaters:
            raise ValueError(f"there is no heater {heater}")
        if self.heaters[heater].target is not None:
            self.heaters[heater].target = float(target)

    def home(self, axes: Iterable[str]) -> None:
        """Home axes."""
        for axis in axes:
            self.homed.add(axis)
            self.position[axis] = 0.0

    def move(self, axis: str, millimeters: float) -> None:
        """Move an axis relatively."""
        self.position[axis] += millimeters

    def push(self, millimeters: float) -> None:
        """Push filament through the nozzle that is in use."""
        self.pushed += millimeters
        before = self.pushed_by_tool.get(self.active_tool, 0.0)
        self.pushed_by_tool[self.active_tool] = before + millimeters

    def use_tool(self, tool: str) -> None:
        """Use another nozzle; raises ValueError where there is none of this name."""
        if tool not in self.heaters:
            raise ValueError(f"there is no tool {tool}")
        self.active_tool = tool

    # What happens by itself

    @property
    def printed(self) -> float:
        """The part of the job that is printed, from 0 to 1."""
        return min(1.0, self.extruded / self.job.seconds) if self.job else 0.0

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        for heater in self.heaters.values():
            heater.tick(seconds)
        if self._phase_left is not None:
            self._phase_left -= seconds
            if self._phase_left <= 0:
                self._enter(self._following(self.phase))
        if self.phase is Phase.PRINTING and self.job:
            self._print(self.job, seconds)

    def _print(self, job: Job, seconds: float) -> None:
        self.print_time += seconds
        if not all(heater.ready for heater in self.heaters.values()):
            return
        self.extruded += seconds * self.feed_rate
        layer = min(job.layers, int(self.printed * job.layers) + 1)
        if layer != self.layer:
            self.layer, self.z = layer, round(layer * job.layer_height, 3)
            self.message = f"Layer {layer}/{job.layers}"
        if self.extruded >= job.seconds:
            self._enter(Phase.FINISHING)

    def forget_job(self) -> None:
        """Unload the file."""
        self.job = None
        self.print_time = self.extruded = 0.0
        self.layer, self.z = 0, None

    def _prepare(self, job: Job, phase: Phase) -> None:
        if self.phase is not Phase.IDLE:
            raise RuntimeError(f"Printer busy! ({self.phase.name.lower()})")
        self.error_text = ""
        if phase is Phase.DOWNLOADING:
            self._awaited = job
        else:
            self._load(job)
        self._enter(phase)

    def _load(self, job: Job) -> None:
        self.forget_job()
        self.select(job)

    def _following(self, phase: Phase) -> Phase:
        following = FOLLOWING[phase][1]
        return self.phase_after_error if following is Phase.ERROR_OFFLINE else following

    def _enter(self, phase: Phase) -> None:
        before, self.phase = self.phase, phase
        self._phase_left = FOLLOWING[phase][0] if phase in FOLLOWING else None
        if phase is Phase.PAUSING and self._changing_filament:
            self._phase_left = FILAMENT_CHANGE_SECONDS
        match phase:
            case Phase.STARTING if self._awaited:
                self._load(self._awaited)
                self._awaited = None
            case Phase.PRINTING if before is Phase.STARTING:
                self._begun = True
                self._heat()
            case Phase.PAUSED:
                self._stand_by()
            case Phase.RESUMING:
                self._changing_filament = False
                self._warm_up()
            case Phase.FINISHING:
                self._cool_down()
            case Phase.IDLE if before is Phase.CANCELLED:
                self._cool_down()
            case Phase.ERROR | Phase.ERROR_OFFLINE | Phase.SHUTDOWN:
                self._cool_down()
        self.entered(phase, before)
        if phase in {Phase.CANCELLED, Phase.FINISHED}:
            self._end(finished=phase is Phase.FINISHED)

    def _heat(self) -> None:
        if self.job:
            self.set_target(self.tool_heater, self.job.tool)
            self.set_target(self.bed_heater, self.job.bed)

    def _cool_down(self) -> None:
        for heater in self.heaters.values():
            if heater.target is not None:
                heater.target = 0.0

    def _stand_by(self) -> None:
        options, off = self._pause_options, []
        if options.tools_off:
            off.append(self.tool_heater)
        if options.bed_off:
            off.append(self.bed_heater)
        self._kept_targets = {name: self.heaters[name].target or 0.0 for name in off}
        for name in off:
            self.set_target(name, 0.0)
        if self.z is not None:
            self.z = round(self.z + options.lift_z, 3)

    def _warm_up(self) -> None:
        for name, target in self._kept_targets.items():
            self.set_target(name, target)
        self._kept_targets = {}
        if self.z is not None and self.job:
            self.z = round(self.layer * self.job.layer_height, 3)
        self._pause_options = PauseOptions()

    def _end(self, *, finished: bool) -> None:
        self._begun = self._changing_filament = False
        if self.job:
            run = Run(self.timestamp(), self.print_time, finished)
            self.runs.setdefault(self.job.path, []).append(run)
        self.ended(finished=finished)

    def _abort(self) -> None:
        if self._begun:
            self._end(finished=False)
