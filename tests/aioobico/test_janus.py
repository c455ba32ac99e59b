"""A viewing of live video: how it is arranged, how it is kept, and every way it ends."""

import asyncio
from collections.abc import AsyncGenerator
import gc
import traceback

import aiohttp
import orjson
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    JanusEnd,
    JanusSession,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoConnectionError,
    ObicoError,
    ObicoResponseError,
    ObicoUpgradeRefusedError,
)
from dev import Account, ObicoServer, Printer, SimulatedJanus
from dev.agent.janus import Session
from dev.json_types import JsonObject, as_object
from tests.timelapse import LoopClock, wait_until

STREAM = 7
ANSWER = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
# Longer than Janus and this client wait for anything.
LONG = 120


class Relay:
    """A printer with Janus, and a clock that a test puts forward."""

    def __init__(self, server: ObicoServer, printer: Printer) -> None:
        """Put Janus beside the agent."""
        self.server = server
        self.printer = printer
        self.janus: SimulatedJanus = printer.simulate_janus(STREAM)
        self._clock = LoopClock.of(asyncio.get_running_loop())
        self._clock.stop_while_working()

    @property
    def session(self) -> Session:
        """Return the one session that there is."""
        [session] = self.janus.sessions.values()
        return session

    @property
    def session_id(self) -> int:
        """Return the id of the one session that there is."""
        [session_id] = self.janus.sessions
        return session_id

    async def pass_time(self, seconds: float) -> None:
        """Let time pass, second by second, each with all that comes of it."""
        for _ in range(int(seconds)):
            self._clock.put_forward(1)
            await self.settle()

    async def settle(self) -> None:
        """Let everything go on that waits for no time."""
        await self._clock.settle(lambda: True, 0)

    async def skip[T](self, awaitable: asyncio.Future[T]) -> T:
        """Await something, and skip the time that it waits for."""

        async def result() -> T:
            return await awaitable

        return await self._clock.finish(result(), LONG)


@pytest.fixture
async def relay(obico: ObicoServer, account: Account) -> Relay:
    return Relay(obico, account.add_printer("Voron", agent="klipper"))


@pytest.fixture
async def viewing(
    relay: Relay, session: aiohttp.ClientSession
) -> AsyncGenerator[JanusSession]:
    viewing = JanusSession(
        session, URL(relay.server.url), str(relay.printer.auth_token)
    )
    yield viewing
    await viewing.close()


@pytest.fixture
async def running(relay: Relay, viewing: JanusSession) -> JanusSession:
    """A viewing whose video runs."""
    await viewing.watch(STREAM, video=True)
    await viewing.answer(ANSWER)
    await viewing.wait_up()
    return viewing


async def the_error(relay: Relay, viewing: JanusSession) -> ObicoError:
    """Return why a viewing does not begin."""
    with pytest.raises(ObicoError) as caught:
        await relay.skip(asyncio.ensure_future(viewing.watch(STREAM, video=True)))
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    assert str(relay.printer.auth_token) not in shown + repr(caught.value)
    return caught.value


async def the_end(relay: Relay, viewing: JanusSession) -> JanusEnd:
    """Return why a viewing ends."""
    return await relay.skip(asyncio.ensure_future(viewing.wait_ended()))


# How it begins


@pytest.mark.parametrize("video", [True, False])
async def test_janus_offers_what_is_watched(
    relay: Relay, viewing: JanusSession, video: bool
) -> None:
    heard: list[JsonObject] = []
    hear = relay.janus.hear

    async def note(text: str) -> None:
        heard.append(as_object(orjson.loads(text)))
        await hear(text)

    relay.janus.hear = note  # type: ignore[method-assign]
    offer = await viewing.watch(STREAM, video=video)
    assert offer.startswith("v=0")
    assert f"Mountpoint {STREAM}" in offer
    assert [each["janus"] for each in heard] == ["create", "attach", "message"]
    assert heard[-1]["body"] == {
        "request": "watch",
        "id": STREAM,
        "offer_audio": False,
        "offer_video": video,
    }
    assert len({str(each["transaction"]) for each in heard}) == len(heard)


