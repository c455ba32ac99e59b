"""From a session to a token, or to the session where there is none; and back out."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

import aiohttp
from aiohttp import hdrs, web
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    OAUTH_SCOPE,
    AccessToken,
    MintedToken,
    ObicoAuthenticationError,
    ObicoClient,
    ObicoConnectionError,
    ObicoError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoResponseError,
    ObicoServerError,
    SessionCookie,
    authorize_url,
    end_session,
    fetch_token,
    remove_application,
    revoke_token,
    sign_in,
    sign_out,
    token_url,
)
from dev import Account, ObicoServer
from dev.server.faults import Fault, Handler
from dev.server.oauth import Application

from .people import (
    APP_NAME,
    AUTHORIZE,
    EMAIL,
    PASSWORD,
    REGISTER,
    STEPS,
    TOKEN,
    Person,
    hang_up,
)
from .support import FakeServer, load

APPLICATIONS = "/o/applications/"
LOGOUT = "/accounts/logout/"


def register(
    obico: ObicoServer, account: Account, name: str, **fields: str
) -> Application:
    """Register an application, as it is made for us unless fields say otherwise."""
    return obico.applications.register(
        account,
        {
            **obico.applications.new_client(),
            "name": name,
            "client_type": "public",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": "https://my.home-assistant.io/redirect/oauth",
            **fields,
        },
    )


async def remove(person: Person, minted: MintedToken) -> bool:
    """Remove the application that a token was made for."""
    return await remove_application(
        person.session, person.origin, minted.client_id, minted.access_token
    )


async def test_password_becomes_a_token_that_outlasts_the_session(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    assert minted.access_token == AccessToken(account.token)
    await obico.advance(100 * 24 * 3600, tick=24 * 3600)
    obico.sign_in.end_sessions()
    assert (await person.client(minted.access_token).get_user()).id == account.id


async def test_the_application_has_the_name_of_whom_it_is_for(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    [application] = obico.applications.of(account)
    assert application.name == APP_NAME
    assert application.client_type == "public"
    assert application.client_id == minted.client_id


async def test_the_code_is_bound_to_a_verifier(
    person: Person, obico: ObicoServer
) -> None:
    verifiers = []

    async def listen(request: web.Request, handler: Handler) -> web.StreamResponse:
        verifiers.append(str((await request.post())["code_verifier"]))
        return await handler(request)

    obico.faults.add(TOKEN, listen)
    assert isinstance(await person.sign_in(), MintedToken)
    [request] = obico.requests.matching(AUTHORIZE)
    [verifier] = verifiers
    assert 43 <= len(verifier) <= 128
    assert request.query["code_challenge_method"] == "S256"
    assert request.query["code_challenge"] == (
        urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
    )


async def test_every_sign_in_has_its_own_state_and_verifier(
    person: Person, obico: ObicoServer
) -> None:
    await person.sign_in()
    await person.sign_in()
    first, second = obico.requests.matching(AUTHORIZE)
    assert first.query["state"] != second.query["state"]
    assert first.query["code_challenge"] != second.query["code_challenge"]


async def test_the_token_is_fetched_without_the_session(
    person: Person, obico: ObicoServer
) -> None:
    await person.sign_in()
    [request] = obico.requests.matching(TOKEN, "POST")
    assert "Cookie" not in request.headers
    assert "Authorization" not in request.headers


async def test_where_no_application_can_be_registered_the_session_is_kept(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Prusa MK4")
    obico.sign_in.registration_open = False
    cookie = await person.sign_in()
    assert isinstance(cookie, SessionCookie)
    client = person.client(cookie)
    assert (await client.get_user()).id == account.id
    await client.set_notification_enabled(enabled=False)
    assert account.notification_enabled is False
    assert (await client.update_printer(printer.id, name="Left")).name == "Left"
    assert (await client.pause_print(printer.id)).succeeded is False
    for request in obico.requests:
        assert hdrs.AUTHORIZATION not in request.headers
        assert "X-API-KEY" not in request.headers


async def test_a_session_ends_after_60_days_and_a_new_one_begins(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    obico.sign_in.registration_open = False
    cookie = await person.sign_in()
    assert isinstance(cookie, SessionCookie)
    await obico.advance(60 * 24 * 3600, tick=24 * 3600)
    with pytest.raises(ObicoAuthenticationError):
        await person.client(cookie).get_user()
    cookie = await person.sign_in()
    assert isinstance(cookie, SessionCookie)
    assert (await person.client(cookie).get_user()).id == account.id


@pytest.mark.parametrize(
    "cookie", ["", "a;b", "a b", "a,b", 'a"b', "a\\b", "a\nb", "é"]
)
async def test_a_session_that_no_cookie_can_hold_is_not_even_sent(
    session: aiohttp.ClientSession, server: FakeServer, cookie: str
) -> None:
    with pytest.raises(ObicoAuthenticationError):
        await ObicoClient(session, server.url, SessionCookie(cookie)).get_user()
    assert server.requests == []


async def test_only_what_changes_something_carries_the_proof_that_it_is_meant(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say("/api/v1/users/me/", load("user_me.json"))
    client = ObicoClient(session, server.url, SessionCookie("abc"))
    await client.get_user()
    await client.set_notification_enabled(enabled=True)
    await client.set_notification_enabled(enabled=True)
    read, *changes = server.requests
    assert read.headers[hdrs.COOKIE] == "tsd_sessionid=abc"
    assert "X-CSRFToken" not in read.headers
    proofs = [change.headers["X-CSRFToken"] for change in changes]
    assert len(set(proofs)) == 2
    for proof, change in zip(proofs, changes, strict=True):
        assert change.headers[hdrs.COOKIE] == f"tsd_sessionid=abc; csrftoken={proof}"
        assert change.headers[hdrs.REFERER] == f"{server.url}/"


@pytest.mark.parametrize(("path", "method"), STEPS)
@pytest.mark.parametrize(
    "lay",
    [
        lambda faults, path, method: faults.html(path, 404, method=method),
        lambda faults, path, method: faults.html(path, 403, method=method),
        lambda faults, path, method: faults.html(path, 200, method=method),
        lambda faults, path, method: faults.answer(path, 200, [], method=method),
        lambda faults, path, method: faults.answer(
            path, 200, {"access_token": ""}, method=method
        ),
        lambda faults, path, method: faults.answer(path, 400, {}, method=method),
        lambda faults, path, method: faults.redirect(path, "/", method=method),
        lambda faults, path, method: faults.answer(
            path, 200, b" " * 2**20 + b" ", method=method
        ),
    ],
)
async def test_a_way_to_the_token_that_is_not_known_leaves_the_session(
    person: Person,
    obico: ObicoServer,
    account: Account,
    path: str,
    method: str,
    lay: Callable[..., Fault],
) -> None:
    fault = lay(obico.faults, path, method)
    cookie = await person.sign_in()
    assert isinstance(cookie, SessionCookie)
    assert fault.hits == 1
    assert (await person.client(cookie).get_user()).id == account.id
    obico.faults.clear()
    assert await person.is_in()


@pytest.mark.parametrize(("path", "method"), STEPS)
@pytest.mark.parametrize(
    ("lay", "expected"),
    [
        (
            lambda faults, path, method: faults.html(path, 502, method=method),
            ObicoServerError,
        ),
        (
            lambda faults, path, method: faults.answer(path, 429, method=method),
            ObicoRateLimitError,
        ),
        (
            lambda faults, path, method: faults.add(path, hang_up, method=method),
            ObicoConnectionError,
        ),
    ],
)
async def test_what_passes_is_an_error_on_the_way_to_the_token(
    person: Person,
    obico: ObicoServer,
    path: str,
    method: str,
    lay: Callable[..., Fault],
    expected: type[ObicoError],
) -> None:
    lay(obico.faults, path, method)
    assert type(await person.fail()) is expected
    obico.faults.clear()
    assert await person.is_in()


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.update_query(state="another"),
        lambda url: url.without_query_params("state"),
        lambda url: url.without_query_params("code"),
        lambda url: url.update_query(code=""),
        lambda url: url.with_host("elsewhere.example.com"),
        lambda url: url.with_scheme("http"),
        lambda url: url.with_path("/elsewhere"),
        lambda url: url.with_query(error="access_denied", state=url.query["state"]),
    ],
)
async def test_a_code_that_comes_in_another_way_than_asked_for_is_not_used(
    person: Person, obico: ObicoServer, change: Callable[[URL], URL]
) -> None:
    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        location = change(URL(answer.headers[hdrs.LOCATION]))
        answer.headers[hdrs.LOCATION] = str(location)
        return answer

    obico.faults.add(AUTHORIZE, effect, method="POST")
    assert isinstance(await person.sign_in(), SessionCookie)
    assert obico.requests.matching(TOKEN, "POST") == []


def propose_client_id(obico: ObicoServer, client_id: str) -> None:
    """Have the server's form for a new application propose an id."""

    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await handler(request)
        assert isinstance(answer, web.Response)
        assert answer.text is not None
        start, _, rest = answer.text.partition('name="client_id" value="')
        rest = rest[rest.index('"') :]
        answer.text = f'{start}name="client_id" value="{client_id}{rest}'
        return answer

    obico.faults.add(REGISTER, effect, method="GET")


