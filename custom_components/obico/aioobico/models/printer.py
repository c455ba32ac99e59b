"""The printer as the server knows it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from ..exceptions import ObicoResponseError
from ..parsing import (
    JsonObject,
    boolean,
    integer,
    number,
    optional,
    section,
    text,
    timestamp,
    to_id,
    to_object,
)
from .prints import Print
from .settings import PrinterSettings
from .status import PrinterStatus, compared_status


# Without slots, so that with_report() can copy all fields at once.
@dataclass(frozen=True, kw_only=True)
class Printer:
    """A printer of the account."""

    id: int
    # Here, as what differs most often is compared first.
    status: PrinterStatus | None
    """None while the agent is offline."""
    name: str | None
    auth_token: str | None = field(repr=False)
    """The agent's token, which gives full power over this printer: a secret."""
    created_at: datetime | None
    archived_at: datetime | None
    """When it was archived; None for a printer in use."""
    agent_name: str | None
    """octoprint_obico, moonraker_obico, or None when no agent was ever linked."""
    agent_version: str | None
    action_on_failure: str | None
    """PAUSE or NONE; an alert is raised either way."""
    watching_enabled: bool | None
    not_watching_reason: str | None
    """An English sentence, None while watching; see `is_watching`."""
    tools_off_on_pause: bool | None
    bed_off_on_pause: bool | None
    retract_on_pause: float | None
    """Millimetres, 0 for none."""
    lift_z_on_pause: float | None
    """Millimetres, 0 for none."""
    detective_sensitivity: float | None
    """0.8 (lowest) to 1.2."""
    min_timelapse_secs_on_finish: int | None
    """Seconds a print must last for a video to be made; -1 for never."""
    min_timelapse_secs_on_cancel: int | None
    normalized_p: float | None
    """The failure score, 0 to 1: from ⅓ a warning, from ⅔ failing."""
    picture_url: str | None = field(repr=False)
    """The last picture, not rotated yet; `picture_url()` returns the address to fetch it from."""
    settings: PrinterSettings | None
    current_print: Print | None
    """None when there is no job."""

    @property
    def has_open_alert(self) -> bool:
        """Whether an alert of a possible failure waits for the user's answer."""
        return self.current_print is not None and self.current_print.has_open_alert

    @property
    def is_watching(self) -> bool:
        """Whether the failure detection is watching a print now."""
        return self.current_print is not None and self.not_watching_reason is None

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a Printer object; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "Printer")
        get = data.get
        return cls(
            id=to_id(get("id"), "Printer"),
            name=text(get("name")),
            auth_token=text(get("auth_token")),
            created_at=timestamp(get("created_at")),
            archived_at=timestamp(get("archived_at")),
            agent_name=text(get("agent_name")),
            agent_version=text(get("agent_version")),
            action_on_failure=text(get("action_on_failure")),
            watching_enabled=boolean(get("watching_enabled")),
            not_watching_reason=text(get("not_watching_reason")),
            tools_off_on_pause=boolean(get("tools_off_on_pause")),
            bed_off_on_pause=boolean(get("bed_off_on_pause")),
            retract_on_pause=number(get("retract_on_pause")),
            lift_z_on_pause=number(get("lift_z_on_pause")),
            detective_sensitivity=number(get("detective_sensitivity")),
            min_timelapse_secs_on_finish=integer(get("min_timelapse_secs_on_finish")),
            min_timelapse_secs_on_cancel=integer(get("min_timelapse_secs_on_cancel")),
            normalized_p=number(get("normalized_p")),
            picture_url=_picture_url(get("pic")),
            status=optional(PrinterStatus.from_dict, get("status")),
            settings=optional(PrinterSettings.from_dict, get("settings")),
            current_print=_current_print(get("current_print")),
        )

    def with_report(
        self,
        *,
        status: PrinterStatus | None,
        normalized_p: float | None,
        picture_url: str | None,
    ) -> Self:
        """Return a copy with what each report of a print changes.

        It takes a fifth of the time of dataclasses.replace(), which matters with every push.
        """
        changed = object.__new__(type(self))
        vars(changed).update(
            vars(self),
            status=status,
            normalized_p=normalized_p,
            picture_url=picture_url,
        )
        return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPrinter:
    """A printer with the JSON that it was parsed from, to which the next one is compared."""

    printer: Printer
    status: JsonObject
    """What is compared of its status."""
    steady: JsonObject
    """What no report of the machine changes."""

    @classmethod
    def from_dict(cls, data: JsonObject, last: ParsedPrinter | None = None) -> Self:
        """Parse a Printer object, which is taken apart, with as little work as possible.

        What is equal in the last object is not parsed again. Raises what
        Printer.from_dict() raises.
        """
        status, picture = data.pop("status", None), data.pop("pic", None)
        score = data.pop("normalized_p", None)
        is_steady = last is not None and data == last.steady
        printer = last.printer if last and is_steady else Printer.from_dict(data)
        was = last.printer.status if last else None
        return cls(
            printer=printer.with_report(
                status=PrinterStatus.from_dict(
                    status, (last.status, was) if last and was else None
                )
                if isinstance(status, dict)
                else None,
                normalized_p=number(score),
                picture_url=_picture_url(picture),
            ),
            status=compared_status(status) if isinstance(status, dict) else {},
            steady=last.steady if last and is_steady else data,
        )


def _picture_url(value: object) -> str | None:
    """Parse `pic`."""
    return text(section(value).get("img_url"))


def _current_print(value: object) -> Print | None:
    """Parse `current_print`; None if it cannot be parsed, which must not cost the printer."""
    if value is None:
        return None
    try:
        return Print.from_dict(value)
    except ObicoResponseError:
        return None
