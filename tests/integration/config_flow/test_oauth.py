"""Signing in at the server's own page, with Home Assistant's application credentials."""

import asyncio
from collections.abc import AsyncGenerator

import aiohttp
from aiohttp import web
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.obico.aioobico import sign_in
from custom_components.obico.application_credentials import (
    async_get_description_placeholders,
)
from custom_components.obico.const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from dev import Account, Clock, ObicoServer
from dev.server.faults import Handler
from dev.server.oauth import Application
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ImplementationUnavailableError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
    async_add_implementation_provider,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from tests.integration.flows import (
    USER,
    Break,
    accept_name,
    assert_aborted,
    assert_changed,
    assert_created,
    fill_in,
    give_password,
    give_token,
    name_server,
    placeholders,
    reconfigure,
    start,
    start_reauth,
    suggested,
    take,
)
from tests.integration.support import Obico, settle
from tests.timelapse import wait_until

pytestmark = pytest.mark.usefixtures("current_request_with_host", "printer")

# Where Home Assistant is, says the fixture.
CALLBACK = f"https://example.com{AUTH_CALLBACK_PATH}"
TOKEN = "/o/token/"


def register(
    server: ObicoServer, account: Account, client_id: str = "application"
) -> Application:
    """Register an application, as the documentation says."""
    return server.applications.register(
        account,
        {
            "name": "Home Assistant at home",
            "client_id": client_id,
            "client_secret": "application-secret",
            "client_type": "confidential",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": CALLBACK,
        },
    )


async def enter(
    hass: HomeAssistant, application: Application, *, secret: str | None = None
) -> None:
    """Enter an application's credentials in Home Assistant."""
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(
        hass,
        DOMAIN,
        ClientCredential(
            application.client_id,
            secret or application.client_secret,
            f"{application.name} {application.client_id}",
        ),
        auth_domain=application.client_id,
    )


@pytest.fixture
async def application(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> Application:
    """Give an application whose credentials Home Assistant has."""
    application = register(server, account)
    await enter(hass, application)
    return application


async def open_page(hass: HomeAssistant, server: ObicoServer) -> ConfigFlowResult:
    """Choose the server's own page."""
    return await take(hass, await name_server(hass, server.url), "oauth")


def fetched(application: Application) -> dict[str, str]:
    """Return what an entry stores of the one token of an application."""
    (token,) = application.tokens
    return {
        CONF_ACCESS_TOKEN: token,
        CONF_AUTH_IMPLEMENTATION: application.client_id,
    }


def valid_tokens(application: Application) -> set[str]:
    """Return the tokens of an application that the server still takes."""
    return set(application.tokens) & set(application.account.tokens)


class Browser:
    """The browser of the user, who follows the links that Home Assistant shows."""

    def __init__(
        self,
        hass: HomeAssistant,
        server: ObicoServer,
        account: Account,
        session: aiohttp.ClientSession,
        callback: ClientSessionGenerator,
    ) -> None:
        """Open no page yet."""
        self.hass = hass
        self.server = server
        self.account = account
        self._session = session
        self._callback = callback

    async def open_page(self, server: ObicoServer | None = None) -> ConfigFlowResult:
        """Choose the server's own page, of another server if one is given."""
        return await open_page(self.hass, server or self.server)

    async def sign_in(
        self,
        step: ConfigFlowResult,
        account: Account | None = None,
        *,
        allow: bool = True,
    ) -> ConfigFlowResult:
        """Sign in at the server's page, decide there, and go back to Home Assistant."""
        answer = await self.decide(step, account, allow=allow)
        return await self.go_back(step, answer)

    async def retry(self) -> None:
        """Sign in from the start, now that nothing is in the way."""
        self.server.faults.clear()
        result = await self.sign_in(await self.open_page())
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def decide(
        self,
        step: ConfigFlowResult,
        account: Account | None = None,
        *,
        allow: bool = True,
    ) -> URL:
        """Return where the server's page sends to when the user has decided."""
        account = account or self.account
        assert step["type"] is FlowResultType.EXTERNAL_STEP
        url = URL(step["url"])
        signed_in = await sign_in(
            self._session, url.origin(), account.email, account.password
        )
        page = await signed_in.visit.get(url.path.removeprefix("/"), url.query)
        form = page.form({"client_id", "state"})
        pressed = {"allow": "Authorize"} if allow else {}
        answer = await signed_in.visit.submit(page, form, pressed)
        assert answer.target is not None
        return answer.target

    async def go_back(self, step: ConfigFlowResult, url: URL) -> ConfigFlowResult:
        """Follow the server's redirect to Home Assistant, and go on with the flow."""
        await self.follow(url)
        result = await self.hass.config_entries.flow.async_configure(step["flow_id"])
        await settle(self.hass)
        return await accept_name(self.hass, result)

    async def follow(self, url: URL) -> None:
        """Follow the server's redirect to Home Assistant."""
        assert str(url.with_query(None)) == CALLBACK
        client = await self._callback()
        response = await client.get(f"{AUTH_CALLBACK_PATH}?{url.raw_query_string}")
        assert response.status == 200


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    hass_client_no_auth: ClientSessionGenerator,
) -> AsyncGenerator[Browser]:
    # The integration adds its own pages before the first one is asked for. The test's web
    # server takes none later, which Home Assistant's own does.
    assert await async_setup_component(hass, DOMAIN, {})
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Browser(hass, server, account, session, hass_client_no_auth)


