"""The server's records: accounts, prints, G-code files and events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

if TYPE_CHECKING:
    from .library import Library
    from .printer import NewPrinter, Printer


@dataclass(kw_only=True, eq=False)
class Account:
    """A user; attributes are named as in `users/me/`."""

    id: int
    email: str
    password: str = field(repr=False)
    date_joined: datetime
    unsub_token: str = field(repr=False)
    new_token: Callable[[], str] = field(repr=False)
    new_printer: Callable[..., Printer] = field(repr=False)
    library: Library = field(repr=False)
    first_name: str = ""
    last_name: str = ""
    is_primary_email_verified: bool = False
    is_dh_unlimited: bool = False
    is_pro: bool = True
    dh_balance: float = 100.0
    consented_at: datetime | None = None
    last_active_at: datetime | None = None
    account_notification_by_email: bool = True
    mobile_app_canary: bool = False
    tunnel_cap_multiplier: float = 1.0
    notification_enabled: bool = True
    unseen_printer_events: int = 0
    tunnel_usage: int = 0
    tokens: list[str] = field(default_factory=list, repr=False)

    @property
    def username(self) -> str:
        """The name that the server makes of the address."""
        return f"{self.email}_{self.id}"

    @property
    def token(self) -> str:
        """The newest access token that is still good."""
        if not self.tokens:
            raise LookupError("every token of this account is revoked")
        return self.tokens[-1]

    def issue_token(self) -> str:
        """Make a further access token; it becomes `token`."""
        self.tokens.append(self.new_token())
        return self.token

    def revoke_token(self, token: str | None = None) -> None:
        """Revoke one access token, else all of them."""
        self.tokens = [other for other in self.tokens if token and other != token]

    def open_event_list(self) -> None:
        """Look at the events in the web app, which resets their count."""
        self.unseen_printer_events = 0

    def add_folder(self, name: str, parent: GCodeFolder | None = None) -> GCodeFolder:
        """Add a folder in the cloud."""
        return self.library.add_folder(self.id, name, parent)

    def add_cloud_file(
        self, filename: str, folder: GCodeFolder | None = None
    ) -> GCodeFile:
        """Upload a file to the cloud."""
        return self.library.add_file(self.id, filename, folder)

    def add_printer(self, name: str, **how: Unpack[NewPrinter]) -> Printer:
        """Add a printer, with an agent that plays OctoPrint or Klipper, or none."""
        return self.new_printer(self, name, **how)


@dataclass(kw_only=True, eq=False)
class GCodeFile:
    """A G-code file; attributes are named as in the API."""

    id: int
    filename: str
    safe_filename: str
    url: str
    num_bytes: int | None
    agent_signature: str | None
    created_at: datetime
    updated_at: datetime
    user: int
    resident_printer: int | None = None
    deleted: datetime | None = None
    deleted_by_cascade: bool = False
    metadata_json: str | None = None
    filament_total: float | None = None
    estimated_time: float | None = None
    thumbnail1_url: str | None = None
    thumbnail2_url: str | None = None
    thumbnail3_url: str | None = None
    parent_folder: int | None = None


@dataclass(kw_only=True, eq=False)
class GCodeFolder:
    """A folder of files in the cloud; attributes are named as in the API."""

    id: int
    name: str
    safe_name: str
    created_at: datetime
    updated_at: datetime
    user: int
    parent_folder: int | None = None


@dataclass(kw_only=True, eq=False)
class Print:
    """A print; attributes are named as in the API, but for those at the end."""

    id: int
    printer: Printer
    filename: str
    started_at: datetime
    g_code_file: GCodeFile | None = None
    ended_at: datetime | None = None
    finished_at: datetime | None = None
    cancelled_at: datetime | None = None
    uploaded_at: datetime | None = None
    alerted_at: datetime | None = None
    alert_acknowledged_at: datetime | None = None
    alert_muted_at: datetime | None = None
    paused_at: datetime | None = None
    video_url: str | None = None
    tagged_video_url: str | None = None
    poster_url: str | None = None
    alert_overwrite: str | None = None
    filament_used: float | None = None
    print_time: float | None = None
    access_consented_at: datetime | None = None
    video_archived_at: datetime | None = None
    need_alert_overwrite: bool = False
    need_print_shot_feedback: bool = False

    # What the detection made of each picture so far.
    scores: list[float] = field(default_factory=list)
    shots: list[str] = field(default_factory=list)
    # When the last alert was raised or answered, in the clock's elapsed seconds.
    alert_touched: float | None = None

    @property
    def has_open_alert(self) -> bool:
        """Whether an alert waits for an answer."""
        return self.alerted_at is not None and (
            self.alert_acknowledged_at is None
            or self.alerted_at > self.alert_acknowledged_at
        )


@dataclass(kw_only=True, eq=False)
class PrinterEvent:
    """Something that happened to a printer; attributes are named as in the API."""

    id: int
    printer: Printer
    print: Print | None
    event_type: str
    event_class: str
    event_title: str | None
    event_text: str | None
    image_url: str | None
    info_url: str | None
    created_at: datetime
