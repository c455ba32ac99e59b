"""The account: its user, its events, and its use of the tunnel."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from ..exceptions import ObicoResponseError
from ..parsing import boolean, integer, number, text, timestamp, to_id, to_object


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """The user an access token belongs to."""

    id: int
    email: str | None = field(repr=False)
    username: str | None = field(repr=False)
    first_name: str | None = field(repr=False)
    """Often empty: the server asks for it nowhere."""
    is_pro: bool | None
    is_dh_unlimited: bool | None
    dh_balance: float | None
    """Hours of AI detection left; may be negative."""
    notification_enabled: bool | None
    """Whether Obico itself notifies the user."""
    unseen_printer_events: int | None
    """Rises with every event, and is 0 again when the user opens the list of events.

    An unchanged count does not prove that there are no new events.
    """
    tunnel_cap_multiplier: float | None
    date_joined: datetime | None

    @property
    def unique_id(self) -> str:
        """Return an id that is unique over all servers, most of which number their users from 1.

        Raises ObicoResponseError when the server did not say when the user joined.
        """
        if self.date_joined is None:
            raise ObicoResponseError("User has no usable date_joined")
        return f"{self.id}_{int(self.date_joined.timestamp())}"

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a User object; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "User")
        get = data.get
        return cls(
            id=to_id(get("id"), "User"),
            email=text(get("email")),
            username=text(get("username")),
            first_name=text(get("first_name")),
            is_pro=boolean(get("is_pro")),
            is_dh_unlimited=boolean(get("is_dh_unlimited")),
            dh_balance=number(get("dh_balance")),
            notification_enabled=boolean(get("notification_enabled")),
            unseen_printer_events=integer(get("unseen_printer_events")),
            tunnel_cap_multiplier=number(get("tunnel_cap_multiplier")),
            date_joined=timestamp(get("date_joined")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterEvent:
    """Something that happened to a printer or its print."""

    id: int
    """Rises with every event of the server."""
    printer_id: int | None
    print_id: int | None
    event_type: str | None
    """STARTED, ENDED, PAUSED, RESUMED, FAILURE_ALERTED, ALERT_MUTED, ALERT_UNMUTED,
    FILAMENT_CHANGE or PRINTER_ERROR."""
    event_class: str | None
    """ERROR, WARNING, SUCCESS, INFO, or empty (ALERT_UNMUTED)."""
    title: str | None
    text: str | None
    """HTML as the server has it; `plain_text()` makes it readable."""
    image_url: str | None = field(repr=False)
    """A picture, rotated as its webcam requires; signed, hence secret."""
    info_url: str | None
    created_at: datetime | None

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a PrinterEvent object; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "PrinterEvent")
        get = data.get
        return cls(
            id=to_id(get("id"), "PrinterEvent"),
            printer_id=integer(get("printer")),
            print_id=integer(get("print")),
            event_type=text(get("event_type")),
            event_class=text(get("event_class")),
            title=text(get("event_title")),
            text=text(get("event_text")),
            image_url=text(get("image_url")),
            info_url=text(get("info_url")),
            created_at=timestamp(get("created_at")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TunnelUsage:
    """The traffic through the server's tunnel this month."""

    total: int | None
    """Bytes."""
    monthly_cap: int | None
    """Bytes, -1 for no limit."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer of `tunnelusage/`; ObicoResponseError if it is no object."""
        data = to_object(value, "TunnelUsage")
        return cls(
            total=integer(data.get("total")),
            monthly_cap=integer(data.get("monthly_cap")),
        )