async def test_one_can_sign_in_at_the_servers_own_page(
    application: Application, browser: Browser
) -> None:
    step = await browser.open_page()
    url = URL(step["url"])
    assert url.with_query(None) == URL(f"{browser.server.url}/o/authorize/")
    assert url.query["client_id"] == application.client_id
    assert url.query["redirect_uri"] == CALLBACK
    assert url.query["scope"] == "read write"
    assert url.query["code_challenge_method"] == "S256"
    assert application.client_secret not in step["url"]
    result = await browser.sign_in(step)
    assert_created(result, browser.account, browser.server.url, fetched(application))


async def test_the_server_that_is_asked_is_the_one_that_was_named(
    application: Application, browser: Browser
) -> None:
    other = ObicoServer(clock=Clock(), seed=3)
    other.sockets.blocked = True
    await other.start()
    try:
        member = other.add_account(email="club@example.com")
        member.date_joined = Clock(offset=-7).now()
        elsewhere = register(other, member, "elsewhere")
        await enter(browser.hass, elsewhere)
        # Both flows at once, and the one that was begun first ends last.
        forms = {
            where: await browser.open_page(where) for where in (browser.server, other)
        }
        assert forms[browser.server]["step_id"] == "pick_implementation"
        schema = forms[browser.server]["data_schema"]
        assert schema is not None
        (choice,) = schema.schema.values()
        assert choice.container == {
            application.client_id: "Home Assistant at home application",
            elsewhere.client_id: "Home Assistant at home elsewhere",
        }
        for where, who, app in (
            (other, member, elsewhere),
            (browser.server, browser.account, application),
        ):
            step = await fill_in(
                browser.hass, forms[where], {"implementation": app.client_id}
            )
            result = await browser.sign_in(step, who)
            assert_created(result, who, where.url, fetched(app))
        assert len(browser.server.requests.matching(TOKEN, "POST")) == 1
        assert len(other.requests.matching(TOKEN, "POST")) == 1
    finally:
        for entry in browser.hass.config_entries.async_entries(DOMAIN):
            await browser.hass.config_entries.async_unload(entry.entry_id)
        await other.stop()


async def test_the_cloud_is_asked_for_an_account_of_the_cloud(
    hass: HomeAssistant, application: Application
) -> None:
    step = await take(hass, await start(hass, "cloud"), "oauth")
    assert step["url"].startswith("https://app.obico.io/o/authorize/?")


