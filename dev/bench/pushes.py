"""The cost of a push, from its text to the last state that is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain, count, repeat
from typing import Final, cast

import orjson

from custom_components.obico.data import ObicoConfigEntry
from custom_components.obico.entity import ObicoPrinterEntity
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity

from .floor import floor_of
from .home import connected, entity_of, home_assistant, pushes_of, set_up
from .messages import CHANGED, recorded, variations
from .remote import RemoteServer, remote_server
from .results import Result
from .timing import Action, after_other_work, cpu_of_loops, cpu_of_turns
from .writes import count_writes

_FEW: Final = 10
_MANY: Final = 400
_TURNS: Final = 6000
_QUICK_TURNS: Final = 1000


async def measure(*, quick: bool) -> list[Result]:
    """Run all measurements of pushes."""
    turns = _QUICK_TURNS if quick else _TURNS
    async with remote_server() as server, home_assistant() as hass:
        few = await PushedAccount.set_up(hass, server, _FEW)
        many = await PushedAccount.set_up(hass, server, _MANY)
        floor = await PushedFloor.set_up(hass, server, few, _MANY)
        return [
            identical(few),
            changing(few, floor, turns),
            replayed(hass, few),
            many_printers(few, many, floor, turns),
        ]


type _Write = tuple[Entity, object]


@dataclass
class PushedAccount:
    """An account with messages for each of its printers."""

    entry: ObicoConfigEntry
    messages: dict[int, list[bytes]]

    @classmethod
    async def set_up(
        cls, hass: HomeAssistant, server: RemoteServer, printers: int
    ) -> PushedAccount:
        """Set up an account with printers that all print."""
        account = await server.add_account(printers, "captured")
        entry = await set_up(hass, account)
        await connected(entry)
        messages = {
            printer: variations(await server.message(printer))
            for printer in account.printers
        }
        pushed = cls(entry, messages)
        # The first message to come is then a change, as all others are.
        for printer, variations_ in messages.items():
            pushed.take(printer, variations_[-1])
        return pushed

    @property
    def first(self) -> int:
        """The first printer."""
        return next(iter(self.messages))

    def take(self, printer: int, message: bytes) -> None:
        """Let a printer's connection handle a message as if it had just arrived."""
        pushes_of(self.entry)[printer]._handle_message(message)

    def next_pushes(self, printers: Iterable[int]) -> Iterator[Action]:
        """Yield the messages of all printers endlessly: one of each printer, then the next ones."""
        takes = {
            printer: pushes_of(self.entry)[printer]._handle_message
            for printer in printers
        }
        for number in count():
            for printer, take in takes.items():
                messages = self.messages[printer]
                yield partial(take, as_received(messages[number % len(messages)]))


def as_received(message: bytes) -> bytes:
    """Return a copy, as a message that arrives is always a new object that is still in the cache."""
    return bytes(bytearray(message))


@dataclass
class PushedFloor:
    """Bare entities of many printers, with the states to write for each message."""

    messages: list[bytes]
    # A list for each printer and each message.
    writes: list[list[list[_Write]]]

    @classmethod
    async def set_up(
        cls,
        hass: HomeAssistant,
        server: RemoteServer,
        account: PushedAccount,
        printers: int,
    ) -> PushedFloor:
        """Set up bare printers, and record the states that a real one writes."""
        floor = await floor_of(hass, server)
        entry = await floor.set_up(printers)
        messages = account.messages[account.first]
        account.take(account.first, messages[-1])
        written: list[list[tuple[ObicoPrinterEntity, object]]] = []
        for message in messages:
            writes = count_writes(hass)
            account.take(account.first, message)
            writes.stop()
            real = [
                cast("ObicoPrinterEntity", entity_of(hass, entity_id))
                for entity_id in writes.changed
            ]
            written.append(
                [(entity, vars(entity)["__attr_native_value"]) for entity in real]
            )
        if {len(changes) for changes in written} != {len(CHANGED)}:
            raise RuntimeError("the messages change other states than they should")
        return cls(
            messages,
            [
                [
                    [
                        (floor.copy_of(entity, entry, number), value)
                        for entity, value in changes
                    ]
                    for changes in written
                ]
                for number in range(printers)
            ],
        )

    def next_pushes(self, printers: int) -> Iterator[Action]:
        """Yield the states endlessly: those of one message for each printer, then the next ones."""
        for number in count():
            index = number % len(self.messages)
            for writes in self.writes[:printers]:
                yield partial(
                    _push_floor, as_received(self.messages[index]), writes[index]
                )


