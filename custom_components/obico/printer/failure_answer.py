"""How the last failure alert of a print was answered."""

from typing import Final

from ..aioobico import Printer

FAILED: Final = "failed"
NOT_FAILED: Final = "not_failed"

# The verdicts of the server.
_ANSWERS: Final = {"FAILED": FAILED, "NOT_FAILED": NOT_FAILED}


def alert_answer(printer: Printer) -> str | None:
    """Return how the last alert of the present print was answered, None where it is open.

    A print that is resumed counts as "not failed", one that is cancelled as "failed".
    """
    job = printer.current_print
    if job is None or job.alerted_at is None or job.has_open_alert:
        return None
    return _ANSWERS.get(job.alert_overwrite or "")
