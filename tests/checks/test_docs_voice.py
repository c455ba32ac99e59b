"""docs/voice.md, the sentences and the answers: complete in all languages, and nobody else's."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
import re

from hassil.expression import Alternative, Expression, Group, ListReference, TextChunk
from hassil.intents import Intents, TextSlotList
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_sentence
from home_assistant_intents import get_intents
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.obico import llm
from custom_components.obico.intent import DESCRIPTIONS
from custom_components.obico.voice import sentences, texts
from custom_components.obico.voice.choice import _EXAMPLES
from custom_components.obico.voice.names import Vocabulary, spellings
from custom_components.obico.voice.request import Reply, VoiceIntent
from homeassistant.helpers.llm import LLM_API_ASSIST

from .languages.support import Language
from .support import (
    INTEGRATION,
    ROOT,
    TRANSLATIONS,
    branch,
    called_name,
    calls,
    load_json,
    placeholders,
    syntax_tree,
    text_of,
)

DOCUMENT = (ROOT / "docs" / "voice.md").read_text(encoding="utf-8")
SENTENCES = {each.language: each for each in sentences.load_sentences()}
HEADINGS = {
    "English": "en",
    "Català": "ca",
    "Deutsch": "de",
    "Français": "fr",
    "Español": "es",
    "Italiano": "it",
    "Português": "pt",
    "Nederlands": "nl",
    "中文": "zh",
    "繁體中文": "zh-Hant",
    "한국어": "ko",
    "日本語": "ja",
    "Polski": "pl",
    "Svenska": "sv",
    "Русский": "ru",
    "Українська": "uk",
    "Čeština": "cs",
    "Dansk": "da",
    "Türkçe": "tr",
    "Magyar": "hu",
}
WANTED = {
    "pause": VoiceIntent.PAUSE,
    "resume": VoiceIntent.RESUME,
    "cancel": VoiceIntent.CANCEL,
    "yes": VoiceIntent.CONFIRM_CANCEL,
    "no": VoiceIntent.KEEP,
    "not a failure": VoiceIntent.NOT_A_FAILURE,
    "status": VoiceIntent.STATUS,
    "time left": VoiceIntent.TIME_LEFT,
    "temperature": VoiceIntent.TEMPERATURE,
    "failing": VoiceIntent.IS_FAILING,
    "any failing": VoiceIntent.ANY_FAILING,
    "which printing": VoiceIntent.WHICH_PRINTING,
    "hours": VoiceIntent.DETECTION_HOURS,
    "power on": VoiceIntent.POWER_ON,
    "power off": VoiceIntent.POWER_OFF,
    "macro": VoiceIntent.RUN_MACRO,
}
# What Assist calls a language that it knows with its region only.
TAGS = {"zh": "zh-CN", "zh-Hant": "zh-TW"}
# Home Assistant has but a few sentences of its own in these languages.
FEW_SENTENCES = {"ja": 50, "tr": 100}
PRINTER, AREA, MACRO = "Prusa MK4", "Garage", "Clean nozzle"
VOCABULARY = Vocabulary(
    names=frozenset(spellings(PRINTER)),
    places=frozenset(spellings(PRINTER) + spellings(AREA)),
)
# The same where the power of the printer and a macro are exposed.
EXPOSED = replace(
    VOCABULARY, powered=VOCABULARY.names, macros=frozenset(spellings(MACRO))
)
# What a sentence is about that has one of these in it.
PRINTING = re.compile(
    r"print|chamber|afdruk|druck|düse|heizbett|hotend|extru|nozzle|hot end|spuitmond|heatbed|heat bed|"
    r"impres|imprim|buse|plateau|boquilla|cama |bico|mesa|base |stampa|ugello|piatto|"
    r"estrusore|stampe|打印|喷嘴|热床|挤出机|"
    r"印刷|プリント|プリンタ|ノズル|ホットエンド|エクストルーダ|ヒートベッド|チャンバー|造形|検出|エーアイ|"
    r"출력|프린트|프린팅|프린터|노즐|핫엔드|익스트루더|압출기|히트베드|히팅베드|챔버|감지|에이아이|인공지능|"
    r"druk|dysz|głowic|glowic|ekstruder|grzewcz|grzejn|podgrzewan|"
    r"utskrift|skriv|munstyck|dysa|värmebädd|byggplatta|byggkammar|överv|"
    r"печат|принтер|сопл|стол|хотэнд|хотенд|экструд|\bии\b|искусственн|распозна|обнаруж|контрол|"
    r"друк|принтер|сопл|стіл|стол|хотенд|екструд|\bші\b|штучн|розпізна|виявл|контрол|"
    r"tisk|tiště|tiste|trysk|hotend|extruder|vyhřív|vyhriv|"
    r"列印|印表機|噴嘴|噴頭|熱床|擠出機|"
    r"udskrift|udskriv|dyse|varmeplade|byggeplade|byggekammer|overv|"
    r"broquet|cambra|llit |"
    r"baskı|yazıcı|yazdır|nozul|nozül|ekstrüder|ısıtmalı tabla|"
    r"nyomta|fúvók|"
    # The hours of AI detection.
    r"észlelés|mesterséges intel|\bai|"
    r"algılama|yapay zek|"
    r"\bai\b|a i|dete|erkennung|überwachung|\bki\b|\bia\b|détection|rilevamento|"
    r"intelligenza artificiale|foutdetectie|wykrywani|检测|监控|偵測|監控"
)


def documented() -> Iterator[tuple[str, VoiceIntent, str]]:
    """Yield language, wish and sentence of every one in the document."""
    _, _, chapter = DOCUMENT.partition("\n## Sentences\n")
    chapter, _, _ = chapter.partition("\n## ")
    for part in chapter.split("\n### ")[1:]:
        heading, _, body = part.partition("\n")
        for wanted, said in re.findall(
            r"^\| ([a-z ]+) \| (\".*\") \|$", body, re.MULTILINE
        ):
            for sentence in re.findall(r'"([^"]+)"', said):
                yield HEADINGS[heading], WANTED[wanted], sentence


@cache
def listener(
    *languages: str, is_asked: bool = False, vocabulary: Vocabulary = VOCABULARY
) -> sentences.SentenceRecognizer:
    return sentences.SentenceRecognizer(
        [SENTENCES[language] for language in languages], vocabulary, is_asked=is_asked
    )


# The document


def test_every_wish_is_documented_in_every_language() -> None:
    said = {(language, wish) for language, wish, _ in documented()}
    assert said == {
        (language, wish) for language in sentences.LANGUAGES for wish in VoiceIntent
    }


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_every_documented_sentence_is_understood(language: str) -> None:
    hears = listener(language, is_asked=True, vocabulary=EXPOSED)
    assert [
        (
            sentence,
            heard.intent if (heard := hears.recognize(sentence, language)) else None,
        )
        for spoken, _, sentence in documented()
        if spoken == language
    ] == [
        (sentence, wish)
        for spoken, wish, sentence in documented()
        if spoken == language
    ]


def test_the_document_names_all_intents_and_tools() -> None:
    assert set(re.findall(r"\bObico[A-Z]\w+", DOCUMENT)) == set(VoiceIntent)
    assert set(re.findall(r"\bobico__\w+", DOCUMENT)) == {
        f"obico__{name}" for name, _, _ in llm._TOOLS.values()
    }
    assert LLM_API_ASSIST == "assist"


# The sentences


def test_the_languages_are_the_files_that_there_are() -> None:
    assert {path.stem for path in sentences._FOLDER.glob("*.json")} == set(
        sentences.LANGUAGES
    )
    assert {path.stem for path in TRANSLATIONS.glob("*.json")} == set(texts.LANGUAGES)


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_every_language_has_all_wishes_and_rules_that_are_used(language: str) -> None:
    path = sentences._FOLDER / f"{language}.json"
    stored = load_json(path)
    assert set(stored) == {
        "around",
        "rules",
        "intents",
        "where_exposed",
        "while_asked",
        "while_choosing",
    }
    exposed = {wish for wish in VoiceIntent if wish.needs_exposure}
    assert set(branch(stored, "intents")) == set(VoiceIntent) - exposed
    assert set(branch(stored, "where_exposed")) == exposed
    assert set(branch(stored, "while_asked")) == {
        VoiceIntent.CONFIRM_CANCEL,
        VoiceIntent.KEEP,
        Reply.YES,
    }
    assert set(branch(stored, "rules")) == set(
        re.findall(r"<(\w+)>", path.read_text(encoding="utf-8"))
    ) - {"sentence"}


def is_always_about_printing(part: Expression) -> bool:
    """Return whether all that a template matches has a word about printing, or a printer's name."""
    match part:
        case TextChunk(text=text):
            return bool(PRINTING.search(text.casefold() + " "))
        case ListReference():
            return part.list_name == "name"
        case Alternative(items=items):
            return all(map(is_always_about_printing, items))
        case Group(items=items):
            # Each word is a part of its own.
            words = [item.text for item in items if isinstance(item, TextChunk)]
            return bool(PRINTING.search("".join(words).casefold())) or any(
                map(is_always_about_printing, items)
            )
    raise TypeError(part)


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_every_sentence_is_about_printing_or_has_the_name_of_a_printer(
    language: str,
) -> None:
    others = [
        template
        for _, template in SENTENCES[language].templates(is_asked=False)
        if not is_always_about_printing(parse_sentence(template).expression)
    ]
    assert others == []