async def test_answer_and_addresses_reach_janus(
    relay: Relay, viewing: JanusSession
) -> None:
    await viewing.watch(STREAM, video=True)
    await viewing.answer(ANSWER)
    await viewing.add_candidate("candidate:1 1 udp 1 192.0.2.1 9 typ host", 0)
    await viewing.add_candidate("", 0)
    await viewing.wait_up()
    await relay.settle()
    assert relay.session.is_started
    assert relay.session.candidates == [
        {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMLineIndex": 0},
        {"completed": True},
    ]


async def test_what_is_no_answer_and_no_address_goes_nowhere(
    relay: Relay, viewing: JanusSession
) -> None:
    await viewing.watch(STREAM, video=True)
    with pytest.raises(ValueError, match="no answer"):
        await viewing.answer("v" * 70_000)
    for candidate, line in (("c" * 3000, 0), ("candidate:1", -1), ("candidate:1", 16)):
        with pytest.raises(ValueError, match="no candidate"):
            await viewing.add_candidate(candidate, line)
    await relay.settle()
    assert not relay.session.is_started
    assert relay.session.candidates == []


async def test_only_one_answer_and_two_hundred_addresses_are_sent(
    relay: Relay, viewing: JanusSession
) -> None:
    await viewing.watch(STREAM, video=True)
    await viewing.answer(ANSWER)
    with pytest.raises(ValueError, match="no answer"):
        await viewing.answer(ANSWER)
    for _ in range(200):
        await viewing.add_candidate("candidate:1", 0)
    with pytest.raises(ValueError, match="no candidate"):
        await viewing.add_candidate("candidate:1", 0)


async def test_two_viewers_of_one_printer_do_not_hear_each_other(
    relay: Relay, running: JanusSession, session: aiohttp.ClientSession
) -> None:
    other = JanusSession(session, URL(relay.server.url), str(relay.printer.auth_token))
    await other.watch(STREAM, video=True)
    first, second = relay.janus.sessions
    await relay.janus.hang_up(second)
    assert await the_end(relay, other) is JanusEnd.FAILED
    await other.close()
    await relay.settle()
    assert [*relay.janus.sessions] == [first]
    await relay.janus.hang_up(first)
    assert await the_end(relay, running) is JanusEnd.HANGUP


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"janus": 5}',
        '{"janus": "success", "transaction": ["T"]}',
        '{"janus": "event", "session_id": null, "sender": null}',
        '{"janus": "timeout", "session_id": 1}',
        '{"janus": "hangup", "session_id": 1, "sender": 1}',
    ],
)
async def test_what_is_not_of_this_session_is_dropped(
    relay: Relay, running: JanusSession, text: str
) -> None:
    await relay.printer.say_for_janus(text)
    await relay.pass_time(30)
    assert relay.session.keepalives == 1
    await relay.janus.hang_up(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.HANGUP


# Ways in which it does not begin


async def test_a_silent_agent_costs_five_seconds(
    relay: Relay, viewing: JanusSession
) -> None:
    relay.janus.silent = True
    before = asyncio.get_running_loop().time()
    assert isinstance(await the_error(relay, viewing), ObicoAgentSilentError)
    assert asyncio.get_running_loop().time() - before < 10


async def test_without_a_janus_nobody_answers(
    relay: Relay, viewing: JanusSession
) -> None:
    relay.printer.janus = None
    assert isinstance(await the_error(relay, viewing), ObicoAgentSilentError)


async def test_a_stream_that_janus_does_not_have_is_refused(
    relay: Relay, viewing: JanusSession
) -> None:
    relay.janus.streams = frozenset()
    error = await the_error(relay, viewing)
    assert isinstance(error, ObicoAgentRefusedError)
    assert "455" in str(error)


async def test_an_offer_that_never_comes(relay: Relay, viewing: JanusSession) -> None:
    async def forget(text: str) -> None:
        kind = as_object(orjson.loads(text))
        if kind["janus"] == "message":
            reply = {"janus": "ack", "transaction": kind["transaction"]}
            await relay.printer.say_for_janus(orjson.dumps(reply).decode())
        else:
            await hear(text)

    hear, relay.janus.hear = relay.janus.hear, forget  # type: ignore[method-assign]
    assert isinstance(await the_error(relay, viewing), ObicoAgentSilentError)


@pytest.mark.parametrize(
    "said",
    [
        {"janus": "success", "data": {"id": "1"}},
        {"janus": "success", "data": {"id": 0}},
        {"janus": "success"},
    ],
)
async def test_an_answer_that_no_janus_gives(
    relay: Relay, viewing: JanusSession, said: JsonObject
) -> None:
    async def answer(text: str) -> None:
        transaction = as_object(orjson.loads(text))["transaction"]
        await relay.printer.say_for_janus(
            orjson.dumps(said | {"transaction": transaction}).decode()
        )

    relay.janus.hear = answer  # type: ignore[method-assign]
    assert isinstance(await the_error(relay, viewing), ObicoResponseError)


async def test_an_event_without_an_offer(relay: Relay, viewing: JanusSession) -> None:
    async def answer(text: str) -> None:
        message = as_object(orjson.loads(text))
        await hear(text)
        if message["janus"] == "attach":
            session_id, handle = message["session_id"], relay.session.handle
            event = {"janus": "event", "session_id": session_id, "sender": handle}
            said.append(orjson.dumps(event | {"jsep": {"type": "answer"}}).decode())
        elif message["janus"] == "message":
            await relay.printer.say_for_janus(said[0])

    async def mute(text: str) -> None:
        if '"janus": "event"' not in text:
            await relay.printer.say_for_janus(text)

    said: list[str] = []
    relay.janus = SimulatedJanus(mute, frozenset({STREAM}))
    relay.printer.janus = relay.janus
    hear, relay.janus.hear = relay.janus.hear, answer  # type: ignore[method-assign]
    assert isinstance(await the_error(relay, viewing), ObicoResponseError)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, ObicoUpgradeRefusedError), (502, ObicoError)]
)
async def test_a_relay_that_refuses(
    relay: Relay, viewing: JanusSession, status: int, kind: type[ObicoError]
) -> None:
    relay.server.janus_sockets.blocked = status
    assert isinstance(await the_error(relay, viewing), kind)


