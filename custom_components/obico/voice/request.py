"""What somebody wants, and what he is answered."""

from dataclasses import dataclass
from enum import StrEnum

from homeassistant.core import Context

from .cancelling import Speaker
from .names import Target


class Wish(StrEnum):
    """What can be wanted; the names of the intents."""

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
        """Return whether it changes nothing."""
        return self in {
            Wish.STATUS,
            Wish.TIME_LEFT,
            Wish.TEMPERATURE,
            Wish.IS_FAILING,
        }


@dataclass(frozen=True, kw_only=True)
class Request:
    """What somebody wants of which printer.

    All of `names` are of that printer. What an `assistant` asks for is about printers that
    are exposed to it. `turn` is the user's message that made an assistant ask.
    """

    wish: Wish
    language: str
    context: Context
    speaker: Speaker
    names: tuple[str, ...] = ()
    assistant: str | None = None
    turn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said, and what it is about."""

    text: str
    is_refusal: bool = False
    targets: tuple[Target, ...] = ()


class RefusalError(Exception):
    """A wish that is not granted; the message says why, in the user's language."""