def sentences_of_home_assistant(language: str) -> Iterator[str]:
    """Yield sentences of Home Assistant's own, some of each kind."""
    own = get_intents(TAGS.get(language, language))
    assert own is not None
    intents = Intents.from_dict(own)
    lists = {
        **intents.slot_lists,
        "name": TextSlotList.from_strings(["kitchen light"], name="name"),
        "area": TextSlotList.from_strings([AREA], name="area"),
        "floor": TextSlotList.from_strings(["ground floor"], name="floor"),
    }
    for intent in intents.intents.values():
        for data in intent.data:
            rules = {**intents.expansion_rules, **data.expansion_rules}
            for template in data.sentences:
                if data.wildcard_list_names.isdisjoint(template.list_names(rules)):
                    yield from islice(
                        sample_sentence(
                            template,
                            {**lists, **data.slot_lists},
                            rules,
                            expand_ranges=False,
                        ),
                        2,
                    )


@pytest.mark.parametrize("language", sentences.LANGUAGES)
def test_no_sentence_of_home_assistants_own_is_taken(language: str) -> None:
    hears = listener(language, vocabulary=EXPOSED)
    own = list(sentences_of_home_assistant(language))
    assert len(own) > FEW_SENTENCES.get(language, 300)
    assert [sentence for sentence in own if hears.recognize(sentence, language)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "pause",
        "pause the music",
        "stop",
        "cancel",
        "cancel the timer",
        "resume",
        "yes",
        "no",
        "how long is left on the timer",
        "how long left",
        "what is the temperature",
        "is it failing",
        "pause garage",
        "turn on the printer",
        "turn on Prusa MK4",
        "pause the print on the Ender",
        "pause the print and turn off the light",
        "what is the status of the washing machine",
        "pausiere die Musik",
        "wie lange noch",
        "wie warm ist es in der Garage",
        "mets en pause la musique",
        "pausa la música",
        "metti in pausa la musica",
        "pausa a música",
        "pauzeer de muziek",
        "暂停",
        "暂停音乐",
        "取消",
        "一時停止",
        "音楽を一時停止して",
        "タイマーをキャンセル",
        "はい",
        "일시 정지",
        "음악 일시 정지",
        "타이머 취소",
        "네",
        "pausa musiken",
        "avbryt timern",
        "hur varmt är det i Garage",
        "sæt musikken på pause",
        "annuller timeren",
        "hvor varmt er der i Garage",
    ],
)
def test_what_is_meant_for_others_is_not_taken(sentence: str) -> None:
    assert listener(*sentences.LANGUAGES).recognize(sentence, "en") is None


