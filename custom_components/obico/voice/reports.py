"""What is said about a printer."""

from math import floor
from pathlib import PurePosixPath
from typing import Final

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant

from ..printer.heaters import HeaterKind
from ..printer.status import (
    FailureLevel,
    Status,
    WatchState,
    failure_level,
    printer_status,
    watch_state,
)
from ..sensor import progress_of, time_remaining_of
from .names import Target
from .request import RefusalError
from .texts import Texts

_VERDICTS: Final = {
    FailureLevel.OK: "fine",
    FailureLevel.WARNING: "warning",
    FailureLevel.FAILING: "failing",
}


def refusal(texts: Texts, target: Target, reason: str) -> RefusalError:
    """Return the refusal of what a printer cannot do."""
    return RefusalError(texts.say("error", name=target.name, error=reason))


def report_status(texts: Texts, target: Target) -> str:
    """Say what a printer is doing."""
    printer = target.printer
    said = [_status(texts, target)]
    job = printer.current_print
    if job is not None and printer.status is not None:
        progress = progress_of(printer.status)
        if job.filename and progress is not None:
            said.append(
                texts.say(
                    "progress",
                    file=PurePosixPath(job.filename).stem,
                    progress=str(floor(progress)),
                )
            )
        if (left := time_remaining_of(printer.status)) is not None:
            said.append(texts.say("left", time=_duration(texts, left)))
    if printer.has_open_alert:
        said.append(texts.say("alert_waits"))
    return " ".join(said)


def report_statuses(texts: Texts, targets: list[Target]) -> str:
    """Say in short what several printers are doing."""
    return " ".join(_status(texts, target) for target in targets)


def _status(texts: Texts, target: Target) -> str:
    return texts.say(
        "status",
        name=target.name,
        status=texts.state("status", printer_status(target.printer)),
    )


def report_time_left(texts: Texts, target: Target) -> str:
    """Say how long a print still takes."""
    printer = target.printer
    if printer.current_print is None:
        raise refusal(texts, target, texts.objection("no_print"))
    if printer.status is None:
        raise refusal(texts, target, texts.objection("printer_offline"))
    if (left := time_remaining_of(printer.status)) is None:
        return texts.say("left_unknown", name=target.name)
    key = "left_paused" if printer_status(printer) is Status.PAUSED else "left_of"
    return texts.say(key, name=target.name, time=_duration(texts, left))


def report_temperatures(hass: HomeAssistant, texts: Texts, target: Target) -> str:
    """Say how hot nozzles, bed and chamber are, and how hot they shall be."""
    status = target.printer.status
    if status is None:
        raise refusal(texts, target, texts.objection("printer_offline"))
    said = []
    for heater in target.account.heaters.of(target.printer.id):
        reading = status.temperatures.get(heater.name)
        if heater.kind is HeaterKind.OTHER or reading is None or reading.actual is None:
            continue
        sensor = texts.sensor(f"{heater.kind}_temperature", **heater.placeholders)
        actual = _temperature(hass, reading.actual)
        if reading.target:
            said.append(
                texts.say(
                    "temperature_target",
                    sensor=sensor,
                    temperature=actual,
                    target=_temperature(hass, reading.target),
                )
            )
        else:
            said.append(texts.say("temperature", sensor=sensor, temperature=actual))
    if not said:
        return texts.say("no_temperatures", name=target.name)
    return texts.say("temperatures", name=target.name, temperatures="; ".join(said))


def report_failing(texts: Texts, target: Target) -> str:
    """Say whether the AI sees a print fail."""
    printer = target.printer
    if printer.has_open_alert:
        return texts.say("alert", name=target.name)
    if printer.current_print is None:
        raise refusal(texts, target, texts.objection("no_print"))
    if printer.status is None:
        raise refusal(texts, target, texts.objection("printer_offline"))
    if (watching := watch_state(printer)) is not WatchState.WATCHING:
        return texts.say(
            "unwatched",
            name=target.name,
            reason=texts.state("not_watching_reason", watching),
        )
    level = failure_level(printer)
    if level is None or printer.normalized_p is None:
        return texts.say("no_verdict", name=target.name)
    return texts.say(
        _VERDICTS[level],
        name=target.name,
        score=str(round(min(max(printer.normalized_p, 0.0), 1.0) * 100)),
    )


def _duration(texts: Texts, seconds: int) -> str:
    """Say a duration as people do, to the minute."""
    hours, minutes = divmod(round(seconds / 60), 60)
    said = []
    if hours:
        said.append(
            texts.say("hour") if hours == 1 else texts.say("hours", count=str(hours))
        )
    if minutes:
        said.append(
            texts.say("minute")
            if minutes == 1
            else texts.say("minutes", count=str(minutes))
        )
    return " ".join(said) or texts.say("under_a_minute")


def _temperature(hass: HomeAssistant, celsius: float) -> str:
    """Say a temperature in the user's unit."""
    units = hass.config.units
    value = units.temperature(celsius, UnitOfTemperature.CELSIUS)
    return f"{round(value)} {units.temperature_unit}"
