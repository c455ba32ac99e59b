"""What is asked of printers by voice or by an assistant, and what is answered."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import Context

from .confirmation import Speaker
from .names import Target


class VoiceIntent(StrEnum):
    """The intents, by the names under which Home Assistant knows them."""

    PAUSE = "ObicoPausePrint"
    RESUME = "ObicoResumePrint"
    CANCEL = "ObicoCancelPrint"
    CONFIRM_CANCEL = "ObicoConfirmCancel"
    KEEP = "ObicoKeepPrint"
    STATUS = "ObicoPrintStatus"
    TIME_LEFT = "ObicoTimeLeft"
    TEMPERATURE = "ObicoTemperature"
    IS_FAILING = "ObicoIsFailing"

    @property
    def is_question(self) -> bool:
        """Return whether the intent changes nothing."""
        return self in {
            VoiceIntent.STATUS,
            VoiceIntent.TIME_LEFT,
            VoiceIntent.TEMPERATURE,
            VoiceIntent.IS_FAILING,
        }


# Its former name, for code that still imports it by that.
Wish = VoiceIntent


@dataclass(frozen=True, kw_only=True)
class Request:
    """An intent, and the printer that it is for.

    The printer has all of `names`; it is not named where there are none. `assistant` is
    set where an assistant calls the intent itself: only printers that are exposed to it
    count. `turn` is the user's message in reply to which the assistant does so.
    """

    intent: VoiceIntent
    language: str
    context: Context
    speaker: Speaker
    names: tuple[str, ...] = ()
    assistant: str | None = None
    turn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The text of an answer, and the printers that it is about."""

    text: str
    is_refusal: bool = False
    targets: tuple[Target, ...] = ()


class RefusalError(Exception):
    """A request that is not carried out; the message says why, in the user's language."""