@settings(deadline=None)
@given(name=st.text(min_size=1, max_size=30))
def test_a_printer_of_any_name_is_understood_or_not_spoken_of(name: str) -> None:
    words = frozenset(spellings(name))
    hears = sentences.SentenceRecognizer(
        [SENTENCES["en"]], Vocabulary(names=words, places=words), is_asked=False
    )
    for template in hears.triggers(written_out=True).templates:
        parse_sentence(template)
    # What is heard has letters, digits and spaces.
    for word in filter(re.compile(r"[\w ]+").fullmatch, words):
        heard = hears.recognize(f"pause the print on {word}", "en")
        assert heard is not None
        assert heard.intent == VoiceIntent.PAUSE


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Prusa MK4", "prusa mk 4"),
        ("Köhler-Drucker", "Koehler Drucker"),
        ("Köhler-Drucker", "kohler drucker"),
        ("Kuechendrucker", "Küchendrucker"),
        ("Voron 2.4 (garage)", "Voron 2.4 garage."),
        ("Voron 2.4 (garage)", "voron 2 4 garage"),
        ("Voron 2.4", "Voron 2.4."),
        ("Voron 2.4", "Voron 2.4"),
        ("X1-Carbon", "X1 Carbon"),
        ("The <big> one | left", "the big one left"),
    ],
)
def test_a_name_is_understood_as_it_may_be_heard(name: str, said: str) -> None:
    words = frozenset(spellings(name))
    hears = sentences.SentenceRecognizer(
        [SENTENCES["en"]], Vocabulary(names=words, places=words), is_asked=False
    )
    heard = hears.recognize(f"pause the print on {said}", "en")
    assert heard is not None
    assert heard.name in words


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the light",
        "turn on the Ender",
        "run the script",
        "run the macro wipe",
        "schalte das Licht ein",
        "starte das Makro",
    ],
)
def test_of_what_is_not_exposed_nothing_is_taken(sentence: str) -> None:
    hears = listener(*sentences.LANGUAGES, vocabulary=EXPOSED)
    assert hears.recognize(sentence, "en") is None


