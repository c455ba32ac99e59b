"""The sentences in all languages: what is registered with Assist, and recognizing one."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING, Final, TypedDict

from .names import Vocabulary
from .request import ORDINALS, Reply, VoiceIntent
from .texts import LANGUAGES as TEXT_LANGUAGES

if TYPE_CHECKING:
    # It is installed with Home Assistant's conversation, which is not always set up.
    from hassil.intents import Intents

# Assist has Portuguese of both countries in one, and Chinese of the mainland without a script.
LANGUAGES: Final = tuple(
    "zh" if language == "zh-Hans" else language
    for language in TEXT_LANGUAGES
    if language != "pt-BR"
)

_FOLDER: Final = Path(__file__).parent / "templates"
_RULE: Final = re.compile(r"<(\w+)>")
_LIST: Final = re.compile(r"\{(\w+)\}")
_SENTENCE: Final = "<sentence>"
_MACRO: Final = "macro"


class _Stored(TypedDict):
    """A file of sentences.

    Templates are hassil's: `(one|the other)`, `[optional]`, `<rule>`, and the lists `{name}`
    for a printer, `{place}` for a printer or an area. A sentence without a word about
    printing has a `{name}`, because it must not be recognized in place of sentences for
    others. Those of `where_exposed` are registered where the power of a printer, or a macro,
    is exposed: they have the lists `{powered}` for a printer and `{macro}`. Those of
    `while_asked`, as "yes", have no list, and are registered only while a confirmation is
    pending; those of `while_choosing` are a mere name, or call a printer by its place in the
    question (`<first>` to `<fifth>`, `<last>`), and are registered only while somebody was
    asked which printer is meant.
    """

    around: str
    rules: dict[str, str]
    intents: dict[str, list[str]]
    where_exposed: dict[str, list[str]]
    while_asked: dict[str, list[str]]
    while_choosing: list[str]


@dataclass(frozen=True)
class RecognizedSentence:
    """The intent of a sentence or what it replies, and the name in it of a printer or area."""

    intent: str
    name: str | None
    macro: str | None = None


@dataclass(frozen=True)
class SentenceTriggers:
    """The templates to register, and the words of each list that they refer to."""

    templates: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentences:
    """The templates of one language by intent, with their rules expanded."""

    language: str
    always: Mapping[str, tuple[str, ...]]
    where_exposed: Mapping[str, tuple[str, ...]]
    while_asked: Mapping[str, tuple[str, ...]]
    while_choosing: Mapping[str, tuple[str, ...]]

    def templates(
        self,
        *,
        is_asked: bool,
        is_choosing: bool = False,
        exposed: Container[str] = (),
    ) -> Iterator[tuple[str, str]]:
        """Yield intents and templates, also those for questions that were asked.

        `exposed` has the intents for which something is exposed.
        """
        for is_used, by_intent in (
            (True, self.always),
            (is_asked, self.while_asked),
            (is_choosing, self.while_choosing),
        ):
            if is_used:
                for intent, templates in by_intent.items():
                    for template in templates:
                        yield intent, template
        for intent, templates in self.where_exposed.items():
            if intent in exposed:
                for template in templates:
                    yield intent, template


def load_sentences() -> tuple[Sentences, ...]:
    """Read the sentences of all languages."""
    return tuple(map(_load, LANGUAGES))


def _load(language: str) -> Sentences:
    stored: _Stored = json.loads(
        (_FOLDER / f"{language}.json").read_text(encoding="utf-8")
    )

    def expand(text: str) -> str:
        return _RULE.sub(lambda rule: f"({expand(stored['rules'][rule[1]])})", text)

    def templates(by_intent: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
        return {
            intent: tuple(
                expand(stored["around"].replace(_SENTENCE, f"({sentence})"))
                for sentence in sentences
            )
            for intent, sentences in by_intent.items()
        }

    return Sentences(
        language,
        templates(stored["intents"]),
        templates(stored["where_exposed"]),
        templates(stored["while_asked"]),
        templates(_by_reply(stored["while_choosing"])),
    )


def _by_reply(sentences: Iterable[str]) -> dict[str, list[str]]:
    """Return sentences by what is called: a name, or a place in the question."""
    by_reply: dict[str, list[str]] = {}
    for sentence in sentences:
        rules = _RULE.findall(sentence)
        reply = next((each for each in ORDINALS if each in rules), Reply.PRINTER)
        by_reply.setdefault(reply, []).append(sentence)
    return by_reply


class SentenceRecognizer:
    """The sentences for the printers and languages that there are now."""

    def __init__(
        self,
        languages: Iterable[Sentences],
        vocabulary: Vocabulary,
        *,
        is_asked: bool,
        is_choosing: bool = False,
    ) -> None:
        """Combine sentences and names.

        `is_asked` tells whether a confirmation is pending, `is_choosing` whether somebody
        was asked which printer is meant.
        """
        self._languages = tuple(languages)
        self._lists = {
            "name": vocabulary.names,
            "place": vocabulary.places | (vocabulary.parts if is_choosing else set()),
            "powered": vocabulary.powered,
            _MACRO: vocabulary.macros,
        }
        self._places = vocabulary.places
        self._exposed = {
            *(
                (VoiceIntent.POWER_ON, VoiceIntent.POWER_OFF)
                if vocabulary.powered
                else ()
            ),
            *((VoiceIntent.RUN_MACRO,) if vocabulary.macros else ()),
        }
        self._is_asked = is_asked
        self._is_choosing = is_choosing
        self._intents: dict[str, Intents] = {}

    def triggers(self, *, written_out: bool) -> SentenceTriggers:
        """Return what is registered, with names written out in templates or in lists.

        Assist does not pass a sentence on that was recognized for a trigger. A list that
        is open to any name would keep it from whom it is for.
        """
        if not self._lists["name"]:
            return SentenceTriggers()
        lists = {
            key: tuple(sorted(words)) for key, words in self._lists.items() if words
        }
        # Parts of names are for mere names, the only sentences without another word for it.
        mere = {"place": f"({'|'.join(lists['place'])})"}
        lists["place"] = tuple(sorted(self._places))
        names = {key: f"({'|'.join(words)})" for key, words in lists.items()}
        templates = tuple(
            # A mere name is always written out: were the lists not heeded, it would be
            # recognized in all that is said.
            _LIST.sub(lambda found: mere[found[1]], template)
            if intent == Reply.PRINTER
            else _LIST.sub(lambda found: names[found[1]], template)
            if written_out
            else template
            for language in self._languages
            for intent, template in self._templates(language)
        )
        return SentenceTriggers(templates, {} if written_out else lists)

    def _templates(self, sentences: Sentences) -> Iterator[tuple[str, str]]:
        return sentences.templates(
            is_asked=self._is_asked,
            is_choosing=self._is_choosing,
            exposed=self._exposed,
        )

    def recognize(self, text: str, language: str | None) -> RecognizedSentence | None:
        """Return what a sentence asks for, None if it is no sentence for a printer.

        All languages are tried, the given one first.
        """
        for sentences in sorted(
            self._languages, key=lambda each: each.language != language
        ):
            if recognized := self._recognize(text, sentences):
                return recognized
        return None

    def _recognize(self, text: str, sentences: Sentences) -> RecognizedSentence | None:
        # Conversation, with which hassil is installed, is set up where there is a sentence.
        from hassil.intents import Intents, SlotList, TextSlotList  # noqa: PLC0415
        from hassil.recognize import recognize_all  # noqa: PLC0415

        if (intents := self._intents.get(sentences.language)) is None:
            by_intent: dict[str, list[str]] = {}
            for intent, template in self._templates(sentences):
                by_intent.setdefault(intent, []).append(template)
            intents = self._intents[sentences.language] = Intents.from_dict(
                {
                    "language": sentences.language,
                    "intents": {
                        intent: {"data": [{"sentences": templates}]}
                        for intent, templates in by_intent.items()
                    },
                }
            )
        lists: dict[str, SlotList] = {
            key: TextSlotList.from_strings(sorted(words), allow_template=False)
            for key, words in self._lists.items()
        }
        recognized: RecognizedSentence | None = None
        for result in recognize_all(text, intents, slot_lists=lists):
            words = {each.name: str(each.value) for each in result.entities_list}
            macro = words.pop(_MACRO, None)
            name = next(iter(words.values()), None)
            # The longest names count: a sentence about "MK4 two" is not about "MK4".
            if recognized is None or _length(name, macro) > _length(
                recognized.name, recognized.macro
            ):
                recognized = RecognizedSentence(result.intent.name, name, macro)
        return recognized


def _length(*words: str | None) -> int:
    """Return how long words are together."""
    return sum(len(word or "") for word in words)
