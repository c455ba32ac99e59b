"""Commands to agents: what is sent, whose reply it is, and what a missing one means."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
from typing import Literal, cast

import aiohttp
import orjson
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    AgentKind,
    AgentReply,
    CloudFile,
    ObicoAgentError,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoConnectionError,
    ObicoError,
    ObicoPushError,
    PrinterAgent,
    PrinterSocket,
    PushReader,
    agent as agent_module,
    agent_requests,
)
from dev import Clock, ObicoServer, Phase, Printer

from .support import CAPTURES

OCTOPRINT, KLIPPER = AgentKind.OCTOPRINT, AgentKind.KLIPPER

type Command = Callable[[PrinterAgent], Awaitable[object]]
type Sent = dict[str, object]


class Line:
    """A connection that keeps what is sent, and answers as told."""

    def __init__(self, *answers: object) -> None:
        """Answer command by command; an exception is raised, None stays without answer."""
        self.sent: list[Sent] = []
        self.agent = PrinterAgent(self._send)
        self._answers = list(answers)

    async def _send(self, message: str) -> None:
        """Take a message, and hand on the reply before anybody can wait for it."""
        command = orjson.loads(message)
        assert command.keys() == {"passthru"}
        self.sent.append(command["passthru"])
        answer = self._answers.pop(0) if self._answers else {"ret": None}
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            self.reply(answer)

    def reply(self, answer: dict[str, object], *, ref: object = None) -> None:
        """Reply to the last command, or to another."""
        ref = self.sent[-1]["ref"] if ref is None else ref
        self.agent.handle_reply(AgentReply.from_dict(answer | {"ref": ref}))

    @property
    def waiting(self) -> int:
        """How many replies are waited for."""
        return len(self.agent._waiting)


async def fails(command: Awaitable[object], kind: type[ObicoError]) -> str:
    """Return what a command fails with."""
    with pytest.raises(ObicoError) as caught:
        await command
    assert type(caught.value) is kind
    return str(caught.value)


# What is sent


@pytest.mark.parametrize(
    ("command", "target", "func", "args", "kwargs"),
    [
        (
            lambda agent: agent.set_temperature("tool0", 210.5),
            "_printer",
            "set_temperature",
            ["tool0", 210.5],
            {},
        ),
        (
            lambda agent: agent.set_feed_rate(OCTOPRINT, 120),
            "_printer",
            "feed_rate",
            [120],
            {},
        ),
        (
            lambda agent: agent.set_feed_rate(KLIPPER, 120),
            "moonraker_api",
            "printer/gcode/script",
            [],
            {"verb": "post", "script": "M220 S120"},
        ),
        (
            lambda agent: agent.set_flow_rate(OCTOPRINT, 95),
            "_printer",
            "flow_rate",
            [95],
            {},
        ),
        (
            lambda agent: agent.set_flow_rate(KLIPPER, 95),
            "moonraker_api",
            "printer/gcode/script",
            [],
            {"verb": "post", "script": "M221 S95"},
        ),
        (
            lambda agent: agent.send_gcode(OCTOPRINT, ["G28", "G1 X10"]),
            "_printer",
            "commands",
            [["G28", "G1 X10"]],
            {},
        ),
        (
            lambda agent: agent.send_gcode(KLIPPER, ["G28", "G1 X10"]),
            "moonraker_api",
            "printer/gcode/script",
            [],
            {"verb": "post", "script": "G28\nG1 X10"},
        ),
        (lambda agent: agent.home(["x", "z"]), "_printer", "home", [["x", "z"]], {}),
        (lambda agent: agent.jog("y", -2.5), "_printer", "jog", [{"y": -2.5}], {}),
        (
            lambda agent: agent.extrude(OCTOPRINT, 5.0),
            "_printer",
            "extrude",
            [5.0],
            {},
        ),
        (
            lambda agent: agent.extrude(KLIPPER, -2.25),
            "moonraker_api",
            "printer/gcode/script",
            [],
            {
                "verb": "post",
                "script": "SAVE_GCODE_STATE NAME=obico_extrude\n"
                "M83\n"
                "G1 E-2.250 F300\n"
                "RESTORE_GCODE_STATE NAME=obico_extrude",
            },
        ),
        (
            lambda agent: agent.list_files(OCTOPRINT),
            "_file_manager",
            "list_files",
            [],
            {"path": None, "recursive": False},
        ),
        (
            lambda agent: agent.list_files(OCTOPRINT, "parts/small"),
            "_file_manager",
            "list_files",
            [],
            {"path": "parts/small", "recursive": False},
        ),
        (
            lambda agent: agent.list_files(KLIPPER),
            "moonraker_api",
            "server/files/directory",
            [],
            {"path": "gcodes", "extended": True},
        ),
        (
            lambda agent: agent.list_files(KLIPPER, "parts"),
            "moonraker_api",
            "server/files/directory",
            [],
            {"path": "gcodes/parts", "extended": True},
        ),
        (
            lambda agent: agent.print_file(OCTOPRINT, "parts/cube.gcode"),
            "_printer",
            "select_file",
            ["parts/cube.gcode", None],
            {"printAfterSelect": "true"},
        ),
        (
            lambda agent: agent.print_file(KLIPPER, "parts/cube.gcode"),
            "moonraker_api",
            "printer/print/start",
            [],
            {"verb": "post", "filename": "parts/cube.gcode"},
        ),
        (
            lambda agent: agent.print_cloud_file(
                CloudFile.from_dict(
                    {
                        "id": 7,
                        "url": "https://cloud/7?digest=x",
                        "filename": "a b.gcode",
                        "safe_filename": "a_b.gcode",
                        "num_bytes": 12,
                    }
                )
            ),
            "file_downloader",
            "download",
            [
                {
                    "id": 7,
                    "url": "https://cloud/7?digest=x",
                    "filename": "a b.gcode",
                    "safe_filename": "a_b.gcode",
                }
            ],
            {},
        ),
        (
            lambda agent: agent.pause_print(),
            "moonraker_api",
            "printer/print/pause",
            [],
            {"verb": "post"},
        ),
        (
            lambda agent: agent.resume_print(),
            "moonraker_api",
            "printer/print/resume",
            [],
            {"verb": "post"},
        ),
        (
            lambda agent: agent.cancel_print(),
            "moonraker_api",
            "printer/print/cancel",
            [],
            {"verb": "post"},
        ),
        (
            lambda agent: agent.emergency_stop(),
            "moonraker_api",
            "printer/emergency_stop",
            [],
            {"verb": "post"},
        ),
    ],
)
async def test_a_command_is_sent_as_the_agent_wants_it(
    command: Command,
    target: str,
    func: str,
    args: list[object],
    kwargs: dict[str, object],
) -> None:
    line = Line()
    await command(line.agent)
    (sent,) = line.sent
    ref = sent.pop("ref")
    assert isinstance(ref, str)
    assert ref
    assert sent == {"target": target, "func": func, "args": args, "kwargs": kwargs}
    assert line.waiting == 0


async def test_klipper_gets_its_extrusion_mode_back_when_it_refuses_to_push() -> None:
    """It skips what comes after a line that it refuses, also what would restore it."""
    line = Line({"error": "Extrude below minimum temp"}, {"error": "Shut down"})
    await fails(line.agent.extrude(KLIPPER, 5.0), ObicoAgentRefusedError)
    assert line.sent[1]["kwargs"] == {
        "verb": "post",
        "script": "RESTORE_GCODE_STATE NAME=obico_extrude",
    }
    assert len(line.sent) == 2


async def test_every_command_has_a_reference_of_its_own() -> None:
    line = Line()
    for _ in range(50):
        await line.agent.set_temperature("bed", 60)
    assert len({sent["ref"] for sent in line.sent}) == 50


@pytest.mark.parametrize(
    ("options", "args"),
    [
        (
            {"portPreference": "VIRTUAL", "baudratePreference": 115200},
            ["VIRTUAL", 115200],
        ),
        ({"portPreference": "/dev/ttyUSB0"}, ["/dev/ttyUSB0", None]),
        ({"portPreference": None, "baudratePreference": 115200}, []),
        ({}, []),
        (None, []),
        ("VIRTUAL", []),
    ],
)
async def test_a_printer_is_connected_by_what_it_prefers(
    options: object, args: list[object]
) -> None:
    line = Line({"ret": options}, {"ret": None})
    await line.agent.connect_printer()
    ask, connect = line.sent
    assert (ask["func"], ask["args"]) == ("get_connection_options", [])
    assert (connect["func"], connect["args"]) == ("connect", args)


# Whose reply it is


async def test_replies_of_others_are_ignored() -> None:
    line = Line(None)
    setting = asyncio.ensure_future(line.agent.set_temperature("bed", 60))
    await asyncio.sleep(0)
    for ref in ("other", "", 0, line.waiting):
        line.reply({"error": "That was not yours"}, ref=ref)
    line.agent.handle_reply(AgentReply.from_dict({"error": "Nor this"}))
    await asyncio.sleep(0)
    assert not setting.done()
    line.reply({"ret": None})
    await setting
    assert line.waiting == 0


async def test_replies_may_come_in_any_order() -> None:
    line = Line(None, None)
    commands = [
        asyncio.ensure_future(line.agent.set_temperature(heater, 60))
        for heater in ("bed", "chamber")
    ]
    await asyncio.sleep(0)
    refs = [sent["ref"] for sent in line.sent]
    line.reply({"error": "There is no chamber"}, ref=refs[1])
    line.reply({"ret": None}, ref=refs[0])
    await commands[0]
    assert await fails(commands[1], ObicoAgentRefusedError) == "There is no chamber"
    assert line.waiting == 0


async def test_the_first_reply_counts() -> None:
    line = Line(None)
    setting = asyncio.ensure_future(line.agent.set_temperature("bed", 60))
    await asyncio.sleep(0)
    line.reply({"ret": None})
    line.reply({"error": "Too late"})
    await setting
    line.reply({"error": "Much too late"})
    assert line.waiting == 0


# What is wrong


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"error": "Too hot"}, "Too hot"),
        ({"error": "Too hot", "ret": None}, "Too hot"),
        ({"ret": {"error": "Too hot"}}, "Too hot"),
        ({"ret": {"error": {"code": 400}}}, "no reason given"),
        ({"error": {"code": 400}}, "no reason given"),
        ({"error": ""}, "no reason given"),
    ],
)
async def test_an_agent_that_refuses_says_why(
    answer: dict[str, object], reason: str
) -> None:
    line = Line(answer)
    command = line.agent.set_temperature("bed", 60)
    assert await fails(command, ObicoAgentRefusedError) == reason
    assert line.waiting == 0


@pytest.mark.parametrize(
    "value", [None, {}, {"error": None}, {"error": ""}, [], "ok", 0, False]
)
async def test_any_other_reply_is_none_of_a_refusal(value: object) -> None:
    line = Line({"ret": value})
    await line.agent.set_temperature("bed", 60)


async def test_a_missing_reply_is_waited_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_requests, "_REPLY_SECONDS", 0.01)
    line = Line(None)
    await fails(line.agent.set_temperature("bed", 60), ObicoAgentSilentError)
    assert line.waiting == 0
    # The reply that comes after all does no harm.
    line.reply({"ret": None})


@pytest.mark.parametrize(
    "command",
    [
        lambda agent: agent.send_gcode(KLIPPER, ["G28"]),
        lambda agent: agent.print_file(KLIPPER, "cube.gcode"),
        lambda agent: agent.pause_print(),
        lambda agent: agent.resume_print(),
        lambda agent: agent.cancel_print(),
        lambda agent: agent.list_files(KLIPPER, "parts"),
        lambda agent: agent.list_files(OCTOPRINT),
    ],
)
async def test_what_takes_long_is_waited_for_longer(
    monkeypatch: pytest.MonkeyPatch, command: Command
) -> None:
    monkeypatch.setattr(agent_requests, "_REPLY_SECONDS", 0.01)
    line = Line(None, None)
    sending = asyncio.ensure_future(command(line.agent))
    await asyncio.sleep(0)
    await fails(line.agent.set_temperature("bed", 60), ObicoAgentSilentError)
    assert not sending.done()
    line.reply({"ret": "ok"}, ref=line.sent[0]["ref"])
    await sending
    monkeypatch.setattr(agent_module, "_LONG_REPLY_SECONDS", 0.01)
    line = Line(None)
    await fails(command(line.agent), ObicoAgentSilentError)


def test_who_waits_for_klipper_gives_up_before_its_agent_does() -> None:
    """It replies with an error after 30 s, while Klipper goes on."""
    assert 20 <= agent_module._LONG_REPLY_SECONDS <= 28


async def test_a_connection_that_takes_nothing_any_more_is_not_waited_for_forever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_requests, "_REPLY_SECONDS", 0.01)

    async def hang(_: str) -> None:
        await asyncio.Event().wait()

    agent = PrinterAgent(hang)
    await fails(agent.set_temperature("bed", 60), ObicoAgentSilentError)
    assert not agent._waiting


async def test_without_a_connection_nothing_is_waited_for() -> None:
    line = Line(ObicoConnectionError("There is none"))
    await fails(line.agent.set_temperature("bed", 60), ObicoConnectionError)
    assert line.waiting == 0


async def test_a_lost_connection_ends_the_waiting() -> None:
    line = Line(None, None)
    commands = [
        asyncio.ensure_future(line.agent.set_temperature("bed", 60)) for _ in range(2)
    ]
    await asyncio.sleep(0)
    line.reply({"ret": None})
    line.agent.handle_lost()
    await fails(commands[0], ObicoPushError)
    await commands[1]
    assert line.waiting == 0
    # The next connection is as good as the first.
    await line.agent.set_temperature("bed", 60)


async def test_whoever_gives_up_leaves_nothing_behind() -> None:
    line = Line(None)
    setting = asyncio.ensure_future(line.agent.set_temperature("bed", 60))
    await asyncio.sleep(0)
    setting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await setting
    assert line.waiting == 0


@pytest.mark.parametrize("capture", ["idle", "disconnected", "offline"])
def test_recorded_replies_are_told_apart(capture: str) -> None:
    reader = PushReader()
    replies = 0
    for row in (CAPTURES / f"passthru_{capture}.jsonl").read_text().splitlines():
        exchange = json.loads(row)
        if (reply := exchange["reply"]) is None:
            continue
        replies += 1
        read = reader.read(orjson.dumps(reply))
        assert isinstance(read, AgentReply)
        passthru = reply["passthru"]
        assert read.ref == passthru["ref"]
        failure = passthru.get("error")
        if isinstance(passthru.get("ret"), dict):
            failure = failure or passthru["ret"].get("error")
        assert read.error == failure
        assert read.value == passthru.get("ret")
    assert replies or capture == "offline"


# Against a server


@pytest.fixture
async def obico_server(socket_enabled: None) -> AsyncGenerator[ObicoServer]:
    server = ObicoServer(clock=Clock())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def account_printer(
    obico_server: ObicoServer, request: pytest.FixtureRequest
) -> Printer:
    kind = cast("Literal['octoprint', 'klipper']", request.param)
    return obico_server.add_account().add_printer("Prusa MK4", agent=kind)


@asynccontextmanager
async def talking(
    session: aiohttp.ClientSession, server: ObicoServer, printer: Printer
) -> AsyncGenerator[PrinterAgent]:
    """Give a printer's agent on an open connection."""
    socket = await PrinterSocket.open(
        session, URL(server.url), printer.auth_token, timeout=5
    )
    reader, agent = PushReader(), PrinterAgent(socket.send)

    async def listen() -> None:
        while True:
            message = reader.read(await socket.receive())
            if isinstance(message, AgentReply):
                agent.handle_reply(message)

    listening = asyncio.ensure_future(listen())
    try:
        yield agent
    finally:
        listening.cancel()
        await socket.close()