async def test_without_an_application_one_is_asked_for(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    result = await open_page(hass, server)
    assert_aborted(result, "missing_credentials")


async def test_where_applications_come_from_may_be_out_of_order(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    async def fail(
        _hass: HomeAssistant, _domain: str
    ) -> list[AbstractOAuth2Implementation]:
        raise ImplementationUnavailableError("out of order")

    async_add_implementation_provider(hass, "provider", fail)
    result = await open_page(hass, server)
    assert_aborted(result, "oauth_implementation_unavailable")


async def test_the_dialog_of_the_credentials_links_to_the_page_of_the_cloud(
    hass: HomeAssistant,
) -> None:
    assert await async_get_description_placeholders(hass) == {
        "applications_url": "https://app.obico.io/o/applications/register/",
        "redirect_url": "https://my.home-assistant.io/redirect/oauth",
    }


@pytest.mark.parametrize(
    ("has_my", "headers", "expected"),
    [
        (True, {}, "https://my.home-assistant.io/redirect/oauth"),
        (
            False,
            {"Origin": "https://home.example"},
            "https://home.example/auth/external/callback",
        ),
        (False, {}, "http://127.0.0.1:{port}/auth/external/callback"),
    ],
)
async def test_the_dialog_of_the_credentials_tells_where_the_browser_comes_back_to(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    hass_access_token: str,
    has_my: bool,
    headers: dict[str, str],
    expected: str,
) -> None:
    await async_setup_component(hass, "application_credentials", {})
    await async_setup_component(hass, "websocket_api", {})
    if has_my:
        hass.config.components.add("my")
    client = await hass_client_no_auth()
    async with client.ws_connect("/api/websocket", headers=headers) as socket:
        await socket.receive_json()
        await socket.send_json({"type": "auth", "access_token": hass_access_token})
        await socket.receive_json()
        await socket.send_json({"id": 1, "type": "application_credentials/config"})
        answer = await socket.receive_json()
    placeholders = answer["result"]["integrations"][DOMAIN]["description_placeholders"]
    assert placeholders["redirect_url"] == expected.format(port=client.port)


async def test_the_dialog_of_the_credentials_links_to_the_server_that_was_named(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    await open_page(hass, server)
    found = await async_get_description_placeholders(hass)
    assert found["applications_url"] == f"{server.url}/o/applications/register/"


async def test_the_dialog_of_the_credentials_links_to_the_server_of_an_account(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    menu = await name_server(hass, server.url)
    assert_created(await give_token(hass, menu, account.token), account, server.url)
    found = await async_get_description_placeholders(hass)
    assert found["applications_url"] == f"{server.url}/o/applications/register/"


async def test_the_dialog_of_the_credentials_says_it_in_a_link(
    hass: HomeAssistant,
) -> None:
    for language in ("en", "de", "zh-Hans"):
        texts = await async_get_translations(
            hass, language, "application_credentials", {"obico"}
        )
        (text,) = texts.values()
        assert "]({applications_url})" in text


async def test_what_was_typed_is_there_when_the_flow_begins_anew(
    hass: HomeAssistant, server: ObicoServer, account: Account, browser: Browser
) -> None:
    """Home Assistant begins another flow once the missing credentials are entered."""
    assert_aborted(await open_page(hass, server), "missing_credentials")
    application = register(server, account)
    await enter(hass, application)
    form = await start(hass, "own_server")
    assert suggested(form) == {CONF_URL: server.url, CONF_VERIFY_SSL: True}
    menu = await name_server(hass, server.url, flow=form)
    result = await browser.sign_in(await take(hass, menu, "oauth"))
    assert_created(result, account, server.url, fetched(application))
    # It has served its purpose.
    assert CONF_URL not in suggested(await start(hass, "own_server"))


async def test_a_flow_that_begins_anew_renews_the_sign_in_of_an_account(
    obico: Obico, browser: Browser
) -> None:
    """After the credentials are entered that flow knows nothing of the entry."""
    menu = await start_reauth(obico)
    assert_aborted(await take(obico.hass, menu, "oauth"), "missing_credentials")
    application = register(obico.server, obico.account)
    await enter(obico.hass, application)
    result = await browser.sign_in(await browser.open_page())
    assert_changed(result, obico, "reauth_successful", fetched(application))


@pytest.mark.parametrize("is_down", [False, True])
async def test_an_account_that_is_signed_in_is_not_set_up_again(
    obico: Obico, application: Application, browser: Browser, is_down: bool
) -> None:
    data = dict(obico.entry.data)
    step = await browser.open_page()
    answer = await browser.decide(step)
    if is_down:
        # Whether the account is signed in cannot be told then.
        authorized = f"Bearer {obico.account.token}"

        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.headers["Authorization"] == authorized:
                return web.Response(status=502)
            return await handler(request)

        browser.server.faults.add(USER, refuse)
    assert_aborted(await browser.go_back(step, answer), "already_configured_in_browser")
    assert obico.entry.data == data
    assert valid_tokens(application) == set()


async def test_a_user_who_does_not_allow_it_is_not_signed_in(
    application: Application, browser: Browser
) -> None:
    step = await browser.open_page()
    result = await browser.sign_in(step, allow=False)
    assert_aborted(result, "user_rejected_authorize")
    assert application.tokens == []
    await browser.retry()


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (
            lambda s: s.faults.answer(TOKEN, 401, {"error": "invalid_client"}),
            "oauth_unauthorized",
        ),
        (lambda s: s.faults.answer(TOKEN, 401, {}), "proxy_in_front"),
        (lambda s: s.faults.answer(TOKEN, 400, {"error": "x"}), "oauth_failed"),
        (lambda s: s.faults.answer(TOKEN, 200, {"expires_in": 1}), "oauth_failed"),
        (lambda s: s.faults.answer(TOKEN, 200, {"access_token": 1}), "oauth_failed"),
        (lambda s: s.faults.answer(TOKEN, 200, b"x" * 100_000), "oauth_failed"),
        (lambda s: s.faults.html(TOKEN, 200), "proxy_in_front"),
        (lambda s: s.faults.html(TOKEN, 503), "server_error"),
        (lambda s: s.faults.answer(TOKEN, 429, {}), "rate_limited"),
        (lambda s: s.faults.reset(TOKEN), "cannot_connect"),
        (lambda s: s.faults.html(USER, 500), "server_error"),
        (lambda s: s.faults.html(USER, 200), "proxy_in_front"),
        (lambda s: s.faults.answer(USER, 403, {}), "proxy_in_front"),
    ],
)
async def test_trouble_is_explained_and_one_can_begin_anew(
    application: Application, browser: Browser, break_it: Break, reason: str
) -> None:
    step = await browser.open_page()
    break_it(browser.server)
    result = await browser.sign_in(step)
    assert_aborted(result, reason)
    assert browser.hass.config_entries.async_entries(DOMAIN) == []
    await browser.retry()


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.faults.html(USER, 500),
        lambda s: s.faults.html(USER, 200),
        lambda s: s.faults.reset(USER),
        lambda s: s.faults.answer(USER, 403, {"detail": "Inactive user"}),
    ],
)
async def test_a_token_whose_account_cannot_be_seen_is_revoked(
    application: Application, browser: Browser, break_it: Break
) -> None:
    break_it(browser.server)
    result = await browser.sign_in(await browser.open_page())
    assert result["type"] is FlowResultType.ABORT
    assert len(application.tokens) == 1
    assert valid_tokens(application) == set()
    await browser.retry()
    assert valid_tokens(application) == {application.tokens[1]}


