"""The pages of a user's applications and of signing out, as a browser meets them."""

from aiohttp import ClientSession, DummyCookieJar
import pytest

from dev import Account, ObicoServer

from .browser import LOGIN, Browser, fields

APPLICATIONS = "/o/applications/"
LOGOUT = "/accounts/logout/"
USER = "/api/v1/users/me/"
VERSION = "/api/v1/version/"


async def test_applications_are_listed_by_name_to_their_user_alone(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    assert (await browser.get(APPLICATIONS)).status == 302
    await browser.sign_in()
    await browser.register(name="<b>Mine</b>")
    other = server.add_account("other@example.com")
    theirs = server.applications.register(
        other,
        {
            "name": "Theirs",
            "client_id": "theirs",
            "client_type": "public",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": "https://example.com/",
        },
    )
    listed = await browser.get(APPLICATIONS)
    [mine] = server.applications.of(account)
    link = f'<a href="{APPLICATIONS}{mine.id}/">&lt;b&gt;Mine&lt;/b&gt;</a>'
    assert link in listed.text
    assert "Theirs" not in listed.text
    for page in ("", "update/", "delete/"):
        there = f"{APPLICATIONS}{theirs.id}/{page}"
        assert (await browser.get(there)).status == 404
    form = fields(await browser.get(f"{APPLICATIONS}{mine.id}/delete/"))
    answer = await browser.post(f"{APPLICATIONS}{theirs.id}/delete/", form)
    assert answer.status == 404
    assert server.applications.of(other) == [theirs]


async def test_the_form_that_changes_an_application_shows_what_it_is(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    await browser.sign_in()
    await browser.register(name="Mine")
    [mine] = server.applications.of(account)
    shown = fields(await browser.get(f"{APPLICATIONS}{mine.id}/update/"))
    assert shown["name"] == "Mine"
    assert shown["client_id"] == mine.client_id
    assert {"client_type", "authorization_grant_type", "redirect_uris"} <= set(shown)


async def test_an_application_is_deleted_with_its_tokens(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    await browser.sign_in()
    await browser.register()
    [mine] = server.applications.of(account)
    code = (await browser.code(mine.client_id)).query["code"]
    left = (await browser.code(mine.client_id)).query["code"]
    await browser.token(mine.client_id, code)
    [token] = mine.tokens
    before = list(account.tokens)
    path = f"{APPLICATIONS}{mine.id}/delete/"
    assert (await browser.post(path, {})).status == 403
    answer = await browser.fill_in(path)
    assert (answer.status, answer.headers["Location"]) == (302, APPLICATIONS)
    assert server.applications.of(account) == []
    assert account.tokens == [each for each in before if each != token]
    assert (await browser.token(mine.client_id, left)).status == 401
    # Numbers are not given out again.
    await browser.register()
    [later] = server.applications.of(account)
    assert later.id > mine.id


@pytest.mark.parametrize("asks_first", [True, False])
async def test_signing_out_ends_the_session_of_this_browser_only(
    browser: Browser, server: ObicoServer, account: Account, asks_first: bool
) -> None:
    server.sign_in.asks_before_sign_out = asks_first
    await browser.sign_in()
    server.sign_in.begin_session(account)
    answer = await browser.get(LOGOUT)
    if asks_first:
        assert answer.status == 200
        answer = await browser.fill_in(LOGOUT)
    assert (answer.status, answer.headers["Location"]) == (302, "/")
    assert (await browser.get(USER)).status == 403
    assert server.sign_in.sessions_of(account) == 1


async def test_a_token_as_api_key_opens_a_session_with_each_request(
    server: ObicoServer, account: Account
) -> None:
    async def ask(token: str) -> tuple[int, bool]:
        async with (
            ClientSession(cookie_jar=DummyCookieJar()) as session,
            session.get(server.url + VERSION, headers={"X-API-KEY": token}) as answer,
        ):
            return answer.status, "tsd_sessionid" in answer.cookies

    assert await ask(account.token) == (200, True)
    assert await ask(account.token) == (200, True)
    assert server.sign_in.sessions_of(account) == 2
    assert await ask("wrong") == (403, False)
    assert server.sign_in.sessions_of(account) == 2


@pytest.mark.parametrize("password", ["demo", "wrong"])
async def test_the_sign_in_page_fails_at_an_address_that_is_no_site(
    browser: Browser, server: ObicoServer, account: Account, password: str
) -> None:
    server.sign_in.sites = frozenset({"localhost"})
    assert (await browser.get(LOGIN)).status == 500
    fields = {"login": account.email, "password": password}
    assert (await browser.post(LOGIN, fields)).status in {403, 500}
    server.sign_in.sites = frozenset({"127.0.0.1"})
    assert (await browser.sign_in()).status == 302