def _push_floor(message: bytes, writes: list[_Write]) -> None:
    orjson.loads(message)
    for entity, value in writes:
        entity._attr_native_value = value  # type: ignore[attr-defined] # all are sensors or the like
        entity.async_write_ha_state()


def identical(account: PushedAccount) -> Result:
    """Compare a push without changes with the parsing of its JSON."""
    take = pushes_of(account.entry)[account.first]._handle_message
    message = account.messages[account.first][0]
    take(message)
    again = as_received(message)
    dropped, loaded = cpu_of_loops(
        repeat(partial(take, again)), repeat(partial(orjson.loads, again))
    )
    return Result.at_most(
        "CPU of an identical push, against `orjson.loads` of the same bytes",
        dropped / loaded,
        0.1,
        unit="×",
        note=f"{dropped * 1e6:.2f} µs; `orjson.loads` of {len(message) / 1000:.1f} kB {loaded * 1e6:.1f} µs",
    )


def changing(account: PushedAccount, floor: PushedFloor, turns: int) -> Result:
    """Compare a push that changes progress, time and two temperatures with the floor."""
    pushes = account.next_pushes([account.first])
    floors = floor.next_pushes(1)
    pushed, least = cpu_of_turns(pushes, floors, times=turns)
    looped, looped_least = cpu_of_loops(pushes, floors)
    return Result.at_most(
        "CPU of a push that changes progress, time and two temperatures, against the floor",
        pushed / least,
        1.6,
        unit="×",
        note=f"{pushed * 1e6:.0f} µs; floor (`orjson.loads`, {len(CHANGED)} states written) {least * 1e6:.0f} µs; "
        f"each in a loop of its own {looped * 1e6:.0f} and {looped_least * 1e6:.0f} µs ({looped / looped_least:.2f}×)",
    )


def replayed(hass: HomeAssistant, account: PushedAccount) -> Result:
    """Replay the recorded prints, and count the states that are written."""
    messages = list(chain(recorded(account.first), account.messages[account.first]))
    writes = count_writes(hass)
    for message in messages:
        account.take(account.first, message)
    writes.stop()
    return Result.at_most(
        "states written per push, beyond those that changed",
        len(writes.reported) / len(messages),
        0,
        note=f"{len(messages)} pushes, most of them recorded, wrote {len(writes.changed)} states that changed, "
        f"{len(writes.reported)} that did not",
    )


def many_printers(
    few: PushedAccount, many: PushedAccount, floor: PushedFloor, turns: int
) -> Result:
    """Compare pushes for all printers of a large account with those of a small one."""
    of_many, of_few = many.next_pushes(many.messages), few.next_pushes(few.messages)
    # With other messages in between, no push finds its printer in the processor's caches.
    with_many, with_few = cpu_of_turns(
        after_other_work(of_many), after_other_work(of_few), times=turns // 4
    )
    looped = cpu_of_loops(of_many, of_few)
    bare = cpu_of_loops(floor.next_pushes(_MANY), floor.next_pushes(_FEW))
    return Result.at_most(
        f"CPU per push at {_MANY} printers against {_FEW}",
        with_many / with_few,
        1.2,
        unit="×",
        note=f"{with_many * 1e6:.0f} µs, {with_few * 1e6:.0f} µs, round all printers of the account and with empty caches; "
        f"each in a loop of its own {looped[0] * 1e6:.0f} and {looped[1] * 1e6:.0f} µs ({looped[0] / looped[1]:.2f}×), "
        f"the floor so {bare[0] * 1e6:.0f} and {bare[1] * 1e6:.0f} µs ({bare[0] / bare[1]:.2f}×)",
    )
