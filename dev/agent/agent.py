"""The agent of a machine: what it sends to the server, and when."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, override

from ..json_types import JsonObject, JsonValue
from .calls import Call
from .cameras import Cameras
from .jobs import Job
from .link import Link
from .machine import ACTIVE, PauseOptions, Phase
from .passthru import Passthru
from .webcam import Webcam

# The highest score that a failing print reaches.
MAX_SCORE = 0.95
WATCHED_PICTURE_SECONDS = 10.0
UNWATCHED_PICTURE_SECONDS = 120.0
FIRST_PICTURE_SECONDS = 1.0
FRESH_PICTURE_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the server."""

    name: str
    options: PauseOptions


class Agent(Cameras):
    """A machine with its agent; what differs between OctoPrint and Klipper is in its subclasses."""

    agent_name: ClassVar[str]
    agent_version: ClassVar[str]
    report_seconds: ClassVar[float]
    # The interval while a job is under way and somebody is watching.
    viewed_report_seconds: ClassVar[float]
    # Whether the agent registers the files that it prints with the server.
    registers_files: ClassVar[bool] = True

    def __init__(
        self, link: Link, *, webcams: Sequence[Webcam] = (), camera: bool = True
    ) -> None:
        """Link a machine; without `camera` it sends no pictures."""
        super().__init__(link, webcams=webcams, camera=camera)
        self.online = True
        self.frozen = False
        self.inbox: list[Command] = []
        self.file_id: int | None = None
        self._score_rise = 0.0
        self._dead = False
        self._report_in = 0.0
        self._picture_in = 0.0
        self._fresh_in: float | None = None
        self._backlog: list[Callable[[], None]] = []
        self._keeps_commands = False
        self._unread: list[JsonObject] = []
        # Messages of viewers that were sent to this agent.
        self.messages = 0
        self._passthru = Passthru(
            # Looked up with each command, so that a test can replace it.
            lambda *command: self.run(*command),  # noqa: PLW0108 # pylint: disable=unnecessary-lambda
            link.relay,
        )
        self._recorded = True

    @abstractmethod
    def status(self) -> JsonObject | None:
        """Return the status that the agent reports."""

    @abstractmethod
    def settings(self) -> JsonObject:
        """Return the settings that the agent reports."""

    @abstractmethod
    def signature(self, job: Job) -> str:
        """Return what the server recognises a file by."""

    @abstractmethod
    def filament_used(self) -> float | None:
        """Return the filament that a print has used when it ends, in mm."""

    @abstractmethod
    def run(self, target: str, func: str, call: Call) -> JsonValue:
        """Run a viewer's command.

        Raises LookupError for an unknown one that is not to be answered, ValueError with
        the text of the answer for one that fails.
        """

    # What a script does

    def start(self, *, connected: bool = True) -> None:
        """Start the agent for the first time."""
        self.link.registered(self.agent_name, self.agent_version)
        self.phase = Phase.IDLE if connected else Phase.DISCONNECTED
        self.report()

    def fail(self, rise: float = 0.08, score: float = 0.0) -> None:
        """Make the print fail: its score starts at `score` and rises with each picture."""
        self.score, self._score_rise = score, rise

    def recover(self) -> None:
        """Make the print look good again."""
        self.fail(rise=0.0)

    @override
    def start_print(self, job: Job, *, recorded: bool = True) -> None:
        """Start a print; raises RuntimeError where the machine cannot.

        Without `recorded` the agent fails to register it, as Klipper's sometimes does: it
        reports that the machine prints, but the server has no record of a print, refuses
        to pause, resume and cancel, and records no events of it.
        """
        super().start_print(job)
        self._recorded = recorded

    @override
    def download(self, job: Job) -> None:
        super().download(job)
        self._recorded = True

    def alert(
        self,
        title: str,
        text: str,
        *,
        event_type: str = "PRINTER_ERROR",
        event_class: str = "WARNING",
        info_url: str | None = None,
        delay: float | None = 3.0,
    ) -> None:
        """Alert the viewers; the event follows after `delay` seconds, or never where that is None."""
        if self._talking:
            self.link.alert(event_type, event_class, title, text, info_url, delay=delay)

    def go_offline(self) -> None:
        """Lose the network; the machine goes on, and what happens is reported afterwards."""
        self.online = False
        self.inbox.clear()
        self._unread.clear()
        self.link.connection_lost()

    def kill(self) -> None:
        """Kill the agent's process, and with it the print."""
        self.go_offline()
        self._dead = True

    def come_online(self) -> None:
        """Connect to the server again; after kill() the process starts anew."""
        self.online = True
        if self._dead:
            self._dead = False
            self.restart()
        self._catch_up()

    def freeze(self, *, keep_commands: bool = False) -> None:
        """Stop doing anything, with an open socket.

        Commands of the server wait in it until thaw(). Those of viewers are lost or, with
        `keep_commands`, wait there as well, as they do with a real agent that hangs.
        """
        self.frozen, self._keeps_commands = True, keep_commands

    def thaw(self) -> None:
        """Go on after freeze()."""
        self.frozen = False
        self._catch_up()
        unread, self._unread = self._unread, []
        for message in unread:
            self.passthru(message)

    def restart(self) -> None:
        """Start the process anew: the machine is idle, and the print of before has ended."""
        self.forget_job()
        self.message, self.file_id, self._begun = None, None, False
        self.phase, self._phase_left = Phase.IDLE, None
        self._backlog = [
            lambda: self.link.print_ended(
                finished=True, filament_used=None, print_time=None
            )
        ]

    # What the server does

    def viewer_came(self) -> None:
        """Take a fresh picture shortly after a viewer has connected."""
        if self.camera:
            self._fresh_in = FRESH_PICTURE_SECONDS

    def passthru(self, message: JsonObject) -> None:
        """Run a viewer's command and answer it; one with a repeated reference is not answered."""
        if self.frozen and self._keeps_commands:
            self._unread.append(message)
        self.messages += 1
        if self._talking:
            self._passthru.receive(message)

    def report(self) -> None:
        """Send status and settings now."""
        if self._talking:
            self._report_in = self._report_interval
            self.link.report(self.status(), self.settings())

    # What happens by itself

    @override
    def timestamp(self) -> float:
        return self.link.timestamp()

    def tick(self, seconds: float) -> None:
        """Let a moment pass."""
        self._passthru.pass_time(seconds, is_talking=self._talking)
        if self._dead:
            return
        self.pass_time(seconds)
        if not self.frozen:
            self._obey()
        if self._talking:
            self._talk(seconds)

    @override
    def entered(self, phase: Phase, before: Phase) -> None:
        match phase:
            case Phase.PRINTING if before is Phase.STARTING:
                self._picture_in = FIRST_PICTURE_SECONDS
                self.recover()
                self._tell(self._begin)
            case Phase.CANCELLED:
                self._tell(self._measure)
            case Phase.IDLE:
                self.file_id = None
        if phase is not Phase.FINISHED:
            self.report()
        match phase:
            case Phase.STARTING | Phase.PRINTING if before is not Phase.RESUMING:
                # The real server pushes once for each of settings, file and picture, mostly
                # without any change of the Printer object.
                self._repeat(1 if phase is Phase.STARTING else 8)
            case Phase.PAUSING if self.changing_filament:
                # Recorded within 25 ms, a second before the state is "Paused".
                self._tell_event("FILAMENT_CHANGE")
                self._tell_event("PAUSED")
            case Phase.PAUSED if not self.changing_filament:
                self._tell_event("PAUSED")
            case Phase.RESUMING:
                self._tell_event("RESUMED")
            case Phase.FINISHING:
                self._tell(self._measure)
            case Phase.IDLE if before in ACTIVE:
                self._repeat(2)
                if self.link.viewed:
                    self.viewer_came()

    @override
    def ended(self, *, finished: bool) -> None:
        filament, seconds = self.filament_used(), float(int(self.print_time))
        self._tell(
            lambda: self.link.print_ended(
                finished=finished, filament_used=filament, print_time=seconds
            )
        )
        if finished:
            self._repeat(1)
        else:
            self.report()

    def _obey(self) -> None:
        while self.inbox:
            command = self.inbox.pop(0)
            match command.name:
                case "pause":
                    self.pause(command.options)
                case "resume":
                    self.resume()
                case "cancel":
                    self.cancel()

    @property
    def _talking(self) -> bool:
        return self.online and not self.frozen and not self._dead

    @property
    def _report_interval(self) -> float:
        if self.phase in ACTIVE and self.link.viewed:
            return self.viewed_report_seconds
        return self.report_seconds

    def _talk(self, seconds: float) -> None:
        # A viewer who has just come shortens an interval that has begun.
        self._report_in = min(self._report_in - seconds, self._report_interval)
        if self._report_in <= 0:
            for heater in self.heaters.values():
                heater.wobble(self.link.random)
            self.report()
        if not self.camera:
            return
        if self._fresh_in is not None:
            self._fresh_in -= seconds
            if self._fresh_in <= 0:
                self._fresh_in = None
                self.link.picture(self.shot(), self.score, fresh=True)
        if self.phase is Phase.PRINTING:
            often = self.link.watched or self.link.viewed
            interval = WATCHED_PICTURE_SECONDS if often else UNWATCHED_PICTURE_SECONDS
            self._picture_in = min(self._picture_in - seconds, interval)
            if self._picture_in <= 0:
                self._picture_in = interval
                self.score = min(MAX_SCORE, self.score + self._score_rise)
                self.link.picture(self.shot(), self.score)

    def _tell(self, what: Callable[[], None]) -> None:
        """Send the server something that must not get lost: now, or once connected again."""
        if self._talking:
            what()
        else:
            self._backlog.append(what)

    def _catch_up(self) -> None:
        if not self._talking:
            return
        backlog, self._backlog = self._backlog, []
        for what in backlog:
            what()
        self.report()

    def _repeat(self, times: int) -> None:
        if self._talking:
            for _ in range(times):
                self.link.repeat()

    def _tell_event(self, event_type: str) -> None:
        if self._recorded:
            self._tell(lambda: self.link.print_event(event_type))

    def _begin(self) -> None:
        if self.job and self._recorded:
            self.file_id = self.link.print_started(
                self.job, signature=self.signature(self.job)
            )

    def _measure(self) -> None:
        self.link.print_measured(
            filament_used=self.filament_used(), print_time=float(int(self.print_time))
        )
