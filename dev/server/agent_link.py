"""What an agent sends, and what the server does with it."""

from random import Random

from ..agent.jobs import Job
from ..agent.webcam import Shot
from ..json_types import JsonObject
from .detection import look_at
from .printer import Printer

# The server closes the socket of a frozen agent after a ping and its time-out.
FROZEN_SECONDS = 31.0


class AgentLink:
    """The server's side of the connection to one printer's agent."""

    def __init__(self, printer: Printer) -> None:
        """Create the link of a printer."""
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
        """The server's random numbers, which its seed determines."""
        return self._state.random

    @property
    def viewed(self) -> bool:
        """Whether the printer has a viewer."""
        return self._state.sockets.is_viewed(self._printer.id)

    @property
    def watched(self) -> bool:
        """Whether the failure detection watches the print."""
        return (
            self._printer.current_print is not None
            and self._printer.not_watching_reason is None
        )

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""
        return self._state.clock.timestamp()

    def registered(self, agent_name: str, agent_version: str) -> None:
        """Store the name and version of the agent."""
        self._printer.columns["agent_name"] = agent_name
        self._printer.columns["agent_version"] = agent_version

    def report(self, status: JsonObject | None, settings: JsonObject) -> None:
        """Store the printer's status and settings, and push them."""
        if self._printer.held:
            return
        self._printer.status, self._printer.settings = status, settings
        self._printer.push()

    def repeat(self) -> None:
        """Receive something that changes nothing; the real server pushes all the same."""
        self._printer.push()

    def connection_lost(self) -> None:
        """Handle a lost connection; the print and the picture stay as they were."""
        self._printer.status = None
        self._printer.push()

    def print_started(self, job: Job, *, signature: str) -> int | None:
        """Begin a print, and return the id of the server's record of its file."""
        file = (
            self._state.g_code_file(
                self._printer, path=job.path, size=job.size, signature=signature
            )
            if job.registered
            else None
        )
        self._printer.begin_print(job.name, file)
        return file.id if file else None

    def print_measured(
        self, *, filament_used: float | None, print_time: float | None
    ) -> None:
        """Store the filament and the time that the current print has used."""
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
        """Relay an alert to the viewers; its event follows once for each title, or never."""
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
        """Store a picture, and let the detection judge it."""
        printer, stamp = self._printer, self._state.file_stamp()
        job = printer.current_print
        if printer.held:
            return
        if job is None or fresh or not printer.is_printing:
            # Constant: only the content at this address changes.
            name, render = f"snapshots/{printer.id}/latest_unrotated.jpg", shot.raw
        elif self.watched and job.predictions:
            name, render = f"tagged/{printer.id}/{job.id}/{stamp}.jpg", shot.tagged
        else:
            name, render = f"raw/{printer.id}/{job.id}/{stamp}.jpg", shot.raw
        printer.show_picture(self._media.put(name, render), shot)
        if (
            job
            and self.watched
            and not fresh
            and look_at(self._state, printer, job, score)
        ):
            printer.command("pause")
        printer.push()

    def relay(self, message: JsonObject) -> None:
        """Send a message to all viewers."""
        self._state.sockets.relay(self._printer.id, message)

    def tick(self, seconds: float, *, frozen: bool) -> None:
        """Let time pass."""
        if self._late_alerts:
            self._record_alerts()
        self._frozen_for = self._frozen_for + seconds if frozen else 0.0
        if self._frozen_for >= FROZEN_SECONDS and self._printer.status is not None:
            self.connection_lost()