async def test_a_token_that_cannot_be_revoked_hides_no_error(
    application: Application, browser: Browser
) -> None:
    browser.server.faults.html(USER, 500)
    browser.server.faults.reset("/o/revoke_token/")
    result = await browser.sign_in(await browser.open_page())
    assert_aborted(result, "server_error")
    assert len(browser.server.requests.matching("/o/revoke_token/", "POST")) >= 1
    await browser.retry()


async def test_a_wrong_secret_is_explained(browser: Browser) -> None:
    await enter(
        browser.hass, register(browser.server, browser.account), secret="mistyped"
    )
    result = await browser.sign_in(await browser.open_page())
    assert_aborted(result, "oauth_unauthorized")


async def test_a_user_who_took_too_long_can_begin_anew(
    application: Application, browser: Browser
) -> None:
    step = await browser.open_page()
    answer = await browser.decide(step)
    browser.server.clock.advance(61)
    result = await browser.go_back(step, answer)
    assert result["reason"] == "oauth_failed"
    await browser.retry()


async def test_code_and_secret_do_not_go_along_a_redirect(
    application: Application, browser: Browser
) -> None:
    other = ObicoServer(clock=Clock(), seed=3)
    await other.start()
    try:
        step = await browser.open_page()
        browser.server.faults.redirect(TOKEN, f"{other.url}{TOKEN}", status=307)
        result = await browser.sign_in(step)
        assert result["reason"] == "redirected"
        assert placeholders(result) == {"origin": other.url}
        assert len(other.requests) == 0
    finally:
        await other.stop()
    await browser.retry()


