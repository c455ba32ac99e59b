"""The confirmation that is asked for before a print is cancelled."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .conversations import current_conversation_id

# Long enough to answer, and so short that "yes" is not taken for an answer to this
# question when it is one to another.
ANSWER_SECONDS: Final = 60.0


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


class PendingConfirmations:
    """The confirmations that were asked for and not given, one for each speaker."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[], None]) -> None:
        """Start without any; `on_change` is called when `has_any` may have changed."""
        self._hass = hass
        self._on_change = on_change
        self._pending: dict[Speaker, tuple[Confirmation, CALLBACK_TYPE]] = {}

    @property
    def has_any(self) -> bool:
        """Return whether somebody was asked, and has not answered."""
        return bool(self._pending)

    def get(self, speaker: Speaker) -> Confirmation | None:
        """Return what a speaker was asked to confirm."""
        pending = self._pending.get(speaker)
        return pending[0] if pending else None

    @callback
    def async_add(self, speaker: Speaker, confirmation: Confirmation) -> None:
        """Wait for a speaker's answer, and no longer for that to an earlier question."""

        @callback
        def expire(_now: datetime) -> None:
            del self._pending[speaker]
            self._on_change()

        if speaker in self._pending:
            self._pending[speaker][1]()
        job = HassJob(expire, cancel_on_shutdown=True)
        self._pending[speaker] = (
            confirmation,
            async_call_later(self._hass, ANSWER_SECONDS, job),
        )
        self._on_change()

    @callback
    def async_discard(self, speaker: Speaker) -> None:
        """Wait no longer for a speaker's answer."""
        if (pending := self._pending.pop(speaker, None)) is not None:
            pending[1]()
            self._on_change()

    @callback
    def async_discard_for(self, printers: Container[tuple[str, int]]) -> None:
        """Wait no longer for any answer about these printers."""
        for speaker, (confirmation, _) in list(self._pending.items()):
            if confirmation.printer in printers:
                self.async_discard(speaker)

    @callback
    def async_clear(self) -> None:
        """Wait for no answer."""
        for speaker in list(self._pending):
            self.async_discard(speaker)


# Set while an account is set up.
CONFIRMATIONS: Final[HassKey[PendingConfirmations]] = HassKey(
    f"{DOMAIN}_voice_confirmations"
)