@pytest.mark.parametrize("account_printer", ["octoprint", "klipper"], indirect=True)
async def test_both_agents_do_what_they_are_told(
    session: aiohttp.ClientSession, obico_server: ObicoServer, account_printer: Printer
) -> None:
    machine = account_printer.agent
    is_klipper = account_printer.columns["agent_name"] == KLIPPER
    kind = KLIPPER if is_klipper else OCTOPRINT
    async with talking(session, obico_server, account_printer) as agent:
        await agent.set_temperature(machine.bed_heater, 60)
        assert machine.heaters[machine.bed_heater].target == 60
        await agent.set_feed_rate(kind, 120)
        await agent.set_flow_rate(kind, 95)
        assert (machine.feed_rate, machine.flow_rate) == (1.2, 0.95)
        await agent.send_gcode(kind, [f"M104 S{215}", "M117 Hello"])
        assert machine.heaters[machine.tool_heater].target == 215
        assert machine.message is not None
        reason = await fails(agent.set_temperature("tool7", 60), ObicoAgentRefusedError)
        assert "tool7" in reason
        assert not agent._waiting


@pytest.mark.parametrize("account_printer", ["octoprint"], indirect=True)
async def test_octoprint_is_connected(
    session: aiohttp.ClientSession, obico_server: ObicoServer, account_printer: Printer
) -> None:
    account_printer.agent.disconnect()
    async with talking(session, obico_server, account_printer) as agent:
        await agent.connect_printer()
    assert account_printer.agent.phase is Phase.OPENING


