"""Questions that were asked of somebody and not answered yet."""

from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

# Long enough to answer, and so short that "yes" or a name is not taken for an answer to
# this question when it is one to another.
ANSWER_SECONDS: Final = 60.0


class PendingQuestions[SpeakerT: Hashable, QuestionT]:
    """The questions that wait for an answer, one for each speaker."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[], None]) -> None:
        """Start without any; `on_change` is called when `has_any` may have changed."""
        self._hass = hass
        self._on_change = on_change
        self._pending: dict[SpeakerT, tuple[QuestionT, CALLBACK_TYPE]] = {}

    @property
    def has_any(self) -> bool:
        """Return whether somebody was asked, and has not answered."""
        return bool(self._pending)

    @property
    def questions(self) -> Iterator[QuestionT]:
        """Yield what was asked and not answered."""
        return (question for question, _ in self._pending.values())

    def get(self, speaker: SpeakerT) -> QuestionT | None:
        """Return what a speaker was asked."""
        pending = self._pending.get(speaker)
        return pending[0] if pending else None

    @callback
    def async_add(self, speaker: SpeakerT, question: QuestionT) -> None:
        """Wait for a speaker's answer, and no longer for that to an earlier question."""

        @callback
        def expire(_now: datetime) -> None:
            del self._pending[speaker]
            self._on_change()

        if speaker in self._pending:
            self._pending[speaker][1]()
        job = HassJob(expire, cancel_on_shutdown=True)
        self._pending[speaker] = (
            question,
            async_call_later(self._hass, ANSWER_SECONDS, job),
        )
        self._on_change()

    @callback
    def async_discard(self, speaker: SpeakerT) -> None:
        """Wait no longer for a speaker's answer."""
        if (pending := self._pending.pop(speaker, None)) is not None:
            pending[1]()
            self._on_change()

    @callback
    def async_discard_if(self, is_discarded: Callable[[QuestionT], bool]) -> None:
        """Wait no longer for an answer to any of these questions."""
        for speaker, (question, _) in list(self._pending.items()):
            if is_discarded(question):
                self.async_discard(speaker)
