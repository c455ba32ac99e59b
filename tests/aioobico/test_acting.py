"""Being the agent of a printer, against the simulated server."""

import json

from aiohttp import ClientSession, DummyCookieJar
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoAgentReplacedError,
    ObicoAuthenticationError,
    ObicoClient,
    ObicoConnectionError,
    ObicoProxyError,
    ObicoRefusedError,
    ObicoResponseError,
    ObicoServerError,
    ObicoUpgradeRefusedError,
    refuse_redirects,
)
from custom_components.obico.aioobico.acting import (
    AgentCalls,
    AgentInfo,
    AgentSocket,
    AgentState,
    Command,
    Heater,
    PassthruRequest,
    PrintEvent,
    RemoteStatus,
    Report,
    WebcamInfo,
    compose_message,
    passthru_error,
    passthru_reply,
    read_messages,
)
from dev import Account, ObicoServer, Printer
from dev.agent.webcam import placeholder
from tests.timelapse import wait_until

NUMBER = 1_795_685_000
PRINTING = Report(
    state=AgentState.PRINTING,
    file="cube.gcode",
    completion=12.5,
    print_time=450.0,
    time_left=3150.0,
    layer=16,
    total_layers=120,
    heaters={"tool0": Heater(actual=210.1, target=210.0)},
)
INFO = AgentInfo(
    name="home_assistant",
    version="2026.10.4",
    webcam=WebcamInfo(name="Chamber"),
    manufacturer="Bambu Lab",
    model="P1S",
)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow what aiohttp leaves of a websocket that this side closes: its heartbeat."""
    return True


@pytest.fixture
def server(obico: ObicoServer) -> ObicoServer:
    return obico


@pytest.fixture
def client(
    session: ClientSession, server: ObicoServer, account: Account
) -> ObicoClient:
    return ObicoClient(session, URL(server.url), account.token)


@pytest.fixture
def printer(account: Account) -> Printer:
    return account.add_printer("P1S")


@pytest.fixture
def calls(session: ClientSession, server: ObicoServer, printer: Printer) -> AgentCalls:
    return AgentCalls(session, URL(server.url), printer.auth_token)


async def connect(
    session: ClientSession, server: ObicoServer, token: str
) -> AgentSocket:
    return await AgentSocket.open(session, URL(server.url), token, timeout=10)


async def test_a_print_is_opened_paused_and_done(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    socket = await connect(session, server, printer.auth_token)
    assert await socket.receive() == [RemoteStatus(viewing=False, should_watch=False)]
    await socket.send(compose_message(PRINTING, NUMBER, now=NUMBER + 450.5, info=INFO))
    assert await socket.receive() == [RemoteStatus(viewing=None, should_watch=True)]
    job = printer.current_print
    assert job is not None
    assert job.filename == "cube.gcode"
    assert printer.columns["agent_name"] == "home_assistant"
    assert printer.settings["printer_metadata"] == (
        '{"MACHINE_TYPE": "P1S", "manufacturer": "Bambu Lab"}'
    )
    paused = Report(state=AgentState.PAUSED, file="cube.gcode")
    await socket.send(
        compose_message(paused, NUMBER, now=NUMBER + 460, event=PrintEvent.PAUSED)
    )
    await wait_until(
        lambda: any(each.event_type == "PAUSED" for each in server.events.values())
    )
    done = Report(state=AgentState.OPERATIONAL, file="cube.gcode", print_time=500.0)
    await socket.send(
        compose_message(done, NUMBER, now=NUMBER + 500, event=PrintEvent.DONE)
    )
    assert await socket.receive() == [RemoteStatus(viewing=None, should_watch=False)]
    assert job.finished_at is not None
    assert job.print_time == 500.0
    await socket.close()
    await wait_until(lambda: printer.status is None)


async def test_without_a_report_the_printer_is_offline(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    socket = await connect(session, server, printer.auth_token)
    await socket.send(compose_message(PRINTING, NUMBER, now=NUMBER))
    await wait_until(lambda: printer.status)
    await socket.send(compose_message(None, None, now=NUMBER))
    await wait_until(lambda: printer.status is None)
    assert printer.current_print is not None
    await socket.close()


async def test_commands_and_questions_arrive(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    socket = await connect(session, server, printer.auth_token)
    await socket.receive()
    printer.command("pause", initiator="system")
    assert await socket.receive() == [
        Command(
            command="pause",
            arguments={"retract": 6.5, "lift_z": 2.5, "tools_off": True},
            initiator="system",
        )
    ]
    printer.passthru({"target": "x", "func": "y", "args": [1], "ref": "7"})
    (request,) = await socket.receive()
    assert request == PassthruRequest(target="x", function="y", arguments=(1,), ref="7")
    await socket.close()


async def test_what_is_no_text_is_left_out(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    socket = await connect(session, server, printer.auth_token)
    await socket.receive()
    await server.sockets.agents[0]._socket.send_bytes(b"tunnel")
    assert await socket.receive() == []
    await socket.close()


async def test_sending_after_the_end_says_that_the_connection_is_lost(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    socket = await connect(session, server, printer.auth_token)
    await socket.close()
    with pytest.raises(ObicoConnectionError):
        await socket.send(b"{}")


@pytest.mark.parametrize(
    "data",
    [
        b"no JSON",
        b"[1]",
        b"5",
        b'{"janus": "x"}',
        b'{"commands": 5}',
        b'{"commands": [{"args": {}}]}',
        b'{"remote_status": {}}',
        b'{"passthru": []}',
    ],
)
def test_what_is_not_known_is_left_out(data: bytes) -> None:
    assert read_messages(data) == []


def test_one_bad_field_harms_no_other() -> None:
    assert read_messages(
        b'{"remote_status": {"viewing": "x", "should_watch": true}}'
    ) == [RemoteStatus(viewing=None, should_watch=True)]
    assert read_messages(b'{"passthru": {"target": 5, "ref": true}}') == [
        PassthruRequest(target="", function="", arguments=(), ref=None)
    ]
    assert read_messages(b'{"commands": [7, {"cmd": "pause"}]}') == [
        Command(command="pause", arguments={}, initiator="unknown")
    ]


def test_replies_name_what_they_answer() -> None:
    assert json.loads(passthru_reply("7", {"pic": "x"})) == {
        "passthru": {"ref": "7", "ret": {"pic": "x"}}
    }
    assert json.loads(passthru_error(7, "no")) == {
        "passthru": {"ref": 7, "error": "no"}
    }


async def test_a_second_agent_ends_the_first(
    session: ClientSession, server: ObicoServer, printer: Printer
) -> None:
    first = await connect(session, server, printer.auth_token)
    await first.receive()
    second = await connect(session, server, printer.auth_token)
    with pytest.raises(ObicoAgentReplacedError):
        await first.receive()
    await second.close()
    with pytest.raises(ObicoConnectionError):
        await second.receive()


async def test_a_wrong_token_is_refused(
    session: ClientSession, server: ObicoServer, calls: AgentCalls, printer: Printer
) -> None:
    assert (await calls.ping()).id == printer.id
    wrong = AgentCalls(session, URL(server.url), "0" * 20)
    for token in ("0" * 20, "ü"):
        with pytest.raises(ObicoUpgradeRefusedError):
            await connect(session, server, token)
    with pytest.raises(ObicoAuthenticationError):
        await wrong.ping()
    with pytest.raises(ObicoUpgradeRefusedError):
        await AgentCalls(session, URL(server.url), "ü").ping()
    server.faults.html("/api/v1/octo/*", 403)
    with pytest.raises(ObicoProxyError):
        await calls.ping()


async def test_a_redirect_gets_no_token(server: ObicoServer, printer: Printer) -> None:
    server.faults.redirect("/ws/dev/", "http://elsewhere.example/ws/dev/")
    async with ClientSession(
        cookie_jar=DummyCookieJar(), middlewares=(refuse_redirects,)
    ) as session:
        with pytest.raises(ObicoResponseError):
            await connect(session, server, printer.auth_token)


async def test_pictures_and_errors_are_posted(
    server: ObicoServer, calls: AgentCalls, printer: Printer
) -> None:
    await calls.post_picture(placeholder("P1S"), viewing_boost=True)
    assert printer.picture_url is not None
    with pytest.raises(ObicoResponseError):
        await calls.post_picture(b"none", viewing_boost=False)
    await calls.post_error("HMS_0300", "Clogged", info_url="https://wiki.example/")
    (event,) = server.events.values()
    assert (event.event_title, event.info_url) == ("HMS_0300", "https://wiki.example/")
    printer.archive()
    with pytest.raises(ObicoAuthenticationError):
        await calls.post_picture(placeholder("P1S"), viewing_boost=False)


async def test_printers_are_created_and_archived(
    client: ObicoClient, server: ObicoServer
) -> None:
    created = await client.create_printer("P1S")
    assert created.name == "P1S"
    await client.archive_printer(created.id)
    assert server.printers[created.id].archived


@pytest.mark.parametrize("status", [400, 402, 403])
async def test_a_plan_refuses_in_its_own_words(
    client: ObicoClient, server: ObicoServer, status: int
) -> None:
    server.faults.answer(
        "/api/v1/printers/", status, {"detail": "Upgrade your <b>plan</b>."}
    )
    with pytest.raises(ObicoRefusedError) as refused:
        await client.create_printer("P1S")
    assert refused.value.detail == "Upgrade your plan."


async def test_a_refusal_may_say_nothing(
    client: ObicoClient, server: ObicoServer
) -> None:
    server.faults.answer("/api/v1/printers/", 400, {"code": [1, []]})
    with pytest.raises(ObicoRefusedError) as refused:
        await client.create_printer("P1S")
    assert refused.value.detail is None


async def test_a_refused_credential_is_no_refusal_of_a_plan(
    client: ObicoClient, server: ObicoServer, account: Account
) -> None:
    account.revoke_token()
    with pytest.raises(ObicoAuthenticationError):
        await client.create_printer("P1S")
    server.faults.html("/api/v1/printers/*", 502)
    with pytest.raises(ObicoServerError):
        await client.create_printer("P1S")
