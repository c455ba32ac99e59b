"""The server's side of agents that run elsewhere, compared with recordings of a real server."""

from io import BytesIO
import json
from typing import cast

from aiohttp import (
    ClientSession,
    DummyCookieJar,
    FormData,
    WSMsgType,
    WSServerHandshakeError,
)
from PIL import Image
import pytest

from dev import Account, ObicoServer
from dev.json_types import JsonObject, JsonValue, as_object
from dev.server import sockets
from dev.server.serialize import printer_json
from tests.timelapse import wait_until

from .captures import read_lines, read_rows
from .replay import Replay
from .support import Api

RECORDINGS = (
    "agent_whole_print",
    "agent_cancelled",
    "agent_ts_changes",
    "agent_reconnect",
    "agent_ai_pause",
    "agent_archived",
    "agent_timing",
    "agent_timing_silence",
    "agent_passthru",
    "agent_gcode_file",
    "agent_prune",
)


def told(messages: list[JsonValue]) -> list[JsonValue]:
    """Return what an agent was told of its print, and asked to do.

    Who looks is left out: another client looked at the recorded printers.
    """
    found: list[JsonValue] = []
    for message in messages:
        match message:
            case {"remote_status": {"should_watch": should_watch}}:
                found.append(should_watch)
            case {"commands": rows}:
                found.append(cast("JsonValue", rows))
            case {"passthru": row}:
                found.append(row)
    return found


@pytest.mark.parametrize("name", RECORDINGS)
async def test_an_agent_gets_what_was_recorded_and_prints_and_events_become_the_same(
    server: ObicoServer, account: Account, name: str
) -> None:
    replay = Replay(server, account, name)
    await replay.play()
    assert told(replay.served.messages) == told(replay.recorded.messages)
    different = [
        (recorded, served[1])
        for recorded, served in zip(
            replay.recorded.looks, replay.served.looks, strict=True
        )
        if served != recorded
    ]
    assert different == []
    assert len(replay.served.messages) > 1


async def test_pictures_every_ten_seconds_bring_an_agent_what_was_recorded(
    server: ObicoServer, account: Account
) -> None:
    # Which of them the AI looks at is a matter of milliseconds, which were not recorded.
    replay = Replay(server, account, "agent_ai_10s_spacing")
    await replay.play()
    assert told(replay.served.messages) == told(replay.recorded.messages)
    assert len(replay.served.looks) > 40


async def test_an_agent_that_answers_no_ping_is_dropped_as_recorded(
    server: ObicoServer, account: Account
) -> None:
    lines = read_lines("agent/agent_timing_frozen.jsonl")
    recorded = [
        as_object(line["msg"])["frame"]
        for line in lines
        if line["socket"] == "agent" and line["dir"] == "in"
    ]
    (status,) = [
        line["msg"]
        for line in lines
        if line["socket"] == "agent" and "status" in as_object(line["msg"])
    ]
    printer = account.add_printer("Agent frozen")
    # Those seconds are real; 20 in the recording.
    server.sockets.ping_seconds = 0.05
    async with ClientSession() as session:
        viewer = await session.ws_connect(
            f"{server.url}/ws/token/web/{printer.auth_token}/"
        )
        socket = await session.ws_connect(
            f"{server.url}/ws/dev/",
            headers={"authorization": f"bearer {printer.auth_token}"},
            autoping=False,
        )
        first = await socket.receive()
        assert as_object(json.loads(first.data))["remote_status"] == {
            "viewing": True,
            "should_watch": False,
        }
        await socket.send_json(status)
        await wait_until(lambda: printer.status)
        served = []
        while (frame := await socket.receive()).type not in {
            WSMsgType.CLOSE,
            WSMsgType.CLOSED,
        }:
            served.append(frame.type.name)
        assert set(recorded) == {"TEXT", "PING", "CLOSED"}
        assert set(served) - {"TEXT"} == {"PING"}
        # At once, without the two minutes after which a silent agent is offline.
        await wait_until(lambda: printer.status is None)
        await viewer.close()


