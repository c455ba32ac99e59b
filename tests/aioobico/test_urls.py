"""What people type as a server's address."""

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    CLOUD_URL,
    UserInfoError,
    parse_server_url,
    server_url,
    without_user_info,
)


@pytest.mark.parametrize(
    ("typed", "origins"),
    [
        ("https://app.obico.io", ["https://app.obico.io"]),
        ("HTTPS://App.Obico.IO/?a=b#c", ["https://app.obico.io"]),
        ("  app.obico.io\n", ["https://app.obico.io", "http://app.obico.io"]),
        ("obico.lan:3334/", ["https://obico.lan:3334", "http://obico.lan:3334"]),
        ("192.168.1.9:3334", ["http://192.168.1.9:3334", "https://192.168.1.9:3334"]),
        ("[fd00::1]:3334", ["http://[fd00::1]:3334", "https://[fd00::1]:3334"]),
        ("Localhost:3334", ["http://localhost:3334", "https://localhost:3334"]),
        ("https://obico.example:80", ["https://obico.example:80"]),
        ("http://a.example:1/?u=http://b.example", ["http://a.example:1"]),
        ("a.example:1/?u=//b", ["https://a.example:1", "http://a.example:1"]),
    ],
)
def test_an_address_as_people_type_it_becomes_origins_to_try(
    typed: str, origins: list[str]
) -> None:
    assert [str(url) for url in parse_server_url(typed)] == origins


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        (
            "http://obico.example/",
            ["http://obico.example", "http://obico.example:3334"],
        ),
        ("https://obico.local", ["https://obico.local", "https://obico.local:3334"]),
        (
            "192.168.1.9",
            ["http://192.168.1.9:3334", "http://192.168.1.9", "https://192.168.1.9"],
        ),
        ("fd00::1", ["http://[fd00::1]:3334", "http://[fd00::1]", "https://[fd00::1]"]),
        (
            "obico.local",
            ["http://obico.local:3334", "http://obico.local", "https://obico.local"],
        ),
        (
            "bücher.example",
            [
                "https://xn--bcher-kva.example",
                "http://xn--bcher-kva.example",
                "http://xn--bcher-kva.example:3334",
            ],
        ),
    ],
)
def test_an_address_without_a_port_is_also_tried_at_that_of_self_hosted_servers(
    typed: str, urls: list[str]
) -> None:
    assert [str(url) for url in parse_server_url(typed)] == urls


@pytest.mark.parametrize(
    ("typed", "urls"),
    [
        ("https://home.example:1/obico/", ["/obico", ""]),
        ("https://home.example:1/3d/obico", ["/3d/obico", "/3d", ""]),
        ("https://home.example:1//obico//?a#b", ["/obico", ""]),
        ("https://home.example:1/a%2Fb/%C3%A4", ["/a%2Fb/%C3%A4", "/a%2Fb", ""]),
        (
            "https://home.example:1/printers/1/control/x/y",
            [
                "/printers/1/control/x",
                "/printers/1/control",
                "/printers/1",
                "/printers",
                "",
            ],
        ),
    ],
)
def test_a_path_may_be_where_a_proxy_has_the_server_or_one_of_its_pages(
    typed: str, urls: list[str]
) -> None:
    assert [str(url) for url in parse_server_url(typed)] == [
        f"https://home.example:1{path}" for path in urls
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("http://fd00::1", "http://[fd00::1]"),
        ("https://fd00::1/obico", "https://[fd00::1]/obico"),
        ("fd00::1/", "http://[fd00::1]:3334"),
        ("fe80::1%eth0", "http://[fe80::1%eth0]:3334"),
    ],
)
def test_an_ipv6_address_may_miss_its_brackets(typed: str, first: str) -> None:
    assert str(parse_server_url(typed)[0]) == first


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ｎａｓ：３３３４", "nas:3334"),
        ("http：／／nas：3334／", "http://nas:3334"),
        ("192。168。1。10", "192.168.1.10"),
        ("\u200bhttp://nas:3334\u200b", "http://nas:3334"),
        ("\u2066nas:3334\u2069\xa0", "nas:3334"),
    ],
)
def test_wide_and_unseen_characters_are_read_as_they_are_meant(
    typed: str, meant: str
) -> None:
    assert parse_server_url(typed) == parse_server_url(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "http:/192.168.1.5:3334",
        "http:/obico.example",
        "https:/obico.example:1",
        "http//obico.example:1",
        "http/obico.example:1",
        "HTTP:\\\\obico.example:1",
        "http:\\obico.example",
        "http;//obico.example:1",
        "http.//obico.example:1",
        "htp:/obico.example",
        "htp//obico.example",
        "htp://obico.example",
        "http://http://obico.example:1",
        "http://https:/obico.example:1",
        "//http:/obico.example",
        "http:///obico.example",
        "http://obico.example:",
        "http://obico.example:/",
        "obico.example:",
        "obico.example:?a",
        "https:",
        "http:obico.example",
        "://obico.example",
        ":3334",
        "/obico",
        "\\\\obico",
        "obico.example\\obico",
    ],
)
def test_an_address_whose_scheme_is_mistyped_is_none(typed: str) -> None:
    with pytest.raises(ValueError, match=r"address|Port|URL") as caught:
        parse_server_url(typed)
    assert not isinstance(caught.value, UserInfoError)


