"""The sentences: what is registered with Assist, and what was meant by one of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
import re
from typing import TYPE_CHECKING, Final, TypedDict

from .names import Vocabulary

if TYPE_CHECKING:
    # It comes with Home Assistant's conversation, which not everybody has.
    from hassil.intents import Intents

LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nl", "pt", "zh")

_FOLDER: Final = Path(__file__).parent / "templates"
_RULE: Final = re.compile(r"<(\w+)>")
_LIST: Final = re.compile(r"\{(\w+)\}")
_SENTENCE: Final = "<sentence>"


class _Stored(TypedDict):
    """A file of sentences.

    Templates are hassil's: `(one|the other)`, `[what may be missing]`, `<rule>`, and `{name}`
    for a printer, `{place}` for a printer or an area. A sentence without a word about printing
    has a `{name}`: it must not take what is meant for others. Those of `while_asked` have
    neither, and are listened to only while a question waits for its answer.
    """

    around: str
    rules: dict[str, str]
    intents: dict[str, list[str]]
    while_asked: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What was meant: an intent, and what the printer was called."""

    intent: str
    name: str | None


@dataclass(frozen=True)
class Spoken:
    """Templates to be registered, and what their lists hold; without lists all is in the templates."""

    templates: tuple[str, ...] = ()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sentences:
    """The templates of one language by intent, rules filled in."""

    language: str
    always: Mapping[str, tuple[str, ...]]
    while_asked: Mapping[str, tuple[str, ...]]

    def templates(self, *, is_asked: bool) -> Iterator[tuple[str, str]]:
        """Yield intents and templates."""
        for by_intent in (
            (self.always, self.while_asked) if is_asked else (self.always,)
        ):
            for intent, templates in by_intent.items():
                for template in templates:
                    yield intent, template


def load_sentences() -> tuple[Sentences, ...]:
    """Read the sentences of all languages."""
    return tuple(map(_load, LANGUAGES))


def _load(language: str) -> Sentences:
    stored: _Stored = json.loads(
        (_FOLDER / f"{language}.json").read_text(encoding="utf-8")
    )

    def filled(text: str) -> str:
        return _RULE.sub(lambda rule: f"({filled(stored['rules'][rule[1]])})", text)

    def templates(by_intent: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
        return {
            intent: tuple(
                filled(stored["around"].replace(_SENTENCE, f"({sentence})"))
                for sentence in sentences
            )
            for intent, sentences in by_intent.items()
        }

    return Sentences(
        language, templates(stored["intents"]), templates(stored["while_asked"])
    )


class Listener:
    """The sentences that count now, for the printers that there are now."""

    def __init__(
        self, languages: Iterable[Sentences], vocabulary: Vocabulary, *, is_asked: bool
    ) -> None:
        """Take up languages, words, and whether somebody was asked."""
        self._languages = tuple(languages)
        self._lists = {"name": vocabulary.names, "place": vocabulary.places}
        self._is_asked = is_asked
        self._intents: dict[str, Intents] = {}

    def spoken(self, *, written_out: bool) -> Spoken:
        """Return what is registered, with all names written out or in lists.

        What Assist knows of a sentence it answers: a list open to any name would take
        what is meant for others, and there is no way to hand it back.
        """
        if not self._lists["name"]:
            return Spoken()
        templates = tuple(
            template
            for language in self._languages
            for _, template in language.templates(is_asked=self._is_asked)
        )
        lists = {key: tuple(sorted(words)) for key, words in self._lists.items()}
        if not written_out:
            return Spoken(templates, lists)
        names = {key: f"({'|'.join(words)})" for key, words in lists.items()}
        return Spoken(
            tuple(
                _LIST.sub(lambda found: names[found[1]], template)
                for template in templates
            )
        )

    def hear(self, text: str, language: str | None) -> Heard | None:
        """Return what was meant, first of all in the language that is spoken."""
        for sentences in sorted(
            self._languages, key=lambda each: each.language != language
        ):
            if heard := self._hear(text, sentences):
                return heard
        return None

    def _hear(self, text: str, sentences: Sentences) -> Heard | None:
        # Loaded by now: who hears sentences has Home Assistant's conversation.
        from hassil.intents import Intents, SlotList, TextSlotList  # noqa: PLC0415
        from hassil.recognize import recognize_all  # noqa: PLC0415

        if (intents := self._intents.get(sentences.language)) is None:
            by_intent: dict[str, list[str]] = {}
            for intent, template in sentences.templates(is_asked=self._is_asked):
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
        heard: Heard | None = None
        for result in recognize_all(text, intents, slot_lists=lists):
            name = next((str(found.value) for found in result.entities_list), None)
            # The longest name: "MK4 two" is not the MK4.
            if heard is None or len(name or "") > len(heard.name or ""):
                heard = Heard(intent=result.intent.name, name=name)
        return heard
