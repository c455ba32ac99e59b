"""What the checks read, and how."""

import ast
from collections.abc import Iterator
import importlib
import json
from pathlib import Path
import re
from string import Formatter
from types import ModuleType

from custom_components.obico.printer import heaters
from dev.json_types import JsonObject, JsonValue, as_object
from homeassistant.helpers.entity import EntityDescription

ROOT = Path(__file__).parents[2]
INTEGRATION = ROOT / "custom_components" / "obico"
TRANSLATIONS = INTEGRATION / "translations"

# The domains whose entities bear the name of their device class if they have none of their own.
NAMED_BY_DEVICE_CLASS = {
    "binary_sensor",
    "button",
    "event",
    "number",
    "sensor",
    "update",
}

TRANSLATION_KEY = re.compile(r"(?!.*[_-]{2})(?![_-])[a-z0-9_-]+(?<![_-])")


def load_json(path: Path) -> JsonObject:
    """Return the object in a JSON file; a key that stands twice is an error."""

    def unique(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
        keys = [key for key, _ in pairs]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise ValueError(f"{path.name} has {sorted(twice)} twice")
        return dict(pairs)

    value: JsonValue = json.loads(
        path.read_text(encoding="utf-8"), object_pairs_hook=unique
    )
    return as_object(value)


def branch(tree: JsonObject, *path: str) -> JsonObject:
    """Return what lies below a path, nothing where there is no such path."""
    for key in path:
        tree = as_object(tree.get(key, {}))
    return tree


def texts(tree: JsonObject, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of a tree with its path."""
    for key, value in tree.items():
        if isinstance(value, str):
            yield (*path, key), value
        else:
            yield from texts(as_object(value), *path, key)


def placeholders(text: str) -> set[str]:
    """Return the names of a text's placeholders."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def python_files() -> list[Path]:
    """Return the integration's code, the client's with it."""
    return sorted(INTEGRATION.rglob("*.py"))


def syntax_tree(path: Path) -> ast.Module:
    """Return the parsed code of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def text_of(node: ast.AST | None) -> str | None:
    """Return the text of a string literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """Return what a call gives for a keyword."""
    return next((given.value for given in call.keywords if given.arg == name), None)


def called_name(call: ast.Call) -> str:
    """Return the name of what is called, without what stands before its last dot."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Yield the calls of some functions, or of all."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (not names or called_name(node) in names):
            yield node


def platforms() -> dict[str, ModuleType]:
    """Return the integration's entity platforms by their domain."""
    domains = {path.stem for path in INTEGRATION.glob("*.py")}
    return {
        domain: importlib.import_module(f"custom_components.obico.{domain}")
        for domain in sorted(domains)
        if "async_setup_entry" in (INTEGRATION / f"{domain}.py").read_text()
        and domain != "__init__"
    }


def descriptions(domain: str, module: ModuleType) -> list[EntityDescription]:
    """Return all descriptions of a platform's entities that stand in its file."""
    # By name: Home Assistant rebuilds these classes, and isinstance() does not see through it.
    base = f"{''.join(map(str.title, domain.split('_')))}EntityDescription"
    return [
        item
        for value in vars(module).values()
        for item in (value if isinstance(value, tuple) else (value,))
        if any(kind.__name__ == base for kind in type(item).__mro__)
    ]


def entity_keys(domain: str, module: ModuleType) -> Iterator[str]:
    """Yield the translation keys of a platform's entities.

    A description without a key of its own is one of every heater.
    """
    for description in descriptions(domain, module):
        if description.translation_key:
            yield description.translation_key
        else:
            yield from (f"{kind}_{description.key}" for kind in heaters.HeaterKind)


def entities() -> Iterator[tuple[str, str]]:
    """Yield domain and translation key of every entity."""
    for domain, module in platforms().items():
        for key in entity_keys(domain, module):
            yield domain, key