@pytest.mark.parametrize(
    "typed", ["nas", "octopi.local", "nas.lan", "obico.home.arpa", "pi.fritz.box"]
)
def test_what_stands_at_home_is_first_tried_without_a_certificate(typed: str) -> None:
    assert [str(url) for url in parse_server_url(typed)] == [
        f"http://{typed}:3334",
        f"http://{typed}",
        f"https://{typed}",
    ]


def test_an_address_that_begins_with_two_slashes_has_no_scheme() -> None:
    assert parse_server_url("//nas:3334") == parse_server_url("nas:3334")


def test_a_host_may_be_called_http() -> None:
    assert parse_server_url("http:3334")[0] == URL("https://http:3334")


@pytest.mark.parametrize(
    "typed",
    [
        "http://user:pw@obico.example",
        "https://user@obico.example/obico/",
        "https://:pw@obico.example",
        "user:pw@obico.example:3334",
        "http:/user:pw@obico.example",
    ],
)
def test_user_and_password_in_an_address_are_refused_and_not_repeated(
    typed: str,
) -> None:
    with pytest.raises(UserInfoError) as caught:
        parse_server_url(typed)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "http:/",
        "https:obico.example",
        "https://",
        "ftp://obico.example",
        "my server",
        "http://my server/",
        "obico..example",
        "http://obico.example:port",
        "http://obico.example:99999",
        "http://obico.example:0",
        "obico.example:0",
        "3334",
        "192.168.1",
        "192.168.1.300",
        "http://192.168.1.010:3334",
        "192.168.1.10.",
        "obico.0x7f",
        f"http://{'a' * 64}.example",
        f"http://{'a.' * 130}example",
        "http://[::1",
        "[]@",
        "https://[]@",
        "http://obico.example\\printers",
        "http:///printers",
        "http://xn--a-/",
        "https://obico.xn--zzzzzzzzzz\u20ac-",
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
    for url in origins:
        assert url == server_url(url)
        assert url.scheme in {"http", "https"}
        assert not url.query_string
        assert url.user is None


@pytest.mark.parametrize(
    "typed", ["me@example.com", "mailto:me@example.com", "me＠example.com", " me@nas "]
)
def test_the_address_of_a_person_is_none_of_a_server_and_nothing_of_it_is_kept(
    typed: str,
) -> None:
    with pytest.raises(ValueError, match="person") as caught:
        parse_server_url(typed)
    assert not isinstance(caught.value, UserInfoError)
    assert "me" not in str(caught.value)
    assert without_user_info(typed) == ""


@pytest.mark.parametrize("typed", ["me:pw@nas", "http：//me：pw＠nas", "http://me@nas"])
def test_an_address_is_shown_without_user_and_password(typed: str) -> None:
    assert without_user_info(typed).removeprefix("http://") == "nas"


def test_the_cloud_is_an_address_as_typed() -> None:
    assert parse_server_url(str(CLOUD_URL)) == [CLOUD_URL]
