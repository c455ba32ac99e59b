"""Sentences for Assist that need no file of the user's, as long as there is an account.

All sentences are one trigger of Home Assistant's conversation, which must answer whatever
it matches. A list that is open to any name would therefore keep sentences from whom they
are for: the names of the printers are written out, or handed over as closed lists.

Home Assistant parses the sentences in the event loop, when something is said for the first
time after a change. With lists that takes about 15 ms for a language, whether there is one
printer or a hundred; written out, a hundred printers took half a second. Lists that turn
out to be open are given up at the first sentence. The callback then recognizes the
sentence once more, outside the event loop and in the language that is spoken.
"""

from dataclasses import replace
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, STRUCTURE
from ..data import ObicoData
from .answers import async_answer
from .changes import CONVERSATION, async_track_changes
from .confirmation import CONFIRMATIONS, PendingConfirmations, Speaker
from .conversations import current_conversation_id
from .exposed import ASSIST, macros_of, power_of
from .names import Vocabulary
from .pending import PendingQuestions
from .pipelines import PipelineLanguages
from .registration import NoListsError, SentenceRegistration
from .request import ORDINALS, Reply, Request, VoiceIntent, WhichPrinter
from .sentences import (
    LANGUAGES,
    RecognizedSentence,
    SentenceRecognizer,
    Sentences,
    load_sentences,
)
from .texts import Texts, closest_language

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult

    from homeassistant.components.conversation import ConversationInput

_LOGGER = logging.getLogger(__name__)

# Up to this many words, counted once for each language, are written out in all sentences:
# whatever else reads the sentences, as speech recognition does, then knows the names.
# More are put into lists, because Home Assistant's agent parses sentences in the event loop.
_MAX_WRITTEN_OUT: Final = 120
# Of each name, where there are more words than that and no lists: the name as it is, and
# the likeliest other spelling.
_MIN_SPELLINGS: Final = 2

_SENTENCES: Final[HassKey[AssistSentences]] = HassKey(f"{DOMAIN}_voice")


async def async_add_account(hass: HomeAssistant, account: ObicoData) -> CALLBACK_TYPE:
    """Add an account's printers to the sentences, and return a callback that removes them."""
    if (sentences := hass.data.get(_SENTENCES)) is None:
        templates = await hass.async_add_executor_job(load_sentences)
        # Another account may have been added meanwhile.
        sentences = hass.data.setdefault(_SENTENCES, AssistSentences(hass, templates))
    return sentences.async_add_account(account)


