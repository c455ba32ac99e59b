"""The frames of a print: their scores, and those that the server asks the user about."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from ..parsing import integer, number, section, text, timestamp, to_id, to_object


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameScore:
    """The failure detection's judgement of one frame of a print."""

    normalized_p: float | None
    """The failure score, 0 to 1, as Printer.normalized_p was then."""
    confidence: float | None
    """The confidences of all detections in this frame added up."""
    judged_at: datetime | None

    @classmethod
    def from_row(cls, value: object) -> Self:
        """Parse a row of `prediction_json/`; one that cannot be used has no values.

        A row's place among the others is that of its frame in the video.
        """
        fields = section(section(value).get("fields"))
        return cls(
            normalized_p=number(fields.get("normalized_p")),
            confidence=number(fields.get("current_p")),
            judged_at=timestamp(fields.get("updated_at")),
        )


class PrintShotAnswer(StrEnum):
    """What a user sees in a frame."""

    LOOKS_BAD = "LOOKS_BAD"
    LOOKS_OK = "LOOKS_OK"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintShot:
    """A frame of a print that the server asks the user about."""

    id: int
    print_id: int | None
    image_url: str | None = field(repr=False)
    """A picture; signed, hence secret."""
    answer: str | None
    """LOOKS_BAD, LOOKS_OK or UNDECIDED; None while it is not answered."""
    answered_at: datetime | None

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a PrintShotFeedback object; without a usable id ObicoResponseError is raised."""
        data = to_object(value, "PrintShotFeedback")
        get = data.get
        return cls(
            id=to_id(get("id"), "PrintShotFeedback"),
            print_id=integer(get("print_id")),
            image_url=text(get("image_url")),
            answer=text(get("answer")),
            answered_at=timestamp(get("answered_at")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPrintShot:
    """A frame that was answered, and the hours that the server credits for it."""

    shot: PrintShot
    credited_hours: float | None
    """Hours of AI detection; the cloud credits some with the last frame of a print."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer of `printshotfeedbacks/{id}/`; ObicoResponseError if it is none."""
        data = to_object(value, "The answer")
        return cls(
            shot=PrintShot.from_dict(data.get("instance")),
            credited_hours=number(data.get("credited_dhs")),
        )
