"""Sums over all prints of a printer."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..aioobico import PrintSummary


@dataclass(kw_only=True, slots=True)
class Totals:
    """The sums over the ended prints of one printer, or of one of its days.

    A failure is a print that was cancelled, or that failed by the user's verdict.
    """

    prints: int = 0
    cancelled: int = 0
    failures: int = 0
    print_time: float = 0.0
    """Seconds."""
    filament: float = 0.0
    """Millimetres."""

    def add(self, job: PrintSummary) -> None:
        """Count an ended print."""
        self.prints += 1
        self.cancelled += job.is_cancelled
        self.failures += job.is_failure
        self.print_time += job.duration or 0.0
        self.filament += job.filament_used or 0.0

    @property
    def success_rate(self) -> float | None:
        """Return how many prints were no failures, in percent; None without prints."""
        if not self.prints:
            return None
        return 100 * (self.prints - self.failures) / self.prints


def totals_by_printer(prints: Iterable[PrintSummary]) -> dict[int, Totals]:
    """Return the sums of each printer that has printed."""
    totals: dict[int, Totals] = {}
    for job in prints:
        if job.ended_at is not None and job.printer_id is not None:
            totals.setdefault(job.printer_id, Totals()).add(job)
    return totals
