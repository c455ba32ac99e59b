"""The forms of an HTML page, as a browser would send them."""

from collections.abc import Iterator, Set as AbstractSet
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import override

# These are sent only when their button is pressed, or with a file.
_PRESSED = frozenset({"submit", "button", "reset", "image", "file"})

_TICKED = frozenset({"checkbox", "radio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field of a form; `value` is None if nothing is sent unless somebody fills it in."""

    name: str
    kind: str
    autocomplete: str = ""
    value: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form; `action` is as the page has it, empty for the page itself."""

    action: str = field(repr=False)
    method: str
    controls: list[Control] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, str]:
        """The names and values that are sent if nobody fills anything in."""
        return {
            control.name: control.value
            for control in self.controls
            if control.value is not None
        }

    def has(self, names: AbstractSet[str]) -> bool:
        """Return whether this form is posted and has fields of all these names."""
        return self.method == "post" and names <= {
            control.name for control in self.controls
        }


@dataclass(frozen=True, slots=True)
class Document:
    """The forms and links of a page."""

    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list, repr=False)

    def find(self, names: AbstractSet[str]) -> Form | None:
        """Return the first form that has all these fields."""
        return next((form for form in self.forms if form.has(names)), None)

    def addresses(self) -> Iterator[str]:
        """Return the addresses that links and forms lead to."""
        yield from self.links
        for form in self.forms:
            yield form.action


def parse_document(html: str) -> Document:
    """Return forms and links of a page; no text is an error."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.document


class _Reader(HTMLParser):
    """Collects forms and links by the rules of HTML that matter for sending."""

    def __init__(self) -> None:
        """Start with an empty page."""
        super().__init__(convert_charrefs=True)
        self.document = Document()
        self._form: Form | None = None
        self._select: tuple[Form, str] | None = None
        self._options = 0
        self._templates = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form, a field or a link."""
        if tag == "template":
            self._templates += 1
        if self._templates:
            # A template is for scripts; a browser shows and sends nothing of it.
            return
        # The first of two attributes of the same name counts.
        given = {name: value or "" for name, value in reversed(attrs)}
        match tag:
            case "form" if self._form is None:
                self._form = Form(
                    action=given.get("action", "").strip(),
                    method=given.get("method", "").strip().lower(),
                )
                self.document.forms.append(self._form)
            case "a" if "href" in given:
                self.document.links.append(given["href"].strip())
            case "input" | "button" | "select" | "textarea":
                self._take_control(tag, given)
            case "option" if self._select is not None:
                self._take_option(*self._select, given)

    @override
    def handle_endtag(self, tag: str) -> None:
        """End a form, a select or a template."""
        match tag:
            case "template":
                self._templates = max(self._templates - 1, 0)
            case "form" if not self._templates:
                self._form = None
            case "select":
                self._select = None

    def _take_control(self, tag: str, given: dict[str, str]) -> None:
        """Add a field to the form that it stands in."""
        name = given.get("name", "")
        if self._form is None or not name or "disabled" in given:
            return
        kind = given.get("type", "text").lower() if tag == "input" else tag
        value: str | None = None
        if tag == "select":
            self._select, self._options = (self._form, name), 0
        elif kind in _TICKED:
            value = given.get("value", "on") if "checked" in given else None
        elif tag == "input" and kind not in _PRESSED:
            value = given.get("value", "")
        self._form.controls.append(
            Control(
                name=name,
                kind=kind,
                autocomplete=given.get("autocomplete", "").lower(),
                value=value,
            )
        )

    def _take_option(self, form: Form, name: str, given: dict[str, str]) -> None:
        """Add an option: the first one, and each that is marked as selected."""
        self._options += 1
        if self._options == 1 or "selected" in given:
            form.controls.append(
                Control(name=name, kind="option", value=given.get("value"))
            )
