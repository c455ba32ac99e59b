"""The pages where users register applications and authorize them."""

from aiohttp import ClientSession, DummyCookieJar
import pytest
from yarl import URL

from dev import Account, ObicoServer

from .browser import AUTHORIZE, BACK, LOGIN, REGISTER, Browser, fields
from .support import Api

REVOKE = "/o/revoke_token/"
APPLICATIONS = "/o/applications/"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
# S256 of it, from the example of RFC 7636.
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
async def client_id(browser: Browser, server: ObicoServer, account: Account) -> str:
    """The application of somebody who is signed in."""
    await browser.sign_in()
    await browser.register()
    [application] = server.applications.of(account)
    return application.client_id


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


async def test_applications_are_listed_and_deleted_by_their_owner(
    browser: Browser, client_id: str, server: ObicoServer, api: Api
) -> None:
    code = (await browser.code(client_id)).query["code"]
    token = str((await browser.token(client_id, code)).object["access_token"])
    await browser.register(name="<i>Other</i>")
    theirs = server.add_account("other@example.com")
    key = server.sign_in.begin_session(theirs)
    listed = await browser.get(APPLICATIONS)
    assert "/o/applications/1/" in listed.text
    assert "&lt;i&gt;Other" in listed.text
    stranger = {"Cookie": f"tsd_sessionid={key}"}
    async with ClientSession(cookie_jar=DummyCookieJar(), headers=stranger) as session:
        other = Browser(session, server)
        assert "/o/applications/1/" not in (await other.get(APPLICATIONS)).text
        assert (await other.get(f"{APPLICATIONS}1/delete/")).status == 404
    answer = await browser.fill_in(f"{APPLICATIONS}1/delete/")
    assert (answer.status, answer.headers["Location"]) == (302, APPLICATIONS)
    assert (await browser.get(f"{APPLICATIONS}1/")).status == 404
    assert (await browser.post(f"{APPLICATIONS}2/delete/", {})).status == 403
    assert [row.id for row in server.applications.of(api.account)] == [2]
    assert (await api("users/me/", token=token)).status == 403
    answer = await browser.register()
    assert answer.headers["Location"] == f"{APPLICATIONS}3/"


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