async def test_a_relay_that_closes_before_the_video_runs(
    relay: Relay, viewing: JanusSession
) -> None:
    relay.janus.silent = True
    watching = asyncio.ensure_future(viewing.watch(STREAM, video=True))
    await wait_until(lambda: len(relay.server.janus_sockets))
    await relay.server.janus_sockets.close_all()
    with pytest.raises(ObicoConnectionError):
        await watching


async def test_a_connection_that_never_comes_about(
    relay: Relay, viewing: JanusSession
) -> None:
    relay.janus.connects = False
    await viewing.watch(STREAM, video=True)
    await viewing.answer(ANSWER)
    assert await the_end(relay, viewing) is JanusEnd.FAILED


async def test_an_answer_that_janus_does_not_take(
    relay: Relay, viewing: JanusSession
) -> None:
    await viewing.watch(STREAM, video=True)
    relay.session.watched = None
    await viewing.answer(ANSWER)
    assert await the_end(relay, viewing) is JanusEnd.FAILED


# How it is kept, and ends


async def test_janus_hears_of_the_viewer_every_25_seconds(
    relay: Relay, running: JanusSession
) -> None:
    await relay.pass_time(110)
    assert relay.session.keepalives == 4


async def test_closing_ends_the_session_at_janus(
    relay: Relay, running: JanusSession
) -> None:
    await running.close()
    await relay.settle()
    assert relay.janus.sessions == {}
    assert len(relay.server.janus_sockets) == 0
    assert await running.wait_ended() is JanusEnd.CLOSED
    with pytest.raises(ObicoConnectionError):
        await running.add_candidate("candidate:1", 0)


async def test_closing_what_never_began(viewing: JanusSession) -> None:
    await viewing.close()
    await viewing.close()


