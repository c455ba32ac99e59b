"""Grant what somebody wants, or say why not: the same for sentences, intents and LLM tools."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.hass_dict import HassKey

from ..aioobico import CommandResult, Printer
from ..const import DOMAIN
from ..printer import commands, preconditions
from ..printer.commands import CommandChannel, PrinterCommand
from .cancelling import Question, Questions
from .choice import Choice, async_permitted, chosen, example, meant, named, unreachable
from .names import Target
from .reports import (
    refusal,
    report_failing,
    report_status,
    report_statuses,
    report_temperatures,
    report_time_left,
)
from .request import Answer, RefusalError, Request, Wish
from .texts import Texts

# There while an account is set up.
QUESTIONS: Final[HassKey[Questions]] = HassKey(f"{DOMAIN}_voice_questions")


def _has_print(printer: Printer) -> bool:
    return printer.current_print is not None


_CHOICES: Final[Mapping[Wish, Choice]] = {
    Wish.PAUSE: Choice(
        fits=lambda printer: preconditions.check_pause(printer) is None,
        nothing="nothing_prints",
    ),
    Wish.RESUME: Choice(
        fits=lambda printer: preconditions.check_resume(printer) is None,
        nothing="nothing_paused",
    ),
    Wish.CANCEL: Choice(
        fits=lambda printer: preconditions.check_cancel(printer) is None,
        nothing="nothing_prints",
    ),
    Wish.TIME_LEFT: Choice(fits=_has_print, nothing="nothing_prints"),
    Wish.IS_FAILING: Choice(fits=_has_print, nothing="nothing_prints"),
    Wish.TEMPERATURE: Choice(fits=_has_print),
}


async def async_answer(hass: HomeAssistant, request: Request) -> Answer:
    """Return the answer to what somebody wants, once it is done."""
    texts = await Texts.async_load(hass, request.language)
    try:
        return await _async_answer(hass, request, texts)
    except RefusalError as refused:
        return Answer(text=str(refused), is_refusal=True)


async def _async_answer(hass: HomeAssistant, request: Request, texts: Texts) -> Answer:
    permitted = await async_permitted(hass, request, texts)
    match request.wish:
        case Wish.KEEP:
            return _keep(hass, request, texts, permitted)
        case Wish.CONFIRM_CANCEL:
            return await _async_cancel(hass, request, texts, permitted)
    known = named(hass, request, texts, permitted)
    # A command is tried all the same: the server may be back since the last poll.
    if request.wish.is_question and not any(target.is_reachable for target in known):
        raise RefusalError(unreachable(texts, known))
    if request.wish is Wish.STATUS:
        return _status(texts, known)
    target = chosen(request, texts, known, _CHOICES[request.wish])
    if request.wish.is_question and not target.is_reachable:
        raise RefusalError(unreachable(texts, [target]))
    return Answer(text=await _async_do(hass, request, texts, target), targets=(target,))


async def _async_do(
    hass: HomeAssistant, request: Request, texts: Texts, target: Target
) -> str:
    """Do what is wanted of one printer, and say so."""
    match request.wish:
        case Wish.PAUSE:
            await _async_run(texts, target, commands.PAUSE)
            return texts.say("paused", name=target.name)
        case Wish.RESUME:
            await _async_run(texts, target, commands.RESUME)
            return texts.say("resumed", name=target.name)
        case Wish.CANCEL:
            return _ask(hass, request, texts, target)
        case Wish.TIME_LEFT:
            return report_time_left(texts, target)
        case Wish.TEMPERATURE:
            return report_temperatures(hass, texts, target)
        case _:
            return report_failing(texts, target)


def _status(texts: Texts, known: list[Target]) -> Answer:
    """Say what the printer does that prints; where several do, what each of them does.

    At least one can be reached. Of those that cannot, only that is said.
    """
    reachable = [target for target in known if target.is_reachable]
    shown = [target for target in reachable if _has_print(target.printer)] or reachable
    said = [
        report_status(texts, shown[0])
        if len(shown) == 1
        else report_statuses(texts, shown)
    ]
    if lost := [target for target in known if not target.is_reachable]:
        said.append(unreachable(texts, lost))
    return Answer(text=" ".join(said), targets=tuple(shown))


def _keep(
    hass: HomeAssistant, request: Request, texts: Texts, permitted: list[Target]
) -> Answer:
    """Drop the questions about a print, whoever was asked, or about all prints."""
    questions = hass.data[QUESTIONS]
    # Whatever it is called: it was said by who was asked.
    questions.async_forget(request.speaker)
    questions.async_forget_about(
        {target.key for target in named(hass, request, texts, permitted)}
    )
    return Answer(text=texts.say("kept"))


def _ask(hass: HomeAssistant, request: Request, texts: Texts, target: Target) -> str:
    """Ask whether a print shall really be cancelled."""
    if objection := preconditions.check_cancel(target.printer):
        raise _objection(texts, target, texts.objection(objection))
    assert target.printer.current_print is not None
    hass.data[QUESTIONS].async_ask(
        request.speaker,
        Question(
            printer=target.key,
            print_id=target.printer.current_print.id,
            turn=request.turn,
        ),
    )
    return _question(texts, target)


def _question(texts: Texts, target: Target) -> str:
    return texts.say(
        "confirm",
        name=target.name,
        example=example(texts, Wish.CONFIRM_CANCEL, target),
    )


async def _async_cancel(
    hass: HomeAssistant, request: Request, texts: Texts, permitted: list[Target]
) -> Answer:
    """Cancel the print that was asked about, and no other."""
    questions = hass.data[QUESTIONS]
    if (question := questions.of(request.speaker)) is None:
        raise RefusalError(
            texts.say(
                "nothing_asked", example=example(texts, Wish.CANCEL, permitted[0])
            )
        )
    target = next((each for each in permitted if each.key == question.printer), None)
    job = target.printer.current_print if target else None
    if target is None or job is None or job.id != question.print_id:
        questions.async_forget(request.speaker)
        raise RefusalError(texts.say("other_print"))
    if not meant(hass, request, [target]):
        raise RefusalError(_question(texts, target))
    if request.turn is not None and request.turn == question.turn:
        raise RefusalError(texts.say("wait_for_user"))
    questions.async_forget(request.speaker)
    await _async_run(texts, target, _cancel_only(question.print_id, texts, target))
    return Answer(text=texts.say("cancelled", name=target.name), targets=(target,))


def _cancel_only(print_id: int, texts: Texts, target: Target) -> PrinterCommand:
    """Return the command that cancels this print, and no other that has begun meanwhile.

    The printer is read when it is this command's turn, right before it is sent.
    """

    async def send(channel: CommandChannel, printer: Printer) -> CommandResult | None:
        try:
            fresh = await target.account.commands.async_check_print(printer, print_id)
        except ServiceValidationError as err:
            raise RefusalError(texts.say("other_print")) from err
        except HomeAssistantError as err:
            raise RefusalError(
                texts.say("not_checked", name=target.name, error=texts.error(err))
            ) from err
        preconditions.ensure(preconditions.check_cancel(fresh))
        return await commands.CANCEL.send_fn(channel, fresh)

    return replace(commands.CANCEL, send_fn=send)


def _objection(texts: Texts, target: Target, reason: str) -> RefusalError:
    """Return the refusal of a command for what is known of a printer, if that is of now."""
    if not target.is_reachable:
        return RefusalError(unreachable(texts, [target]))
    return refusal(texts, target, reason)


async def _async_run(texts: Texts, target: Target, command: PrinterCommand) -> None:
    try:
        await target.account.commands.async_run(target.printer, command)
    except ServiceValidationError as err:
        raise _objection(texts, target, texts.error(err)) from err
    except HomeAssistantError as err:
        raise refusal(texts, target, texts.error(err)) from err
