"""Choose the printer that a request is for, among those that it may be for."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnknownUser

from ..account.permissions import async_permission
from ..aioobico import Printer
from ..data import loaded_accounts
from .exposed import macros_of, power_of
from .exposure import is_exposed
from .names import Target, async_find_by_name, async_get_targets
from .overviews import unreachable
from .request import RefusalError, Request, VoiceIntent, WhichPrinterError
from .texts import MAX_NAMES, Texts

# Exposure of and permission for these entities count for the printer: the status sensor
# for questions, the button for commands.
_STATUS = (Platform.SENSOR, "status")
_PAUSE = (Platform.BUTTON, "pause")

# The texts that propose what to say.
_EXAMPLES = {
    VoiceIntent.PAUSE: "say_pause",
    VoiceIntent.RESUME: "say_resume",
    VoiceIntent.CANCEL: "say_cancel",
    VoiceIntent.CONFIRM_CANCEL: "say_confirm",
    VoiceIntent.NOT_A_FAILURE: "say_not_a_failure",
    VoiceIntent.STATUS: "say_status",
    VoiceIntent.TIME_LEFT: "say_time_left",
    VoiceIntent.TEMPERATURE: "say_temperature",
    VoiceIntent.IS_FAILING: "say_is_failing",
    VoiceIntent.POWER_ON: "say_power_on",
    VoiceIntent.POWER_OFF: "say_power_off",
    VoiceIntent.RUN_MACRO: "say_run_macro",
}


def example(
    texts: Texts, voice_intent: VoiceIntent, target: Target, macro: str | None = None
) -> str:
    """Return a sentence for an intent and a printer, to be proposed in an answer."""
    words = {"name": target.name} | ({} if macro is None else {"macro": macro})
    return texts.say(_EXAMPLES[voice_intent], **words)


def filter_exposed(
    hass: HomeAssistant,
    assistant: str,
    voice_intent: VoiceIntent,
    targets: list[Target],
) -> list[Target]:
    """Return the printers that are exposed to an assistant for an intent.

    Commands need the *Pause* button to be exposed, questions that or the status sensor.
    Power and macros need their own entities to be.
    """
    if voice_intent is VoiceIntent.RUN_MACRO:
        keys = {macro.target.key for macro in macros_of(hass, assistant, targets)}
        return [target for target in targets if target.key in keys]
    if voice_intent.needs_exposure:
        return [target for target in targets if power_of(hass, assistant, target)]
    entities = (_STATUS, _PAUSE) if voice_intent.is_question else (_PAUSE,)
    return [
        target
        for target in targets
        if any(
            entity_id and is_exposed(hass, assistant, entity_id)
            for entity_id in (
                target.entity_id(platform, key) for platform, key in entities
            )
        )
    ]


async def async_get_permitted(
    hass: HomeAssistant, request: Request, texts: Texts
) -> list[Target]:
    """Return the printers for which the user and the assistant may make a request.

    Raises RefusalError where there is none.
    """
    targets = async_get_targets(hass, loaded_accounts(hass))
    if request.assistant is not None:
        targets = filter_exposed(hass, request.assistant, request.intent, targets)
    if not targets:
        raise RefusalError(texts.say("no_printers"))
    policy = POLICY_READ if request.intent.is_question else POLICY_CONTROL
    platform, key = _STATUS if request.intent.is_question else _PAUSE
    try:
        is_allowed = await async_permission(hass, request.context, policy)
    except UnknownUser:
        raise RefusalError(texts.say("forbidden")) from None
    permitted = [
        target
        for target in targets
        if is_allowed(target.entity_id(platform, key) or "")
    ]
    if not permitted:
        raise RefusalError(texts.say("forbidden"))
    return permitted


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How to choose a printer where no name, or the name of an area, leaves several.

    `is_candidate` tells which printers an intent can be for. `none_fn` returns the answer
    where it can be for none; without it any of them can be chosen then.
    """

    is_candidate: Callable[[Printer], bool]
    none_fn: Callable[[Texts], str] | None = None


def filter_named(
    hass: HomeAssistant, request: Request, targets: list[Target]
) -> list[Target]:
    """Return those printers that have the names of a request, all where it has none.

    All printers are searched for the names, also those that the request may not be for:
    a permitted printer must not be found by a name that belongs to another one.
    """
    if not request.names:
        return targets
    found = async_get_targets(hass, loaded_accounts(hass))
    for name in request.names:
        found = async_find_by_name(hass, name, found)
    keys = {target.key for target in found}
    return [target for target in targets if target.key in keys]


def require_named(
    hass: HomeAssistant, request: Request, texts: Texts, targets: list[Target]
) -> list[Target]:
    """Return those printers that have the names of a request, all where it has none.

    Raises RefusalError where none of them has the names.
    """
    found = filter_named(hass, request, targets)
    if not found:
        raise RefusalError(
            texts.say(
                "unknown_printer",
                name=", ".join(request.names),
                printers=texts.names([target.name for target in targets]),
            )
        )
    return found


def choose(
    request: Request, texts: Texts, targets: list[Target], choice: Choice
) -> Target:
    """Return the printer that a request is for; raises RefusalError where it is not clear."""
    if len(targets) == 1:
        return targets[0]
    candidates = [target for target in targets if choice.is_candidate(target.printer)]
    if len(candidates) == 1:
        return candidates[0]
    if not candidates and choice.none_fn is not None:
        # The status of an unreachable printer may have changed, so it may be for that one.
        if lost := [target for target in targets if not target.is_reachable]:
            raise RefusalError(unreachable(texts, lost))
        raise RefusalError(choice.none_fn(texts))
    candidates = candidates or targets
    raise which_printer(request, texts, candidates)


def which_printer(
    request: Request, texts: Texts, targets: list[Target]
) -> WhichPrinterError:
    """Return the question which of several printers is meant."""
    return WhichPrinterError(
        texts.say(
            "which",
            printers=texts.names([target.name for target in targets]),
            example=example(texts, request.intent, targets[0], request.macro),
        ),
        tuple(targets[:MAX_NAMES]),
    )
