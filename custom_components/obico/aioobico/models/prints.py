"""Prints, running and past, and the files they are made from."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from ..parsing import (
    JsonObject,
    boolean,
    embedded_json,
    integer,
    number,
    optional,
    rows,
    section,
    text,
    texts,
    timestamp,
    to_id,
    to_object,
    usable,
)
from .metadata import FileMetadata
from .review import PrintShot


@dataclass(frozen=True, slots=True, kw_only=True)
class GCodeFile:
    """A file on the server or on the printer."""

    id: int | None
    filename: str | None
    safe_filename: str | None
    url: str | None = field(repr=False)
    """Where it can be downloaded, or its path when it is on the printer only."""
    size: int | None
    """Bytes."""
    thumbnail_urls: tuple[str, ...] = field(repr=False)
    filament_total: float | None
    """Millimetres."""
    estimated_time: float | None
    """Seconds."""
    metadata: FileMetadata | None
    """None for files that the server only knows by name, as those on printers."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `g_code_file`."""
        get = data.get
        return cls(
            id=integer(get("id")),
            filename=text(get("filename")),
            safe_filename=text(get("safe_filename")),
            url=text(get("url")),
            size=integer(get("num_bytes")),
            thumbnail_urls=texts(
                [get("thumbnail1_url"), get("thumbnail2_url"), get("thumbnail3_url")]
            ),
            filament_total=number(get("filament_total")),
            estimated_time=number(get("estimated_time")),
            metadata=optional(
                FileMetadata.from_dict, embedded_json(get("metadata_json"))
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """The record of a print. Addresses are signed, hence secret."""

    id: int
    printer_id: int | None
    filename: str | None
    started_at: datetime | None
    ended_at: datetime | None
    finished_at: datetime | None
    """When it ended successfully; None if it was cancelled or is running."""
    cancelled_at: datetime | None
    uploaded_at: datetime | None
    """When its time-lapse video was stored."""
    alerted_at: datetime | None
    """The last alert of a possible failure."""
    alert_acknowledged_at: datetime | None
    """When the user last answered an alert."""
    alert_muted_at: datetime | None
    """When the user muted the alerts of this print; None while they are on."""
    paused_at: datetime | None
    """When the server paused it over an alert, at most once for each print; never cleared."""
    alert_overwrite: str | None
    """The user's verdict: FAILED or NOT_FAILED."""
    video_url: str | None = field(repr=False)
    """The time-lapse video; None for a short print, and until it is made (some 25 s)."""
    tagged_video_url: str | None = field(repr=False)
    """The same with the detections drawn in."""
    poster_url: str | None = field(repr=False)
    """A picture of its end, rotated as the webcam requires."""
    prediction_json_url: str | None = field(repr=False)
    video_archived_at: datetime | None
    """When the cloud removed the video; there are no addresses then."""
    filament_used: float | None
    """Millimetres."""
    print_time: float | None
    """Seconds."""
    g_code_file: GCodeFile | None
    need_alert_overwrite: bool | None
    """Whether the server asks for the user's verdict."""
    need_print_shot_feedback: bool | None
    """Whether the server asks the user about frames of the print."""
    access_consented_at: datetime | None
    """When the user allowed the server's owner to use the frames that are asked about."""
    print_shots: tuple[PrintShot, ...]
    """The frames that the server asks about, answered or not."""

    @property
    def has_open_alert(self) -> bool:
        """Whether an alert of a possible failure waits for the user's answer."""
        if self.alerted_at is None:
            return False
        return (
            self.alert_acknowledged_at is None
            or self.alerted_at > self.alert_acknowledged_at
        )

    @property
    def frames_to_judge(self) -> int:
        """How many frames wait for the user's answer."""
        if self.need_print_shot_feedback is False:
            return 0
        return sum(shot.answer is None for shot in self.print_shots)

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a Print object; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "Print")
        get = data.get
        printer = get("printer")
        return cls(
            id=to_id(get("id"), "Print"),
            # An object in most answers, the id in some.
            printer_id=integer(section(printer).get("id", printer)),
            filename=text(get("filename")),
            started_at=timestamp(get("started_at")),
            ended_at=timestamp(get("ended_at")),
            finished_at=timestamp(get("finished_at")),
            cancelled_at=timestamp(get("cancelled_at")),
            uploaded_at=timestamp(get("uploaded_at")),
            alerted_at=timestamp(get("alerted_at")),
            alert_acknowledged_at=timestamp(get("alert_acknowledged_at")),
            alert_muted_at=timestamp(get("alert_muted_at")),
            paused_at=timestamp(get("paused_at")),
            alert_overwrite=text(get("alert_overwrite")),
            video_url=text(get("video_url")),
            tagged_video_url=text(get("tagged_video_url")),
            poster_url=text(get("poster_url")),
            prediction_json_url=text(get("prediction_json_url")),
            video_archived_at=timestamp(get("video_archived_at")),
            filament_used=number(get("filament_used")),
            print_time=number(get("print_time")),
            g_code_file=optional(GCodeFile.from_dict, get("g_code_file")),
            need_alert_overwrite=boolean(get("need_alert_overwrite")),
            need_print_shot_feedback=boolean(get("need_print_shot_feedback")),
            access_consented_at=timestamp(get("access_consented_at")),
            print_shots=usable(PrintShot.from_dict, rows(get("printshotfeedback_set"))),
        )
