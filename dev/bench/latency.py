"""The time from an event on the server to the state of its entity."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from statistics import median
from time import monotonic
from typing import Final

from custom_components.obico.const import POLL_INTERVAL
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback

from .home import connected, home_assistant, put_forward, set_up, until
from .remote import RemoteAccount, RemoteServer, remote_server
from .results import Result
from .server import Happening
from .timing import percentile

_PRINTERS: Final = 10
_WITH_PUSH: Final = 120
_WITHOUT_PUSH: Final = 60
_QUICK_SHARE: Final = 5
# Each printer goes through these in this order, so that each is possible.
_HAPPENINGS: Final[tuple[Happening, ...]] = ("mute", "unmute", "pause", "resume")
# The step by which Home Assistant's clock is advanced, in seconds.
_STEP: Final = 0.1
_MEDIAN_SECONDS: Final = 0.3
_P95_SECONDS: Final = 1.0


async def measure(*, quick: bool) -> list[Result]:
    """Measure with push connections and without."""
    share = _QUICK_SHARE if quick else 1
    async with remote_server() as server, home_assistant() as hass:
        account = await server.add_account(_PRINTERS, "printing")
        entry = await set_up(hass, account)
        await connected(entry)
        with arrivals(hass) as arrived:
            with_push = [
                await _pushed(server, arrived, happening)
                for happening in _happenings(account, _WITH_PUSH // share)
            ]
        await hass.config_entries.async_unload(entry.entry_id)

        await server.block_sockets(blocked=True)
        account = await server.add_account(_PRINTERS, "printing")
        await set_up(hass, account)
        random = Random(0)
        with arrivals(hass) as arrived:
            without_push = [
                await _polled(hass, server, arrived, happening, random)
                for happening in _happenings(account, _WITHOUT_PUSH // share)
            ]
    return [_result_with_push(with_push), _result_without_push(without_push)]


type _What = tuple[int, Happening]
# When the state of an event was written, by its id: monotonic clock and Home
# Assistant's clock.
type _Arrivals = dict[int, tuple[float, float]]


def _happenings(account: RemoteAccount, number: int) -> Iterator[_What]:
    """Iterate over the printers, with the next kind of event in each round."""
    printers = len(account.printers)
    for count in range(number):
        round_, index = divmod(count, printers)
        yield account.printers[index], _HAPPENINGS[round_ % len(_HAPPENINGS)]


@contextmanager
def arrivals(hass: HomeAssistant) -> Iterator[_Arrivals]:
    """Store when an event becomes the state of an event entity."""
    arrived: _Arrivals = {}

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and (number := state.attributes.get("event_id")):
            arrived.setdefault(number, (monotonic(), hass.loop.time()))

    stop = hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    try:
        yield arrived
    finally:
        stop()


async def _pushed(server: RemoteServer, arrived: _Arrivals, what: _What) -> float:
    """Return the seconds until an event arrives through push."""
    happened = await server.happen(*what)
    await until(lambda: happened.event in arrived)
    return arrived[happened.event][0] - happened.began


async def _polled(
    hass: HomeAssistant,
    server: RemoteServer,
    arrived: _Arrivals,
    what: _What,
    random: Random,
) -> float:
    """Return the seconds on Home Assistant's clock until a poll brings an event."""
    for _ in range(random.randrange(int(POLL_INTERVAL.total_seconds() / _STEP))):
        await put_forward(hass, _STEP)
    began = hass.loop.time()
    happened = await server.happen(*what)
    while happened.event not in arrived:
        await put_forward(hass, _STEP)
    return arrived[happened.event][1] - began


def _result_with_push(seconds: list[float]) -> Result:
    middle, most = median(seconds), percentile(seconds, 95)
    return Result(
        measure="event on the server → event entity's state, loopback",
        target=f"median < {_MEDIAN_SECONDS:g} s, p95 < {_P95_SECONDS:g} s",
        measured=f"{middle * 1000:.0f} ms, {most * 1000:.0f} ms",
        is_met=middle < _MEDIAN_SECONDS and most < _P95_SECONDS,
        value=middle,
        note=f"{len(seconds)} events of {_PRINTERS} printers: muted, unmuted, paused, resumed; the slowest {max(seconds) * 1000:.0f} ms",
    )


def _result_without_push(seconds: list[float]) -> Result:
    return Result.at_most(
        "the same without push (sockets blocked)",
        max(seconds),
        POLL_INTERVAL.total_seconds(),
        unit=" s",
        note=f"the slowest of {len(seconds)} at random moments, median {median(seconds):.0f} s; "
        f"Home Assistant's clock is put forward in steps of {_STEP:g} s",
    )
