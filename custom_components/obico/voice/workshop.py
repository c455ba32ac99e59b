"""Carry out requests to switch a printer, or to run a macro, as far as that is exposed."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)

from ..account.permissions import async_ensure_administrator
from .choice import require_named, which_printer
from .exposed import ASSIST, Macro, macros_of, power_of
from .names import Target
from .overviews import unreachable
from .reports import refusal
from .request import Answer, RefusalError, Request, VoiceIntent
from .texts import Texts

# Seconds that whoever spoke waits for a macro; it goes on after that.
_WITHIN_SECONDS = 5.0


async def async_answer_workshop(
    hass: HomeAssistant, request: Request, texts: Texts, targets: list[Target]
) -> Answer:
    """Carry out a request for one of these printers, and return the answer."""
    if not targets:
        raise RefusalError(texts.say("no_printers"))
    try:
        # Administrators have all permissions.
        await async_ensure_administrator(hass, request.context)
    except Unauthorized, UnknownUser:
        raise RefusalError(texts.say("forbidden")) from None
    if request.intent is VoiceIntent.RUN_MACRO:
        return await _async_run_macro(hass, request, texts, targets)
    assistant = request.assistant or ASSIST
    powers = {
        target.key: power
        for target in targets
        if (power := power_of(hass, assistant, target))
    }
    switched = [target for target in targets if target.key in powers]
    if not switched:
        raise RefusalError(texts.say("not_exposed"))
    target = _only(request, texts, require_named(hass, request, texts, switched))
    is_on = request.intent is VoiceIntent.POWER_ON
    try:
        await target.account.workshop_commands.async_set_power(
            target.printer, powers[target.key], on=is_on
        )
    except HomeAssistantError as err:
        raise _refused(texts, target, err) from err
    key = "powered_on" if is_on else "powered_off"
    return Answer(text=texts.say(key, name=target.name), targets=(target,))


async def _async_run_macro(
    hass: HomeAssistant,
    request: Request,
    texts: Texts,
    targets: list[Target],
) -> Answer:
    macros = list(macros_of(hass, request.assistant or ASSIST, targets))
    if not macros:
        raise RefusalError(texts.say("not_exposed"))
    called: dict[tuple[str, int], Macro] = {}
    for macro in macros:
        if macro.is_called(request.macro or ""):
            called.setdefault(macro.target.key, macro)
    if not called:
        labels = dict.fromkeys(macro.label for macro in macros)
        raise RefusalError(
            texts.say(
                "unknown_macro",
                macro=request.macro or "",
                macros=texts.names(list(labels)),
            )
        )
    having = [target for target in targets if target.key in called]
    target = _only(request, texts, require_named(hass, request, texts, having))
    macro = called[target.key]
    try:
        run = await target.account.workshop_commands.async_run_macro(
            target.printer, macro.macro, {}, within=_WITHIN_SECONDS
        )
    except HomeAssistantError as err:
        raise _refused(texts, target, err) from err
    key = "macro_done" if run.is_finished else "macro_running"
    return Answer(
        text=texts.say(key, macro=macro.label, name=target.name), targets=(target,)
    )


def _only(request: Request, texts: Texts, targets: list[Target]) -> Target:
    """Return the only printer that can be meant; raises WhichPrinterError for several."""
    if len(targets) == 1:
        return targets[0]
    raise which_printer(request, texts, targets)


def _refused(texts: Texts, target: Target, err: HomeAssistantError) -> RefusalError:
    """Return the refusal with the reason, or that the printer's status is not current."""
    if isinstance(err, ServiceValidationError) and not target.is_reachable:
        return RefusalError(unreachable(texts, [target]))
    return refusal(texts, target, texts.error(err))