@pytest.mark.parametrize("account_printer", ["klipper"], indirect=True)
async def test_klipper_is_stopped(
    session: aiohttp.ClientSession, obico_server: ObicoServer, account_printer: Printer
) -> None:
    async with talking(session, obico_server, account_printer) as agent:
        await agent.emergency_stop()
    assert account_printer.agent.phase is Phase.SHUTDOWN


@pytest.mark.parametrize("account_printer", ["octoprint", "klipper"], indirect=True)
async def test_the_other_agents_commands_and_agents_that_are_away_stay_silent(
    session: aiohttp.ClientSession,
    obico_server: ObicoServer,
    account_printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_requests, "_REPLY_SECONDS", 0.1)
    monkeypatch.setattr(agent_module, "_LONG_REPLY_SECONDS", 0.1)
    is_klipper = account_printer.columns["agent_name"] == KLIPPER
    async with talking(session, obico_server, account_printer) as agent:
        with pytest.raises(ObicoAgentError):
            await agent.set_feed_rate(OCTOPRINT if is_klipper else KLIPPER, 100)
        account_printer.agent.go_offline()
        await fails(agent.set_temperature("bed", 60), ObicoAgentSilentError)
        assert not agent._waiting


def test_addresses_in_an_agents_words_are_not_repeated() -> None:
    """A signature opens what it is for to everybody who reads a log."""
    reply = AgentReply.from_dict(
        {
            "ref": "1",
            "ret": {
                "error": "403 for url: HTTPS://obico.test/media/a.gcode?digest=secret now"
            },
        }
    )
    assert reply.error == "403 for url: … now"
