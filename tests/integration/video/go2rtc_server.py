"""A go2rtc with the part of its API that Home Assistant's own go2rtc integration uses."""

from dataclasses import dataclass, field

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from dev import SimulatedJanus
from tests.timelapse import wait_until

from .support import Dial, dial_source

ANSWER = "the answer of go2rtc"
CANDIDATE = "candidate:9 1 udp 1 127.0.0.1 8555 typ host"


@dataclass
class Stream:
    """A stream with what it is fetched from, and what runs of it."""

    sources: list[str]
    dial: Dial | None = None
    session_id: int | None = None
    viewers: int = 0

    def as_json(self) -> dict[str, object]:
        """Return it as the API tells it: what runs is named by the address that was dialled."""
        urls = list(self.sources)
        if self.dial is not None:
            urls[0] = urls[0].removeprefix("webrtc:").partition("#")[0]
        return {"producers": [{"url": url} for url in urls], "consumers": None}


@dataclass
class Go2rtcServer:
    """Runs streams as long as they have viewers, as go2rtc 1.9.14 does; no media.

    Where it drops a stream, Janus hears that its connection has ended, which media would tell.
    """

    session: aiohttp.ClientSession
    janus: SimulatedJanus
    streams: dict[str, Stream] = field(default_factory=dict)
    puts: list[tuple[str, list[str]]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    offers: list[dict[str, object]] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    # Whether it runs on another machine, from which no source of this one is reached.
    is_elsewhere: bool = False
    _server: TestServer | None = None

    @property
    def url(self) -> str:
        """Return where Home Assistant is told that it is."""
        assert self._server is not None
        return str(self._server.make_url("/"))

    async def start(self) -> None:
        """Listen."""
        app = web.Application()
        app.add_routes(
            [
                web.get("/api", self._info),
                web.get("/api/schemes", self._schemes),
                web.get("/api/preload", self._preload),
                web.get("/api/streams", self._list),
                web.put("/api/streams", self._put),
                web.get("/api/frame.jpeg", self._frame),
                web.get("/api/ws", self._watch),
            ]
        )
        self._server = TestServer(app)
        await self._server.start_server(access_log=None)

    async def stop(self) -> None:
        """Stop to listen."""
        assert self._server is not None
        await self._server.close()

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response({"version": "1.9.14", "config_path": ""})

    async def _schemes(self, request: web.Request) -> web.Response:
        return web.json_response(["ffmpeg", "http", "rtsp", "webrtc"])

    async def _preload(self, request: web.Request) -> web.Response:
        return web.json_response({})

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response(
            {name: stream.as_json() for name, stream in self.streams.items()}
        )

    async def _put(self, request: web.Request) -> web.Response:
        name, sources = request.query["name"], request.query.getall("src")
        self.puts.append((name, sources))
        # The one before runs on for those who watch it.
        self.streams[name] = Stream(sources)
        return web.Response()

    async def _frame(self, request: web.Request) -> web.Response:
        self.requests.append(request.path)
        # Of a source that fails, too.
        return web.Response(content_type="image/jpeg")

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        stream, is_watching = self.streams[request.query["src"]], False
        async for message in socket:
            content = message.json()
            if content["type"] == "webrtc/candidate":
                self.candidates.append(content["value"])
                continue
            assert content["type"] == "webrtc"
            self.offers.append(content["value"])
            if error := await self._run(stream):
                await socket.send_json({"type": "error", "value": error})
                continue
            stream.viewers += 1
            is_watching = True
            for reply in (
                {"type": "webrtc", "value": {"type": "answer", "sdp": ANSWER}},
                {"type": "webrtc/candidate", "value": CANDIDATE},
            ):
                await socket.send_json(reply)
        if is_watching:
            stream.viewers -= 1
            if not stream.viewers:
                await self._drop(stream)
        return socket

    async def _run(self, stream: Stream) -> str | None:
        """Fetch a stream unless it runs, and return the error if that fails."""
        if stream.dial is not None:
            return None
        if self.is_elsewhere:
            return (
                "webrtc/offer: streams: dial tcp 127.0.0.1: connect: connection refused"
            )
        known = set(self.janus.sessions)
        try:
            dial = await dial_source(self.session, stream.sources[0])
        except aiohttp.ClientError as err:
            return f"webrtc/offer: streams: {err}"
        if dial is None:
            return "webrtc/offer: streams: websocket: close 1000 (normal)"
        (stream.session_id,) = set(self.janus.sessions) - known
        await dial.answer()
        watched = self.janus.sessions[stream.session_id]
        await wait_until(lambda: watched.is_started and watched.candidates)
        # It is connected, and needs the socket no more.
        await dial.socket.close()
        stream.dial = dial
        return None

    async def _drop(self, stream: Stream) -> None:
        stream.dial = None
        if stream.session_id in self.janus.sessions:
            await self.janus.hang_up(stream.session_id)
