"""The pages where people sign in and let applications act for them, as a browser meets them."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
import ssl
from typing import override

from aiohttp import ClientSession, CookieJar, DummyCookieJar, TCPConnector
import pytest
from yarl import URL

from dev import Account, ObicoServer

from .support import Answer, Api, read_answer

LOGIN = "/accounts/login/"
REGISTER = "/o/applications/register/"
AUTHORIZE = "/o/authorize/"
TOKEN = "/o/token/"
REVOKE = "/o/revoke_token/"
USER = "/api/v1/users/me/"
BACK = "https://my.home-assistant.io/redirect/oauth"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
# S256 of it, from the example of RFC 7636.
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class _Fields(HTMLParser):
    """Collects the fields of a page, whatever form they are in."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if name := given.get("name"):
            self.values[name] = given.get("value") or ""


def fields(answer: Answer) -> dict[str, str]:
    """Return the fields of a page."""
    reader = _Fields()
    reader.feed(answer.text)
    return reader.values


@dataclass
class Browser:
    """A browser that follows nothing by itself."""

    session: ClientSession
    server: ObicoServer

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        """Open a page."""
        return await read_answer(
            await self.session.get(
                self.server.url + path, params=query, allow_redirects=False
            )
        )

    async def post(self, path: str, form: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        return await read_answer(
            await self.session.post(
                self.server.url + path,
                data=form,
                headers={"Referer": self.server.url + path} | headers,
                allow_redirects=False,
            )
        )

    async def fill_in(self, path: str, **filled_in: str) -> Answer:
        """Open a page and send its form."""
        return await self.post(path, fields(await self.get(path)) | filled_in)

    async def sign_in(self, password: str = "demo", **more: str) -> Answer:
        """Sign in by the form."""
        return await self.fill_in(
            LOGIN, login="demo@example.com", password=password, remember="on", **more
        )

    async def register(self, **changes: str) -> Answer:
        """Register an application."""
        return await self.fill_in(
            REGISTER,
            **{
                "name": "Any",
                "client_type": "public",
                "authorization_grant_type": "authorization-code",
                "redirect_uris": f"{BACK} http://obico.local:3334/",
                "algorithm": "",
            }
            | changes,
        )

    async def code(self, client_id: str, **asked: str) -> URL:
        """Let an application act; return where it is told."""
        query = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": BACK,
            "scope": "read write",
            "state": "st4te",
        } | asked
        shown = fields(await self.get(AUTHORIZE, query))
        answer = await self.post(AUTHORIZE, shown | {"allow": "Authorize"})
        assert answer.status == 302
        return URL(answer.headers["Location"])

    async def token(self, client_id: str, code: str, /, **changes: str) -> Answer:
        """Exchange a code."""
        return await self.post(
            TOKEN,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": BACK,
                "client_id": client_id,
            }
            | changes,
        )

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        cookies = self.session.cookie_jar.filter_cookies(URL(self.server.url))
        return cookies[name].value if name in cookies else None


@pytest.fixture
async def browser(server: ObicoServer, account: Account) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(session, server)


@pytest.fixture
async def client_id(browser: Browser, server: ObicoServer, account: Account) -> str:
    """The application of somebody who is signed in."""
    await browser.sign_in()
    await browser.register()
    [application] = server.applications.of(account)
    return application.client_id


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


async def test_an_application_is_registered_by_who_is_signed_in(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    answer = await browser.get(REGISTER)
    assert answer.status == 302
    assert URL(answer.headers["Location"]).query["next"] == REGISTER
    await browser.sign_in()
    first, second = [fields(await browser.get(REGISTER)) for _ in range(2)]
    assert first["client_id"] != second["client_id"]
    assert first["client_secret"]
    answer = await browser.register(name="<b>Mine</b>")
    assert answer.status == 302
    [application] = server.applications.of(account)
    assert answer.headers["Location"] == f"/o/applications/{application.id}/"
    shown = await browser.get(answer.headers["Location"])
    assert application.client_id in shown.text
    assert "<b>" not in shown.text
    assert (await browser.get("/o/applications/99/")).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": ""},
        {"client_type": ""},
        {"authorization_grant_type": "implicit"},
        {"algorithm": "RS256"},
        {"redirect_uris": ""},
        {"redirect_uris": "myapp://back"},
    ],
)
async def test_a_form_that_is_not_filled_in_well_is_shown_again(
    browser: Browser, server: ObicoServer, account: Account, change: dict[str, str]
) -> None:
    await browser.sign_in()
    assert (await browser.register(**change)).status == 200
    assert server.applications.of(account) == []


