"""HTML of events becomes what a reader would see."""

from hypothesis import given, strategies as st
import pytest

from custom_components.obico.aioobico import plain_text

from .support import load_list


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("", ""),
        ("Thermal Runaway, system stopped!", "Thermal Runaway, system stopped!"),
        (
            "<div><i>Printer:</i> Prusa MK4</div><div><i>G-Code:</i> a.gcode</div>",
            "Printer: Prusa MK4\nG-Code: a.gcode",
        ),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"),
        ("a\n  b\tc", "a b c"),
        ("5 &lt; 6 &amp;&nbsp;7 &#8364;", "5 < 6 & 7 €"),
        ("5 < 6", "5 < 6"),
        ("a<!-- b -->c", "ac"),
        ("<script>alert(1)</script>a<style>b{}</style>", "a"),
        ("</style>a", "a"),
        ("<textarea><b>a</b></textarea>b", "b"),
        ('<a href="https://obico.io">guide</a>', "guide"),
        ("<p>a<b>b", "ab"),
    ],
)
def test_text_is_what_a_reader_would_see(html: str, seen: str) -> None:
    assert plain_text(html) == seen


def test_every_recorded_event_is_readable() -> None:
    for event in load_list("printer_events_all.json"):
        assert isinstance(event, dict)
        seen = plain_text(event["event_text"])
        assert seen
        assert "<" not in seen


TAGS = st.sampled_from(
    [
        *("div", "i", "p", "br", "a", "ul", "li", "script", "style"),
        *("title", "textarea", "xmp", "plaintext", "template"),
    ]
)


@given(
    st.lists(
        st.builds("<{} x='1'>".format, TAGS)
        | st.builds("</{}>".format, TAGS)
        | st.text("ab \n")
    ).map("".join)
)
def test_no_tag_is_left_and_no_line_is_empty(html: str) -> None:
    seen = plain_text(html)
    assert "<" not in seen
    assert ">" not in seen
    assert all(line.strip() == line != "" for line in seen.splitlines())
