"""Make prints of what a printer's entities say.

A print is open from its beginning to its end, whatever is not known in between. What has
ended is kept until the server has got it, so that a print is recorded once, with its
outcome, although the server or Home Assistant was away meanwhile.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

from ..aioobico.acting import AgentState, Report
from ..printer.state_text import MAX_NAME_BYTES, shorten
from .config import Phase
from .readings import Readings
from .tracked_print import Outcome, TrackedPrint

# The server takes a print of the same file whose number is less than 21 s away for the same.
_MIN_DISTANCE: Final = 30
# Seconds that a print waits for the name of its file, which cannot be changed later: until
# there is one, and until it is another than that of the last print, which may linger.
_NAME_SECONDS: Final = 5.0
# In percent: a print that went back by more than this while it was not seen is another one.
_MAX_STEP_BACK: Final = 10.0
_FINISHED_PERCENT: Final = 99.0
# In percent. A print that begins with more shows what is left of the last.
_STALE_PERCENT: Final = 5.0
# The server shows the latest prints; more than these are not lost in any outage.
_MAX_ENDINGS: Final = 50

_ACTIVE: Final = frozenset({Phase.PRINTING, Phase.PAUSED})
# A command is under way until the phase is another than these.
_UNDER_WAY: Final = {
    AgentState.PAUSING: frozenset({Phase.PRINTING, Phase.PREPARING}),
    AgentState.RESUMING: frozenset({Phase.PAUSED}),
    AgentState.CANCELLING: frozenset({Phase.PRINTING, Phase.PAUSED, Phase.PREPARING}),
}


@dataclass(slots=True)
class _Start:
    """A print that has begun, and that waits for the name of its file."""

    began: float
    # Since when its name could have come; None while the printer is out of sight.
    waiting_since: float | None = None
    # The latest name that was seen, which may be the last print's.
    name: str | None = None


class PrintTracker:
    """Follows the prints of one printer.

    `endings` are prints that have ended and that the server has not got yet, the oldest
    first. Times are Unix times in seconds.
    """

    def __init__(
        self, printer_name: str, *, has_file: bool, has_finished: bool
    ) -> None:
        """Start without a print.

        `has_file` is whether an entity tells the file, `has_finished` whether a state tells
        that a print was finished.
        """
        self.current: TrackedPrint | None = None
        self.endings: deque[TrackedPrint] = deque(maxlen=_MAX_ENDINGS)
        self.phase: Phase | None = None
        # The codes of the printer's own errors that the server has got, and that are not over.
        self.reported_errors: set[str] = set()
        self._printer_name = printer_name
        self._has_file = has_file
        self._has_finished = has_finished
        self._last_number = 0
        # The name of the last print.
        self.last_name: str | None = None
        # Whether the printer was out of sight since the open print was seen last, and whether
        # that was so for long.
        self._is_doubtful = False
        self._is_lost = False
        self._in_sight_since: float | None = None
        self._start: _Start | None = None
        self._stale: tuple[float | None, int | None] | None = None
        self._readings: Readings | None = None
        self._command: AgentState | None = None

    # What is stored

    def restore(
        self,
        current: TrackedPrint | None,
        endings: list[TrackedPrint],
        number: int,
        errors: list[str],
        name: str | None,
    ) -> None:
        """Go on with what an earlier run has stored.

        `number` is the last that was used, `name` that of the last print.
        """
        self.current = current
        self.last_name = name
        self.reported_errors.update(errors)
        self.endings.extend(endings)
        self._last_number = number
        self._is_doubtful = self._is_lost = current is not None

    @property
    def last_number(self) -> int:
        """The highest number that was ever used."""
        return self._last_number

    @property
    def has_something_to_end(self) -> bool:
        """Whether the server has not got yet how all prints ended."""
        return self.current is not None or bool(self.endings)

    # What happens

    def lose_sight(self, *, is_long: bool = True) -> None:
        """Note that it was not known for a while what the printer does."""
        if is_long:
            self.stop_waiting()
        elif self._start is not None:
            self._start.waiting_since = None
        self._is_doubtful = self.current is not None
        self._in_sight_since = None
        if is_long:
            self.phase = None
            self._start = None
            self._is_lost = self._is_doubtful

    def begin_command(self, state: AgentState) -> None:
        """Show that a command is under way, until it has its effect or is given up."""
        self._command = state
        if state is AgentState.CANCELLING and self.current is not None:
            self.current = replace(self.current, is_cancelling=True)

    def give_up_command(self) -> None:
        """Show what the printer does, although a command had no effect."""
        self._command = None
        if self.current is not None:
            self.current = replace(self.current, is_cancelling=False)

    def is_under_way(self, state: AgentState) -> bool:
        """Return whether a command still has no effect; False once the print has ended."""
        return self.current is not None and self.phase in {*_UNDER_WAY[state], None}

    def update(self, readings: Readings, now: float) -> bool:
        """Take what the entities say; return whether a print has begun, changed or ended."""
        if readings.phase is None or readings.phase is Phase.OFFLINE:
            return False
        self._readings = readings
        last, self.phase = self.phase, readings.phase
        before = (self.current, len(self.endings))
        self._end_doubt(now)
        if self.current is not None:
            self._follow(self.current, readings, now)
        if self.current is None:
            if readings.phase in _ACTIVE:
                self._begin(readings, now, is_seen=last is not None)
            else:
                self._end_waiting(readings, now)
        self._settle_doubt(readings, now)
        if self._command is not None and not self.is_under_way(self._command):
            self._command = None
        return before != (self.current, len(self.endings))

    def _follow(self, job: TrackedPrint, readings: Readings, now: float) -> None:
        """Update the open print, or end it."""
        phase = readings.phase
        is_unsure = not job.is_known and job.name == self.last_name
        if is_unsure and self._is_doubtful and phase in _ACTIVE and readings.file:
            # It was opened with the name of the last print, and nobody has heard of it yet.
            job = replace(job, name=_print_name(readings.file))
        if phase not in {*_ACTIVE, Phase.PREPARING} or (
            self._is_doubtful and self._is_another(job, readings)
        ):
            self.end(self._outcome_of(job, phase, now), now)
            return
        if self._is_doubtful and self._has_file and readings.file is None:
            # The values may be another print's.
            return
        self._forget_stale(readings)
        completion = job.completion if self._stale else readings.completion
        # Some integrations clear their values while a print is paused.
        if phase is Phase.PAUSED or completion is None:
            completion = job.completion
        left = None if self._stale or phase is Phase.PAUSED else readings.time_left
        self.current = replace(
            job,
            is_paused=job.is_paused
            if phase is Phase.PREPARING
            else phase is Phase.PAUSED,
            completion=completion,
            expected_end=job.expected_end if left is None else round(now + left),
        )

    def _is_another(self, job: TrackedPrint, readings: Readings) -> bool:
        """Return whether what is printed now is another print than the last that was seen."""
        if readings.phase is Phase.PREPARING:
            # Some printers also prepare in mid-print.
            return self._is_lost
        if readings.file is not None and _print_name(readings.file) != job.name:
            # A name that was made up here tells nothing.
            return not self._is_made_up(job.name)
        return (
            readings.phase is Phase.PRINTING
            and readings.completion is not None
            and job.completion is not None
            and job.completion - readings.completion > _MAX_STEP_BACK
        )

    def _end_doubt(self, now: float) -> None:
        """End to doubt that it is the same print, if its file had the time to be known."""
        since = self._in_sight_since
        if self.current is None or (since is not None and now - since >= _NAME_SECONDS):
            self._is_doubtful = self._is_lost = False

    def _settle_doubt(self, readings: Readings, now: float) -> None:
        """End to doubt that it is the same print, unless its file is not known yet."""
        if self._is_doubtful and readings.phase is Phase.PREPARING:
            # It tells which print it is when it prints.
            self._in_sight_since = now
        elif self._is_doubtful and self._has_file and readings.file is None:
            self._in_sight_since = self._in_sight_since or now
        else:
            self._is_doubtful = False
        self._is_lost = self._is_lost and self._is_doubtful

    def _outcome_of(
        self, job: TrackedPrint, phase: Phase | None, now: float
    ) -> Outcome:
        """Return how a print has ended, as far as can be told."""
        if phase is Phase.FINISHED:
            return Outcome.FINISHED
        if phase in {Phase.CANCELLED, Phase.FAILED} or job.is_cancelling:
            return Outcome.CANCELLED
        if job.completion is not None and job.completion >= _FINISHED_PERCENT:
            return Outcome.FINISHED
        if self._is_doubtful and job.expected_end is not None:
            return Outcome.FINISHED if now >= job.expected_end else Outcome.CANCELLED
        if job.completion is not None or (self._has_finished and not self._is_doubtful):
            return Outcome.CANCELLED
        return Outcome.FINISHED

    def end_for_good(self, now: float) -> None:
        """End the open print, because nobody will follow it to its end."""
        self.end(Outcome.CANCELLED, now)

    def end(self, outcome: Outcome, now: float) -> None:
        """End the open print."""
        if self.current is not None:
            self.last_name = self.current.name
            self.endings.append(
                replace(
                    self.current,
                    outcome=outcome,
                    ended_at=now,
                    completion=100.0
                    if outcome is Outcome.FINISHED
                    else self.current.completion,
                )
            )
        self.current = None
        self._command = None
        self._stale = None
        self._start = None

    def _begin(self, readings: Readings, now: float, *, is_seen: bool) -> None:
        """Open a print, once the name of its file is known.

        `is_seen` is whether its beginning was seen: then what is shown may be the last print's.
        """
        name = _print_name(readings.file) if readings.file else None
        if self._has_file and (name is None or (is_seen and name == self.last_name)):
            start = self._start = self._start or _Start(now)
            start.name = name or start.name
            if start.waiting_since is None:
                start.waiting_since = now
            if now - start.waiting_since < _NAME_SECONDS:
                return
        self._open(readings, now, name, is_seen=is_seen)

    def _open(
        self, readings: Readings, now: float, name: str | None, *, is_seen: bool
    ) -> None:
        began = now if self._start is None else self._start.began
        self._start = None
        number = max(int(began), self._last_number + _MIN_DISTANCE)
        self._last_number = number
        completion = readings.completion
        if is_seen and completion is not None and completion > _STALE_PERCENT:
            self._stale = (completion, readings.layer)
            completion = None
        left = None if self._stale else readings.time_left
        self.current = TrackedPrint(
            number=number,
            name=name or self._made_up_name(number),
            started_at=began,
            is_paused=readings.phase is Phase.PAUSED,
            completion=completion,
            expected_end=None if left is None else round(now + left),
        )

    def _end_waiting(self, readings: Readings, now: float) -> None:
        """Record a print that ended before it was certain that its name is its own."""
        if self._start is not None and readings.phase is not Phase.PREPARING:
            name = _print_name(readings.file) if readings.file else self._start.name
            if name is not None:
                self._open(readings, now, name, is_seen=True)
            if self.current is not None:
                self._follow(self.current, readings, now)
        self._start = None

    def stop_waiting(self) -> None:
        """Open a print that waits for its name: nobody will know that it began."""
        start, readings = self._start, self._readings
        if start is not None and start.name is not None and readings is not None:
            self._open(readings, start.began, start.name, is_seen=True)

    def _forget_stale(self, readings: Readings) -> None:
        """End to hide the values of the last print, once they have changed."""
        if self._stale not in {None, (readings.completion, readings.layer)}:
            self._stale = None

    def _made_up_name(self, number: int) -> str:
        return shorten(f"{self._printer_name} {number}", MAX_NAME_BYTES)

    def _is_made_up(self, name: str) -> bool:
        return name.rpartition(" ")[2] == str(self.current and self.current.number)

    # What the server is told

    def is_waiting_for_name(self) -> bool:
        """Return whether a print has begun that has no name yet."""
        return self._start is not None

    def handle_sent(self, job: TrackedPrint) -> None:
        """Note that the server has got the state of the open print."""
        if self.current is not None and self.current.number == job.number:
            self.current = replace(
                self.current, is_known=True, was_paused=job.is_paused
            )

    def handle_ending_sent(self) -> None:
        """Forget the oldest ending, which the server has got."""
        self.endings.popleft()

    def state(self) -> AgentState:
        """Return the state that is reported."""
        if self._command is not None:
            return self._command
        if self.current is None:
            return AgentState.OPERATIONAL
        return AgentState.PAUSED if self.current.is_paused else AgentState.PRINTING

    def report(self, now: float, error: str = "") -> Report | None:
        """Return what is reported; None while it is not known what the printer does."""
        readings = self._readings
        if self.phase is None or readings is None:
            return None
        job = self.current
        if job is None:
            return Report(
                state=AgentState.OPERATIONAL, error=error, heaters=readings.heaters
            )
        is_stale = self._stale is not None
        left = None if job.expected_end is None else max(job.expected_end - now, 0.0)
        return Report(
            state=self.state(),
            error=error,
            file=job.name,
            completion=job.completion,
            print_time=float(round(max(now - job.started_at, 0.0))),
            time_left=None if left is None else float(round(left)),
            layer=None if is_stale else readings.layer,
            total_layers=None if is_stale else readings.total_layers,
            heaters=readings.heaters,
        )


def report_ended(job: TrackedPrint, state: AgentState) -> Report:
    """Return what is reported of a print that has ended."""
    ended_at = job.started_at if job.ended_at is None else job.ended_at
    return Report(
        state=state,
        file=job.name,
        completion=job.completion,
        print_time=float(round(max(ended_at - job.started_at, 0.0))),
        time_left=0.0,
    )


def _print_name(file: str) -> str:
    """Return the name of a print, which fits into the server's column."""
    return shorten(file, MAX_NAME_BYTES)
