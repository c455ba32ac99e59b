"""Names of files: what is listed can be sent, and is found.

The kind: a name with an unusual character is refused, or not recognized in its other
spelling.
"""

import pytest

from custom_components.obico.aioobico import (
    AgentKind,
    PrinterAgent,
    is_same_name,
    is_sendable_name,
)

NAMES = [
    "café noir.gcode",
    "a\u00a0b.gcode",
    "テスト\u3000部品.gcode",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467.gcode",
    "a\u00adb.gcode",
    "\u200fעברית.gcode",
    "u\u0308mlaut.gcode",
    " leading.gcode",
    "trailing .gcode ",
    "a\u2009b\u202fc\ufeffd.gcode",
    "parts/small/a.gcode",
    "\ue000 private use.gcode",
    "",
]
NOT_SENDABLE = [
    "a\nb.gcode",
    "a\rb",
    "a\tb",
    "\x00",
    "a\x7fb",
    "a\x85b",
    "\x1b[0m",
    "a\ud83d",
    "\udcff",
]


@pytest.mark.parametrize("name", NAMES)
async def test_what_can_be_listed_can_be_sent(name: str) -> None:
    sent: list[str] = []

    async def send(message: str) -> None:
        sent.append(message)
        raise ConnectionError

    assert is_sendable_name(name)
    for kind in AgentKind:
        with pytest.raises(ConnectionError):
            await PrinterAgent(send).print_file(kind, name)
        with pytest.raises(ConnectionError):
            await PrinterAgent(send).list_files(kind, name)
    assert all(name in message for message in sent)


@pytest.mark.parametrize("name", NOT_SENDABLE)
async def test_what_no_name_can_hold_is_not_sent(name: str) -> None:
    async def send(_: str) -> None:
        raise AssertionError("it was sent")

    assert not is_sendable_name(name)
    for kind in AgentKind:
        with pytest.raises(ValueError, match="control"):
            await PrinterAgent(send).print_file(kind, name)
        with pytest.raises(ValueError, match="control"):
            await PrinterAgent(send).list_files(kind, name)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("u\u0308mlaut.gcode", "\u00fcmlaut.gcode"),
        ("cafe\u0301", "caf\u00e9"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("\u212b", "\u00c5"),
        ("plain", "plain"),
    ],
)
def test_two_spellings_are_the_same_name(name: str, other: str) -> None:
    assert is_same_name(name, other)
    assert is_same_name(*reversed((name, other)))


@pytest.mark.parametrize(
    ("name", "other"),
    [("a", "A"), ("a", "a "), ("fi", "\ufb01"), ("a\u00adb", "ab"), ("u", "\u00fc")],
)
def test_what_a_reader_tells_apart_is_not_the_same_name(name: str, other: str) -> None:
    assert not is_same_name(name, other)
