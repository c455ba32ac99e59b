"""docs/security.md against the tests that it names."""

import ast
import re

import pytest

from .support import ROOT, syntax_tree

DOCUMENT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(?P<path>tests/[\w/]+\.py)::(?P<name>\w+)`")
NAMED = sorted({match.groups() for match in TEST.finditer(DOCUMENT)})


def threats() -> list[list[str]]:
    """Return the rows of the table of threats, cell by cell."""
    _, _, table = DOCUMENT.partition("| threat |")
    rows = table.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows]


def test_every_threat_has_a_guard_and_a_test() -> None:
    assert threats()
    for threat, guard, tests in threats():
        assert guard, threat
        assert TEST.search(tests), threat


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    tests = {
        node.name
        for node in syntax_tree(ROOT / path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in tests