class AssistSentences:
    """Keeps the sentences for the printers of all accounts registered, and answers them."""

    def __init__(self, hass: HomeAssistant, sentences: tuple[Sentences, ...]) -> None:
        """Register nothing yet."""
        self._hass = hass
        self._sentences = {each.language: each for each in sentences}
        self._confirmations = PendingConfirmations(hass, self._async_update)
        # Requests for which somebody was asked which printer is meant, by user and
        # conversation: elsewhere a mere name means nothing.
        self._choices: PendingQuestions[tuple[str | None, str], WhichPrinter] = (
            PendingQuestions(hass, self._async_update)
        )
        self._pipelines = PipelineLanguages(hass, self._async_update)
        self._registration = SentenceRegistration(hass, self._async_handle_sentence)
        self._accounts: dict[ObicoData, CALLBACK_TYPE] = {}
        self._recognizer: SentenceRecognizer | None = None
        self._has_lists = True
        self._stop_tracking: CALLBACK_TYPE | None = None

    @callback
    def async_add_account(self, account: ObicoData) -> CALLBACK_TYPE:
        """Add an account, and return a callback that removes it."""
        if not self._accounts:
            self._hass.data[CONFIRMATIONS] = self._confirmations
            self._stop_tracking = async_track_changes(self._hass, self._async_update)
        self._accounts[account] = account.coordinator.async_add_listener(
            self._async_update, STRUCTURE
        )
        self._async_update()

        @callback
        def remove() -> None:
            self._accounts.pop(account)()
            if self._accounts:
                self._async_update()
            else:
                self._async_stop()

        return remove

    @callback
    def _async_stop(self) -> None:
        if self._stop_tracking is not None:
            self._stop_tracking()
            self._stop_tracking = None
        self._pipelines.async_stop()
        self._confirmations.async_discard_if(lambda _: True)
        self._choices.async_discard_if(lambda _: True)
        del self._hass.data[CONFIRMATIONS]
        self._registration.async_clear()

    @callback
    def _async_update(self) -> None:
        """Register the sentences for the printers and languages that there are now."""
        # Assist is not set up in every Home Assistant, or later than the account.
        if not self._accounts or CONVERSATION not in self._hass.config.components:
            return
        languages = self._languages()
        vocabulary = self._vocabulary()
        is_small = vocabulary.size * len(languages) <= _MAX_WRITTEN_OUT
        if not is_small and not self._has_lists:
            vocabulary = self._vocabulary(_MIN_SPELLINGS)
        self._recognizer = SentenceRecognizer(
            languages,
            vocabulary,
            is_asked=self._confirmations.has_any,
            is_choosing=self._choices.has_any,
        )
        try:
            self._registration.async_replace(
                self._recognizer.triggers(written_out=is_small or not self._has_lists)
            )
        except NoListsError:
            self._async_give_up_lists()

    def _vocabulary(self, max_spellings: int | None = None) -> Vocabulary:
        """Return the names of printers and of what is exposed to Assist."""
        hass = self._hass
        return Vocabulary.of(
            hass,
            self._accounts,
            max_spellings,
            is_powered=lambda target: power_of(hass, ASSIST, target) is not None,
            macros_of=lambda targets: (
                name
                for macro in macros_of(hass, ASSIST, targets)
                for name in macro.names
            ),
            choices=(
                target
                for question in self._choices.questions
                for target in question.choices
            ),
        )

    @callback
    def _async_give_up_lists(self) -> None:
        """Write all names out from now on."""
        self._has_lists = False
        self._async_update()

    def _languages(self) -> list[Sentences]:
        """Return the sentences of Home Assistant's language and of those of pipelines."""
        found = (
            closest_language(self._hass, language, LANGUAGES)
            for language in {self._hass.config.language, *self._pipelines.async_get()}
        )
        return [
            self._sentences[language] for language in sorted(filter(None, set(found)))
        ]

    async def _async_handle_sentence(
        self, user_input: ConversationInput, result: RecognizeResult
    ) -> str:
        """Answer a sentence, also after an error: without an answer Assist says "Done"."""
        language = user_input.language or self._hass.config.language
        try:
            if any(entity.is_wildcard for entity in result.entities_list):
                # The agent has ignored the lists: `{name}` stands for any words, so that
                # sentences for others would be recognized, too.
                self._async_give_up_lists()
            return await self._async_answer(user_input, language)
        except Exception:
            _LOGGER.exception("A sentence could not be answered")
            texts = await Texts.async_load(self._hass, language)
            return texts.say("failed")

    async def _async_answer(self, user_input: ConversationInput, language: str) -> str:
        recognized = (
            # It parses the templates.
            await self._hass.async_add_executor_job(
                self._recognizer.recognize,
                user_input.text,
                closest_language(self._hass, language, LANGUAGES),
            )
            if self._recognizer
            else None
        )
        request = (
            self._async_request_of(recognized, user_input, language)
            if recognized
            else None
        )
        if request is None:
            # The sentences have changed since the agent recognized this one, or it is a
            # reply to a question that was asked in another conversation.
            texts = await Texts.async_load(self._hass, language)
            return texts.say("not_understood")
        answer = await async_answer(self._hass, request)
        if answer.choices and (conversation_id := current_conversation_id()):
            self._choices.async_add(
                (request.context.user_id, conversation_id),
                WhichPrinter(request=request, choices=answer.choices),
            )
        return answer.text

    @callback
    def _async_request_of(
        self,
        recognized: RecognizedSentence,
        user_input: ConversationInput,
        language: str,
    ) -> Request | None:
        """Return what a sentence asks for, None for a reply that nobody waits for."""
        request = Request(
            intent=VoiceIntent.CONFIRM_CANCEL,
            language=language,
            context=user_input.context,
            speaker=Speaker.of(
                user_input.context, user_input.device_id, user_input.satellite_id
            ),
            names=(recognized.name,) if recognized.name else (),
            macro=recognized.macro,
        )
        question: WhichPrinter | None = None
        if conversation_id := current_conversation_id():
            talk = (user_input.context.user_id, conversation_id)
            question = self._choices.get(talk)
            self._choices.async_discard(talk)
        if recognized.intent == Reply.YES:
            return replace(request, is_complete=False)
        if recognized.intent not in (Reply.PRINTER, *ORDINALS):
            return replace(request, intent=VoiceIntent(recognized.intent))
        return _chosen(question, request, recognized.intent) if question else None


def _chosen(question: WhichPrinter, reply: Request, called: str) -> Request:
    """Return what was asked for, for the printer that was chosen.

    It is asked about again where there are not so many printers.
    """
    asked, names = question.request, reply.names
    index = ORDINALS.get(Reply(called))
    if index is not None and index < len(question.choices):
        names = (question.choices[index].name,)
    return replace(
        reply, intent=asked.intent, names=asked.names + names, macro=asked.macro
    )
