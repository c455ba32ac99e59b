"""Plain text from HTML, and what can be the name of a file."""

from html.parser import HTMLParser
from typing import override
from unicodedata import category, normalize

_BLOCKS = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
    }
    | {"hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"}
)
# Control characters (Cc), which agents may take for the end of a line, and halves of
# characters (Cs), which are no UTF-8. Whatever else is unusual about a name is a part of it:
# spaces of any width, joiners of emoji, soft hyphens, marks of direction.
_NOT_SENDABLE = frozenset({"Cc", "Cs"})

# Elements whose content is not shown.
_UNSEEN = frozenset(
    {"iframe", "noembed", "noframes", "plaintext", "script", "style", "template"}
    | {"textarea", "title", "xmp"}
)


def plain_text(html: str) -> str:
    """Return the text that a browser would show of HTML, one line for each block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def is_sendable_name(name: str) -> bool:
    """Return whether the name of a file, or a path, can be sent to a server or an agent."""
    return _NOT_SENDABLE.isdisjoint(map(category, name))


def is_same_name(name: str, other: str) -> bool:
    """Return whether two names of files are the same apart from their Unicode composition.

    Systems store an umlaut as one character or as a letter and a combining mark: both names
    are compared in their composed form (NFC).
    """
    return normalize("NFC", name) == normalize("NFC", other)


class _Reader(HTMLParser):
    """Collects the text of a document."""

    def __init__(self) -> None:
        """Start with an empty document."""
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block on its own line."""
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        """Continue on a new line after a block."""
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        """Keep text, with its line breaks as spaces."""
        if not self._unseen:
            self.pieces.append(data.replace("\n", " "))
