"""What people type as a server's address."""

from hypothesis import given, strategies as st
import pytest

from custom_components.obico.aioobico import CLOUD_URL, parse_server_url


@pytest.mark.parametrize(
    ("typed", "origins"),
    [
        ("https://app.obico.io", ["https://app.obico.io"]),
        ("http://obico.example/", ["http://obico.example"]),
        ("HTTPS://App.Obico.IO/printers/1/?a=b#c", ["https://app.obico.io"]),
        ("  app.obico.io\n", ["https://app.obico.io", "http://app.obico.io"]),
        ("obico.lan:3334/", ["https://obico.lan:3334", "http://obico.lan:3334"]),
        ("192.168.1.9:3334", ["http://192.168.1.9:3334", "https://192.168.1.9:3334"]),
        ("[fd00::1]:3334", ["http://[fd00::1]:3334", "https://[fd00::1]:3334"]),
        ("fd00::1", ["http://[fd00::1]", "https://[fd00::1]"]),
        ("Localhost:3334", ["http://localhost:3334", "https://localhost:3334"]),
        ("obico.local", ["http://obico.local", "https://obico.local"]),
        ("https://obico.local", ["https://obico.local"]),
        ("http://user:pw@obico.example", ["http://obico.example"]),
        ("https://obico.example:443", ["https://obico.example"]),
        ("http://obico.example:80", ["http://obico.example"]),
        ("https://obico.example:80", ["https://obico.example:80"]),
        (
            "bücher.example",
            ["https://xn--bcher-kva.example", "http://xn--bcher-kva.example"],
        ),
        ("http://a.example/?u=http://b.example", ["http://a.example"]),
        ("a.example/?u=http://b.example", ["https://a.example", "http://a.example"]),
    ],
)
def test_an_address_as_people_type_it_becomes_origins_to_try(
    typed: str, origins: list[str]
) -> None:
    assert [str(url) for url in parse_server_url(typed)] == origins


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "https://",
        "ftp://obico.example",
        "my server",
        "http://my server/",
        "obico..example",
        "http://obico.example:port",
        "http://obico.example:99999",
        f"http://{'a' * 64}.example",
        f"http://{'a.' * 130}example",
        "http://[::1",
        "[]@",
        "https://[]@",
        "http://obico.example\\printers",
        "http:///printers",
    ],
)
def test_what_is_no_address_is_a_value_error(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_server_url(typed)


@given(st.text() | st.text("htps:/[].@%1a \\#?"))
def test_whatever_is_typed_gives_origins_or_a_value_error(typed: str) -> None:
    try:
        origins = parse_server_url(typed)
    except ValueError:
        return
    assert origins
    for origin in origins:
        assert origin == origin.origin()
        assert origin.scheme in {"http", "https"}


def test_the_cloud_is_an_address_as_typed() -> None:
    assert parse_server_url(str(CLOUD_URL)) == [CLOUD_URL]
