"""What browsers load, against the texts and the entities that it names."""

from pathlib import Path
import re

from .support import INTEGRATION, ROOT, TRANSLATIONS, branch, entities, load_json, texts

SOURCES = sorted((ROOT / "frontend" / "src").rglob("*.ts"))
BUILT = INTEGRATION / "frontend" / "built"
ENGLISH = load_json(TRANSLATIONS / "en.json")
SECTIONS = branch(ENGLISH, "config_panel")

# In quotes or backticks; what is filled in can be any word.
KEY = r"(?:[\w.]|\$\{[^}]*\})+"
TEXT = re.compile(rf"""["`]((?:{"|".join(SECTIONS)})\.{KEY})["`]""")
ENTITY_TEXT = re.compile(rf"component\.obico\.(entity\.{KEY})")
ENTITY = re.compile(
    r""""((?:binary_sensor|button|camera|event|number|select|sensor|switch)\.\w+)\""""
)
# Actions of Home Assistant, which look like entities.
ACTIONS = {"button.press", "number.set_value", "select.select_option"}
ADVERTISED = re.compile(r"""advertise\("\w+", "(\w+)",""")
FILLED_IN = re.compile(r"\$\{[^}]+\}")
HASHED = re.compile(r"[a-z-]+-[A-Z0-9]{8}\.js")
# In bytes.
MOST_OF_MODULE = 45_000
MOST_OF_CHUNK = 30_000
ADDRESS = re.compile(r"https?://[\w./-]+")


def code() -> dict[Path, str]:
    """Return the source without its comments, by file."""
    return {
        path: re.sub(
            r"/\*.*?\*/|^\s*//.*?$",
            "",
            path.read_text(),
            flags=re.DOTALL | re.MULTILINE,
        )
        for path in SOURCES
    }


def pattern(key: str) -> re.Pattern[str]:
    """Return what a key can be once all is filled in."""
    return re.compile(r"\w+".join(map(re.escape, FILLED_IN.split(key))))


def used_texts() -> set[str]:
    """Return the keys of the texts of `config_panel` that the source names."""
    return {
        key
        for source in code().values()
        for key in (
            *TEXT.findall(source),
            *(
                f"{section}.{what}"
                for section in ADVERTISED.findall(source)
                for what in ("name", "description")
            ),
        )
    }


def test_every_text_is_there_and_none_is_left_over() -> None:
    written = {".".join(where) for where, _ in texts(SECTIONS)}
    used = used_texts()
    missing = {
        key for key in used if not any(pattern(key).fullmatch(text) for text in written)
    }
    unused = {
        text
        for text in written
        if not any(pattern(key).fullmatch(text) for key in used)
    }
    assert missing == set()
    assert unused == set()


def test_the_names_of_entities_that_are_shown_are_there() -> None:
    written = {".".join(where) for where, _ in texts(ENGLISH)}
    used = {key for source in code().values() for key in ENTITY_TEXT.findall(source)}
    assert used
    assert {
        key for key in used if not any(pattern(key).fullmatch(text) for text in written)
    } == set()


def test_the_entities_that_are_looked_for_exist() -> None:
    named = {f"{domain}.{key}" for domain, key in entities()}
    used = {key for source in code().values() for key in ENTITY.findall(source)}
    used -= ACTIONS
    assert used
    assert used - named == set()


def test_the_module_and_its_chunks_are_small_and_nothing_else_is_there() -> None:
    built = load_json(BUILT / "modules.json")
    chunks = built["chunks"]
    assert isinstance(chunks, list)
    names = {str(built["module"]), *map(str, chunks)}
    assert names | {"modules.json"} == {path.name for path in BUILT.iterdir()}
    assert all(HASHED.fullmatch(name) for name in names)
    large = {
        name
        for name in names
        if (BUILT / name).stat().st_size
        > (MOST_OF_MODULE if name == built["module"] else MOST_OF_CHUNK)
    }
    assert large == set()


def test_the_module_needs_no_chunk_before_it_runs() -> None:
    module = str(load_json(BUILT / "modules.json")["module"])
    # A chunk that is imported otherwise would be part of what every page loads.
    imported = re.findall(
        r"""(?:import|from)\s*["'](\./[^"']+)""", (BUILT / module).read_text()
    )
    assert imported == []


def test_what_is_built_names_no_address_but_that_of_the_documentation() -> None:
    manifest = load_json(INTEGRATION / "manifest.json")
    addresses = {
        address
        for path in BUILT.glob("*.js")
        for address in ADDRESS.findall(path.read_text())
    }
    # Names of what browsers draw with, never asked for.
    namespaces = {address for address in addresses if "//www.w3.org/" in address}
    assert addresses - namespaces
    assert all(
        address.startswith(str(manifest["documentation"]))
        for address in addresses - namespaces
    )