async def test_a_viewer_that_hangs_up(relay: Relay, running: JanusSession) -> None:
    await relay.janus.hang_up(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.HANGUP
    await running.close()
    await relay.settle()
    assert relay.janus.sessions == {}


async def test_a_session_that_janus_ends(relay: Relay, running: JanusSession) -> None:
    await relay.janus.time_out(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.GONE


async def test_a_janus_that_was_restarted_is_noticed_at_the_next_keepalive(
    relay: Relay, running: JanusSession
) -> None:
    relay.janus.restart()
    assert await the_end(relay, running) is JanusEnd.GONE


async def test_a_lost_relay_is_opened_anew_and_the_session_goes_on(
    relay: Relay, running: JanusSession
) -> None:
    for _ in range(3):
        session_id, keepalives = relay.session_id, relay.session.keepalives
        await relay.server.janus_sockets.close_all()
        await relay.settle()
        await wait_until(lambda: len(relay.server.janus_sockets) == 1)
        await relay.settle()
        # It does not wait until the next one is due.
        assert relay.session.keepalives == keepalives + 1
        assert relay.session_id == session_id
    await relay.pass_time(100)
    assert relay.session.keepalives == 7
    await relay.janus.hang_up(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.HANGUP


async def test_a_relay_that_is_away_for_half_a_minute(
    relay: Relay, running: JanusSession
) -> None:
    relay.server.janus_sockets.blocked = 502
    await relay.server.janus_sockets.close_all()
    await relay.pass_time(30)
    relay.server.janus_sockets.blocked = None
    await relay.pass_time(10)
    assert len(relay.server.janus_sockets) == 1
    assert relay.session.keepalives > 0


async def test_a_hang_up_that_was_missed_while_the_relay_was_away(
    relay: Relay, running: JanusSession
) -> None:
    relay.server.janus_sockets.blocked = 502
    await relay.server.janus_sockets.close_all()
    await relay.janus.hang_up(relay.session_id)
    relay.server.janus_sockets.blocked = None
    assert await the_end(relay, running) is JanusEnd.HANGUP


async def test_a_relay_that_is_silent_for_half_a_minute_interrupts_nothing(
    relay: Relay, running: JanusSession
) -> None:
    await relay.pass_time(20)
    relay.server.janus_sockets.silent = True
    await relay.pass_time(30)
    relay.server.janus_sockets.silent = False
    await relay.pass_time(30)
    assert relay.session.keepalives > 0
    await relay.janus.hang_up(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.HANGUP


@pytest.mark.parametrize("is_away", [False, True])
async def test_after_a_minute_of_silence_the_viewing_ends(
    relay: Relay, running: JanusSession, is_away: bool
) -> None:
    if is_away:
        relay.server.janus_sockets.blocked = 502
        await relay.server.janus_sockets.close_all()
    relay.server.janus_sockets.silent = True
    assert await the_end(relay, running) is JanusEnd.SILENT


async def test_a_printer_whose_token_is_no_longer_valid(
    relay: Relay, running: JanusSession
) -> None:
    relay.printer.reset_token()
    await relay.server.janus_sockets.close_all()
    assert await the_end(relay, running) is JanusEnd.LOST


async def test_a_janus_that_does_not_answer_after_the_relay_came_back(
    relay: Relay, running: JanusSession
) -> None:
    relay.janus.mute = True
    await relay.server.janus_sockets.close_all()
    await relay.pass_time(20)
    relay.janus.mute = False
    await relay.pass_time(10)
    await relay.janus.hang_up(relay.session_id)
    assert await the_end(relay, running) is JanusEnd.HANGUP


async def test_a_half_open_connection_is_replaced(
    relay: Relay, running: JanusSession
) -> None:
    path = f"/ws/token/janus/{relay.printer.auth_token}/"
    relay.server.janus_sockets.silent = True
    await relay.pass_time(40)
    relay.server.janus_sockets.silent = False
    assert len(relay.server.requests.matching(path)) > 1
    await relay.pass_time(10)
    assert relay.session.keepalives > 0
    assert len(relay.server.janus_sockets) == 1


async def test_an_end_while_janus_is_asked_leaves_no_error_that_nobody_sees(
    relay: Relay, running: JanusSession
) -> None:
    unseen: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: unseen.append(context)
    )
    relay.janus.mute = True
    await relay.server.janus_sockets.close_all()
    await wait_until(lambda: len(relay.server.janus_sockets))
    await relay.settle()
    await running.close()
    await relay.settle()
    gc.collect()
    assert unseen == []
