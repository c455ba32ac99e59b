"""An event with the details of its print, which the server's event only refers to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..aioobico import Print, PrinterEvent

# Keys of the event entity, and of the image entities with the pictures of the latest failure
# alert and of the latest event that has a picture.
PRINTER_EVENT: Final = "printer_event"
FAILURE_SNAPSHOT: Final = "failure_snapshot"
EVENT_SNAPSHOT: Final = "event_snapshot"

ENDED: Final = "ended"
FAILURE_ALERTED: Final = "failure_alerted"
PRINTER_ERROR: Final = "printer_error"
RESUMED: Final = "resumed"
EVENT_TYPES: Final = (
    "started",
    ENDED,
    "paused",
    RESUMED,
    FAILURE_ALERTED,
    "alert_muted",
    "alert_unmuted",
    "filament_change",
    PRINTER_ERROR,
)

# The outcome by the class of an ENDED event, for a print that is unknown.
_OUTCOME_BY_CLASS: Final = {"SUCCESS": "finished", "WARNING": "cancelled"}


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredEvent:
    """An event of the server, as it is fired.

    `type` is one of EVENT_TYPES. `file` is None where the event has no print, or where it
    could not be fetched. `outcome` is "finished" or "cancelled" with ENDED, else None.
    """

    type: str
    event: PrinterEvent
    file: str | None
    outcome: str | None

    @classmethod
    def of(
        cls, event: PrinterEvent, event_type: str, prints: Mapping[int, Print]
    ) -> FiredEvent:
        """Return an event with the details of its print, where that is among `prints`."""
        job = prints.get(event.print_id) if event.print_id is not None else None
        return cls(
            type=event_type,
            event=event,
            file=job.filename if job else None,
            outcome=outcome_of(event, job),
        )


def event_type_of(event: PrinterEvent) -> str | None:
    """Return the event's type, one of EVENT_TYPES, or None where it is unknown."""
    event_type = (event.event_type or "").lower()
    return event_type if event_type in EVENT_TYPES else None


def outcome_of(event: PrinterEvent, job: Print | None = None) -> str | None:
    """Return how the print of an ENDED event ended, None where it is unknown or goes on."""
    if event_type_of(event) != ENDED:
        return None
    if job is not None and job.finished_at is not None:
        return "finished"
    if job is not None and job.cancelled_at is not None:
        return "cancelled"
    return _OUTCOME_BY_CLASS.get(event.event_class or "")