# The answers


@pytest.mark.parametrize("path", sorted(TRANSLATIONS.glob("*.json")), ids=str)
def test_what_an_answer_proposes_to_say_is_understood(path: object) -> None:
    assert isinstance(path, type(ROOT))
    if not (template := Language(path.stem).template_file).exists():
        return
    language = template.stem
    said = branch(load_json(path), "common")
    hears = listener(language, vocabulary=EXPOSED)
    for wish, key in _EXAMPLES.items():
        proposal = str(said[f"voice_{key}"])
        heard = hears.recognize(proposal.format(name=PRINTER, macro=MACRO), language)
        assert heard is not None, proposal
        if wish is VoiceIntent.RUN_MACRO:
            assert heard.macro == "clean nozzle", proposal
        assert (heard.intent, heard.name) == (wish, "prusa mk4"), proposal


def test_every_answer_is_used_and_gets_its_placeholders() -> None:
    known = {
        key.removeprefix("voice_"): placeholders(str(text))
        for key, text in branch(load_json(TRANSLATIONS / "en.json"), "common").items()
        if key.startswith("voice_")
    }
    trees = [syntax_tree(path) for path in (INTEGRATION / "voice").glob("*.py")]
    said = {
        key: {str(given.arg) for given in call.keywords}
        | ({"count"} if called_name(call) == "say_number" else set())
        for tree in trees
        for call in calls(tree, "say", "say_number")
        if call.args and (key := text_of(call.args[0]))
    }
    assert {key: known.get(key) for key in said} == said
    literals = {text_of(node) for tree in trees for node in ast.walk(tree)}
    assert set(known) <= literals


def test_every_wish_is_an_intent_and_a_tool() -> None:
    assert set(DESCRIPTIONS) == set(llm._TOOLS) == set(VoiceIntent)
    assert {wish for wish in VoiceIntent if llm._TOOLS[wish][2].read_only} == {
        wish for wish in VoiceIntent if wish.is_question
    }