async def test_nothing_secret_is_logged(
    application: Application, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    # As no server should answer: a token that does not say how long it lasts.
    def shorten(answer: object) -> dict[str, str]:
        assert isinstance(answer, dict)
        return {"access_token": answer["access_token"]}

    browser.server.faults.change(TOKEN, shorten)
    result = await browser.sign_in(await browser.open_page())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    ours = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("aiohttp.", "homeassistant.components.http"))
    ]
    for secret in (
        application.tokens[0],
        application.client_secret,
        browser.account.email,
    ):
        assert [line for line in ours if secret in line] == []


async def test_an_account_is_set_up_only_once(
    hass: HomeAssistant, obico: Obico, application: Application, browser: Browser
) -> None:
    result = await browser.sign_in(await open_page(hass, obico.server), obico.account)
    # The browser is signed in to Obico, and nobody was asked with which account.
    assert_aborted(result, "already_configured_in_browser")
    assert len(application.tokens) == 1
    assert valid_tokens(application) == set()


async def test_an_account_that_another_flow_adds_gets_no_second_token(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    application: Application,
    browser: Browser,
) -> None:
    server.sign_in.registration_open = False
    form = await give_password(hass, await name_server(hass, server.url), account)
    assert form["step_id"] == "session_kept"
    result = await browser.sign_in(await browser.open_page())
    assert result["reason"] == "already_in_progress"
    assert len(application.tokens) == 1
    assert valid_tokens(application) == set()


@pytest.mark.parametrize("is_cancelled", [False, True])
async def test_a_dialog_that_is_closed_while_the_server_is_asked_leaves_no_token(
    hass: HomeAssistant,
    server: ObicoServer,
    application: Application,
    browser: Browser,
    is_cancelled: bool,
) -> None:
    step = await browser.open_page()
    await browser.follow(await browser.decide(step))
    answer = asyncio.Event()
    fault = server.faults.delay(USER, answer)
    going_on = hass.async_create_task(
        hass.config_entries.flow.async_configure(step["flow_id"])
    )
    await wait_until(lambda: fault.hits)
    if is_cancelled:
        going_on.cancel()
    hass.config_entries.flow.async_abort(step["flow_id"])
    await wait_until(lambda: valid_tokens(application) == set())
    fault.remove()
    answer.set()
    await asyncio.wait([going_on])
    await settle(hass)
    assert going_on.cancelled() is is_cancelled
    assert hass.config_entries.async_entries(DOMAIN) == []
    await browser.retry()


async def test_a_lost_sign_in_comes_back_at_the_servers_own_page(
    hass: HomeAssistant, obico: Obico, application: Application, browser: Browser
) -> None:
    step = await take(hass, await start_reauth(obico), "oauth")
    result = await browser.sign_in(step, obico.account)
    assert_changed(result, obico, "reauth_successful", fetched(application))


