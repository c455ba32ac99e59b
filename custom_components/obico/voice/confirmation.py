"""The confirmation that is asked for before a print is cancelled."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Final, NamedTuple

from homeassistant.core import Context, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .conversations import current_conversation_id
from .pending import PendingQuestions


class Speaker(NamedTuple):
    """Who may confirm: the same user, at the same device or in the same conversation."""

    user_id: str | None
    place: str | None

    @classmethod
    def of(
        cls, context: Context, device_id: str | None, satellite_id: str | None
    ) -> Speaker:
        """Return who makes the current request."""
        return cls(
            context.user_id,
            device_id or satellite_id or current_conversation_id(),
        )


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """A print that is cancelled once its speaker confirms it.

    `print_id` is None for a print that the server has no record of. `turn` is the user's
    message in reply to which an assistant asked for it, None where a person did: an assistant
    must not confirm in reply to the same message.
    """

    printer: tuple[str, int]
    print_id: int | None
    turn: str | None


class PendingConfirmations(PendingQuestions[Speaker, Confirmation]):
    """The confirmations that were asked for and not given, one for each speaker."""

    @callback
    def async_discard_for(self, printers: Container[tuple[str, int]]) -> None:
        """Wait no longer for any answer about these printers."""
        self.async_discard_if(lambda question: question.printer in printers)


# Set while an account is set up.
CONFIRMATIONS: Final[HassKey[PendingConfirmations]] = HassKey(
    f"{DOMAIN}_voice_confirmations"
)
