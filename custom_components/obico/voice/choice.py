"""Which printer is meant, of those that may be spoken of."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import UnknownUser

from ..account.permissions import async_permission
from ..aioobico import Printer
from ..data import loaded_accounts
from .names import Target, called, targets
from .request import RefusalError, Request, Wish
from .texts import Texts

# The entities that stand for asking about a printer, and for commanding it.
_STATUS = (Platform.SENSOR, "status")
_PAUSE = (Platform.BUTTON, "pause")

_EXAMPLES = {
    Wish.PAUSE: "say_pause",
    Wish.RESUME: "say_resume",
    Wish.CANCEL: "say_cancel",
    Wish.CONFIRM_CANCEL: "say_confirm",
    Wish.STATUS: "say_status",
    Wish.TIME_LEFT: "say_time_left",
    Wish.TEMPERATURE: "say_temperature",
    Wish.IS_FAILING: "say_is_failing",
}


def example(texts: Texts, wish: Wish, target: Target) -> str:
    """Return what can be said about a printer."""
    return texts.say(_EXAMPLES[wish], name=target.name)


def exposed(
    hass: HomeAssistant, assistant: str, wish: Wish, known: list[Target]
) -> list[Target]:
    """Return the printers that an assistant may have this of.

    Who may press *Pause* may command it; who may see its status may ask.
    """
    standing_for = (_STATUS, _PAUSE) if wish.is_question else (_PAUSE,)
    return [
        target
        for target in known
        if any(
            entity_id and async_should_expose(hass, assistant, entity_id)
            for entity_id in (
                target.entity_id(platform, key) for platform, key in standing_for
            )
        )
    ]


async def async_permitted(
    hass: HomeAssistant, request: Request, texts: Texts
) -> list[Target]:
    """Return the printers that this user and this assistant may have this of.

    Raises RefusalError where there is none.
    """
    known = targets(hass, loaded_accounts(hass))
    if request.assistant is not None:
        known = exposed(hass, request.assistant, request.wish, known)
    if not known:
        raise RefusalError(texts.say("no_printers"))
    policy = POLICY_READ if request.wish.is_question else POLICY_CONTROL
    platform, key = _STATUS if request.wish.is_question else _PAUSE
    try:
        is_allowed = await async_permission(hass, request.context, policy)
    except UnknownUser:
        raise RefusalError(texts.say("forbidden")) from None
    permitted = [
        target for target in known if is_allowed(target.entity_id(platform, key) or "")
    ]
    if not permitted:
        raise RefusalError(texts.say("forbidden"))
    return permitted


@dataclass(frozen=True, kw_only=True)
class Choice:
    """How the one printer is found where no name, or that of an area, leaves several.

    `fits` says which can be meant; `nothing` is the answer where none is, without it any
    can be meant then.
    """

    fits: Callable[[Printer], bool]
    nothing: str | None = None


def meant(hass: HomeAssistant, request: Request, known: list[Target]) -> list[Target]:
    """Return those of some printers that are called so, all where no name is said.

    Whose name it is, all printers there are decide: one that may be spoken of must not
    answer to the name of one that may not.
    """
    if not request.names:
        return known
    found = targets(hass, loaded_accounts(hass))
    for name in request.names:
        found = called(hass, name, found)
    keys = {target.key for target in found}
    return [target for target in known if target.key in keys]


def named(
    hass: HomeAssistant, request: Request, texts: Texts, known: list[Target]
) -> list[Target]:
    """Return the printers that are called so, all where no name is said.

    Raises RefusalError where none is.
    """
    found = meant(hass, request, known)
    if not found:
        raise RefusalError(
            texts.say(
                "unknown_printer", name=", ".join(request.names), printers=_list(known)
            )
        )
    return found


def chosen(
    request: Request, texts: Texts, known: list[Target], choice: Choice
) -> Target:
    """Return the one printer that is meant; raises RefusalError where that is not clear."""
    if len(known) == 1:
        return known[0]
    fitting = [target for target in known if choice.fits(target.printer)]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting and choice.nothing is not None:
        # It may be one of these, whatever was known of them last.
        if lost := [target for target in known if not target.is_reachable]:
            raise RefusalError(unreachable(texts, lost))
        raise RefusalError(texts.say(choice.nothing))
    candidates = fitting or known
    raise RefusalError(
        texts.say(
            "which",
            printers=_list(candidates),
            example=example(texts, request.wish, candidates[0]),
        )
    )


def unreachable(texts: Texts, lost: list[Target]) -> str:
    """Return what is said of printers of which nothing is known that is of now."""
    return texts.say("unreachable", printers=_list(lost))


def _list(known: list[Target]) -> str:
    return ", ".join(target.name for target in known)