async def test_registration_can_be_closed(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    await browser.sign_in()
    form = fields(await browser.get(REGISTER))
    server.sign_in.registration_open = False
    assert (await browser.get(REGISTER)).status == 404
    assert (await browser.post(REGISTER, form)).status == 404
    assert server.applications.of(account) == []


async def test_a_code_becomes_a_token_that_lasts(
    browser: Browser, client_id: str, api: Api
) -> None:
    back = await browser.code(client_id)
    assert str(back.with_query(None)) == BACK
    assert back.query["state"] == "st4te"
    answer = (await browser.token(client_id, back.query["code"])).object
    assert set(answer) == {
        *("access_token", "token_type", "expires_in", "scope", "refresh_token")
    }
    assert (answer["token_type"], answer["scope"]) == ("Bearer", "read write")
    assert answer["expires_in"] == 3153600000
    token = str(answer["access_token"])
    assert (await api("users/me/", token=token)).status == 200


async def test_a_code_is_good_once_and_for_a_minute(
    browser: Browser, client_id: str, server: ObicoServer
) -> None:
    code = (await browser.code(client_id)).query["code"]
    assert (await browser.token(client_id, code)).status == 200
    assert (await browser.token(client_id, code)).object == {"error": "invalid_grant"}
    code = (await browser.code(client_id)).query["code"]
    await server.advance(60)
    assert (await browser.token(client_id, code)).status == 400


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"redirect_uri": "http://obico.local:3334/"}, 400),
        ({"grant_type": "password"}, 400),
        ({"code": "wrong"}, 400),
        ({"client_id": "wrong"}, 401),
    ],
)
async def test_a_code_is_exchanged_only_as_it_was_asked_for(
    browser: Browser, client_id: str, change: dict[str, str], status: int
) -> None:
    code = (await browser.code(client_id)).query["code"]
    assert (await browser.token(client_id, code, **change)).status == status


@pytest.mark.parametrize(
    ("asked", "verifier", "status"),
    [
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, VERIFIER, 200),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, "x", 400),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S256"}, "", 400),
        ({"code_challenge": VERIFIER}, VERIFIER, 200),
        ({"code_challenge": VERIFIER}, CHALLENGE, 400),
        ({}, "", 200),
    ],
)
async def test_a_challenge_is_met_where_there_is_one(
    browser: Browser, client_id: str, asked: dict[str, str], verifier: str, status: int
) -> None:
    code = (await browser.code(client_id, **asked)).query["code"]
    answer = await browser.token(client_id, code, code_verifier=verifier)
    assert answer.status == status


async def test_a_confidential_application_has_to_say_its_secret(
    browser: Browser, server: ObicoServer, account: Account
) -> None:
    await browser.sign_in()
    await browser.register(client_type="confidential", client_secret="s3cret")
    [application] = server.applications.of(account)
    client_id = application.client_id
    code = (await browser.code(client_id)).query["code"]
    assert (await browser.token(client_id, code)).status == 401
    answer = await browser.token(client_id, code, client_secret="s3cret")
    assert answer.status == 200
    form = {"token": account.token, "client_id": client_id}
    assert (await browser.post(REVOKE, form)).status == 401


async def test_only_the_users_yes_gives_a_code(
    browser: Browser, client_id: str
) -> None:
    query = {"client_id": client_id, "response_type": "code", "redirect_uri": BACK}
    page = fields(await browser.get(AUTHORIZE, query))
    del page["allow"]
    answer = await browser.post(AUTHORIZE, page)
    assert URL(answer.headers["Location"]).query == {"error": "access_denied"}
    del page["csrfmiddlewaretoken"]
    answer = await browser.post(AUTHORIZE, page | {"allow": "Authorize"})
    assert answer.status == 403


@pytest.mark.parametrize(
    "change", [{"client_id": "x"}, {"redirect_uri": "https://evil.example/"}]
)
async def test_nobody_is_sent_to_where_no_application_is(
    browser: Browser, client_id: str, change: dict[str, str]
) -> None:
    query = {"client_id": client_id, "response_type": "code", "redirect_uri": BACK}
    assert (await browser.get(AUTHORIZE, query | change)).status == 400
    page = fields(await browser.get(AUTHORIZE, query))
    assert (await browser.post(AUTHORIZE, page | change)).status == 400


async def test_only_codes_are_given(browser: Browser, client_id: str) -> None:
    query = {"client_id": client_id, "response_type": "token", "redirect_uri": BACK}
    answer = await browser.get(AUTHORIZE, query)
    assert URL(answer.headers["Location"]).query == {
        "error": "unsupported_response_type"
    }


async def test_whoever_is_to_allow_something_signs_in_first(
    browser: Browser, client_id: str, server: ObicoServer
) -> None:
    server.sign_in.end_sessions()
    query = {"client_id": client_id, "response_type": "code", "redirect_uri": BACK}
    answer = await browser.get(AUTHORIZE, query)
    assert answer.status == 302
    location = URL(answer.headers["Location"])
    assert location.path == LOGIN
    page = fields(await browser.get(LOGIN, {"next": location.query["next"]}))
    answer = await browser.post(
        LOGIN, page | {"login": "demo@example.com", "password": "demo"}
    )
    assert URL(answer.headers["Location"]).path == AUTHORIZE
    assert URL(answer.headers["Location"]).query == query


async def test_a_revoked_token_is_refused_and_those_of_others_are_not(
    browser: Browser, client_id: str, api: Api
) -> None:
    before = api.account.token
    code = (await browser.code(client_id)).query["code"]
    token = str((await browser.token(client_id, code)).object["access_token"])
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        anybody = Browser(session, browser.server)
        for revoked, client, status in (
            (token, "wrong", 401),
            (before, client_id, 200),
            ("wrong", client_id, 200),
        ):
            form = {"token": revoked, "client_id": client}
            assert (await anybody.post(REVOKE, form)).status == status
            assert (await api("users/me/", token=token)).status == 200
            assert (await api("users/me/", token=before)).status == 200
        form = {"token": token, "client_id": client_id}
        assert (await anybody.post(REVOKE, form)).status == 200
    assert (await api("users/me/", token=token)).status == 403
    assert (await api("users/me/", token=before)).status == 200