@pytest.mark.parametrize("name", ["agent_prune", "agent_whole_print"])
async def test_an_agent_is_told_of_viewers_as_recorded(
    server: ObicoServer,
    account: Account,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without repetitions: a second client of the account came and went unrecorded."""
    # The server forgets silent viewers every 20 minutes, by the clock: so long after the viewer
    # of the recording had come.
    monkeypatch.setattr(sockets, "VIEWER_SECONDS", 296.4)
    replay = Replay(server, account, name)
    await replay.play()

    def views(messages: list[JsonValue]) -> list[JsonValue]:
        found: list[JsonValue] = []
        for message in messages:
            match message:
                case {"remote_status": {"viewing": viewing}} if found[-1:] != [viewing]:
                    found.append(viewing)
        return found

    assert views(replay.served.messages) == views(replay.recorded.messages)


def without_times(settings: JsonObject) -> JsonObject:
    """Return what was recorded of a printer's settings, without the rows that say when."""
    return {key: settings[key] for key in ("agent_name", "settings")}


async def test_settings_become_what_the_real_server_made_of_them(
    server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Agent settings")
    compared = 0
    for line in read_lines("agent/agent_settings.jsonl"):
        message = as_object(line["msg"])
        if line["socket"] == "agent" and line["dir"] == "out" and "settings" in message:
            await server.remote_agent(printer).handle(json.dumps(message))
        # With `agent: null` the real server stores a part before it fails.
        elif (
            line["dir"] == "in"
            and "settings" in message
            and not str(line.get("case")).startswith("agent null")
        ):
            recorded = without_times(message)
            served = without_times(as_object(printer_json(printer)))
            for row in (recorded, served):
                settings = as_object(row["settings"])
                # An old name of the agent's version, which nobody reads.
                row["settings"] = {
                    key: value
                    for key, value in settings.items()
                    if key not in {"tsd_plugin_version", "octoprint_version"}
                }
            assert served == recorded, line.get("case")
            compared += 1
    assert compared > 8


HANDSHAKES = [
    row for row in read_rows("agent/agent_errors.json") if "http_status" in row
][:6]


@pytest.mark.parametrize(
    "row", HANDSHAKES, ids=[str(row["handshake"]) for row in HANDSHAKES]
)
async def test_a_wrong_handshake_is_refused_as_recorded(
    server: ObicoServer, account: Account, row: JsonObject
) -> None:
    printer = account.add_printer("Agent errors")
    tokens = {
        "<wrong token>": "0" * 20,
        "<right token> (capital B)": printer.auth_token,
        "<right token>": printer.auth_token,
        "(no token)": "",
        "<account OAuth token>": account.token,
    }
    name, _, value = str(row["handshake"]).partition(": ")
    scheme, _, token = value.partition(" ")
    headers = {name: f"{scheme} {tokens[token]}".strip()} if value else {}
    async with ClientSession() as session:
        with pytest.raises(WSServerHandshakeError) as refused:
            await session.ws_connect(f"{server.url}/ws/dev/", headers=headers)
    assert refused.value.status == row["http_status"]


def content_of(form: JsonObject, why: str) -> bytes:
    """Return a picture like the one that was posted."""
    picture = BytesIO()
    size = (4000, 3000) if "4000" in why else (64, 48)
    Image.new("RGB", size).save(picture, "PNG" if "PNG" in why else "JPEG")
    match why:
        case "empty picture":
            return b""
        case "not a picture" | "with a broken snapshot":
            return b"hello"
        case "12 MB of noise after a JPEG header":
            return b"\xff\xd8\xff" + bytes(1000)
        case _:
            return picture.getvalue()


POSTS = [
    row
    for row in read_rows("agent/agent_errors.json")
    if "request" in row
    and "octo/" in str(as_object(row["request"])["path"])
    # A JPEG of 200 bytes breaks the real server, and what it makes of half of one is its own.
    and "cut" not in str(as_object(row["request"]).get("why"))
    and not str(as_object(row["request"]).get("why")).endswith(
        ("archived printer", "deleted printer")
    )
]


@pytest.mark.parametrize(
    "row",
    POSTS,
    ids=[
        f"{number} {as_object(row['request']).get('why')}"
        for number, row in enumerate(POSTS)
    ],
)
async def test_pictures_and_events_are_answered_as_recorded(
    server: ObicoServer, account: Account, row: JsonObject
) -> None:
    printer = account.add_printer("Agent errors")
    request = as_object(row["request"])
    why = str(request.get("why"))
    auth = str(request["auth"]).replace("<printer auth_token>", printer.auth_token)
    headers = {} if request["auth"] is None else {"Authorization": auth}
    sent: dict[str, object] = {}
    if "form" in request:
        form = FormData()
        for key, value in as_object(request["form"]).items():
            if str(value).startswith("<image") or key == "snapshot":
                form.add_field(key, content_of(request, why), filename="pic.jpg")
            else:
                form.add_field(key, str(value))
        sent["data"] = form
    elif "json" in request:
        sent["json"] = request["json"]
    else:
        sent["data"] = {}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    async with (
        ClientSession(cookie_jar=DummyCookieJar()) as session,
        session.post(
            f"{server.url}{request['path']}",
            headers=headers,
            **sent,  # type: ignore[arg-type]
        ) as answer,
    ):
        assert answer.status == row["status"]
        if answer.content_type == "application/json":
            assert await answer.json() == row["body"]


async def test_a_second_agent_replaces_the_first_as_recorded(
    server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Agent errors")
    headers = {"authorization": f"bearer {printer.auth_token}"}
    async with ClientSession() as session:
        first = await session.ws_connect(f"{server.url}/ws/dev/", headers=headers)
        await first.receive()
        await first.send_json({"status": {"_ts": 1, "state": {"text": "Printing"}}})
        await wait_until(lambda: printer.status)
        second = await session.ws_connect(f"{server.url}/ws/dev/", headers=headers)
        assert (await second.receive_json())["remote_status"]
        await first.receive()
        assert first.close_code == 4321
        assert printer.status is not None
        await second.close()
        await wait_until(lambda: printer.status is None)


async def test_a_deleted_printer_ends_with_the_next_status(
    server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("Agent deleted")
    headers = {"authorization": f"bearer {printer.auth_token}"}
    async with ClientSession() as session:
        socket = await session.ws_connect(f"{server.url}/ws/dev/", headers=headers)
        await socket.receive()
        printer.delete()
        await socket.send_json({"status": {"_ts": 1}})
        await socket.receive()
        assert socket.close_code == 1000
        with pytest.raises(WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{server.url}/ws/dev/", headers=headers)


@pytest.mark.parametrize(("interval", "analysed"), [(10.0, 20), (10.6, 40)])
async def test_of_pictures_every_ten_seconds_only_every_second_is_looked_at(
    server: ObicoServer, account: Account, interval: float, analysed: int
) -> None:
    printer = account.add_printer("Agent")
    remote = server.remote_agent(printer)
    picture = content_of({}, "")
    await remote.handle(
        json.dumps(
            {
                "current_print_ts": 5,
                "status": {
                    "_ts": 5,
                    "state": {"text": "Printing", "flags": {"printing": True}},
                    "job": {"file": {"name": "a.gcode"}},
                },
            }
        )
    )
    job = printer.current_print
    assert job is not None
    for _ in range(40):
        server.clock.advance(interval)
        remote.picture(picture, viewing_boost=False)
    assert len(job.predictions) == analysed
    assert job.pictures == 40


async def test_codes_link_agents_as_recorded(
    server: ObicoServer, account: Account, api: Api
) -> None:
    code = (await api("onetimeverificationcodes/")).object
    assert code["printer"] is None
    assert (await api("onetimeverificationcodes/")).object == code
    wrong = await api("octo/verify/?code=abc", "POST", token="")
    assert (wrong.status, wrong.object) == (
        404,
        {"detail": "Requested resource does not exist"},
    )
    missing = await api("octo/verify/", "POST", token="")
    assert (missing.status, missing.object) == (
        400,
        {"code": ["This field may not be null."]},
    )
    linked = await api(f"octo/verify/?code={code['code']}", "POST", token="")
    printer = as_object(linked.object["printer"])
    assert printer["name"] == "My Awesome Cloud Printer"
    used = await api(f"octo/verify/?code={code['code']}", "POST", token="")
    assert used.status == 404
    polled = (await api(f"onetimeverificationcodes/{code['id']}/")).object
    assert polled["verified_at"]
    assert (await api("onetimeverificationcodes/77/")).status == 404
    again = (await api(f"onetimeverificationcodes/?printer_id={printer['id']}")).object
    relinked = await api(f"octo/verify/?code={again['code']}", "POST", token="")
    assert as_object(relinked.object["printer"])["auth_token"] != printer["auth_token"]
    unknown = await api("onetimeverificationcodes/?printer_id=999999")
    assert unknown.status == 500


async def test_a_token_is_checked_as_recorded(
    server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("P1S in the cellar")
    recorded = next(
        as_object(row["body"])
        for row in read_rows("agent/agent_link.json")
        if "request" in row
        and str(as_object(row["request"])["path"]).endswith("octo/ping/")
    )
    async with ClientSession() as session:
        for token, status in ((printer.auth_token, 200), ("0" * 20, 401)):
            async with session.get(
                f"{server.url}/api/v1/octo/ping/",
                headers={"Authorization": f"Token {token}"},
            ) as answer:
                assert answer.status == status
                body = await answer.json()
            if status == 200:
                as_object(recorded["printer"])["id"] = printer.id
                assert body == recorded
            else:
                assert body == {
                    "error": "Invalid or Inactive Token",
                    "is_authenticated": "False",
                }


async def test_archiving_and_creating_answer_as_recorded(
    api: Api, account: Account
) -> None:
    created = await api("printers/", "POST", name="Agent archived")
    assert created.status == 201
    nameless = await api("printers/", "POST", other="x")
    assert (nameless.status, nameless.object) == (
        400,
        {"name": ["This field is required."]},
    )
    printer_id = created.object["id"]
    assert (await api(f"printers/{printer_id}/archive/", "POST")).status == 204
    assert (await api(f"printers/{printer_id}/")).status == 404
    assert (await api(f"printers/{printer_id}/?with_archived=true")).status == 200
