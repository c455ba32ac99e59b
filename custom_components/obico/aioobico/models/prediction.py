"""What the failure detection sees in a picture."""

from dataclasses import dataclass
from typing import Self

from ..parsing import integer, number, rows, section, text, to_object


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in a picture, in pixels; x and y are its centre."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A part of a picture that looks like a failure."""

    label: str | None
    confidence: float
    """0 to 1."""
    box: Box

    @classmethod
    def from_row(cls, value: object) -> Self | None:
        """Parse `[label, confidence, [x, y, width, height]]`, also without its label."""
        match value:
            case [*label, confidence, [x, y, width, height]] if len(label) <= 1:
                numbers = [number(each) for each in (confidence, x, y, width, height)]
                known = [each for each in numbers if each is not None]
                if len(known) == len(numbers):
                    return cls(
                        label=text(label[0]) if label else None,
                        confidence=known[0],
                        box=Box(
                            x=known[1], y=known[2], width=known[3], height=known[4]
                        ),
                    )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The detection's judgement of one picture."""

    score: float | None
    """The confidences of all detections added up."""
    smoothed_score: float | None
    """The score's moving average over the print (exponentially weighted)."""
    frames: int | None
    """How many pictures of the print were judged so far, this one included."""
    detections: tuple[Detection, ...]

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer of `predict/`; ObicoResponseError if there is no result."""
        result = to_object(to_object(value, "The answer").get("result"), "The result")
        statistics = section(result.get("temporal_stats"))
        return cls(
            score=number(result.get("p")),
            smoothed_score=number(statistics.get("ewm_mean")),
            frames=integer(statistics.get("prediction_num")),
            detections=tuple(
                detection
                for row in rows(result.get("detections"))
                if (detection := Detection.from_row(row)) is not None
            ),
        )
