"""What is on a page, and what a browser would send of it."""

from hypothesis import given, strategies as st
import pytest

from custom_components.obico.aioobico.forms import parse_document

MARKUP = st.from_regex(
    r"(<form method=post>|</form>|<input name=a value=b|>|<select name=s>|<option|</select>"
    r"|<!--|-->|<!\[|<!\[CDATA\[|]]>|<template>|</template>|<textarea name=t>|<a href="
    r"|<script>|</script|<!doctype|&#x110000;|&|'|\"|\x00|=|/)+",
    fullmatch=True,
)


def fields(html: str) -> dict[str, str]:
    """Return what the only form of a page sends."""
    [form] = parse_document(html).forms
    return form.fields


@pytest.mark.parametrize(
    "control",
    [
        '<input type="hidden" name="a" value="1">',
        "<input value=1 name=a type=hidden>",
        "<INPUT NAME='a' VALUE='1'/>",
        "<input name=a value=1 name=b value=2>",
        "<input name=a value=&#49;>",
        "<input name=a type=number value=1>",
        '<input type="checkbox" name="a" value="1" checked>',
        "<input type=radio name=a value=0><input type=radio name=a value=1 checked>",
        "<select name=a><option value=1><option value=2></select>",
        "<select name=a><option value=2><option value=1 selected></select>",
    ],
)
def test_a_field_is_sent_however_it_is_written(control: str) -> None:
    assert fields(f"<form method=post><p>{control}</form>") == {"a": "1"}


@pytest.mark.parametrize(
    "control",
    [
        "<input type=submit name=a value=1>",
        "<input type=image name=a>",
        "<input type=file name=a>",
        "<button name=a value=1>Go</button>",
        "<input type=checkbox name=a value=1>",
        "<input name=a value=1 disabled>",
        "<input value=1>",
        "<input name='' value=1>",
        "<textarea name=a>1</textarea>",
        "<select name=a></select>",
        "<select name=a><option>1</select>",
        "<select><option value=1></select>",
        "<option value=1>",
        "<template><input name=a value=1></template>",
        "<template></form><input name=a value=1></template>",
        "<!-- <input name=a value=1> -->",
        "<script>'<input name=a value=1>'</script>",
        "</form><input name=a value=1>",
        "</select></template><i>",
    ],
)
def test_what_nobody_pressed_or_sees_is_not_sent(control: str) -> None:
    assert fields(f"<form method=post>{control}</form>") == {}


def test_a_ticked_box_without_a_value_is_on() -> None:
    assert fields("<form><input type=checkbox name=a checked></form>") == {"a": "on"}


def test_a_form_within_a_form_is_none() -> None:
    html = "<form method=post><form action=/b><input name=a value=1></form>"
    assert fields(html) == {"a": "1"}


def test_a_form_is_found_by_its_fields_also_those_that_are_only_pressed() -> None:
    document = parse_document(
        "<form method=post><input name=a></form>"
        "<form method=get><input name=a><button name=b></button></form>"
        "<form method=Post action=' /c '><input name=a><button name=b></button></form>"
    )
    form = document.find({"a", "b"})
    assert form is not None
    assert form.action == "/c"
    assert document.find({"a", "d"}) is None


def test_addresses_are_those_of_links_and_forms() -> None:
    document = parse_document("<a name=x><a href=' /a '>A</a><form action=/b></form>")
    assert list(document.addresses()) == ["/a", "/b"]


def test_values_are_not_shown() -> None:
    document = parse_document(
        "<a href=/s3cret></a><form action=/s3cret method=post><input name=a value=s3cret></form>"
    )
    assert "s3cret" not in repr(document)
    assert document.find({"a"}) is not None


@given(st.text() | MARKUP)
def test_no_text_fails(html: str) -> None:
    for form in parse_document(html).forms:
        assert all(isinstance(value, str) for value in form.fields.values())
