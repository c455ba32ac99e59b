"""Rules of Home Assistant core's own pylint plugin, which is not published."""

import ast
from collections.abc import Iterator
import inspect
from pathlib import Path
from types import ModuleType

import pytest

from dev.json_types import JsonObject
import homeassistant

from .support import (
    NAMED_BY_DEVICE_CLASS,
    TRANSLATIONS,
    branch,
    descriptions,
    load_json,
    platforms,
    python_files,
    syntax_tree,
)

LANGUAGES = sorted(path.stem for path in TRANSLATIONS.glob("*.json"))
COMPONENTS = Path(homeassistant.__file__).parent / "components"


def own_availability(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield what classes of a module define as `available`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and item.name == "available":
                    yield item


def asks_the_coordinator(function: ast.FunctionDef) -> bool:
    """Return whether it uses `super().available` or the coordinator's last success."""
    for node in ast.walk(function):
        match node:
            case (
                ast.Attribute(attr="last_update_success")
                | ast.Attribute(
                    attr="available", value=ast.Call(func=ast.Name(id="super"))
                )
            ):
                return True
    return False


def test_what_is_available_depends_on_the_coordinator() -> None:
    on_their_own = [
        f"{path.name}:{function.lineno}"
        for path in python_files()
        for function in own_availability(syntax_tree(path))
        if not asks_the_coordinator(function)
    ]
    assert on_their_own == []


def names(translations: JsonObject, *path: str) -> dict[str, str]:
    """Return the names by key of what has one."""
    section = branch(translations, *path)
    return {
        key: name
        for key in section
        if isinstance(name := branch(section, key).get("name"), str)
    }


def device_classes_by_key(domain: str, module: ModuleType) -> dict[str, set[str]]:
    """Return the device classes that entities of a translation key may have.

    Where code makes up the key, that is any device class that the platform names.
    """
    described = {
        description.translation_key or description.key: {str(description.device_class)}
        for description in descriptions(domain, module)
    }
    class_name = f"{domain.title().replace('_', '')}DeviceClass"
    named = {
        str(getattr(vars(module)[class_name], node.attr))
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == class_name
    }
    keys = names(load_json(TRANSLATIONS / "en.json"), "entity", domain)
    return {key: described.get(key, named) for key in keys}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_only_repeats_that_of_the_device_class(language: str) -> None:
    repeated = []
    for domain, module in platforms().items():
        if domain not in NAMED_BY_DEVICE_CLASS:
            continue
        own = names(load_json(TRANSLATIONS / f"{language}.json"), "entity", domain)
        core = names(
            load_json(COMPONENTS / domain / "translations" / f"{language}.json"),
            "entity_component",
        )
        # A sensor that shows one of several options has no name of its device class.
        core.pop("enum", None)
        for key, classes in device_classes_by_key(domain, module).items():
            if own[key] in {core.get(each) for each in classes}:
                repeated.append(f"{domain}.{key}: {own[key]}")
    assert repeated == []