async def test_trouble_on_the_servers_page_leaves_the_question_to_sign_in_again(
    hass: HomeAssistant, obico: Obico, application: Application, browser: Browser
) -> None:
    step = await take(hass, await start_reauth(obico), "oauth")
    fault = browser.server.faults.answer(TOKEN, 400, {"error": "x"})
    assert_aborted(await browser.sign_in(step, obico.account), "oauth_failed")
    fault.remove()
    await settle(hass)
    (again,) = hass.config_entries.flow.async_progress()
    menu = await hass.config_entries.flow.async_configure(again["flow_id"])
    result = await browser.sign_in(await take(hass, menu, "oauth"), obico.account)
    assert_changed(result, obico, "reauth_successful", fetched(application))


async def test_an_account_that_is_removed_is_not_asked_for(
    hass: HomeAssistant, obico: Obico
) -> None:
    await start_reauth(obico)
    await hass.config_entries.async_remove(obico.entry.entry_id)
    await settle(hass)
    assert hass.config_entries.flow.async_progress() == []


async def test_another_account_cannot_take_the_place(
    hass: HomeAssistant, obico: Obico, application: Application, browser: Browser
) -> None:
    other = obico.server.add_account(email="other@example.com", password="other")
    others = list(other.tokens)
    menu = await reconfigure(obico, sign_in_again=True)
    step = await take(hass, menu, "oauth")
    before = dict(obico.entry.data)
    result = await browser.sign_in(step, other)
    assert result["reason"] == "wrong_account"
    assert obico.entry.data == before
    assert len(application.tokens) == 1
    assert other.tokens == others


async def test_the_way_of_signing_in_can_be_changed_to_and_fro(
    hass: HomeAssistant, obico: Obico, application: Application, browser: Browser
) -> None:
    menu = await reconfigure(obico, sign_in_again=True)
    result = await browser.sign_in(await take(hass, menu, "oauth"), obico.account)
    assert_changed(result, obico, "reconfigure_successful", fetched(application))
    menu = await reconfigure(obico, sign_in_again=True)
    token = obico.account.issue_token()
    result = await give_token(hass, menu, token)
    assert_changed(result, obico, "reconfigure_successful", {CONF_ACCESS_TOKEN: token})
    assert application.tokens[0] not in obico.account.tokens


async def test_a_token_that_was_fetched_stays_at_a_new_address_and_goes_with_the_account(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    application: Application,
    browser: Browser,
) -> None:
    result = await browser.sign_in(await open_page(hass, server), account)
    obico = Obico(hass=hass, server=server, account=account, entry=result["result"])
    others = set(account.tokens) - set(application.tokens)
    await server.stop()
    await server.start()
    result = await reconfigure(obico)
    assert_changed(result, obico, "reconfigure_successful", fetched(application))
    assert set(application.tokens) <= set(account.tokens)
    await hass.config_entries.async_remove(obico.entry.entry_id)
    assert set(account.tokens) == others
    # The user registered it, and may use it elsewhere.
    assert server.applications.of(account) == [application]


@pytest.mark.parametrize("is_out_of_order", [True, False])
async def test_an_account_can_be_removed_without_its_application_credentials(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    application: Application,
    browser: Browser,
    is_out_of_order: bool,
) -> None:
    async def fail(
        _hass: HomeAssistant, _domain: str
    ) -> list[AbstractOAuth2Implementation]:
        if is_out_of_order:
            raise ImplementationUnavailableError("out of order")
        return []

    result = await browser.sign_in(await open_page(hass, server), account)
    async_add_implementation_provider(hass, "application_credentials", fail)
    await hass.config_entries.async_remove(result["result"].entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []
    assert server.requests.matching("/o/revoke_token/", "POST") == []


async def test_without_the_certificate_check_there_is_no_oauth(
    hass: HomeAssistant, obico: Obico, application: Application
) -> None:
    menu = await reconfigure(obico, verify_ssl=False, sign_in_again=True)
    assert menu["menu_options"] == ["password", "access_token"]
    result = await give_token(hass, menu, obico.account.token)
    assert result["reason"] == "reconfigure_successful"
    assert obico.entry.data[CONF_VERIFY_SSL] is False
