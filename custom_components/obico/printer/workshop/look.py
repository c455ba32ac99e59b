"""Look at what a printer has around it, with two to four messages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from ...aioobico import ObicoAgentUnexplainedError, Printer, PrinterAgent
from .equipment import Equipment, agent_of, has_objects, macros_in
from .readings import Change, Kind, with_power, with_updates


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a look has found; `changes` is what it says of the readings."""

    equipment: Equipment
    changes: Mapping[Kind, Change]


async def async_look(
    agent: PrinterAgent, printer: Printer, before: Equipment | None
) -> Found:
    """Look at what a printer has.

    What Moonraker does not have is not asked for. What it refuses to tell, as it does while
    Klipper starts, stays as it was before. Raises what the agent's requests raise.
    """
    before = before or Equipment(agent="")
    info = await agent.get_server_info()
    objects = await _answered(agent.list_objects)
    devices = updates = None
    if info.may_have("power"):
        devices = await _answered(agent.get_power_devices)
    if info.may_have("update_manager"):
        updates = await _answered(agent.get_update_status)
    equipment = Equipment(
        agent=agent_of(printer),
        macros=before.macros if objects is None else macros_in(objects),
        has_objects=before.has_objects if objects is None else has_objects(objects),
        devices=_kept_or(
            None
            if devices is None
            else tuple(sorted(device.name for device in devices)),
            before.devices if info.may_have("power") else (),
        ),
        components=_kept_or(
            None if updates is None else tuple(sorted(updates.components)),
            before.components if info.may_have("update_manager") else (),
        ),
        has_spoolman=bool(info.components) and info.may_have("spoolman"),
    )

    changes = {}
    if devices is not None:
        changes[Kind.POWER] = with_power(devices)
    if updates is not None:
        changes[Kind.UPDATES] = with_updates(updates)
    return Found(equipment=equipment, changes=changes)


async def _answered[T](ask: Callable[[], Awaitable[T]]) -> T | None:
    """Return an answer, None where Moonraker refuses it."""
    try:
        return await ask()
    except ObicoAgentUnexplainedError:
        return None


def _kept_or(found: tuple[str, ...] | None, before: tuple[str, ...]) -> tuple[str, ...]:
    """Return what was found, what was there before where nothing was told."""
    return before if found is None else found
