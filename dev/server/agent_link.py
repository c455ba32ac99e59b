"""What an agent tells the server, and what the server makes of it."""

from random import Random
from typing import TYPE_CHECKING

from ..agent.jobs import Job
from ..agent.webcam import Shot
from ..json_types import JsonObject
from . import detection

if TYPE_CHECKING:
    from .printer import Printer

# A frozen agent's socket is given up after a ping and its time-out.
FROZEN_SECONDS = 31.0


class AgentLink:
    """The link of one printer's agent to the server."""

    def __init__(self, printer: Printer) -> None:
        """Link an agent as this printer's."""
        self._printer = printer
        self._state = printer.state
        self._media = printer.state.media
        self._frozen_for = 0.0
        self._alerted_titles: set[str] = set()
        self._late_alerts: list[tuple[float, dict[str, str | None]]] = []

    @property
    def name(self) -> str:
        """The printer's name."""
        return self._printer.name

    @property
    def random(self) -> Random:
        """The one source of chance."""
        return self._state.random

    @property
    def viewed(self) -> bool:
        """Whether somebody is watching."""
        return self._state.sockets.is_viewed(self._printer.id)

    @property
    def watched(self) -> bool:
        """Whether the failure detection wants pictures."""
        return (
            self._printer.current_print is not None
            and self._printer.not_watching_reason is None
        )

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""
        return self._state.clock.timestamp()

    def registered(self, agent_name: str, agent_version: str) -> None:
        """Learn which agent this is."""
        self._printer.columns["agent_name"] = agent_name
        self._printer.columns["agent_version"] = agent_version

    def report(self, status: JsonObject | None, settings: JsonObject) -> None:
        """Take the printer's status and settings."""
        if self._printer.held:
            return
        self._printer.status, self._printer.settings = status, settings
        self._printer.push()

    def repeat(self) -> None:
        """Take something that changes nothing; those who are watching are told all the same."""
        self._printer.push()

    def connection_lost(self) -> None:
        """Find the agent gone; the print and the picture stay as they were."""
        self._printer.status = None
        self._printer.push()

    def print_started(self, job: Job) -> int | None:
        """Begin a print, return the id of the server's file record."""
        file = (
            self._state.g_code_file(
                self._printer, path=job.path, size=job.size, signature=job.signature
            )
            if job.registered
            else None
        )
        self._printer.begin_print(job.name, file)
        return file.id if file else None

    def print_measured(
        self, *, filament_used: float | None, print_time: float | None
    ) -> None:
        """Learn what the current print took."""
        if job := self._printer.current_print:
            job.filament_used, job.print_time = filament_used, print_time

    def print_ended(
        self, *, finished: bool, filament_used: float | None, print_time: float | None
    ) -> None:
        """End the current print and delete its tagged pictures."""
        self.print_measured(filament_used=filament_used, print_time=print_time)
        self._printer.end_print(finished=finished)

    def print_event(self, event_type: str) -> None:
        """Record an event of the current print."""
        self._state.add_event(self._printer, event_type)
        self._printer.push()

    def alert(
        self,
        event_type: str,
        event_class: str,
        title: str,
        text: str,
        info_url: str | None = None,
        *,
        delay: float | None = 0,
    ) -> None:
        """Relay an alert at once; the event follows, but only once for each title, or never."""
        row = {
            "event_type": event_type,
            "event_class": event_class,
            "event_title": title,
            "event_text": text,
            "info_url": info_url,
        }
        self.relay({"passthru": {"printer_event": row}, "type": "web.message"})
        if delay is None or title in self._alerted_titles:
            return
        self._alerted_titles.add(title)
        self._late_alerts.append((self._state.clock.elapsed + delay, row))
        self._record_alerts()

    def _record_alerts(self) -> None:
        now = self._state.clock.elapsed
        for due, row in tuple(self._late_alerts):
            if due <= now:
                self._late_alerts.remove((due, row))
                self._state.add_event(
                    self._printer,
                    str(row["event_type"]),
                    event_class=row["event_class"],
                    title=row["event_title"],
                    text=row["event_text"],
                    info_url=row["info_url"],
                )

    def picture(self, shot: Shot, score: float, *, fresh: bool = False) -> None:
        """Take a picture, and let the detection look at it."""
        printer, stamp = self._printer, self._state.file_stamp()
        job = printer.current_print
        if printer.held:
            return
        if job is None or fresh or not printer.is_printing:
            # A constant address: only its content changes.
            name, render = f"snapshots/{printer.id}/latest_unrotated.jpg", shot.raw
        elif self.watched and job.scores:
            name, render = f"tagged/{printer.id}/{job.id}/{stamp}.jpg", shot.tagged
        else:
            name, render = f"raw/{printer.id}/{job.id}/{stamp}.jpg", shot.raw
        printer.show_picture(self._media.put(name, render), shot)
        if job and self.watched and not fresh:
            detection.look_at(printer, job, score)
        printer.push()

    def relay(self, message: JsonObject) -> None:
        """Send a message to everybody who is watching."""
        self._state.sockets.relay(self._printer.id, message)

    def tick(self, seconds: float, *, frozen: bool) -> None:
        """Let a moment pass."""
        if self._late_alerts:
            self._record_alerts()
        self._frozen_for = self._frozen_for + seconds if frozen else 0.0
        if self._frozen_for >= FROZEN_SECONDS and self._printer.status is not None:
            self.connection_lost()
