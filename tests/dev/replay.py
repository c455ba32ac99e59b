"""The recordings of a program that acts as an agent, played to the simulated server."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from io import BytesIO
import json
from urllib.parse import urlsplit

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    DummyCookieJar,
    FormData,
    WSServerHandshakeError,
)
from PIL import Image

from dev import Account, ObicoServer, Print, Printer
from dev.json_types import JsonObject, JsonValue, as_object
from dev.server.serialize import event_json, print_json, printer_json
from tests.timelapse import wait_until

from .captures import read_lines

# What a print's record tells of its outcome; times of the server's clock only that they are set.
OUTCOME = ("filename", "alert_overwrite", "filament_used")
# What each server gives to a file itself.
OWN = ("id", "created_at", "updated_at", "user", "resident_printer")
# Events that the recording program did not ask for, or that ended the case before.
UNRECORDED = (
    ["ALERT_UNMUTED", "", "Watching Turned On"],
    ["ENDED", "SUCCESS", "Print Job Finished"],
)
MOMENTS = (
    "ended_at",
    "finished_at",
    "cancelled_at",
    "alerted_at",
    "alert_acknowledged_at",
    "alert_muted_at",
    "paused_at",
)


@dataclass(kw_only=True)
class Seen:
    """What a server did: the recorded one, or this one."""

    messages: list[JsonValue] = field(default_factory=list)
    looks: list[tuple[object, JsonValue]] = field(default_factory=list)


class Replay:
    """Plays one recording, and notes what both servers made of it at the same moments."""

    def __init__(self, server: ObicoServer, account: Account, name: str) -> None:
        """Read a recording."""
        self.server = server
        self.account = account
        self.lines = read_lines(f"agent/{name}.jsonl")
        self.recorded, self.served = Seen(), Seen()
        self._stack = AsyncExitStack()
        self._printer: Printer | None = None
        self._socket: ClientWebSocketResponse | None = None
        self._viewers: dict[str, ClientWebSocketResponse] = {}
        self._sent = 0
        self._collector: asyncio.Task[None] | None = None
        self._prints: dict[JsonValue, Print] = {}
        # The ids of files that the server has given, by those that were recorded.
        self._files: dict[JsonValue, JsonValue] = {}
        self._last_event = 0

    @property
    def printer(self) -> Printer:
        assert self._printer is not None
        return self._printer

    async def play(self) -> None:
        """Send what was sent, at the same times."""
        began = self.server.clock.elapsed
        async with self._stack:
            # pylint: disable-next=attribute-defined-outside-init
            self._session = await self._stack.enter_async_context(
                ClientSession(cookie_jar=DummyCookieJar())
            )
            for number, line in enumerate(self.lines):
                elapsed = self.server.clock.elapsed - began
                await self.server.advance(float(str(line["t"])) - elapsed, tick=5.0)
                message = line["msg"]
                if line["dir"] == "out":
                    await self._send(
                        str(line["socket"]), as_object(message), self.lines[number:]
                    )
                elif line["socket"] in self._viewers and "closed" in as_object(message):
                    await self._viewers.pop(str(line["socket"])).close()
                    await self._settle()
                elif line["socket"] == "agent":
                    self.recorded.messages.append(message)
                elif line["socket"] == "api":
                    self._look(as_object(message), line.get("case"))
            await self._close_agent()
            for viewer in self._viewers.values():
                await viewer.close()

    async def _send(
        self, socket: str, message: JsonObject, rest: list[JsonObject]
    ) -> None:
        if socket == "agent":
            await self._send_as_agent(message)
        elif socket.startswith("viewer"):
            await self._send_as_viewer(socket, message)
        elif socket == "rest":
            await self._post(message, rest)
        else:
            await self._call(message)
        await self._settle()

    async def _settle(self) -> None:
        """Wait until the server has handled everything, and what it says has arrived."""
        if self._printer is not None:
            remote = self.server.remote_agent(self.printer)
            if self._socket is not None:
                await wait_until(
                    lambda: remote.received >= self._sent or not remote.is_connected
                )
        for _ in range(10):
            await asyncio.sleep(0)

    async def _send_as_agent(self, message: JsonObject) -> None:
        if "connect" in message:
            await self._close_agent()
            with suppress(WSServerHandshakeError):
                self._socket = await self._session.ws_connect(
                    f"{self.server.url}/ws/dev/",
                    headers={"authorization": f"bearer {self.printer.auth_token}"},
                )
                self._collector = asyncio.create_task(self._collect(self._socket))
        elif "close" in message:
            await self._close_agent()
        elif self._socket is not None and not self._socket.closed:
            self._sent += 1
            self._name_file(message)
            await self._socket.send_json(message)

    def _name_file(self, message: JsonObject) -> None:
        """Put the id of a file that this server has given in the place of the recorded one."""
        match message:
            case {"status": {"job": {"file": {"obico_g_code_file_id": number}}}}:
                file = as_object(as_object(as_object(message["status"])["job"])["file"])
                file["obico_g_code_file_id"] = self._files.get(number, number)

    async def _collect(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            self.served.messages.append(json.loads(message.data))

    async def _close_agent(self) -> None:
        if self._socket is not None and self._collector is not None:
            await asyncio.sleep(0.01)
            await self._socket.close()
            await self._collector
            self._socket = None
            await wait_until(
                lambda: not self.server.remote_agent(self.printer).is_connected
            )

    async def _send_as_viewer(self, name: str, message: JsonObject) -> None:
        if "connect" in message:
            self._viewers[name] = await self._session.ws_connect(
                f"{self.server.url}/ws/token/web/{self.printer.auth_token}/"
            )
        elif "close" in message:
            if viewer := self._viewers.pop(name, None):
                await viewer.close()
        else:
            remote = self.server.remote_agent(self.printer)
            heard = len(remote.messages)
            await self._viewers[name].send_json(message)
            if "passthru" in message and remote.is_connected:
                await wait_until(lambda: len(remote.messages) > heard)

    async def _post(self, message: JsonObject, rest: list[JsonObject]) -> None:
        """Post a picture, to which the detection gives the recorded score, or a file's record."""
        recorded = next(
            as_object(line["msg"])
            for line in rest
            if line["dir"] == "in" and line["socket"] == "rest"
        )
        if "json" in message:
            await self._post_file(message, recorded)
            return
        self.server.remote_agent(self.printer).score = _next_score(rest)
        form = FormData()
        for key, value in as_object(message["form"]).items():
            if key == "pic":
                form.add_field(key, _jpeg(), filename="pic.jpg")
            else:
                form.add_field(key, str(value))
        answer = await self._session.post(
            f"{self.server.url}{message['path']}",
            data=form,
            headers={"Authorization": f"Token {self.printer.auth_token}"},
        )
        async with answer:
            body = await answer.text()
        self.served.looks.append(("rest", [answer.status, json.loads(body)]))
        self.recorded.looks.append(("rest", [recorded["status"], recorded["body"]]))

    async def _post_file(self, message: JsonObject, recorded: JsonObject) -> None:
        """Register a file; its ids, times and owners are the server's own."""
        answer = await self._session.post(
            f"{self.server.url}{message['path']}",
            json=message["json"],
            headers={"Authorization": f"Token {self.printer.auth_token}"},
        )
        async with answer:
            text = await answer.text()
        looks: list[JsonValue] = [recorded["status"]]
        served: list[JsonValue] = [answer.status]
        if answer.status < 300:
            body, was = as_object(json.loads(text)), as_object(recorded["body"])
            self._files[was["id"]] = body["id"]
            looks.append({key: was[key] for key in was if key not in OWN})
            served.append({key: body[key] for key in body if key not in OWN})
        self.recorded.looks.append(("file", looks))
        self.served.looks.append(("file", served))

    async def _call(self, message: JsonObject) -> None:
        """Call the API with the account's token."""
        url = urlsplit(str(message["path"]))
        path = url.path
        if self._printer is not None:
            parts = path.split("/")
            if parts[3] == "printers":
                parts[4] = str(self.printer.id)
            elif parts[3] == "prints" and parts[4].isdecimal():
                parts[4] = str(self._prints[int(parts[4])].id)
            path = "/".join(parts)
        answer = await self._session.request(
            str(message["method"]),
            f"{self.server.url}{path}{f'?{url.query}' if url.query else ''}",
            json=message.get("json"),
            headers={"Authorization": f"Bearer {self.account.token}"},
        )
        async with answer:
            if self._printer is None:
                self._printer = self.server.printers[(await answer.json())["id"]]

    def _look(self, message: JsonObject, case: JsonValue) -> None:
        """Compare what both servers tell at this moment."""
        what = str(message.get("GET", ""))
        if what.endswith("(short)"):
            recorded = as_object(message["body"])
            served = printer_json(self.printer)
            self._remember_print(recorded)
            self._note(what, case, _brief(recorded), _brief(served))
        elif what.startswith("prints/") and "prediction" not in what:
            job = self._prints.get(int(what.split("/")[1]))
            if job is not None and message["status"] == 200:
                self._note(
                    what,
                    case,
                    _outcome(as_object(message["body"])),
                    _outcome(print_json(job)),
                )
        elif what.startswith("printer_events"):
            rows = message["body"]
            assert isinstance(rows, list)
            served_rows = [
                event_json(event)
                for event in self.server.events.values()
                if event.printer is self.printer and event.id > self._last_event
            ]
            self._last_event = max(self.server.events, default=0)
            events = [_event(as_object(row)) for row in rows]
            self._note(
                what,
                case,
                sorted(events),
                sorted(
                    event
                    for event in map(_event, served_rows)
                    if event in events or event not in UNRECORDED
                ),
            )
        elif "g_code_file" in message:
            job = self.printer.current_print
            file = job and job.g_code_file
            number = message["g_code_file"]
            self._note(
                "g_code_file",
                case,
                self._files.get(number, number),
                None if file is None else file.id,
            )
        elif "after picture" in message:
            served = printer_json(self.printer)
            job_row = served["current_print"]
            self._note(
                what,
                case,
                [
                    message["pic_kind"],
                    *(message[key] is None for key in MOMENTS[3:7:3]),
                ],
                [
                    _kind(served["pic"]),
                    *(
                        as_object(job_row)[key] is None
                        for key in ("alerted_at", "paused_at")
                    ),
                ],
            )

    def _remember_print(self, recorded: JsonObject) -> None:
        job = recorded["current_print"]
        if job is not None and self.printer.current_print is not None:
            self._prints.setdefault(as_object(job)["id"], self.printer.current_print)

    def _note(
        self, what: str, case: JsonValue, recorded: JsonValue, served: JsonValue
    ) -> None:
        self.recorded.looks.append(((case, what), recorded))
        self.served.looks.append(((case, what), _as_far_as(recorded, served)))


