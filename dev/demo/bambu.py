"""A printer that Obico knows nothing of: a machine that reports as Bambu Lab's do, and its life."""

from collections.abc import Iterator
from io import BytesIO
from math import ceil, inf
from typing import Final, override

from PIL import ImageEnhance

from .. import Clock, Heater, Job, Machine, ObicoServer, Phase, Printer
from ..agent.machine import ACTIVE
from ..agent.webcam import Scene, draw
from ..json_types import JsonObject
from ..scenario import STEP, VASE, print_job, until, until_idle, until_printed

# The name of its printer in Obico, too.
NAME: Final = "Bambu P1S"

_BOX: Final = Job(
    path="gift_box.3mf", seconds=26, layers=13, size=388_200, filament=640.0, bed=45.0
)
_DUCK: Final = Job(
    path="duck.3mf", seconds=60, layers=30, size=702_113, filament=1290.0, bed=45.0
)
_FILAMENT_CODE: Final = "HMS_0700_2000_0002_0001"
_FILAMENT_ERROR: Final = (
    "AMS1 Slot1 filament has run out. Please insert a new filament."
)
_WIKI: Final = (
    "https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0700_2000_0002_0001"
)
# How much a failing print gets worse in a second, and how bad it is at most.
_RISE: Final = 0.02
_MAX_SCORE: Final = 0.95
# How much of the light is left in a chamber whose lamp is off.
_DARKNESS: Final = 0.35
_QUALITY: Final = 75
_STATUSES: Final = {
    Phase.STARTING: "prepare",
    Phase.PAUSED: "pause",
    Phase.RESUMING: "pause",
    Phase.CANCELLING: "failed",
    Phase.CANCELLED: "failed",
    Phase.FINISHED: "finish",
}


class BambuPrinter(Machine):
    """A machine that Home Assistant knows, and no Obico server."""

    tool_heater = "nozzle"
    bed_heater = "bed"

    def __init__(self, clock: Clock) -> None:
        """Create a machine that is on, and idle."""
        super().__init__()
        self.is_lit = False
        # How much of the print the detection takes for a failure.
        self.score = 0.0
        self.phase = Phase.IDLE
        self._clock = clock
        # Shown until the next print begins.
        self._outcome = "idle"

    @override
    def make_heaters(self) -> dict[str, Heater]:
        return {"nozzle": Heater(heats=20.0, cools=3.0), "bed": Heater(heats=4.0)}

    @override
    def timestamp(self) -> float:
        return self._clock.timestamp()

    @override
    def entered(self, phase: Phase, before: Phase) -> None:
        if phase in {Phase.CANCELLED, Phase.FINISHED}:
            self._outcome = _STATUSES[phase]

    @property
    def print_status(self) -> str:
        """The state of the integration's print status."""
        if self.phase is Phase.IDLE:
            return self._outcome
        if self.phase is Phase.PRINTING and not self.layer:
            return "prepare"
        return _STATUSES.get(self.phase, "running")

    def report(self) -> JsonObject:
        """Return what the entities show, by their keys in Bambu Lab's integration."""
        nozzle, bed = self.heaters["nozzle"], self.heaters["bed"]
        job = self.job
        left = (job.seconds - self.extruded) / 60 if job and self.phase in ACTIVE else 0
        is_out = self.changing_filament and self.phase is Phase.PAUSED
        return {
            "print_status": self.print_status,
            "subtask_name": job.name if job else "",
            "print_progress": int(self.printed * 100),
            "remaining_time": max(ceil(left), 0),
            "current_layer": self.layer,
            "total_layers": job.layers if job else 0,
            "nozzle_temp": round(nozzle.actual or 0.0),
            "bed_temp": round(bed.actual or 0.0),
            "target_nozzle_temperature": nozzle.target,
            "target_bed_temperature": bed.target,
            "chamber_light": self.is_lit,
            "hms_code": _FILAMENT_CODE if is_out else None,
            "hms_error": _FILAMENT_ERROR if is_out else None,
            "hms_wiki": _WIKI if is_out else None,
        }

    def obey(self, command: str, value: float = 0.0) -> None:
        """Do what an entity was told; what the machine cannot do now has no effect."""
        match command:
            case "pause":
                self.pause()
            case "resume":
                self.resume()
            case "stop":
                self.cancel()
            case "light_on" | "light_off":
                self.is_lit = command == "light_on"
            case "nozzle" | "bed":
                self.set_target(command, value)

    def picture(self) -> bytes:
        """Return what the camera in its chamber sees."""
        shown = draw(
            Scene(
                printer=NAME,
                state=self.print_status.capitalize(),
                detail=f"layer {self.layer}/{self.job.layers}   {self.printed:.0%}"
                if self.job and self.phase in ACTIVE
                else "",
                printed=self.printed,
                nozzle=(self.extruded * 0.37) % 1.0,
                spaghetti=self.score if self.phase in ACTIVE else 0.0,
                layers=self.job.layers if self.job else 0,
                color=sum(NAME.encode()),
                ratio="16:9",
                moment=round(self.timestamp(), 1),
            )
        )
        if not self.is_lit:
            shown = ImageEnhance.Brightness(shown).enhance(_DARKNESS)
        encoded = BytesIO()
        shown.save(encoded, "JPEG", quality=_QUALITY)
        return encoded.getvalue()


def record_of(server: ObicoServer) -> Printer | None:
    """Return the printer in Obico, None until Home Assistant is its agent."""
    return next(
        (
            printer
            for printer in server.printers.values()
            if printer.name == NAME and not printer.archived
        ),
        None,
    )


def live(machine: BambuPrinter, server: ObicoServer) -> Iterator[float]:
    """Let time pass for the machine, while it prints, runs out of filament, and fails."""
    story = _story(machine, server)
    wait = 0.0
    while True:
        machine.pass_time(STEP)
        if machine.score:
            machine.score = min(machine.score + _RISE * STEP, _MAX_SCORE)
        if (printer := record_of(server)) is not None:
            server.remote_agent(printer).score = machine.score
        wait -= STEP
        while wait <= 0:
            wait += next(story, inf)
        yield STEP


def _story(machine: BambuPrinter, server: ObicoServer) -> Iterator[float]:
    yield 5
    while True:
        yield from print_job(machine, _BOX)
        yield from until_idle(machine)
        yield 20
        yield from print_job(machine, _DUCK)
        yield from until_printed(machine, 0.4)
        machine.change_filament()
        yield 25
        machine.filament_changed()
        yield from until_idle(machine)
        yield 30
        yield from print_job(machine, VASE)
        yield from until_printed(machine, 0.15)
        machine.score = _RISE
        # Obico notices it, and Home Assistant pauses the machine.
        yield from until(lambda: machine.phase in {Phase.PAUSED, Phase.IDLE})
        yield 45
        if (printer := record_of(server)) is not None:
            # Its owner says so in Obico's app.
            printer.cancel_print()
        else:
            machine.cancel()
        yield from until_idle(machine)
        machine.score = 0.0
        yield 40
