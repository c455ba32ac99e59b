"""The pages to sign in and out."""

import ssl

from aiohttp import ClientSession, CookieJar, TCPConnector
import pytest

from dev import Account, ObicoServer

from .browser import LOGIN, Browser, fields
from .support import Api, read_answer

LOGOUT = "/accounts/logout/"
USER = "/api/v1/users/me/"


async def test_the_form_has_the_fields_of_the_real_one(browser: Browser) -> None:
    answer = await browser.get(LOGIN)
    assert answer.status == 200
    assert {"csrfmiddlewaretoken", "login", "password", "remember"} <= set(
        fields(answer)
    )
    assert browser.cookie("csrftoken")
    assert browser.cookie("tsd_sessionid") is None


async def test_signing_in_begins_a_session_that_opens_the_api(
    browser: Browser,
) -> None:
    assert (await browser.get(USER)).status == 403
    answer = await browser.sign_in()
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert browser.cookie("tsd_sessionid")
    assert (await browser.get(USER)).object["email"] == "demo@example.com"
    assert (await browser.get(LOGIN)).status == 302


@pytest.mark.parametrize(
    ("wanted", "location"),
    [("/o/x/?a=b", "/o/x/?a=b"), ("https://evil.example/", "/"), ("//evil/", "/")],
)
async def test_whoever_was_sent_to_sign_in_is_sent_back_but_nowhere_else(
    browser: Browser, wanted: str, location: str
) -> None:
    page = fields(await browser.get(LOGIN, {"next": wanted}))
    answer = await browser.post(
        LOGIN, page | {"login": "Demo@Example.com", "password": "demo"}
    )
    assert answer.headers["Location"] == location


async def test_wrong_credentials_show_the_form_again(browser: Browser) -> None:
    answer = await browser.sign_in("wrong")
    assert answer.status == 200
    assert fields(answer)["login"] == "demo@example.com"
    assert browser.cookie("tsd_sessionid") is None


async def test_a_session_lasts_60_days_whether_it_is_used_or_not(
    browser: Browser, server: ObicoServer
) -> None:
    await browser.sign_in()
    await server.advance(59 * 24 * 3600, tick=24 * 3600)
    assert (await browser.get(USER)).status == 200
    await server.advance(24 * 3600, tick=24 * 3600)
    assert (await browser.get(USER)).status == 403


async def test_a_form_of_another_site_is_refused(browser: Browser) -> None:
    form = {"login": "demo@example.com", "password": "demo"}
    assert (await browser.post(LOGIN, form)).status == 403
    page = fields(await browser.get(LOGIN)) | form
    wrong = page | {"csrfmiddlewaretoken": page["csrfmiddlewaretoken"][::-1]}
    assert (await browser.post(LOGIN, wrong)).status == 403
    browser.session.cookie_jar.clear()
    assert (await browser.post(LOGIN, page)).status == 403
    assert (await browser.sign_in()).status == 302


async def test_json_is_no_form(browser: Browser) -> None:
    await browser.get(LOGIN)
    answer = await browser.session.post(
        browser.server.url + LOGIN,
        json={"login": "demo@example.com", "password": "demo"},
    )
    assert answer.status == 403


async def test_over_tls_the_referer_must_be_the_server_itself(
    socket_enabled: None, tls: ssl.SSLContext
) -> None:
    server = ObicoServer()
    server.add_account()
    await server.start(ssl_context=tls)
    jar = CookieJar(unsafe=True)
    connector = TCPConnector(ssl=False)
    async with ClientSession(cookie_jar=jar, connector=connector) as session:
        browser = Browser(session, server)
        form = fields(await browser.get(LOGIN)) | {
            "login": "demo@example.com",
            "password": "demo",
        }
        for referer in ("", "https://evil.example/", server.url.replace("s:", ":", 1)):
            assert (await browser.post(LOGIN, form, Referer=referer)).status == 403
        assert (await browser.post(LOGIN, form)).status == 302
    await server.stop()


