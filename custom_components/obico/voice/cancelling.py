"""The question that comes before a print is cancelled, and waits for its answer."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.helpers.chat_session import current_session
from homeassistant.helpers.event import async_call_later

# Long enough to find the words, short enough to know what they were about.
ANSWER_SECONDS: Final = 60.0


class Speaker(NamedTuple):
    """Who may answer: the same user, at the same device or in the same conversation."""

    user_id: str | None
    place: str | None

    @classmethod
    def of(
        cls, context: Context, device_id: str | None, satellite_id: str | None
    ) -> Speaker:
        """Return who is speaking now."""
        session = current_session.get()
        return cls(
            context.user_id,
            device_id or satellite_id or (session.conversation_id if session else None),
        )


@dataclass(frozen=True, kw_only=True)
class Question:
    """The print that somebody wants to cancel.

    `turn` is the message in which an assistant asked for it, None where a person did.
    """

    printer: tuple[str, int]
    print_id: int
    turn: str | None


class Questions:
    """All questions that wait."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[], None]) -> None:
        """Ask nothing yet; tell when the first one waits and when the last one is over."""
        self._hass = hass
        self._on_change = on_change
        self._waiting: dict[Speaker, tuple[Question, CALLBACK_TYPE]] = {}

    @property
    def are_waiting(self) -> bool:
        """Return whether somebody was asked, and has not answered."""
        return bool(self._waiting)

    def of(self, speaker: Speaker) -> Question | None:
        """Return what somebody was asked."""
        waiting = self._waiting.get(speaker)
        return waiting[0] if waiting else None

    @callback
    def async_ask(self, speaker: Speaker, question: Question) -> None:
        """Wait for somebody's answer, and no longer to what he was asked before."""

        @callback
        def forget(_now: datetime) -> None:
            del self._waiting[speaker]
            self._on_change()

        if speaker in self._waiting:
            self._waiting[speaker][1]()
        job = HassJob(forget, cancel_on_shutdown=True)
        self._waiting[speaker] = (
            question,
            async_call_later(self._hass, ANSWER_SECONDS, job),
        )
        self._on_change()

    @callback
    def async_forget(self, speaker: Speaker) -> None:
        """Wait no longer for somebody's answer."""
        if (waiting := self._waiting.pop(speaker, None)) is not None:
            waiting[1]()
            self._on_change()

    @callback
    def async_forget_about(self, printers: Container[tuple[str, int]]) -> None:
        """Wait no longer for anybody's answer about these printers."""
        for speaker, (question, _) in list(self._waiting.items()):
            if question.printer in printers:
                self.async_forget(speaker)

    @callback
    def async_clear(self) -> None:
        """Wait for nobody."""
        for speaker in list(self._waiting):
            self.async_forget(speaker)
