"""What is asked of printers by voice or by an assistant, and what is answered."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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
    """What is said in reply to a question, and means nothing without it.

    The printers that somebody can choose from are named in an order, by which one may be
    called.
    """

    YES = "yes"
    PRINTER = "printer"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    FOURTH = "fourth"
    FIFTH = "fifth"
    LAST = "last"


# The replies that count, with the index of what they call.
ORDINALS: Final = {
    Reply.FIRST: 0,
    Reply.SECOND: 1,
    Reply.THIRD: 2,
    Reply.FOURTH: 3,
    Reply.FIFTH: 4,
    Reply.LAST: -1,
}


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

    `choices` are the printers that it names, where it asks which of them is meant.
    """

    text: str
    is_refusal: bool = False
    choices: tuple[Target, ...] = ()
    targets: tuple[Target, ...] = ()


class RefusalError(Exception):
    """A request that is not carried out; the message says why, in the user's language."""


class WhichPrinterError(RefusalError):
    """A request that is not carried out until it is clear which printer it is for.

    `choices` are those that the message names.
    """

    def __init__(self, message: str, choices: tuple[Target, ...]) -> None:
        """Initialize the error."""
        super().__init__(message)
        self.choices = choices


@dataclass(frozen=True, kw_only=True)
class WhichPrinter:
    """A request for which somebody was asked which of some printers is meant."""

    request: Request
    choices: tuple[Target, ...]