def _as_far_as(recorded: JsonValue, served: JsonValue) -> JsonValue:
    """Return of what is served the part that was recorded, too."""
    if isinstance(recorded, dict) and isinstance(served, dict):
        return {
            key: _as_far_as(value, served[key])
            for key, value in recorded.items()
            if key in served
        }
    return served


def _next_score(rest: list[JsonObject]) -> float:
    """Return the score that the recorded server gave to the next picture."""
    for line in rest:
        message = line["msg"]
        if isinstance(message, dict) and "after picture" in message:
            return float(str(message["normalized_p"]))
    return 0.0


def _jpeg() -> bytes:
    content = BytesIO()
    Image.new("RGB", (8, 6)).save(content, "JPEG")
    return content.getvalue()


def _kind(picture: JsonValue) -> str | None:
    """Return which kind of picture is shown: tagged, raw, or one without a print."""
    if picture is None:
        return None
    url = str(as_object(picture)["img_url"])
    return url.partition("/tsd-pics/")[2].partition("/")[0]


def _brief(printer: JsonObject) -> JsonValue:
    """Return the parts of a printer that were recorded in short."""
    status, job = printer["status"], printer["current_print"]
    if isinstance(status, dict) and "flags_true" not in status:
        state = status.get("state")
        state = state if isinstance(state, dict) else {}
        file = as_object(as_object(status.get("job") or {}).get("file") or {})
        status = {
            "text": state.get("text"),
            "flags_true": [
                key
                for key, value in as_object(state.get("flags") or {}).items()
                if value
            ],
            "file": file.get("name"),
        }
    return {
        "status": status,
        "not_watching_reason": printer["not_watching_reason"],
        # Whether the detection looked depends on fractions of a second here.
        "pic": "raw" if (kind := _kind(printer["pic"])) == "tagged" else kind,
        "current_print": None if job is None else _outcome(as_object(job)),
    }


def _outcome(job: JsonObject) -> JsonValue:
    return {key: job[key] for key in OUTCOME if key in job} | {
        key: job[key] is not None for key in MOMENTS if key in job
    }


def _event(row: JsonObject) -> list[str]:
    return [str(row[key]) for key in ("event_type", "event_class", "event_title")]
