"""In with e-mail and password: every way, every error, and recovery."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import aiohttp
from aiohttp import hdrs, web
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoAuthenticationError,
    ObicoConnectionError,
    ObicoError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoServerError,
    ObicoSignInPageError,
    ObicoSocialSignInError,
    ObicoTwoStepError,
    ObicoUnknownSiteError,
    SessionCookie,
    sign_in,
)
from dev import Account, ObicoServer
from dev.server.faults import Fault
from tests.tls import self_signed

from .people import EMAIL, LOGIN, PASSWORD, Person, hang_up
from .support import FakeServer

LOGIN_FORM = (
    "<form method=post{action}><input name=csrfmiddlewaretoken type=hidden value=x>"
    "<input name=login><input name=password type=password>{more}</form>"
)


def page(form: str = "", *, action: str = "", more: str = "") -> str:
    """Return a page with the form to sign in, else with another one."""
    return f"<!doctype html>{form or LOGIN_FORM.format(action=action, more=more)}"


def shows(server: FakeServer, *answers: web.Response) -> None:
    """Let the sign-in page answer these, one after the other."""
    left = list(answers)

    async def answer(_: web.Request) -> web.Response:
        return left.pop(0)

    server.on(LOGIN, answer)


def html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


def redirect(location: str, *, cookie: str | None = None) -> web.Response:
    response = web.Response(status=302, headers={hdrs.LOCATION: location})
    if cookie is not None:
        response.set_cookie("tsd_sessionid", cookie)
    return response


def asked(obico: ObicoServer) -> list[str]:
    """Return what was asked of a server, in order."""
    return [f"{request.method} {request.path}" for request in obico.requests]


async def test_a_page_that_is_written_in_another_way_is_understood(
    person: Person, obico: ObicoServer
) -> None:
    obico.sign_in.rearranged = True
    assert await person.is_in()


@pytest.mark.parametrize(
    "jar",
    [
        aiohttp.DummyCookieJar,
        aiohttp.CookieJar,
        lambda: aiohttp.CookieJar(unsafe=True),
    ],
)
async def test_any_session_will_do_and_its_own_cookies_are_not_sent(
    obico: ObicoServer,
    account: Account,
    jar: Callable[[], aiohttp.abc.AbstractCookieJar],
) -> None:
    async with aiohttp.ClientSession(
        cookie_jar=jar(), headers={hdrs.AUTHORIZATION: "Bearer its-own"}
    ) as session:
        session.cookie_jar.update_cookies({"its": "own"}, URL(obico.url))
        assert await Person(session, URL(obico.url)).is_in()
    for request in obico.requests:
        assert "its=own" not in request.headers.get(hdrs.COOKIE, "")
        assert "its-own" not in request.headers.get(hdrs.AUTHORIZATION, "")


async def test_a_server_that_speaks_tls_gets_its_referer(tmp_path: Path) -> None:
    obico = ObicoServer()
    account = obico.add_account(EMAIL, PASSWORD)
    await obico.start(ssl_context=self_signed(tmp_path))
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        person = Person(session, URL(obico.url))
        assert await person.is_in()
        obico.sign_in.registration_open = False
        cookie = await person.sign_in()
        assert isinstance(cookie, SessionCookie)
        await person.client(cookie).set_notification_enabled(enabled=False)
    assert account.notification_enabled is False
    await obico.stop()


async def test_wrong_credentials_are_an_authentication_error_and_right_ones_get_in(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    assert type(await person.fail("wrong")) is ObicoAuthenticationError
    assert asked(obico) == [f"GET {LOGIN}", f"POST {LOGIN}"]
    assert obico.applications.of(account) == []
    assert await person.is_in()


async def test_a_second_step_is_told_from_wrong_credentials(
    person: Person, obico: ObicoServer
) -> None:
    obico.sign_in.two_step = True
    assert type(await person.fail("wrong")) is ObicoAuthenticationError
    assert type(await person.fail()) is ObicoTwoStepError
    obico.sign_in.two_step = False
    assert await person.is_in()


async def test_a_server_without_passwords_says_so(
    person: Person, obico: ObicoServer
) -> None:
    obico.sign_in.social_only = True
    assert type(await person.fail()) is ObicoSocialSignInError
    assert asked(obico) == [f"GET {LOGIN}"]
    obico.sign_in.social_only = False
    assert await person.is_in()


async def test_a_changed_page_is_not_understood_and_gets_no_password(
    person: Person, obico: ObicoServer
) -> None:
    obico.sign_in.page_changed = True
    error = await person.fail()
    assert type(error) is ObicoSignInPageError
    assert LOGIN in str(error)
    assert asked(obico) == [f"GET {LOGIN}"]
    obico.sign_in.page_changed = False
    assert await person.is_in()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("lay", "expected"),
    [
        (lambda faults, **how: faults.html(LOGIN, 403, **how), ObicoSignInPageError),
        (lambda faults, **how: faults.html(LOGIN, 404, **how), ObicoSignInPageError),
        (lambda faults, **how: faults.html(LOGIN, 502, **how), ObicoServerError),
        (lambda faults, **how: faults.answer(LOGIN, 429, **how), ObicoRateLimitError),
        (lambda faults, **how: faults.answer(LOGIN, 200, **how), ObicoSignInPageError),
        (
            lambda faults, **how: faults.redirect(LOGIN, "/elsewhere/", **how),
            ObicoSignInPageError,
        ),
        (
            lambda faults, **how: faults.redirect(LOGIN, "https://[", **how),
            ObicoSignInPageError,
        ),
        (
            lambda faults, **how: faults.add(LOGIN, hang_up, **how),
            ObicoConnectionError,
        ),
        (
            lambda faults, **how: faults.answer(LOGIN, 200, b" " * 2**20 + b" ", **how),
            ObicoSignInPageError,
        ),
    ],
)
async def test_whatever_the_page_does_is_one_clear_error(
    person: Person,
    obico: ObicoServer,
    method: str,
    lay: Callable[..., Fault],
    expected: type[ObicoError],
) -> None:
    fault = lay(obico.faults, method=method)
    assert type(await person.fail()) is expected
    assert fault.hits
    obico.faults.clear()
    assert await person.is_in()


async def test_a_server_that_is_down_is_a_connection_error(
    person: Person, obico: ObicoServer
) -> None:
    await obico.refuse_connections()
    assert type(await person.fail()) is ObicoConnectionError
    await obico.accept_connections()
    assert await person.is_in()


async def test_a_server_that_does_not_answer_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say_nothing(LOGIN)
    with pytest.raises(ObicoConnectionError):
        await sign_in(session, server.url, EMAIL, PASSWORD, timeout=0.05)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/2fa/authenticate/",
        "/mfa/",
        "/account/two_factor/",
        "/TOTP/?next=/",
        "/Two-Factor-Login",
    ],
)
async def test_being_sent_to_a_second_step_is_one(
    guest: Person, server: FakeServer, path: str
) -> None:
    shows(server, html(page()), redirect(path, cookie="half"))
    assert type(await guest.fail()) is ObicoTwoStepError


@pytest.mark.parametrize(
    "answer",
    [
        page("<form method=post><input name=code></form>"),
        page("<form method=post><input name=x autocomplete=one-time-code></form>"),
        page(more="<input name=otp_token>"),
    ],
)
async def test_being_asked_for_a_code_is_a_second_step(
    guest: Person, server: FakeServer, answer: str
) -> None:
    shows(server, html(page()), html(answer))
    assert type(await guest.fail()) is ObicoTwoStepError


@pytest.mark.parametrize(
    "answer",
    [
        page(more="<input type=hidden name=code value=1>"),
        page() + "<form method=post><input name=code></form>",
    ],
)
async def test_a_code_that_is_for_something_else_is_no_second_step(
    guest: Person, server: FakeServer, answer: str
) -> None:
    shows(server, html(page()), html(answer))
    assert type(await guest.fail()) is ObicoAuthenticationError


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("<a href='/accounts/google/login/'>", ObicoSocialSignInError),
        (
            "<a href='https://x.example/accounts/oidc/home/login'>",
            ObicoSocialSignInError,
        ),
        ("<form method=post action=/accounts/apple/login/>", ObicoSocialSignInError),
        ("<a href='/accounts/login/'>", ObicoSignInPageError),
        ("<a href='/accounts/signup/'>", ObicoSignInPageError),
        ("<a href='javascript:login()'>", ObicoSignInPageError),
    ],
)
async def test_somebody_elses_sign_in_is_told_from_other_links(
    guest: Person, server: FakeServer, link: str, expected: type[ObicoError]
) -> None:
    shows(server, html(page(link)))
    assert type(await guest.fail()) is expected


async def test_offering_somebody_elses_sign_in_besides_is_fine(
    guest: Person, server: FakeServer
) -> None:
    shows(
        server,
        html(page() + "<a href=/accounts/google/login/>"),
        redirect("/", cookie="abc"),
    )
    assert await guest.sign_in() == SessionCookie("abc")


async def test_credentials_arrive_as_they_were_typed_with_all_that_the_form_carries(
    guest: Person, server: FakeServer
) -> None:
    answer = html(page(more="<input type=hidden name=extra value='&lt;é'>"))
    answer.set_cookie("csrftoken", "seed")
    shows(server, answer, redirect("/", cookie="abc"))
    await guest.sign_in()
    shown, sent, *_ = server.requests
    assert parse_qs(sent.body.decode()) == {
        "csrfmiddlewaretoken": ["x"],
        "login": [EMAIL],
        "password": [PASSWORD],
        "remember": ["on"],
        "extra": ["<é"],
    }
    assert sent.headers[hdrs.REFERER] == f"{server.url}{LOGIN}"
    assert sent.headers[hdrs.COOKIE] == "csrftoken=seed"
    assert hdrs.COOKIE not in shown.headers


async def test_being_sent_on_without_a_session_is_not_signed_in(
    guest: Person, server: FakeServer
) -> None:
    shows(server, html(page()), redirect("/"))
    assert type(await guest.fail()) is ObicoSignInPageError


async def test_nobody_is_followed_to_another_server(
    guest: Person, server: FakeServer
) -> None:
    elsewhere = FakeServer()
    await elsewhere.start()
    shows(server, html(page()), redirect(f"{elsewhere.url}/", cookie="abc"))
    assert await guest.sign_in() == SessionCookie("abc")
    assert elsewhere.requests == []
    await elsewhere.stop()


async def test_a_form_that_leads_to_another_server_is_not_sent(
    guest: Person, server: FakeServer
) -> None:
    elsewhere = FakeServer()
    await elsewhere.start()
    for action in (f"{elsewhere.url}{LOGIN}", f"//127.0.0.1:{elsewhere.url.port}/"):
        shows(server, html(page(action=f" action='{action}'")))
        assert type(await guest.fail()) is ObicoSignInPageError
    assert elsewhere.requests == []
    assert {request.method for request in server.requests} == {"GET"}
    await elsewhere.stop()


@pytest.mark.parametrize("action", ["javascript:send()", "http://[/", "http://a..b/"])
async def test_a_form_that_leads_nowhere_is_not_sent(
    guest: Person, server: FakeServer, action: str
) -> None:
    shows(server, html(page(action=f" action='{action}'")))
    assert type(await guest.fail()) is ObicoSignInPageError
    assert len(server.requests) == 1


async def test_a_form_that_leads_out_of_tls_is_not_sent(tmp_path: Path) -> None:
    server = FakeServer()
    await server.start(self_signed(tmp_path))
    plain = server.url.with_scheme("http")
    shows(server, html(page(action=f" action='{plain}{LOGIN}'")))
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        error = await Person(session, server.url).fail()
    assert type(error) is ObicoSignInPageError
    assert [request.method for request in server.requests] == ["GET"]
    await server.stop()


async def test_a_form_by_the_full_address_of_its_own_server_is_sent(
    guest: Person, server: FakeServer
) -> None:
    action = f" action='{server.url}{LOGIN}'"
    shows(server, html(page(action=action)), redirect("/", cookie="abc"))
    assert await guest.sign_in() == SessionCookie("abc")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_sign_in_page_that_fails_is_one_of_an_address_that_is_no_site(
    person: Person, obico: ObicoServer, method: str
) -> None:
    """It fails with status 500, for the right password and for a wrong one."""
    fault = obico.faults.html(LOGIN, 500, method=method)
    assert type(await person.fail()) is ObicoUnknownSiteError
    assert type(await person.fail("wrong")) is ObicoUnknownSiteError
    assert fault.hits == 2
    obico.faults.clear()
    assert await person.is_in()


async def test_a_server_knows_itself_under_its_sites_only(
    person: Person, obico: ObicoServer
) -> None:
    obico.sign_in.sites = frozenset({"localhost"})
    assert type(await person.fail()) is ObicoUnknownSiteError
    obico.sign_in.sites = frozenset({"localhost", "127.0.0.1"})
    assert await person.is_in()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_sign_in_page_that_moved_to_another_server_tells_where_to(
    person: Person, obico: ObicoServer, method: str
) -> None:
    obico.faults.redirect(LOGIN, "https://elsewhere.example/login", method=method)
    error = await person.fail()
    if method == "GET":
        assert isinstance(error, ObicoRedirectError)
        assert error.origin == URL("https://elsewhere.example")
    else:
        assert type(error) is ObicoSignInPageError
