"""Answers about the state of a printer."""

from math import floor
from pathlib import PurePosixPath
from typing import Final

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant

from ..printer.heaters import HeaterKind
from ..printer.readings import file_of, progress_of, time_remaining_of
from ..printer.state_text import shorten
from ..printer.status import (
    FailureLevel,
    Status,
    WatchState,
    error_text,
    failure_level,
    failure_score,
    has_print,
    has_problem,
    is_offline_in_print,
    printer_status,
    shown_status,
)
from .names import Target
from .request import RefusalError
from .texts import Texts

# In bytes. What is read out must end sometime; firmwares append whole explanations.
_MAX_ERROR_BYTES: Final = 300

_VERDICTS: Final = {
    FailureLevel.OK: "fine",
    FailureLevel.WARNING: "warning",
    FailureLevel.FAILING: "failing",
}


def refusal(texts: Texts, target: Target, reason: str) -> RefusalError:
    """Return the error for a request that a printer cannot carry out."""
    return RefusalError(texts.say("error", name=target.name, error=reason))


def report_status(texts: Texts, target: Target) -> str:
    """Return the status of a printer, with progress, time left and an open alert."""
    printer = target.printer
    sentences = [status_of(texts, target)]
    if has_print(printer) and printer.status is not None:
        progress = progress_of(printer.status)
        file = file_of(printer)
        if file and progress is not None:
            sentences.append(
                texts.say(
                    "progress",
                    file=PurePosixPath(file).stem,
                    progress=str(floor(progress)),
                )
            )
        if (left := time_remaining_of(printer.status)) is not None:
            sentences.append(texts.say("left", time=duration(texts, left)))
    if reason := target.account.attention.reason_of(printer):
        sentences.append(
            texts.say("waits", reason=texts.attention_reason(reason.value))
        )
    if is_offline_in_print(printer):
        sentences.append(texts.say("offline_in_print"))
    if error := error_text(printer):
        sentences.append(texts.say("problem", error=shorten(error, _MAX_ERROR_BYTES)))
    if printer.has_open_alert:
        sentences.append(texts.say("alert_waits"))
    return " ".join(sentences)


def status_of(texts: Texts, target: Target) -> str:
    """Return the status of a printer, without details."""
    return texts.say(
        "status",
        name=target.name,
        status=texts.state("status", shown_status(target.printer)),
    )


def report_time_left(texts: Texts, target: Target) -> str:
    """Return how much time is left of a print."""
    printer = target.printer
    if not has_print(printer):
        raise refusal(texts, target, texts.exception("no_print"))
    if printer.status is None:
        raise refusal(texts, target, texts.exception("printer_offline"))
    if (left := time_remaining_of(printer.status)) is None:
        return texts.say("left_unknown", name=target.name)
    key = "left_paused" if printer_status(printer) is Status.PAUSED else "left_of"
    return texts.say(key, name=target.name, time=duration(texts, left))


def report_temperatures(hass: HomeAssistant, texts: Texts, target: Target) -> str:
    """Return the temperatures of nozzles, bed and chamber, and their targets."""
    status = target.printer.status
    if status is None:
        raise refusal(texts, target, texts.exception("printer_offline"))
    temperatures = []
    for heater in target.account.heaters.of(target.printer.id):
        reading = status.temperatures.get(heater.name)
        if heater.kind is HeaterKind.OTHER or reading is None or reading.actual is None:
            continue
        sensor = texts.sensor(f"{heater.kind}_temperature", **heater.placeholders)
        actual = _temperature(hass, reading.actual)
        if reading.target:
            temperatures.append(
                texts.say(
                    "temperature_target",
                    sensor=sensor,
                    temperature=actual,
                    target=_temperature(hass, reading.target),
                )
            )
        else:
            temperatures.append(
                texts.say("temperature", sensor=sensor, temperature=actual)
            )
    if not temperatures:
        return texts.say("no_temperatures", name=target.name)
    return texts.say(
        "temperatures", name=target.name, temperatures="; ".join(temperatures)
    )


def report_failing(texts: Texts, target: Target) -> str:
    """Return whether the AI sees a print fail, or the printer reports an error."""
    printer = target.printer
    if printer.has_open_alert:
        return texts.say("alert", name=target.name)
    if has_problem(printer) or is_offline_in_print(printer):
        return report_status(texts, target)
    if not has_print(printer):
        raise refusal(texts, target, texts.exception("no_print"))
    if printer.status is None:
        raise refusal(texts, target, texts.exception("printer_offline"))
    watching = target.account.records.watch_state(printer)
    if watching not in {WatchState.WATCHING, None}:
        return texts.say(
            "unwatched",
            name=target.name,
            reason=texts.state("not_watching_reason", watching),
        )
    level, score = failure_level(printer), failure_score(printer)
    if level is None or score is None:
        return texts.say("no_verdict", name=target.name)
    return texts.say(
        _VERDICTS[level],
        name=target.name,
        score=str(round(score)),
    )


def duration(texts: Texts, seconds: int) -> str:
    """Return a duration in hours and minutes."""
    hours, minutes = divmod(round(seconds / 60), 60)
    parts = []
    if hours:
        parts.append(texts.say_number("hours", hours))
    if minutes:
        parts.append(texts.say_number("minutes", minutes))
    return " ".join(parts) or texts.say("under_a_minute")


def _temperature(hass: HomeAssistant, celsius: float) -> str:
    """Return a temperature in the user's unit."""
    units = hass.config.units
    value = units.temperature(celsius, UnitOfTemperature.CELSIUS)
    return f"{round(value)} {units.temperature_unit}"
