"""What was read of what stands around a printer, and when it is read again."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
import math
from typing import Final, NamedTuple

from ...aioobico import (
    FilamentNeed,
    HostState,
    KlipperState,
    PowerDevice,
    PrinterAgent,
    Spool,
    UpdateStatus,
)
from .filament import WantedFile


class Kind(StrEnum):
    """What is read with one message.

    An entity listens to the kinds that it shows. A kind that nobody listens to is not read.
    """

    KLIPPER = "workshop_klipper"
    POWER = "workshop_power"
    ACTIVE_SPOOL = "workshop_active_spool"
    SPOOLS = "workshop_spools"
    HOST = "workshop_host"
    DISK = "workshop_disk"
    UPDATES = "workshop_updates"


type Wanted = Kind | WantedFile
"""What is read: a kind, or what a file needs."""


class KindOf(NamedTuple):
    """The context of a listener that shows one kind of one printer."""

    printer_id: int
    kind: Kind


# Seconds until a kind is read again. Moonraker itself asks for new versions once a day or
# less, and a spool loses some grams in an hour.
INTERVALS: Final[Mapping[Kind, float]] = {
    Kind.KLIPPER: 60.0,
    Kind.POWER: 60.0,
    Kind.ACTIVE_SPOOL: 60.0,
    Kind.SPOOLS: 600.0,
    Kind.HOST: 60.0,
    Kind.DISK: 3600.0,
    Kind.UPDATES: 3600.0,
}
# The same for files, which may be sliced anew.
_FILE_SECONDS: Final = 600.0
# Seconds for which an answer counts where it matters what is so now. With much to read, it
# is some minutes until the next.
_CURRENT_SECONDS: Final = 1800.0


@dataclass(frozen=True, kw_only=True)
class Readings:
    """What was last read of one printer; None where it was not read yet."""

    power: Mapping[str, PowerDevice] | None = None
    klipper: KlipperState | None = None
    spools: Mapping[int, Spool] | None = None
    has_active_spool: bool = False
    """Whether it is known which spool is active, or that none is."""
    active_spool: int | None = None
    host: HostState | None = None
    disk: float | None = None
    updates: UpdateStatus | None = None
    needs: Mapping[WantedFile, FilamentNeed | None] = field(default_factory=dict)
    """What files need, None for one that there is not or of which that is unknown."""

    @property
    def spool(self) -> Spool | None:
        """Return the active spool, None where there is none or it is unknown."""
        if self.active_spool is None or self.spools is None:
            return None
        return self.spools.get(self.active_spool)


type Change = Callable[[Readings], Readings]


def with_power(devices: tuple[PowerDevice, ...]) -> Change:
    """Return the change that power devices bring."""
    power = {device.name: device for device in devices}
    return lambda readings: replace(readings, power=power)


def with_switched(name: str, *, is_on: bool) -> Change:
    """Return the change that a switched power device brings."""

    def change(readings: Readings) -> Readings:
        power = dict(readings.power or {})
        known = power.get(name)
        power[name] = (
            replace(known, is_on=is_on)
            if known
            else PowerDevice(name=name, is_on=is_on, is_locked=True)
        )
        return replace(readings, power=power)

    return change


def with_updates(updates: UpdateStatus) -> Change:
    """Return the change that the state of updates brings."""
    return lambda readings: replace(readings, updates=updates)


def with_klipper(klipper: KlipperState) -> Change:
    """Return the change that Klipper's answer brings."""
    return lambda readings: replace(readings, klipper=klipper)


def with_active_spool(spool_id: int | None) -> Change:
    """Return the change that another active spool brings."""
    return lambda readings: replace(
        readings, has_active_spool=True, active_spool=spool_id
    )


def with_spools(spools: Mapping[int, Spool]) -> Change:
    """Return the change that the list of spools brings."""
    return lambda readings: replace(readings, spools=spools)


def with_need(file: WantedFile, need: FilamentNeed | None) -> Change:
    """Return the change that what a file needs brings."""
    return lambda readings: replace(readings, needs={**readings.needs, file: need})


async def _read_power(agent: PrinterAgent) -> Change:
    return with_power(await agent.get_power_devices())


async def _read_klipper(agent: PrinterAgent) -> Change:
    return with_klipper(await agent.get_klipper_state())


async def _read_active_spool(agent: PrinterAgent) -> Change:
    return with_active_spool(await agent.get_active_spool())


async def _read_spools(agent: PrinterAgent) -> Change:
    return with_spools({spool.id: spool for spool in await agent.get_spools()})


async def _read_host(agent: PrinterAgent) -> Change:
    host = await agent.get_host_state()
    return lambda readings: replace(readings, host=host)


async def _read_disk(agent: PrinterAgent) -> Change:
    disk = await agent.get_disk_usage()
    return lambda readings: replace(readings, disk=disk)


async def _read_updates(agent: PrinterAgent) -> Change:
    return with_updates(await agent.get_update_status())


_READERS: Final[Mapping[Kind, Callable[[PrinterAgent], Awaitable[Change]]]] = {
    Kind.KLIPPER: _read_klipper,
    Kind.POWER: _read_power,
    Kind.ACTIVE_SPOOL: _read_active_spool,
    Kind.SPOOLS: _read_spools,
    Kind.HOST: _read_host,
    Kind.DISK: _read_disk,
    Kind.UPDATES: _read_updates,
}


async def async_read(agent: PrinterAgent, kind: Kind) -> Change:
    """Read one kind with one message, and return the change that it brings.

    Raises what the agent's requests raise.
    """
    return await _READERS[kind](agent)


@dataclass(kw_only=True)
class Reader:
    """The readings of one printer, and when each was last asked for and told (loop time)."""

    readings: Readings = field(default_factory=Readings)
    asked_at: dict[Wanted, float] = field(default_factory=dict)
    told_at: dict[Wanted, float] = field(default_factory=dict)

    def is_current(self, wanted: Wanted, now: float) -> bool:
        """Return whether a reading is so recent that it still counts."""
        return now - self.told_at.get(wanted, -math.inf) <= _CURRENT_SECONDS

    def forget_files(self, kept: set[Wanted]) -> None:
        """Remove what is known of other files, which may be others the next time."""
        for known in (self.asked_at, self.told_at):
            for wanted in known.keys() - kept:
                if isinstance(wanted, WantedFile):
                    del known[wanted]
        if gone := self.readings.needs.keys() - kept:
            needs = {
                file: need
                for file, need in self.readings.needs.items()
                if file not in gone
            }
            self.readings = replace(self.readings, needs=needs)

    def next_wanted(self, all_wanted: set[Wanted], now: float) -> Wanted | None:
        """Return what is due for longest, None where nothing is due."""
        overdue = {
            wanted: now - self.asked_at.get(wanted, -math.inf) - self._interval(wanted)
            for wanted in all_wanted
        }
        # Timers are not exact, so what is due within a second counts.
        due = [wanted for wanted, seconds in overdue.items() if seconds > -1]
        return max(due, key=lambda wanted: overdue[wanted], default=None)

    def _interval(self, wanted: Wanted) -> float:
        """Return the seconds until the next reading; an update is followed closely."""
        if isinstance(wanted, WantedFile):
            return _FILE_SECONDS
        updates = self.readings.updates
        if wanted is Kind.UPDATES and updates is not None and updates.is_busy:
            return INTERVALS[Kind.POWER]
        return INTERVALS[wanted]