async def test_an_application_without_an_id_is_not_registered(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    propose_client_id(obico, "")
    assert isinstance(await person.sign_in(), SessionCookie)
    assert obico.applications.of(account) == []


async def test_a_registration_that_is_refused_leaves_the_session(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    await person.sign_in(app_name="Home Assistant (another)")
    [taken] = obico.applications.of(account)
    propose_client_id(obico, taken.client_id)
    assert isinstance(await person.sign_in(), SessionCookie)
    assert len(obico.applications.of(account)) == 1


async def test_a_confidential_application_fetches_its_token_with_its_secret(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    application = obico.applications.register(
        account,
        {
            "client_id": "ours",
            "client_secret": "s3cret",
            "client_type": "confidential",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": "https://example.com/back",
        },
    )
    asked = {
        "redirect_uri": "https://example.com/back",
        "scope": OAUTH_SCOPE,
        "code_challenge": "",
        "code_challenge_method": "",
    }

    async def fetch(code: str, secret: str) -> AccessToken:
        return await fetch_token(
            person.session,
            person.origin,
            client_id="ours",
            client_secret=secret,
            code=code,
            code_verifier="any",
            redirect_uri="https://example.com/back",
        )

    code = obico.applications.grant(application, account, asked)
    with pytest.raises(ObicoAuthenticationError):
        await fetch(code, "wrong")
    token = await fetch(code, "s3cret")
    assert (await person.client(token).get_user()).id == account.id
    with pytest.raises(ObicoResponseError) as caught:
        await fetch(code, "s3cret")
    assert code not in str(caught.value)


async def test_a_revoked_token_is_refused_and_others_are_not(
    person: Person, account: Account
) -> None:
    before = AccessToken(account.token)
    first, second = await person.sign_in(), await person.sign_in()
    assert isinstance(first, MintedToken)
    assert isinstance(second, MintedToken)
    assert await revoke_token(
        person.session, person.origin, first.client_id, first.access_token
    )
    with pytest.raises(ObicoAuthenticationError):
        await person.client(first.access_token).get_user()
    for credential in (before, second.access_token):
        assert (await person.client(credential).get_user()).id == account.id


async def test_revoking_is_no_error_when_the_server_does_not_do_it(
    person: Person, obico: ObicoServer
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    token = minted.access_token
    assert not await revoke_token(person.session, person.origin, "nobody", token)
    await obico.refuse_connections()
    assert not await revoke_token(
        person.session, person.origin, minted.client_id, token
    )
    await obico.accept_connections()
    assert (await person.client(token).get_user()).id == 1


# One application for each installation


async def test_later_sign_ins_use_the_application_of_the_first(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    first, second = await person.sign_in(), await person.sign_in()
    assert isinstance(first, MintedToken)
    assert isinstance(second, MintedToken)
    assert first.client_id == second.client_id
    assert first.access_token != second.access_token
    [application] = obico.applications.of(account)
    assert len(application.tokens) == 2


@pytest.mark.parametrize(
    "other", ["Home Assistant", "Home Assistant (99999999)", "1a2b3c4d", f" {APP_NAME}"]
)
async def test_the_application_of_another_installation_is_not_used(
    person: Person, obico: ObicoServer, account: Account, other: str
) -> None:
    await person.sign_in(app_name=other)
    await person.sign_in()
    theirs, ours = obico.applications.of(account)
    assert (theirs.name, ours.name) == (other, APP_NAME)
    assert len(theirs.tokens) == len(ours.tokens) == 1


async def test_the_application_of_another_user_is_not_used(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    other = obico.add_account("other@example.com")
    register(obico, other, APP_NAME)
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    [ours] = obico.applications.of(account)
    assert minted.client_id == ours.client_id


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uris": "https://elsewhere.example/"},
        {"client_type": "confidential", "client_secret": "s3cret"},
    ],
)
async def test_an_application_that_the_user_changed_is_replaced(
    person: Person, obico: ObicoServer, account: Account, changed: dict[str, str]
) -> None:
    old = register(obico, account, APP_NAME, **changed)
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    assert minted.client_id != old.client_id
    # The one that works is found from then on.
    again = await person.sign_in()
    assert isinstance(again, MintedToken)
    assert again.client_id == minted.client_id
    assert len(obico.applications.of(account)) == 2


@pytest.mark.parametrize("path", [AUTHORIZE, TOKEN])
async def test_no_second_application_is_made_for_what_passes(
    person: Person, obico: ObicoServer, account: Account, path: str
) -> None:
    await person.sign_in()
    obico.faults.html(path, 503)
    assert type(await person.fail()) is ObicoServerError
    obico.faults.clear()
    assert await person.is_in()
    assert len(obico.applications.of(account)) == 1


@pytest.mark.parametrize(
    "lay",
    [
        lambda faults: faults.html(APPLICATIONS, 404),
        lambda faults: faults.html(APPLICATIONS, 200),
        lambda faults: faults.redirect(APPLICATIONS, "/accounts/login/"),
        lambda faults: faults.html(f"{APPLICATIONS}1/update/", 404),
        lambda faults: faults.html(f"{APPLICATIONS}1/update/", 200),
    ],
)
async def test_where_applications_cannot_be_looked_through_one_is_registered(
    person: Person,
    obico: ObicoServer,
    account: Account,
    lay: Callable[..., Fault],
) -> None:
    await person.sign_in()
    lay(obico.faults)
    assert isinstance(await person.sign_in(), MintedToken)
    assert len(obico.applications.of(account)) == 2


async def test_links_with_numbers_that_no_application_has_are_not_followed(
    person: Person, obico: ObicoServer
) -> None:
    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        await handler(request)
        return web.Response(
            text=f'<a href="{APPLICATIONS}{"9" * 5000}/">Ours</a>',
            content_type="text/html",
        )

    obico.faults.add(APPLICATIONS, effect, method="GET")
    assert isinstance(await person.sign_in(), MintedToken)


async def test_a_page_in_place_of_a_token_comes_from_a_proxy(
    person: Person, obico: ObicoServer
) -> None:
    async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
        return web.Response(text="<html>Welcome to our network</html>")

    obico.faults.add(TOKEN, effect)
    with pytest.raises(ObicoProxyError):
        await fetch_token(
            person.session,
            person.origin,
            client_id="ours",
            code="code",
            code_verifier="verifier",
            redirect_uri="https://my.home-assistant.io/redirect/oauth",
        )


async def test_few_of_many_applications_are_looked_at(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    for number in range(50):
        register(obico, account, f"Another {number}")
    await person.sign_in()
    looked_at = [
        request.path for request in obico.requests if request.path.endswith("/update/")
    ]
    assert len(looked_at) == 20
    assert looked_at[0] == f"{APPLICATIONS}50/update/"


async def test_an_application_is_removed_with_its_token_and_no_session_stays(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    before = account.token
    await person.sign_in(app_name="Home Assistant (another)")
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    obico.sign_in.end_sessions()
    assert await remove(person, minted)
    [other] = obico.applications.of(account)
    assert other.name == "Home Assistant (another)"
    assert minted.access_token.value not in account.tokens
    assert {before, *other.tokens} <= set(account.tokens)
    assert obico.sign_in.sessions_of(account) == 0


async def test_of_another_users_application_only_the_token_is_revoked(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    other = obico.add_account("other@example.com")
    application = register(obico, other, APP_NAME)
    application.tokens.append(token := account.issue_token())
    minted = MintedToken(
        access_token=AccessToken(token), client_id=application.client_id
    )
    assert not await remove(person, minted)
    assert obico.applications.of(other) == [application]
    assert token not in account.tokens
    assert obico.sign_in.sessions_of(account) == 0


@pytest.mark.parametrize(
    "lay",
    [
        lambda faults: faults.html(APPLICATIONS, 404),
        lambda faults: faults.html(f"{APPLICATIONS}1/update/", 200),
        lambda faults: faults.html(f"{APPLICATIONS}1/delete/", 404),
        lambda faults: faults.html(f"{APPLICATIONS}1/delete/", 403, method="POST"),
        lambda faults: faults.html(f"{APPLICATIONS}1/delete/", 500, method="POST"),
        lambda faults: faults.answer("/api/v1/version/", 200, {}),
        lambda faults: faults.html("/api/v1/version/", 500),
    ],
)
async def test_the_token_is_revoked_also_where_its_application_cannot_be_removed(
    person: Person,
    obico: ObicoServer,
    account: Account,
    lay: Callable[..., Fault],
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    obico.sign_in.end_sessions()
    lay(obico.faults)
    assert not await remove(person, minted)
    assert minted.access_token.value not in account.tokens
    assert len(obico.applications.of(account)) == 1
    assert obico.sign_in.sessions_of(account) == 0


async def test_removing_is_no_error_while_the_server_is_down(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    await obico.refuse_connections()
    assert not await remove(person, minted)
    await obico.accept_connections()
    assert await remove(person, minted)
    assert obico.applications.of(account) == []


async def test_a_token_of_a_confidential_application_is_revoked_with_its_secret(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    application = register(
        obico, account, "ours", client_type="confidential", client_secret="s3cret"
    )
    application.tokens.append(token := account.issue_token())
    for secret, is_done in (("", False), ("wrong", False), ("s3cret", True)):
        assert is_done is await revoke_token(
            person.session,
            person.origin,
            application.client_id,
            AccessToken(token),
            client_secret=secret,
        )
        assert (token not in account.tokens) is is_done


# Signing out


@pytest.mark.parametrize("asks_first", [True, False])
async def test_a_session_can_be_ended(
    person: Person, obico: ObicoServer, account: Account, asks_first: bool
) -> None:
    obico.sign_in.asks_before_sign_out = asks_first
    signed_in = await sign_in(person.session, person.origin, EMAIL, PASSWORD)
    other = await sign_in(person.session, person.origin, EMAIL, PASSWORD)
    assert await sign_out(signed_in.visit)
    with pytest.raises(ObicoAuthenticationError):
        await person.client(signed_in.session_cookie).get_user()
    assert (await person.client(other.session_cookie).get_user()).id == account.id
    assert await end_session(person.session, person.origin, other.session_cookie)
    assert obico.sign_in.sessions_of(account) == 0


@pytest.mark.parametrize(
    "lay",
    [
        lambda faults: faults.html(LOGOUT, 404),
        lambda faults: faults.html(LOGOUT, 500),
        lambda faults: faults.html(LOGOUT, 200),
        lambda faults: faults.add(LOGOUT, hang_up),
    ],
)
async def test_signing_out_is_no_error_where_the_server_does_not_do_it(
    person: Person, obico: ObicoServer, account: Account, lay: Callable[..., Fault]
) -> None:
    signed_in = await sign_in(person.session, person.origin, EMAIL, PASSWORD)
    lay(obico.faults)
    assert not await sign_out(signed_in.visit)
    obico.faults.clear()
    assert await sign_out(signed_in.visit)
    assert obico.sign_in.sessions_of(account) == 0


@pytest.mark.parametrize(
    "base", ["https://obico.example:8443", "https://a.example/obico"]
)
def test_oauth_is_done_below_the_address_of_the_server(base: str) -> None:
    for address in (base, f"{base}/"):
        assert str(authorize_url(URL(address))) == f"{base}/o/authorize/"
        assert str(token_url(URL(address))) == f"{base}/o/token/"
    assert OAUTH_SCOPE == "read write"
