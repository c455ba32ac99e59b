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
    NOT_A_FAILURE = "ObicoNotAFailure"
    STATUS = "ObicoPrintStatus"
    TIME_LEFT = "ObicoTimeLeft"
    TEMPERATURE = "ObicoTemperature"
    IS_FAILING = "ObicoIsFailing"
    ANY_FAILING = "ObicoAnyFailing"
    WHICH_PRINTING = "ObicoWhichPrinting"
    DETECTION_HOURS = "ObicoDetectionHours"
    POWER_ON = "ObicoPowerOn"
    POWER_OFF = "ObicoPowerOff"
    RUN_MACRO = "ObicoRunMacro"

    @property
    def needs_exposure(self) -> bool:
        """Return whether the intent needs an exposed power switch, or an exposed macro."""
        return self in {
            VoiceIntent.POWER_ON,
            VoiceIntent.POWER_OFF,
            VoiceIntent.RUN_MACRO,
        }

    @property
    def is_question(self) -> bool:
        """Return whether the intent changes nothing."""
        return self in {
            VoiceIntent.STATUS,
            VoiceIntent.TIME_LEFT,
            VoiceIntent.TEMPERATURE,
            VoiceIntent.IS_FAILING,
            VoiceIntent.ANY_FAILING,
            VoiceIntent.WHICH_PRINTING,
            VoiceIntent.DETECTION_HOURS,
        }


class Reply(StrEnum):
    """What is said in reply to a question, and means nothing without it."""

    YES = "yes"
    PRINTER = "printer"


@dataclass(frozen=True, kw_only=True)
class Request:
    """An intent, and the printer that it is for.

    The printer has all of `names`; it is not named where there are none. `macro` is what
    the macro to be run is called. `assistant` is
    set where an assistant calls the intent itself: only printers that are exposed to it
    count. `turn` is the user's message in reply to which the assistant does so.
    `is_complete` is False for a mere "yes", which confirms nothing.
    """

    intent: VoiceIntent
    language: str
    context: Context
    speaker: Speaker
    names: tuple[str, ...] = ()
    macro: str | None = None
    assistant: str | None = None
    turn: str | None = None
    is_complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The text of an answer, and the printers that it is about.

    `asks_which` tells that the answer asks which printer is meant.
    """

    text: str
    is_refusal: bool = False
    asks_which: bool = False
    targets: tuple[Target, ...] = ()


class RefusalError(Exception):
    """A request that is not carried out; the message says why, in the user's language."""


class WhichPrinterError(RefusalError):
    """A request that is not carried out until it is clear which printer it is for."""