async def test_what_changes_something_needs_proof_with_a_session(
    browser: Browser, account: Account
) -> None:
    await browser.sign_in()
    url, change = browser.server.url + USER, {"notification_enabled": False}
    answer = await read_answer(await browser.session.patch(url, json=change))
    assert answer.status == 403
    assert str(answer.object["detail"]).startswith("CSRF Failed")
    assert account.notification_enabled is True
    proof = {"X-CSRFToken": browser.cookie("csrftoken") or ""}
    answer = await read_answer(
        await browser.session.patch(url, json=change, headers=proof)
    )
    assert answer.status == 200
    assert account.notification_enabled is False


async def test_a_token_needs_no_proof_and_counts_before_a_session(
    api: Api, browser: Browser
) -> None:
    await browser.sign_in()
    other = browser.server.add_account("other@example.com")
    answer = await Api(browser.session, browser.server, other)(
        "users/me/", "PATCH", first_name="A"
    )
    assert answer.object["email"] == "other@example.com"
    assert (await api("users/me/", token="wrong")).status == 403


async def test_the_second_step_asks_for_a_code_without_a_session(
    browser: Browser, server: ObicoServer
) -> None:
    server.sign_in.two_step = True
    answer = await browser.sign_in()
    assert answer.status == 302
    assert "code" in fields(await browser.get(answer.headers["Location"]))
    assert (await browser.get(USER)).status == 403


async def test_the_page_can_be_another_one(
    browser: Browser, server: ObicoServer
) -> None:
    server.sign_in.rearranged = True
    assert {"csrfmiddlewaretoken", "login", "password", "theme"} <= set(
        fields(await browser.get(LOGIN))
    )
    server.sign_in.page_changed = True
    assert "login" not in fields(await browser.get(LOGIN))
    assert (await browser.sign_in()).status == 200
    server.sign_in.social_only = True
    assert fields(await browser.get(LOGIN)) == {}


async def test_who_signs_out_has_no_session_any_more(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    server.sign_in.asks_before_sign_out = True
    await browser.sign_in()
    assert server.sign_in.sessions_of(account) == 1
    assert (await browser.post(LOGOUT, {})).status == 403
    answer = await browser.fill_in(LOGOUT)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert server.sign_in.sessions_of(account) == 0
    assert browser.cookie("tsd_sessionid") is None
    assert (await browser.get(LOGOUT)).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/api/v1/users/me/", "/o/applications/"])
async def test_an_api_key_opens_a_session(
    browser: Browser, server: ObicoServer, account: Account, path: str
) -> None:
    for headers, sessions in (
        ({"Authorization": f"Bearer {account.token}"}, 0),
        ({"X-API-KEY": "wrong"}, 0),
        ({"X-API-KEY": account.token}, 1),
        # The same browser needs no other session.
        ({"X-API-KEY": account.token}, 1),
    ):
        await browser.session.get(
            server.url + path, headers=headers, allow_redirects=False
        )
        assert server.sign_in.sessions_of(account) == sessions
    assert (await browser.get("/o/applications/")).status == 200
    await browser.fill_in(LOGOUT)
    assert server.sign_in.sessions_of(account) == 0


async def test_the_pages_fail_under_a_host_without_a_site(
    browser: Browser, server: ObicoServer, api: Api
) -> None:
    page = fields(await browser.get(LOGIN))
    for sites in ({"localhost"}, {"127.0.0.1:1"}, set[str]()):
        server.sign_in.sites = frozenset(sites)
        assert (await browser.get(LOGIN)).status == 500
        for password in ("demo", "wrong"):
            form = page | {"login": "demo@example.com", "password": password}
            assert (await browser.post(LOGIN, form)).status == 500
        assert (await api("users/me/")).status == 200
    for site in ("127.0.0.1", server.url.removeprefix("http://")):
        server.sign_in.sites = frozenset({site})
        assert (await browser.sign_in()).status == 302
        await browser.fill_in(LOGOUT)
