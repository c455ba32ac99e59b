"""Answers about several printers, and about accounts.

At most five names are read out in an answer; of the other printers only the number is.
"""

from collections.abc import Sequence
from typing import Final

from ..data import ObicoData
from ..printer.failure_answer import NOT_FAILED, alert_answer
from ..printer.status import (
    AT_WORK,
    FailureLevel,
    Status,
    WatchState,
    failure_level,
    has_print,
    has_problem,
    shown_status,
)
from .names import Target, account_names
from .reports import duration, report_status, status_of
from .request import RefusalError
from .texts import MAX_NAMES, Texts


def unreachable(texts: Texts, targets: Sequence[Target], limit: int = MAX_NAMES) -> str:
    """Return the answer for printers whose status is not current."""
    return texts.say("unreachable", printers=_names(texts, targets, limit))


def report_statuses(texts: Texts, targets: Sequence[Target]) -> str:
    """Return what those printers do that have a print, or all where none has.

    At least one of them is reachable. Of the others only that is reported.
    """
    shown = shown_of(targets)
    if len(shown) == 1:
        sentences = [report_status(texts, shown[0])]
    elif len(shown) <= MAX_NAMES:
        sentences = [status_of(texts, target) for target in shown]
    else:
        sentences = [_by_status(texts, shown)]
    if lost := [target for target in targets if not target.is_reachable]:
        sentences.append(unreachable(texts, lost, max(0, MAX_NAMES - len(shown))))
    return " ".join(sentences)


def shown_of(targets: Sequence[Target]) -> list[Target]:
    """Return the reachable printers that have a print, or all of them where none has."""
    reachable = [target for target in targets if target.is_reachable]
    return [target for target in reachable if has_print(target.printer)] or reachable


def report_printing(texts: Texts, targets: Sequence[Target]) -> str:
    """Return which printers have a print, and what each does with it."""
    reachable = [target for target in targets if target.is_reachable]
    printing = [target for target in reachable if has_print(target.printer)]
    sentences = [
        _by_status(texts, printing) if printing else texts.say("nothing_prints")
    ]
    if len(reachable) < len(targets):
        lost = [target for target in targets if not target.is_reachable]
        sentences.append(unreachable(texts, lost, max(0, MAX_NAMES - len(printing))))
    return " ".join(sentences)


def _by_status(texts: Texts, targets: Sequence[Target]) -> str:
    """Return the names of printers by what they do, those at work first.

    Those that heat up follow those that print.
    """
    by_status: dict[Status, list[Target]] = {}
    for target in sorted(targets, key=_order):
        by_status.setdefault(shown_status(target.printer), []).append(target)
    sentences = []
    limit = MAX_NAMES
    for status, found in by_status.items():
        sentences.append(
            texts.say(
                "status",
                name=texts.state("status", status),
                status=_names(texts, found, limit),
            )
        )
        limit = max(0, limit - len(found))
    return " ".join(sentences)


def _order(target: Target) -> tuple[bool, bool]:
    status = shown_status(target.printer)
    is_heating = status is Status.HEATING
    return not is_heating and status not in AT_WORK, is_heating


def report_any_failing(texts: Texts, targets: Sequence[Target]) -> str:
    """Return on which printers the AI sees a print fail, and of which it cannot tell.

    Those that report an error are named, too: it ends a print.
    """
    judged = [
        target
        for target in targets
        if has_print(target.printer) or has_problem(target.printer)
    ]
    lost = [target for target in targets if not target.is_reachable]
    if not judged and not lost:
        raise RefusalError(texts.say("nothing_prints"))
    groups: dict[str, list[Target]] = {}
    for target in judged:
        if target.is_reachable:
            groups.setdefault(_verdict(target), []).append(target)
    sentences = []
    limit = MAX_NAMES
    if not groups.keys() & {"any_failing", "any_warning"} and "none_failing" in groups:
        sentences.append(texts.say("none_failing"))
    for key in _VERDICTS:
        if found := groups.get(key):
            names = _names(texts, found, limit)
            sentences.append(
                texts.say("status", name=texts.state("status", key), status=names)
                if key == Status.ERROR
                else texts.say(key, printers=names)
            )
            limit = max(0, limit - len(found))
    if lost:
        sentences.append(unreachable(texts, lost, limit))
    return " ".join(sentences)


# What is said of printers, the most urgent first.
_VERDICTS: Final = (
    "any_failing",
    Status.ERROR,
    "any_warning",
    "any_unjudged",
    "any_unwatched",
)


def _verdict(target: Target) -> str:
    """Return the text that says what the AI sees of a print, or the status of an error."""
    printer = target.printer
    if printer.has_open_alert:
        return "any_failing"
    if has_problem(printer):
        return Status.ERROR
    watching = target.account.records.watch_state(printer)
    if watching not in {WatchState.WATCHING, None}:
        return "any_unwatched"
    match failure_level(printer):
        case FailureLevel.FAILING:
            # As on the dashboard a print is not called failing that the user has called fine.
            is_fine = alert_answer(printer) == NOT_FAILED
            return "any_warning" if is_fine else "any_failing"
        case FailureLevel.WARNING:
            return "any_warning"
        case FailureLevel.OK:
            return "none_failing"
        case _:
            return "any_unjudged"


def report_detection_hours(texts: Texts, targets: Sequence[Target]) -> str:
    """Return how many hours of AI detection the accounts of printers have left."""
    accounts = list(dict.fromkeys(target.account for target in targets))
    answers = [_hours_of(texts, account) for account in accounts]
    if len(accounts) == 1:
        return answers[0]
    names = account_names(accounts)
    return " ".join(
        texts.say("of_account", account=names[account.account_id], answer=answer)
        for account, answer in zip(accounts[:MAX_NAMES], answers, strict=False)
    )


def _hours_of(texts: Texts, account: ObicoData) -> str:
    if not account.coordinator.last_update_success:
        return texts.say("hours_unknown")
    hours = account.coordinator.data.detection_hours
    if hours is None:
        return texts.say("hours_unlimited")
    if hours <= 0:
        return texts.say("hours_none")
    return texts.say("hours_left", time=duration(texts, round(hours * 3600)))


def _names(texts: Texts, targets: Sequence[Target], limit: int) -> str:
    return texts.names([target.name for target in targets], limit)
