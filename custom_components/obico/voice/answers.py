"""Carry out requests, or refuse them: the same for sentences, intents and LLM tools."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..aioobico import Printer
from ..data import loaded_accounts
from ..printer import commands, preconditions
from ..printer.commands import PrinterCommand
from ..printer.status import has_print, has_problem
from .choice import (
    Choice,
    async_get_permitted,
    choose,
    example,
    filter_named,
    require_named,
)
from .confirmation import CONFIRMATIONS, Confirmation
from .names import Target, async_get_targets
from .overviews import (
    report_any_failing,
    report_detection_hours,
    report_printing,
    report_statuses,
    shown_of,
    unreachable,
)
from .reports import (
    refusal,
    report_failing,
    report_temperatures,
    report_time_left,
    status_of,
)
from .request import Answer, RefusalError, Request, VoiceIntent, WhichPrinterError
from .texts import Texts
from .workshop import async_answer_workshop


def _nothing_prints(texts: Texts) -> str:
    return texts.say("nothing_prints")


_CHOICES: Final[Mapping[VoiceIntent, Choice]] = {
    VoiceIntent.PAUSE: Choice(
        is_candidate=lambda printer: preconditions.check_pause(printer) is None,
        none_fn=_nothing_prints,
    ),
    VoiceIntent.RESUME: Choice(
        is_candidate=lambda printer: preconditions.check_resume(printer) is None,
        none_fn=lambda texts: texts.say("nothing_paused"),
    ),
    VoiceIntent.CANCEL: Choice(
        is_candidate=lambda printer: preconditions.check_cancel(printer) is None,
        none_fn=_nothing_prints,
    ),
    VoiceIntent.NOT_A_FAILURE: Choice(
        is_candidate=lambda printer: printer.has_open_alert,
        none_fn=lambda texts: texts.exception("no_alert"),
    ),
    VoiceIntent.TIME_LEFT: Choice(is_candidate=has_print, none_fn=_nothing_prints),
    VoiceIntent.IS_FAILING: Choice(
        # An error ends a print.
        is_candidate=lambda printer: has_print(printer) or has_problem(printer),
        none_fn=_nothing_prints,
    ),
    VoiceIntent.TEMPERATURE: Choice(is_candidate=has_print),
}

# The questions for which it need not be clear which printer is meant.
_ABOUT_SEVERAL: Final = frozenset(
    {
        VoiceIntent.STATUS,
        VoiceIntent.WHICH_PRINTING,
        VoiceIntent.ANY_FAILING,
        VoiceIntent.DETECTION_HOURS,
    }
)


async def async_answer(hass: HomeAssistant, request: Request) -> Answer:
    """Carry out a request, and return the answer."""
    texts = await Texts.async_load(hass, request.language)
    try:
        return await _async_answer(hass, request, texts)
    except RefusalError as refused:
        return Answer(
            text=str(refused),
            is_refusal=True,
            choices=refused.choices if isinstance(refused, WhichPrinterError) else (),
        )


async def _async_answer(hass: HomeAssistant, request: Request, texts: Texts) -> Answer:
    if request.intent.needs_exposure:
        return await async_answer_workshop(
            hass, request, texts, async_get_targets(hass, loaded_accounts(hass))
        )
    permitted = await async_get_permitted(hass, request, texts)
    match request.intent:
        case VoiceIntent.KEEP:
            return _keep_print(hass, request, texts, permitted)
        case VoiceIntent.CONFIRM_CANCEL:
            return await _async_confirm_cancel(hass, request, texts, permitted)
    targets = require_named(hass, request, texts, permitted)
    # A command is tried in any case: the server may be back since the last poll.
    if request.intent.is_question and not any(
        target.is_reachable for target in targets
    ):
        raise RefusalError(unreachable(texts, targets))
    if request.intent in _ABOUT_SEVERAL:
        return _report_on_several(request, texts, targets)
    target = choose(request, texts, targets, _CHOICES[request.intent])
    if request.intent.is_question and not target.is_reachable:
        raise RefusalError(unreachable(texts, [target]))
    return Answer(
        text=await _async_carry_out(hass, request, texts, target), targets=(target,)
    )


async def _async_carry_out(
    hass: HomeAssistant, request: Request, texts: Texts, target: Target
) -> str:
    """Carry out a request for one printer, and return the text of the answer."""
    match request.intent:
        case VoiceIntent.PAUSE:
            await _async_run(texts, target, commands.PAUSE)
            return texts.say("paused", name=target.name)
        case VoiceIntent.RESUME:
            await _async_run(texts, target, commands.RESUME)
            return texts.say("resumed", name=target.name)
        case VoiceIntent.CANCEL:
            return _ask_to_confirm(hass, request, texts, target)
        case VoiceIntent.NOT_A_FAILURE:
            await _async_run(texts, target, commands.NOT_A_FAILURE)
            return f"{texts.say('not_a_failure')} {_status_now(texts, target)}"
        case VoiceIntent.TIME_LEFT:
            return report_time_left(texts, target)
        case VoiceIntent.TEMPERATURE:
            return report_temperatures(hass, texts, target)
        case _:
            return report_failing(texts, target)


def _status_now(texts: Texts, target: Target) -> str:
    """Return the status after a command: whoever answers an alert may think it resumes."""
    printer = target.account.coordinator.get_printer(target.printer.id)
    return status_of(texts, replace(target, printer=printer or target.printer))


def _report_on_several(request: Request, texts: Texts, targets: list[Target]) -> Answer:
    """Report on all printers that a question is for, at least one of them reachable."""
    match request.intent:
        case VoiceIntent.WHICH_PRINTING:
            text = report_printing(texts, targets)
        case VoiceIntent.ANY_FAILING:
            text = report_any_failing(texts, targets)
        case VoiceIntent.DETECTION_HOURS:
            text = report_detection_hours(texts, targets)
        case _:
            return Answer(
                text=report_statuses(texts, targets), targets=tuple(shown_of(targets))
            )
    return Answer(text=text, targets=tuple(targets))


def _keep_print(
    hass: HomeAssistant, request: Request, texts: Texts, permitted: list[Target]
) -> Answer:
    """Discard the confirmations that anybody was asked for, for all printers or the named ones."""
    confirmations = hass.data[CONFIRMATIONS]
    # Also where the name is not that of the printer: the speaker has said no.
    confirmations.async_discard(request.speaker)
    confirmations.async_discard_for(
        {target.key for target in require_named(hass, request, texts, permitted)}
    )
    return Answer(text=texts.say("kept"))


def _ask_to_confirm(
    hass: HomeAssistant, request: Request, texts: Texts, target: Target
) -> str:
    """Ask the speaker to confirm that a print is to be cancelled."""
    if unmet := preconditions.check_cancel(target.printer):
        raise _command_refusal(texts, target, texts.exception(unmet))
    job = target.printer.current_print
    hass.data[CONFIRMATIONS].async_add(
        request.speaker,
        Confirmation(
            printer=target.key,
            print_id=job.id if job else None,
            turn=request.turn,
        ),
    )
    return _question(texts, target)


def _question(texts: Texts, target: Target) -> str:
    return texts.say(
        "confirm",
        name=target.name,
        example=example(texts, VoiceIntent.CONFIRM_CANCEL, target),
    )


def _likely(hass: HomeAssistant, request: Request, permitted: list[Target]) -> Target:
    """Return the printer that a confirmation without a question is probably for.

    It is one that was named, and one with a print that can be cancelled, if there are any.
    """
    return max(
        filter_named(hass, request, permitted) or permitted,
        key=lambda target: preconditions.check_cancel(target.printer) is None,
    )


async def _async_confirm_cancel(
    hass: HomeAssistant, request: Request, texts: Texts, permitted: list[Target]
) -> Answer:
    """Cancel the print that the speaker was asked about, and no other."""
    confirmations = hass.data[CONFIRMATIONS]
    if (confirmation := confirmations.get(request.speaker)) is None:
        raise RefusalError(
            texts.say(
                "nothing_asked",
                example=example(
                    texts, VoiceIntent.CANCEL, _likely(hass, request, permitted)
                ),
            )
        )
    target = next(
        (each for each in permitted if each.key == confirmation.printer), None
    )
    if target is None or preconditions.check_same_print(
        target.printer, confirmation.print_id
    ):
        confirmations.async_discard(request.speaker)
        raise RefusalError(texts.exception("other_print"))
    if not request.is_complete or not filter_named(hass, request, [target]):
        raise RefusalError(_question(texts, target))
    if request.turn is not None and request.turn == confirmation.turn:
        raise RefusalError(texts.say("wait_for_user"))
    confirmations.async_discard(request.speaker)
    await _async_cancel_only(texts, target, confirmation.print_id)
    return Answer(text=texts.say("cancelled", name=target.name), targets=(target,))


async def _async_cancel_only(
    texts: Texts, target: Target, print_id: int | None
) -> None:
    """Cancel this print, and none that has started since."""
    runner = target.account.commands

    async def check(printer: Printer, print_id: int | None) -> Printer:
        try:
            return await runner.async_check_print(printer, print_id)
        except ServiceValidationError as err:
            raise RefusalError(texts.exception("other_print")) from err
        except HomeAssistantError as err:
            raise RefusalError(
                texts.say("not_checked", name=target.name, error=texts.error(err))
            ) from err

    await _async_run(texts, target, runner.cancel_only(print_id, check))


def _command_refusal(texts: Texts, target: Target, reason: str) -> RefusalError:
    """Return the refusal of a command for a reason that the printer's status gives.

    Where the status is not current, the refusal is that the printer is unreachable.
    """
    if not target.is_reachable:
        return RefusalError(unreachable(texts, [target]))
    return refusal(texts, target, reason)


async def _async_run(texts: Texts, target: Target, command: PrinterCommand) -> None:
    try:
        await target.account.commands.async_run(target.printer, command)
    except ServiceValidationError as err:
        raise _command_refusal(texts, target, texts.error(err)) from err
    except HomeAssistantError as err:
        raise refusal(texts, target, texts.error(err)) from err
