"""The failure detection: from scores to alerts and the one automatic pause of a print."""

from .model import Prediction, Print, PrinterRecord
from .store import Store

WARNING = 1 / 3
FAILING = 2 / 3
# The server raises no alert so soon after the last one or its acknowledgement.
QUIET_SECONDS = 90.0
# One frame is ten seconds of detection.
HOURS_PER_FRAME = 10 / 3600
# The weight of the newest frame in the exponentially weighted mean.
EWM_WEIGHT = 2 / 13
# The numbers of frames in the two rolling means.
SHORT_WINDOW = 310
LONG_WINDOW = 7200


def predict[P: PrinterRecord](
    store: Store[P], printer: PrinterRecord, job: Print, score: float, gauge: float
) -> Prediction:
    """Add a picture's score to the statistics of its print and its printer.

    `score` is the sum of the confidences. The means are those of the real server; the
    gauge is given, so that scripts can say what the user is to see.
    """
    last, is_first = printer.prediction, not job.predictions
    frame = 1 if is_first else last.current_frame_num + 1
    lifetime = last.lifetime_frame_num + 1
    ewm_mean = 0.0 if is_first else last.ewm_mean
    short = 0.0 if is_first else last.rolling_mean_short
    prediction = Prediction(
        current_frame_num=frame,
        lifetime_frame_num=lifetime,
        # Like a sum over no detections these are integers on the real server, too.
        current_p=score or 0,
        ewm_mean=score * EWM_WEIGHT + ewm_mean * (1 - EWM_WEIGHT),
        rolling_mean_short=_rolled(short, score, frame, SHORT_WINDOW),
        rolling_mean_long=_rolled(last.rolling_mean_long, score, lifetime, LONG_WINDOW),
        normalized_p=gauge or 0,
        updated_at=store.clock.now(),
    )
    printer.prediction = prediction
    printer.normalized_p = gauge
    job.predictions.append(prediction)
    return prediction


def _rolled(mean: float, value: float, count: int, window: int) -> float:
    """Return a rolling mean with one more value; until the window is full it starts at 0."""
    return mean + (value - mean) / (window if count >= window else count + 1)


def look_at[P: PrinterRecord](
    store: Store[P], printer: PrinterRecord, job: Print, score: float
) -> bool:
    """Judge a new picture of a print that is watched; return whether to pause the print."""
    predict(store, printer, job, score, score)
    account = printer.account
    # A self-hosted server has a balance of 0 that never changes.
    if not account.is_dh_unlimited and account.dh_balance > 0:
        account.dh_balance = round(account.dh_balance - HOURS_PER_FRAME, 6)
    if len(job.predictions) <= store.grace_frames:
        return False
    sensitivity = printer.columns["detective_sensitivity"]
    if isinstance(sensitivity, int | float):
        score *= sensitivity
    is_quiet = (
        job.alert_touched is not None
        and store.clock.elapsed - job.alert_touched < QUIET_SECONDS
    )
    may_pause = printer.columns["action_on_failure"] == "PAUSE" and not job.paused_at
    # An alert that is still open does not prevent the pause when the score rises.
    if score >= FAILING and may_pause and (job.has_open_alert or not is_quiet):
        job.paused_at = store.clock.now()
        _alert(store, printer, job)
        return True
    if score >= WARNING and not job.has_open_alert and not is_quiet:
        _alert(store, printer, job)
    return False


def _alert[P: PrinterRecord](
    store: Store[P], printer: PrinterRecord, job: Print
) -> None:
    job.alerted_at = store.clock.now()
    job.alert_touched = store.clock.elapsed
    store.add_event(printer, "FAILURE_ALERTED")


def answer_alert[P: PrinterRecord](store: Store[P], job: Print, verdict: str) -> None:
    """Store the user's verdict on the alerts of a print; without effect if there was none."""
    if job.alerted_at is None:
        return
    job.alert_acknowledged_at = store.clock.now()
    job.alert_touched = store.clock.elapsed
    judge(job, verdict)


def judge(job: Print, verdict: str | None) -> None:
    """Store the user's verdict on a print, which is not asked for any more then."""
    job.alert_overwrite = verdict
    job.need_alert_overwrite = False
