"""What the server knows, apart from any network."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from random import Random
import string
from typing import Unpack

from ..json_types import JsonValue
from .clock import Clock
from .library import Library
from .media import DEFAULT_SITE, Media
from .model import Account, GCodeFile, Print, PrinterEvent
from .oauth import Applications
from .printer import NewPrinter, Printer
from .sessions import SignIn
from .sockets import Sockets


@dataclass(frozen=True, slots=True)
class EventKind:
    """What the server writes into an event of some type unless told otherwise."""

    event_class: str
    title: str


# The class of ALERT_UNMUTED really is empty.
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

TOKEN_LETTERS = string.ascii_letters + string.digits


class Script:
    """A script that acts now and then."""

    def __init__(self, steps: Iterator[float]) -> None:
        """Take its first step at the next tick."""
        self._steps = steps
        self._wait = 0.0

    def tick(self, seconds: float) -> bool:
        """Take the steps that are due; False when there are no more."""
        self._wait -= seconds
        while self._wait <= 0:
            if (wait := next(self._steps, None)) is None:
                return False
            self._wait += wait
        return True


class State:
    """Accounts, printers, prints, files, events and pictures."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        site: str = DEFAULT_SITE,
        grace_frames: int = 30,
    ) -> None:
        """Start empty.

        `grace_frames` pictures of a print pass before the detection may alert: some
        five minutes on the real server, fewer where nobody wants to wait for them.
        """
        self.clock = clock or Clock()
        self.random = Random(seed)
        self.grace_frames = grace_frames
        self.media = Media(self.random.randbytes(32), site)
        self.sockets = Sockets(self.clock)
        self.sign_in = SignIn(self.clock, self._new_token)
        self.applications = Applications(self.clock, self._new_token)
        self.accounts: list[Account] = []
        self.printers: dict[int, Printer] = {}
        self.prints: dict[int, Print] = {}
        self.library = Library(self.clock, self.media)
        self.events: dict[int, PrinterEvent] = {}
        # What the detection sees in every picture that is sent to it by hand:
        # [label, confidence, [x, y, width, height]].
        self.detections: list[JsonValue] = []
        # The pictures that were.
        self.judged: list[bytes] = []
        self._printer_ids = count(1)
        self._scripts: list[Script] = []
        self._next_event_id = 1

    def add_account(
        self,
        email: str = "demo@example.com",
        password: str = "demo",  # noqa: S107 # every demo account's
        *,
        date_joined: datetime | None = None,
    ) -> Account:
        """Add a user, with an access token."""
        account = Account(
            id=len(self.accounts) + 1,
            email=email,
            password=password,
            date_joined=date_joined or self.clock.now(),
            unsub_token=self._new_token(36),
            new_token=self._new_token,
            new_printer=self._add_printer,
            library=self.library,
        )
        account.issue_token()
        self.accounts.append(account)
        return account

    def account_with(self, token: str | None) -> Account | None:
        """Return the account that an access token opens."""
        return next(
            (account for account in self.accounts if token in account.tokens), None
        )

    def account_with_password(self, email: str, password: str) -> Account | None:
        """Return the account that e-mail and password open."""
        return next(
            (
                account
                for account in self.accounts
                if account.email.lower() == email.strip().lower()
                and account.password == password
            ),
            None,
        )

    def printer_with(self, auth_token: str) -> Printer | None:
        """Return the printer that a printer token belongs to."""
        return next(
            (
                printer
                for printer in self.printers.values()
                if printer.auth_token == auth_token
            ),
            None,
        )

    def new_printer_token(self) -> str:
        """Make a token for a printer's agent."""
        return self.random.randbytes(10).hex()

    def _new_token(self, length: int = 30) -> str:
        return "".join(self.random.choices(TOKEN_LETTERS, k=length))

    def _add_printer(
        self, account: Account, name: str, **how: Unpack[NewPrinter]
    ) -> Printer:
        printer = Printer(self, account, next(self._printer_ids), name, **how)
        self.printers[printer.id] = printer
        return printer

    def add_print(self, job: Print) -> None:
        """Keep a print in the history."""
        self.prints[job.id] = job

    def next_print_id(self) -> int:
        """Return the id of the next print."""
        return max(self.prints, default=0) + 1

    def add_event(
        self,
        printer: Printer,
        event_type: str,
        *,
        event_class: str | None = None,
        title: str | None = None,
        text: str | None = None,
        info_url: str | None = None,
        job: Print | None = None,
        created_at: datetime | None = None,
    ) -> PrinterEvent:
        """Record that something happened to a printer; it belongs to its current print unless said otherwise."""
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
            image_url=printer.keep_snapshot(),
            info_url=info_url,
            created_at=created_at or self.clock.now(),
        )
        self._next_event_id += 1
        self.events[event.id] = event
        printer.account.unseen_printer_events += 1
        return event

    def file_stamp(self) -> str:
        """Return the moment as it stands in the names of pictures."""
        return f"{self.clock.timestamp():.6f}"

    def skip_event_ids(self, number: int) -> None:
        """Leave a gap in the ids, as deleted rows and other users' events do."""
        self._next_event_id += number

    def restore_events(self, last_id: int) -> None:
        """Go back to the events of a backup; the ids above its last one are given again."""
        for event_id in [event_id for event_id in self.events if event_id > last_id]:
            del self.events[event_id]
        self._next_event_id = last_id + 1

    def g_code_file(
        self, printer: Printer, *, path: str, size: int | None, signature: str
    ) -> GCodeFile:
        """Return the record of a file on a printer, made at its first print."""
        return self.library.resident_file(
            printer.account.id, printer.id, path=path, size=size, signature=signature
        )

    def play(self, script: Iterator[float]) -> None:
        """Let a script act by itself: after each step it waits the seconds that it yields."""
        self._scripts.append(Script(script))

    def tick(self, seconds: float) -> None:
        """Let a moment pass for the clock, every script and every agent."""
        self.clock.advance(seconds)
        self._scripts = [script for script in self._scripts if script.tick(seconds)]
        for printer in tuple(self.printers.values()):
            printer.tick(seconds)
