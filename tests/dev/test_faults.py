"""Faults of networks, proxies and servers."""

import asyncio
import ssl

import aiohttp
from aiohttp import ClientError, ClientPayloadError
import pytest

from dev import Account, ObicoServer
from dev.json_types import JsonValue

from .support import Api

USER = "/api/v1/users/me/"


async def test_a_status_with_a_body_is_answered(api: Api, server: ObicoServer) -> None:
    server.faults.answer(USER, 429, {"detail": "slow"}, headers={"Retry-After": "7"})
    answer = await api("users/me/")
    assert (answer.status, answer.json) == (429, {"detail": "slow"})
    assert answer.headers["Retry-After"] == "7"
    assert (await api("version/")).status == 200


async def test_bytes_are_answered_as_they_are(api: Api, server: ObicoServer) -> None:
    server.faults.answer(USER, 200, b"{broken")
    assert (await api("users/me/")).text == "{broken"


async def test_a_page_is_answered_as_by_a_proxy(api: Api, server: ObicoServer) -> None:
    server.faults.html("/api/*", 502)
    answer = await api("users/me/")
    assert answer.status == 502
    assert answer.headers["Content-Type"] == "text/html"


async def test_a_fault_strikes_so_many_times(api: Api, server: ObicoServer) -> None:
    fault = server.faults.html(USER, times=2)
    assert [(await api("users/me/")).status for _ in range(3)] == [502, 502, 200]
    assert fault.hits == 2


async def test_a_fault_strikes_one_method(api: Api, server: ObicoServer) -> None:
    server.faults.html(USER, method="PATCH")
    assert (await api("users/me/")).status == 200
    assert (await api("users/me/", "PATCH", first_name="A")).status == 502


async def test_faults_are_removed_and_cleared(api: Api, server: ObicoServer) -> None:
    one = server.faults.html(USER)
    server.faults.html("/api/v1/version/")
    one.remove()
    assert (await api("users/me/")).status == 200
    assert (await api("version/")).status == 502
    server.faults.clear()
    assert (await api("version/")).status == 200


async def test_a_redirect_leads_elsewhere(api: Api, server: ObicoServer) -> None:
    server.faults.redirect(USER, "https://elsewhere.example.com/login")
    answer = await api("users/me/")
    assert answer.status == 302
    assert answer.headers["Location"] == "https://elsewhere.example.com/login"


async def test_json_is_changed_on_its_way(api: Api, server: ObicoServer) -> None:
    def double(body: JsonValue) -> JsonValue:
        return [body, body]

    server.faults.change(USER, double)
    assert len((await api("users/me/")).rows) == 2


@pytest.mark.parametrize("how", ["truncate", "reset"])
async def test_an_answer_breaks_off(api: Api, server: ObicoServer, how: str) -> None:
    getattr(server.faults, how)(USER, times=1)
    with pytest.raises(ClientError):
        await api("users/me/")
    assert (await api("users/me/")).status == 200


async def test_a_truncated_answer_announced_more(api: Api, server: ObicoServer) -> None:
    server.faults.truncate(USER, 0.25)
    async with api.session.get(
        server.url + USER, headers={"Authorization": f"Bearer {api.account.token}"}
    ) as answer:
        announced = int(answer.headers["Content-Length"])
        with pytest.raises(ClientPayloadError):
            await answer.read()
    assert announced > 400


async def test_an_answer_waits_for_an_event(api: Api, server: ObicoServer) -> None:
    gate = asyncio.Event()
    server.faults.delay(USER, gate)
    waiting = asyncio.create_task(api("users/me/"))
    assert (await api("version/")).status == 200
    assert not waiting.done()
    gate.set()
    assert (await waiting).status == 200


async def test_a_command_can_act_before_its_answer_is_delayed(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any", agent="octoprint")
    gate = asyncio.Event()
    server.faults.delay("/api/v1/printers/*", gate, after=True, method="PATCH")
    waiting = asyncio.create_task(api(f"printers/{printer.id}/", "PATCH", name="Other"))
    async with asyncio.timeout(10):
        while printer.name != "Other":
            await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    assert (await waiting).status == 200


async def test_faults_wrap_each_other(api: Api, server: ObicoServer) -> None:
    gate = asyncio.Event()
    gate.set()
    slow = server.faults.delay(USER, gate)
    broken = server.faults.html(USER)
    assert (await api("users/me/")).status == 502
    assert (slow.hits, broken.hits) == (1, 1)


async def test_websockets_can_be_struck_too(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any")
    server.faults.answer("/ws/*", 404)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await api.session.ws_connect(f"{server.url}/ws/token/web/{printer.auth_token}/")


async def test_a_server_that_is_down_comes_back_at_the_same_place(
    api: Api, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Any")
    url = server.url
    async with api.watch(printer) as watcher:
        await watcher.next()
        await server.refuse_connections()
        message = await watcher.socket.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.CLOSE
    with pytest.raises(ClientError):
        await api("users/me/")
    await server.accept_connections()
    assert server.url == url
    assert (await api("users/me/")).status == 200


async def test_a_server_speaks_tls_with_a_certificate_of_its_own(
    socket_enabled: None, tls: ssl.SSLContext
) -> None:
    server = ObicoServer()
    await server.start(ssl_context=tls)
    account = server.add_account()
    try:
        assert server.url.startswith("https://")
        async with aiohttp.ClientSession() as session:
            api = Api(session, server, account)
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await api("version/")
        unverified = aiohttp.TCPConnector(ssl=False)
        async with aiohttp.ClientSession(connector=unverified) as session:
            assert (await Api(session, server, account)("version/")).status == 200
    finally:
        await server.stop()
