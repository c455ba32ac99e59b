"""What a push costs, from the text that came in to the last state that is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, cycle, pairwise
from time import thread_time_ns
from typing import Final

import orjson

from custom_components.obico.coordinator import ObicoConfigEntry
from homeassistant.components.sensor import SensorEntity
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import (
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.entity import Entity

from .floor import Floor, floor_of
from .home import connected, entity_of, home_assistant, pushes_of, set_up
from .messages import recorded, variations
from .remote import RemoteServer, remote_server
from .results import Result
from .timing import Action, cpu_in_turns, cpu_of

_FEW: Final = 10
_MANY: Final = 400
# How often each thing is done in a round, and how many rounds there are.
_TIMES: Final = 400
_ROUNDS: Final = 21
_QUICK_ROUNDS: Final = 5


async def measure(*, quick: bool) -> list[Result]:
    """Measure all that a push costs."""
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    async with remote_server() as server, home_assistant() as hass:
        few = await PushedAccount.set_up(hass, server, _FEW)
        floor = await floor_of(hass, server)
        await hass.config_entries.async_setup(floor.add_entry(1).entry_id)
        await hass.async_block_till_done()
        results = [
            identical(few, rounds),
            changing(hass, few, floor, rounds),
            replayed(hass, few),
        ]
        many = await PushedAccount.set_up(hass, server, _MANY)
        results.append(many_printers(few, many, rounds))
    return results


@dataclass
class PushedAccount:
    """An account, and messages for each of its printers."""

    entry: ObicoConfigEntry
    messages: dict[int, list[bytes]]

    @classmethod
    async def set_up(
        cls, hass: HomeAssistant, server: RemoteServer, printers: int
    ) -> PushedAccount:
        """Set an account up whose printers all print."""
        account = await server.add_account(printers, "captured")
        entry = await set_up(hass, account)
        await connected(entry)
        messages = {
            printer: variations(await server.message(printer))
            for printer in account.printers
        }
        return cls(entry, messages)

    @property
    def first(self) -> int:
        """The first printer."""
        return next(iter(self.messages))

    def take(self, printer: int, message: bytes) -> None:
        """Have a printer's connection take a message, as if it had just come in."""
        pushes_of(self.entry)[printer]._take(message)

    def next_push(self) -> Action:
        """Return what gives the first printer its next message, over and over."""
        take = pushes_of(self.entry)[self.first]._take
        messages = cycle(self.messages[self.first])
        return lambda: take(next(messages))


def identical(account: PushedAccount, rounds: int) -> Result:
    """Compare a push that is the same as the one before with reading its JSON."""
    take = pushes_of(account.entry)[account.first]._take
    message = account.messages[account.first][0]
    take(message)
    # What comes in is never the same object.
    again = bytes(bytearray(message))
    dropped, loaded = cpu_in_turns(
        lambda: cpu_of(lambda: take(again), _TIMES * 10),
        lambda: cpu_of(lambda: orjson.loads(again), _TIMES * 10),
        rounds=rounds,
    )
    return Result.at_most(
        "CPU of an identical push, against `orjson.loads` of the same bytes",
        dropped / loaded,
        0.1,
        unit="×",
        note=f"{dropped * 1e6:.2f} µs; `orjson.loads` of {len(message) / 1000:.1f} kB {loaded * 1e6:.1f} µs",
    )


def changing(
    hass: HomeAssistant, account: PushedAccount, floor: Floor, rounds: int
) -> Result:
    """Compare a push that changes progress, time and two temperatures with the least it can cost."""
    writes = floor_writes(hass, account, floor)
    messages = cycle(account.messages[account.first])
    values = cycle(writes)

    def floor_push() -> None:
        orjson.loads(next(messages))
        for entity, value in next(values):
            entity._attr_native_value = value
            entity.async_write_ha_state()

    push = account.next_push()
    pushed, least = cpu_in_turns(
        lambda: cpu_of(push, _TIMES), lambda: cpu_of(floor_push, _TIMES), rounds=rounds
    )
    return Result.at_most(
        "CPU of a push that changes progress, time and two temperatures, against the floor",
        pushed / least,
        2.0,
        unit="×",
        note=f"{pushed * 1e6:.0f} µs; floor (`orjson.loads`, {len(writes[0])} states written) {least * 1e6:.0f} µs",
    )


type _Write = tuple[SensorEntity, object]


def floor_writes(
    hass: HomeAssistant, account: PushedAccount, floor: Floor
) -> list[list[_Write]]:
    """Return what bare entities have to write for each message, as seen with the real ones."""
    messages = account.messages[account.first]
    account.take(account.first, messages[-1])
    writes: list[list[_Write]] = []
    for message in messages:
        with counted_writes(hass) as written:
            account.take(account.first, message)
        real = [entity_of(hass, entity_id) for entity_id in written.changed]
        writes.append(
            [(floor.copy_of(entity), entity._attr_native_value) for entity in real]
        )
    if any(len(before) != len(now) for before, now in pairwise(writes)):
        raise RuntimeError("the messages do not all change the same states")
    return writes


@dataclass
class Writes:
    """The entities whose state was written: with something new, and without."""

    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@contextmanager
def counted_writes(hass: HomeAssistant) -> Iterator[Writes]:
    """Take down what is written."""
    writes = Writes()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        writes.changed.append(event.data["entity_id"])

    @callback
    def reported(event: Event[EventStateReportedData]) -> None:
        writes.unchanged.append(event.data["entity_id"])

    @callback
    def every(_data: object) -> bool:
        return True

    stop_changed = hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
    stop_reported = hass.bus.async_listen(
        EVENT_STATE_REPORTED, reported, event_filter=every
    )
    try:
        yield writes
    finally:
        stop_changed()
        stop_reported()


def replayed(hass: HomeAssistant, account: PushedAccount) -> Result:
    """Replay the recorded streams, and count the states that are written."""
    messages = list(chain(recorded(account.first), account.messages[account.first]))
    with counted_writes(hass) as writes:
        for message in messages:
            account.take(account.first, message)
    return Result.at_most(
        "states written per push, beyond those that changed",
        len(writes.unchanged) / len(messages),
        0,
        note=f"{len(messages)} pushes, most of them recorded, wrote {len(writes.changed)} states that changed, "
        f"{len(writes.unchanged)} that did not",
    )


def many_printers(few: PushedAccount, many: PushedAccount, rounds: int) -> Result:
    """Compare pushes that come in for all printers of a large account and of a small one."""
    with_many, with_few = cpu_in_turns(
        lambda: _cpu_of_next(many), lambda: _cpu_of_next(few), rounds=rounds
    )
    return Result.at_most(
        f"CPU per push at {len(many.messages)} printers against {len(few.messages)}",
        with_many / with_few,
        1.2,
        unit="×",
        note=f"{with_many * 1e6:.0f} µs, {with_few * 1e6:.0f} µs; pushes go round all printers of the account",
    )


def _cpu_of_next(account: PushedAccount) -> float:
    """Return the CPU seconds of a push, of two for each printer and at least `_TIMES` in all."""
    rounds = max(2, _TIMES // len(account.messages))
    spent = pushes = 0
    for number in range(rounds):
        for printer, messages in account.messages.items():
            take = pushes_of(account.entry)[printer]._take
            # What comes in was just written to memory.
            message = bytes(bytearray(messages[number % len(messages)]))
            began = thread_time_ns()
            take(message)
            spent += thread_time_ns() - began
            pushes += 1
    return spent / pushes / 1e9
