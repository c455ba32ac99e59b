"""The database: printers, prints, events, files and pictures, and the clock that stamps them."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from random import Random

from ..agent.webcam import Shot
from .clock import Clock
from .janus_sockets import JanusSockets
from .library import Library
from .media import Media
from .model import GCodeFile, Print, PrinterEvent, PrinterRecord
from .sockets import Sockets
from .timelapse import Timelapses


@dataclass(frozen=True, slots=True)
class EventKind:
    """The class and the title of events of one type, unless stated otherwise."""

    event_class: str
    title: str


# The class of ALERT_UNMUTED is the empty text on the real server, too.
EVENT_KINDS = {
    "STARTED": EventKind("INFO", "Print Job Started"),
    "ENDED": EventKind("SUCCESS", "Print Job Finished"),
    "PAUSED": EventKind("INFO", "Print Job Paused"),
    "RESUMED": EventKind("INFO", "Print Job Resumed"),
    "FAILURE_ALERTED": EventKind("ERROR", "Possible Failure Detected"),
    "ALERT_MUTED": EventKind("WARNING", "Watching Turned Off"),
    "ALERT_UNMUTED": EventKind("", "Watching Turned On"),
    "FILAMENT_CHANGE": EventKind("WARNING", "Filament Change Required"),
    "PRINTER_ERROR": EventKind("ERROR", "Printer Error"),
}


class Store[P: PrinterRecord]:
    """The records of all accounts; P is the class of the printers."""

    def __init__(
        self, *, clock: Clock, seed: int, site: str, grace_frames: int
    ) -> None:
        """Create an empty store.

        The detection does not alert during the first `grace_frames` pictures of a print:
        30, about five minutes, on the real server; fewer make demos and tests shorter.
        """
        self.grace_frames = grace_frames
        self.clock = clock
        self.random = Random(seed)
        self.media = Media(self.random.randbytes(32), site)
        self.sockets = Sockets(clock)
        self.janus_sockets = JanusSockets()
        self.library = Library(clock, self.media)
        self.timelapses = Timelapses(self)
        self.printers: dict[int, P] = {}
        self.prints: dict[int, Print] = {}
        self.events: dict[int, PrinterEvent] = {}
        self._hidden_events: dict[int, PrinterEvent] = {}
        self._shot_ids = count(1)
        self._next_event_id = 1

    def file_stamp(self) -> str:
        """Return the present moment as the file names of pictures have it."""
        return f"{self.clock.timestamp():.6f}"

    def new_printer_token(self) -> str:
        """Return a new token for a printer's agent."""
        return self.random.randbytes(10).hex()

    def next_shot_id(self) -> int:
        """Return the id of the next picture that the user is asked to judge."""
        return next(self._shot_ids)

    def next_print_id(self) -> int:
        """Return the id of the next print."""
        return max(self.prints, default=0) + 1

    def add_print(self, job: Print) -> None:
        """Add a print to the history."""
        self.prints[job.id] = job

    def delete_prints(self, print_ids: set[int]) -> None:
        """Delete prints with their videos and pictures; their events stay without them."""
        for job in [job for job in self.prints.values() if job.id in print_ids]:
            del self.prints[job.id]
            for url in (job.video_url, job.tagged_video_url, job.poster_url):
                if url:
                    self.media.remove(url)
            for event in self.events.values():
                if event.print is job:
                    event.print = None

    def delete_printer(self, printer: P) -> None:
        """Delete a printer with its prints and events."""
        del self.printers[printer.id]
        self.prints = {
            key: job for key, job in self.prints.items() if job.printer is not printer
        }
        self.events = {
            key: event
            for key, event in self.events.items()
            if event.printer is not printer
        }

    def g_code_file(
        self, printer: PrinterRecord, *, path: str, size: int | None, signature: str
    ) -> GCodeFile:
        """Return the record of a file on a printer; its first print creates it."""
        return self.library.resident_file(
            printer.account.id, printer.id, path=path, size=size, signature=signature
        )

    def keep_snapshot(self, printer: PrinterRecord) -> str | None:
        """Store a printer's latest picture, turned upright, and return its address."""
        url, shot = printer.picture_url, printer.shot
        if url is None or shot is None or not self.media.exists(url):
            return None
        render = shot.upright if isinstance(shot, Shot) else (lambda: shot)
        name = f"snapshots/{printer.id}/{self.file_stamp()}_rotated.jpg"
        return self.media.put(name, render)

    def add_event(
        self,
        printer: PrinterRecord,
        event_type: str,
        *,
        event_class: str | None = None,
        title: str | None = None,
        text: str | None = None,
        info_url: str | None = None,
        job: Print | None = None,
        created_at: datetime | None = None,
    ) -> PrinterEvent:
        """Add an event of a printer; unless stated otherwise it belongs to the current print."""
        kind = EVENT_KINDS.get(event_type, EventKind("INFO", event_type.title()))
        job = job or printer.current_print
        if text is None:
            text = f"<div><i>Printer:</i> {printer.name}</div>"
            if job:
                text += f"<div><i>G-Code:</i> {job.filename}</div>"
        event = PrinterEvent(
            id=self._next_event_id,
            printer=printer,
            print=job,
            event_type=event_type,
            event_class=kind.event_class if event_class is None else event_class,
            event_title=title or kind.title,
            event_text=text,
            image_url=self.keep_snapshot(printer),
            info_url=info_url,
            created_at=created_at or self.clock.now(),
        )
        self._next_event_id += 1
        self._publish(event)
        return event

    def hide_event(self, event_id: int) -> None:
        """Take an event out of all answers until show_event().

        With PostgreSQL and several workers an id is given out before its transaction is
        committed, so an event can become visible after others with higher ids.
        """
        event = self.events.pop(event_id)
        self._hidden_events[event_id] = event
        account = event.printer.account
        account.unseen_printer_events = max(0, account.unseen_printer_events - 1)

    def show_event(self, event_id: int) -> None:
        """Make an event visible that hide_event() has hidden."""
        self._publish(self._hidden_events.pop(event_id))

    def skip_event_ids(self, number: int) -> None:
        """Leave a gap in the ids, as deleted rows and the events of other users do."""
        self._next_event_id += number

    def restore_events(self, last_id: int) -> None:
        """Restore the events of a backup; the ids above its last one are given out again."""
        for event_id in [event_id for event_id in self.events if event_id > last_id]:
            del self.events[event_id]
        self._next_event_id = last_id + 1

    def _publish(self, event: PrinterEvent) -> None:
        self.events[event.id] = event
        event.printer.account.unseen_printer_events += 1
