"""The Janus gateway beside an agent: sessions and streams, as far as texts go; no media."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import json
from typing import Protocol

from ..json_types import JsonObject, as_object

STREAMING = "janus.plugin.streaming"

# Errors of Janus, and of its plug-in for streams.
NO_SUCH_SESSION = 458
NO_SUCH_HANDLE = 459
NO_SUCH_PLUGIN = 460
NO_SUCH_STREAM = 455

# What a Janus 1.x offers for a stream of the agents, without the lines that differ with every session.
OFFER = "\r\n".join(
    (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=Mountpoint {stream_id}",
        "t=0 0",
        "a=group:BUNDLE v d",
        "a=msid-semantic: WMS *",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 127.0.0.1",
        "a=sendonly",
        "a=mid:v",
        "a=rtcp-mux",
        "a=ice-ufrag:WCsm",
        "a=ice-pwd:nsqOeZNYhXEGGAMc5kvUlK",
        "a=setup:actpass",
        "a=fingerprint:sha-256 " + ":".join(["5A"] * 32),
        "a=rtpmap:96 H264/90000",
        "a=end-of-candidates",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 127.0.0.1",
        "a=mid:d",
        "a=sctp-port:5000",
        "",
    )
)


class Janus(Protocol):
    """The gateway as the agent sees it, which relays every text to it."""

    async def hear(self, text: str) -> None:
        """Handle a text of a viewer."""


@dataclass(slots=True)
class Session:
    """A session of a viewer."""

    handle: int | None = None
    watched: int | None = None
    is_started: bool = False
    candidates: list[JsonObject] = field(default_factory=list)
    keepalives: int = 0


class SimulatedJanus:
    """Answers viewers as Janus 1.1 does. Tests break it with its switches.

    `silent` hears nothing, as a Janus that is away; `mute` hears but does not answer.
    `connects` is whether WebRTC comes up once a viewer has answered.
    """

    def __init__(
        self, say: Callable[[str], Awaitable[None]], streams: frozenset[int]
    ) -> None:
        """Create a Janus without sessions; `say` sends a text to all viewers."""
        self.streams = streams
        self.sessions: dict[int, Session] = {}
        self.silent = False
        self.mute = False
        self.connects = True
        self._say = say
        self._outbox: list[str] = []
        # Random in real ones; these are recognised in a test.
        self._next_id = 5_000_000_000_000_001

    def restart(self) -> None:
        """Forget all sessions, without a word."""
        self.sessions.clear()

    async def hang_up(self, session_id: int, reason: str = "DTLS alert") -> None:
        """Tell that the connection of a viewer has ended."""
        self.sessions[session_id].watched = None
        self._tell(session_id, "hangup", reason=reason)
        await self._flush()

    async def time_out(self, session_id: int) -> None:
        """End a session whose viewer was silent for a minute."""
        del self.sessions[session_id]
        self._send({"janus": "timeout", "session_id": session_id})
        await self._flush()

    async def hear(self, text: str) -> None:
        """Answer a viewer."""
        if not self.silent:
            self._answer(text)
            await self._flush()

    async def _flush(self) -> None:
        said, self._outbox = self._outbox, []
        if not self.mute:
            for text in said:
                await self._say(text)

    def _answer(self, text: str) -> None:
        message = as_object(json.loads(text))
        kind, transaction = message["janus"], message["transaction"]
        if kind == "create":
            self.sessions[self._next_id] = Session()
            self._succeed(transaction, data={"id": self._next_id})
            self._next_id += 1
            return
        session_id = message.get("session_id")
        session = self.sessions.get(session_id) if isinstance(session_id, int) else None
        if not isinstance(session_id, int) or session is None:
            self._fail(transaction, NO_SUCH_SESSION, "No such session")
            return
        if kind == "keepalive":
            session.keepalives += 1
            self._ack(session_id, transaction)
        elif kind == "attach":
            self._attach(session_id, session, message)
        elif kind == "destroy":
            del self.sessions[session_id]
            self._succeed(transaction, session_id=session_id)
        elif session.handle is None or message.get("handle_id") != session.handle:
            self._fail(transaction, NO_SUCH_HANDLE, "No such handle")
        elif kind == "trickle":
            session.candidates.append(as_object(message["candidate"]))
            self._ack(session_id, transaction)
        else:
            self._ack(session_id, transaction)
            self._run(session_id, session, message)

    def _attach(self, session_id: int, session: Session, message: JsonObject) -> None:
        if message.get("plugin") != STREAMING:
            self._fail(message["transaction"], NO_SUCH_PLUGIN, "No such plugin")
            return
        session.handle, self._next_id = self._next_id, self._next_id + 1
        self._succeed(
            message["transaction"], session_id=session_id, data={"id": session.handle}
        )

    def _run(self, session_id: int, session: Session, message: JsonObject) -> None:
        """Handle a request to the plug-in for streams."""
        body = as_object(message["body"])
        request, stream_id = body["request"], body.get("id")
        if request == "watch" and stream_id in self.streams:
            assert isinstance(stream_id, int)
            session.watched = stream_id
            self._event(
                session_id,
                {"status": "preparing"},
                jsep={"type": "offer", "sdp": OFFER.format(stream_id=stream_id)},
            )
        elif session.watched is None:
            self._event(
                session_id,
                {"error_code": NO_SUCH_STREAM, "error": "No such mountpoint"},
            )
        elif request == "start":
            session.is_started = True
            self._event(session_id, {"status": "starting"})
            if self.connects:
                self._tell(session_id, "webrtcup")
                self._event(session_id, {"status": "started"})
        else:
            self._event(session_id, {"event": "configured"})

    def _event(self, session_id: int, result: JsonObject, **more: JsonObject) -> None:
        data: JsonObject = {"streaming": "event"}
        data |= result if "error_code" in result else {"result": result}
        self._tell(
            session_id, "event", plugindata={"plugin": STREAMING, "data": data}, **more
        )

    def _tell(self, session_id: int, kind: str, **more: JsonObject | str) -> None:
        handle = self.sessions[session_id].handle
        self._send({"janus": kind, "session_id": session_id, "sender": handle} | more)

    def _ack(self, session_id: int, transaction: object) -> None:
        self._send(
            {"janus": "ack", "session_id": session_id, "transaction": transaction}
        )

    def _succeed(self, transaction: object, **more: object) -> None:
        self._send({"janus": "success", "transaction": transaction} | more)

    def _fail(self, transaction: object, code: int, reason: str) -> None:
        error = {"code": code, "reason": reason}
        self._send({"janus": "error", "transaction": transaction, "error": error})

    def _send(self, message: dict[str, object]) -> None:
        self._outbox.append(json.dumps(message))
