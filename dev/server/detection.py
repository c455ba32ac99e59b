"""The failure detection: from scores to alerts and the one automatic pause."""

from typing import TYPE_CHECKING

from .model import Print

if TYPE_CHECKING:
    from .printer import Printer

WARNING = 1 / 3
FAILING = 2 / 3
# Nobody is bothered again so soon after an alert or its answer.
QUIET_SECONDS = 90.0
# One frame is ten seconds of detection.
HOURS_PER_FRAME = 10 / 3600


def look_at(printer: Printer, job: Print, score: float) -> None:
    """Judge a new picture of a print that is watched."""
    state = printer.state
    job.scores.append(score)
    printer.normalized_p = score
    account = printer.account
    if not account.is_dh_unlimited:
        account.dh_balance = round(account.dh_balance - HOURS_PER_FRAME, 6)
    if len(job.scores) <= state.grace_frames:
        return
    sensitivity = printer.columns["detective_sensitivity"]
    if isinstance(sensitivity, int | float):
        score *= sensitivity
    quiet = (
        job.alert_touched is not None
        and state.clock.elapsed - job.alert_touched < QUIET_SECONDS
    )
    may_pause = printer.columns["action_on_failure"] == "PAUSE" and not job.paused_at
    # An open warning does not keep the server from pausing when it gets worse.
    if score >= FAILING and may_pause and (job.has_open_alert or not quiet):
        job.paused_at = state.clock.now()
        printer.command("pause")
        _alert(printer, job)
    elif score >= WARNING and not job.has_open_alert and not quiet:
        _alert(printer, job)


def _alert(printer: Printer, job: Print) -> None:
    job.alerted_at = printer.state.clock.now()
    job.alert_touched = printer.state.clock.elapsed
    kind = f"ff_printshots/{{id}}/{job.id}/{{stamp}}.jpg"
    if shot := printer.keep_snapshot(kind):
        job.shots.append(shot)
    printer.state.add_event(printer, "FAILURE_ALERTED")


def answer_alert(printer: Printer, job: Print, verdict: str) -> None:
    """Record what the user says about the alerts of a print; nothing where there was none."""
    if job.alerted_at is None:
        return
    job.alert_acknowledged_at = printer.state.clock.now()
    job.alert_touched = printer.state.clock.elapsed
    job.alert_overwrite = verdict
