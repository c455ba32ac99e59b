"""The server's records: accounts, printers, prints, G-code files and events."""

from dataclasses import dataclass, field
from datetime import datetime

from ..agent.webcam import Shot
from ..json_types import JsonObject, JsonValue


@dataclass(kw_only=True, eq=False)
class AccountRecord:
    """A user; the attributes are the fields of `users/me/`, except for the last two."""

    id: int
    email: str
    password: str = field(repr=False)
    date_joined: datetime
    unsub_token: str = field(repr=False)
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
    # Bytes that went through the tunnel, as `tunnelusage/` has them.
    tunnel_usage: int = 0
    # The access tokens that are valid.
    tokens: list[str] = field(default_factory=list, repr=False)

    @property
    def username(self) -> str:
        """The name that the server derives from the e-mail address."""
        return f"{self.email}_{self.id}"

    @property
    def has_detection_hours(self) -> bool:
        """Whether the failure detection may run; a balance of exactly 0 is enough."""
        return self.is_dh_unlimited or self.dh_balance >= 0


@dataclass(kw_only=True, eq=False)
class GCodeFolder:
    """A folder in the cloud; the attributes are named as in the API."""

    id: int
    name: str
    safe_name: str
    created_at: datetime
    updated_at: datetime
    user: int
    parent_folder: int | None = None


@dataclass(kw_only=True, eq=False)
class GCodeFile:
    """A G-code file; the attributes are named as in the API."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the failure detection made of one picture; named as in `prediction_json/`."""

    current_frame_num: int = 0
    lifetime_frame_num: int = 0
    current_p: float = 0
    ewm_mean: float = 0.0
    rolling_mean_long: float = 0.0
    rolling_mean_short: float = 0.0
    # The value of the web app's gauge.
    normalized_p: float = 0
    updated_at: datetime | None = None


@dataclass(kw_only=True, eq=False)
class PrintShotFeedback:
    """A picture of a print that the user is asked to judge; named as in the API."""

    id: int
    print_id: int
    image_url: str
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(kw_only=True, eq=False)
class Print:
    """A print; the attributes are named as in the API, except for the last five."""

    id: int
    printer: PrinterRecord
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

    # One for each picture that the detection has looked at.
    predictions: list[Prediction] = field(default_factory=list)
    shots: list[PrintShotFeedback] = field(default_factory=list)
    # When the last alert was raised or answered, in the clock's elapsed seconds.
    alert_touched: float | None = None
    # The number by which an agent that runs elsewhere names the print (`current_print_ts`), and
    # how many pictures it has sent of it.
    number: JsonValue = None
    pictures: int = 0

    @property
    def has_open_alert(self) -> bool:
        """Whether an alert is not acknowledged yet."""
        return self.alerted_at is not None and (
            self.alert_acknowledged_at is None
            or self.alerted_at > self.alert_acknowledged_at
        )


@dataclass(kw_only=True, eq=False)
class PrinterRecord:
    """A printer: its row in the database, its print, and the last report of its agent."""

    id: int
    account: AccountRecord
    # The columns of the row, named as in the API.
    columns: JsonObject
    settings: JsonObject
    status: JsonObject | None = None
    current_print: Print | None = None
    prediction: Prediction = field(default_factory=Prediction)
    normalized_p: float = 0.0
    picture_url: str | None = None
    shot: Shot | bytes | None = None
    # Seconds since the last picture came.
    picture_age: float = 0.0
    # Whether the printer stays as a capture has it, whatever its agent does.
    held: bool = False

    @property
    def name(self) -> str:
        """The printer's name."""
        return str(self.columns["name"])

    @property
    def auth_token(self) -> str:
        """The secret of the printer's agent, and of its websocket."""
        return str(self.columns["auth_token"])

    @property
    def archived(self) -> bool:
        """Whether the printer is archived."""
        return self.columns["archived_at"] is not None

    @property
    def is_printing(self) -> bool:
        """Whether the last status of the agent says that the machine prints."""
        match self.status:
            case {"state": {"flags": {"printing": printing}}}:
                return bool(printing)
        return False

    @property
    def should_watch(self) -> bool:
        """Whether the detection is to watch the current print, were it not paused."""
        return (
            self.current_print is not None
            and self.current_print.alert_muted_at is None
            and bool(self.columns["watching_enabled"])
            and self.account.has_detection_hours
        )

    @property
    def not_watching_reason(self) -> str | None:
        """Why the detection does not watch the print, in the words of the API."""
        if not self.columns["watching_enabled"]:
            return "AI failure detection is disabled"
        if not self.account.has_detection_hours:
            return "You have run out of AI Detection Hours"
        if not self.is_printing:
            return "Printer is not actively printing"
        if self.current_print and self.current_print.alert_muted_at:
            return "Alerts are muted for current print"
        return None

    def show_picture(self, url: str | None, shot: Shot | bytes | None) -> None:
        """Store the latest picture and its address."""
        self.picture_url, self.shot, self.picture_age = url, shot, 0.0


@dataclass(kw_only=True, eq=False)
class PrinterEvent:
    """An event of a printer; the attributes are named as in the API."""

    id: int
    printer: PrinterRecord
    print: Print | None
    event_type: str
    event_class: str
    event_title: str | None
    event_text: str | None
    image_url: str | None
    info_url: str | None
    created_at: datetime
