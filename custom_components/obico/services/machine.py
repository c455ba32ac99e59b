"""Actions that heat and move a printer: temperature, home, jog, extrude, G-code."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..aioobico import Printer
from ..const import DOMAIN
from ..printer import preconditions
from ..printer.commands import MOVE, CommandChannel, PrinterCommand, Send
from ..printer.heaters import MAX_TOOL, NOZZLES, HeaterKind, kind_of, tool_number
from ..printer.status import agent_kind
from ..printer.temperatures import (
    MAX_TARGETS,
    checked_profile,
    ensure_targets,
    heaters_of,
)
from .action import Action, number_from, whole_number_from
from .targets import ONE_PRINTER, PRINTERS, Target, async_for_each, async_target

ATTR_AXES: Final = "axes"
ATTR_COMMANDS: Final = "commands"
ATTR_HEATER: Final = "heater"
ATTR_LENGTH: Final = "length"
ATTR_PROFILE: Final = "profile"
ATTR_TEMPERATURE: Final = "temperature"
ATTR_TOOL: Final = "tool"
ATTR_TOOLS: Final = "tools"

TOOLS_IN_USE: Final = "in_use"
TOOLS_ALL: Final = "all"

AXES: Final = ("x", "y", "z")
# In millimeters. Longer moves are more likely a mistake than intended.
MAX_JOG: Final = {"x": 300.0, "y": 300.0, "z": 100.0}
MAX_EXTRUSION: Final = 100.0

# Longer scripts belong into a macro of the printer: lines are sent one by one.
MAX_GCODE_LINES: Final = 50
MAX_GCODE_LENGTH: Final = 256

_HEATER_KINDS: Final = {
    "nozzle": HeaterKind.NOZZLE,
    "bed": HeaterKind.BED,
    "chamber": HeaterKind.CHAMBER,
}

# How the agents name tools.
_TOOLS: Final = frozenset(
    {"tool0", "extruder"}
    | {
        f"{name}{number}"
        for name in ("tool", "extruder")
        for number in range(1, MAX_TOOL + 1)
    }
)


async def _async_set_temperature(call: ServiceCall) -> None:
    async def ask(target: Target) -> None:
        printer = target.printer
        # Which heaters there are is known only while the machine is connected.
        preconditions.ensure(preconditions.check_machine(printer))
        names = heaters_of(printer, target.account.heaters.of(printer.id))
        heater = _heater_of(names, call.data[ATTR_HEATER])
        targets = {heater: call.data[ATTR_TEMPERATURE]}
        ensure_targets(targets, MAX_TARGETS)
        await target.account.commands.async_set_targets(printer, targets)

    await async_for_each(call, POLICY_CONTROL, ask)


def _heater_of(names: Collection[str], heater: str) -> str:
    """Return which of a printer's heaters is meant, which is given by name or by kind.

    A tool may be named as either agent names it: `tool1` is also Klipper's `extruder1`.
    Raises ServiceValidationError where there is none of them.
    """
    if not names:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_heater"
        )
    if heater in names:
        return heater
    number = tool_number(heater)
    for name in names:
        if kind_of(name) is _HEATER_KINDS.get(heater) or (
            number is not None and tool_number(name) == number
        ):
            return name
    raise _unknown_heater(heater, names)


def _unknown_heater(heater: str, heaters: Iterable[str]) -> ServiceValidationError:
    """Return the error for a heater that a printer does not have."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_heater",
        translation_placeholders={"heater": heater, "heaters": ", ".join(heaters)},
    )


async def _async_preheat(call: ServiceCall) -> None:
    async def ask(target: Target) -> None:
        account, printer = target.account, target.printer
        preconditions.ensure(preconditions.check_machine(printer))
        targets = checked_profile(
            call.data[ATTR_PROFILE],
            printer,
            account.heaters.of(printer.id),
            all_tools=call.data[ATTR_TOOLS] == TOOLS_ALL,
        )
        await account.commands.async_set_targets(printer, targets)

    await async_for_each(call, POLICY_CONTROL, ask)


async def _async_home(call: ServiceCall) -> None:
    async def send(channel: CommandChannel, printer: Printer) -> None:
        await channel.agent_of(printer.id).home(call.data[ATTR_AXES])

    async def ask(target: Target) -> None:
        await _async_run(target, send, preconditions.check_moving)

    await async_for_each(call, POLICY_CONTROL, ask)


async def _async_jog(call: ServiceCall) -> None:
    moves = {axis: call.data[axis] for axis in AXES if call.data.get(axis)}
    if not moves:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_move"
        )

    target = await async_target(call, POLICY_CONTROL)

    async def send(channel: CommandChannel, printer: Printer) -> None:
        agent = channel.agent_of(printer.id)
        for axis, millimeters in moves.items():
            # A print may have started while the printer moved along another axis.
            now = target.account.coordinator.get_printer(printer.id) or printer
            preconditions.ensure(preconditions.check_moving(now))
            await agent.jog(axis, millimeters)

    await _async_run(target, send, preconditions.check_moving)


async def _async_extrude(call: ServiceCall) -> None:
    tool: int | str | None = call.data.get(ATTR_TOOL)

    def check(printer: Printer) -> str | None:
        if error := preconditions.check_extruding(printer):
            return error
        preconditions.ensure_hot(printer, _nozzles_of(printer, tool))
        return None

    async def send(channel: CommandChannel, printer: Printer) -> None:
        # The only nozzle is always in use.
        has_choice = len(_nozzles_of(printer, None)) > 1
        await channel.agent_of(printer.id).extrude(
            agent_kind(printer),
            call.data[ATTR_LENGTH],
            _nozzles_of(printer, tool)[0] if tool is not None and has_choice else None,
        )

    await _async_run(
        await async_target(call, POLICY_CONTROL),
        send,
        check,
        unanswered_error="gcode_unanswered",
    )


def _nozzles_of(printer: Printer, tool: int | str | None) -> list[str]:
    """Return the nozzle of a tool, which is named by its number or as an agent names it.

    Without a tool it is any of them that is in use, which no status tells: all are returned.
    """
    temperatures = printer.status.temperatures if printer.status else {}
    nozzles = [name for name in temperatures if kind_of(name) in NOZZLES]
    if tool is None:
        if not nozzles:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_nozzle"
            )
        return nozzles
    number = tool_number(tool) if isinstance(tool, str) else tool
    for name in nozzles:
        if tool_number(name) == number:
            return [name]
    raise _unknown_heater(f"tool{tool}" if isinstance(tool, int) else tool, nozzles)


async def _async_send_gcode(call: ServiceCall) -> None:
    lines = _gcode_lines(call.data[ATTR_COMMANDS])

    async def send(channel: CommandChannel, printer: Printer) -> None:
        agent = channel.agent_of(printer.id)
        await agent.send_gcode(agent_kind(printer), lines)

    await _async_run(
        await async_target(call, POLICY_CONTROL),
        send,
        preconditions.check_machine,
        key="gcode",
        unanswered_error="gcode_unanswered",
    )


async def _async_run(
    target: Target,
    send: Send,
    precondition_fn: Callable[[Printer], str | None],
    key: str = MOVE,
    unanswered_error: str | None = None,
) -> None:
    """Run a command that has no effect in the printer's status."""
    await target.account.commands.async_run(
        target.printer,
        PrinterCommand(
            key=key,
            precondition_fn=precondition_fn,
            send_fn=send,
            unanswered_error=unanswered_error,
        ),
    )


def _gcode_lines(texts: list[str]) -> list[str]:
    """Return the lines of G-code that are not empty.

    Raises ServiceValidationError where they are too many or too long.
    """
    lines = [
        stripped
        for text in texts
        for line in text.replace("\r\n", "\n").split("\n")
        if (stripped := line.strip())
    ]
    if not 1 <= len(lines) <= MAX_GCODE_LINES or not all(
        line.isprintable() and len(line) <= MAX_GCODE_LENGTH for line in lines
    ):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="gcode_unusable",
            translation_placeholders={
                "lines": str(MAX_GCODE_LINES),
                "characters": str(MAX_GCODE_LENGTH),
            },
        )
    return lines


ACTIONS: Final = (
    Action(
        "set_temperature",
        PRINTERS
        | {
            probatio.Required(ATTR_HEATER): cv.string,
            probatio.Required(ATTR_TEMPERATURE): number_from(
                0, max(MAX_TARGETS.values())
            ),
        },
        _async_set_temperature,
    ),
    Action(
        "preheat",
        PRINTERS
        | {
            probatio.Required(ATTR_PROFILE): cv.string,
            probatio.Optional(ATTR_TOOLS, default=TOOLS_IN_USE): probatio.In(
                [TOOLS_IN_USE, TOOLS_ALL]
            ),
        },
        _async_preheat,
    ),
    Action(
        "home",
        PRINTERS
        | {
            probatio.Optional(ATTR_AXES, default=list(AXES)): probatio.All(
                probatio.EnsureList(), probatio.Length(min=1), [probatio.In(list(AXES))]
            )
        },
        _async_home,
    ),
    Action(
        "jog",
        ONE_PRINTER
        | {
            probatio.Optional(axis): number_from(-maximum, maximum)
            for axis, maximum in MAX_JOG.items()
        },
        _async_jog,
    ),
    Action(
        "extrude",
        ONE_PRINTER
        | {
            probatio.Required(ATTR_LENGTH): number_from(-MAX_EXTRUSION, MAX_EXTRUSION),
            probatio.Optional(ATTR_TOOL): probatio.Any(
                whole_number_from(0, MAX_TOOL), probatio.All(str, probatio.In(_TOOLS))
            ),
        },
        _async_extrude,
    ),
    Action(
        "send_gcode",
        ONE_PRINTER
        | {
            probatio.Required(ATTR_COMMANDS): probatio.All(
                probatio.EnsureList(), [cv.string]
            )
        },
        _async_send_gcode,
        is_for_administrators=True,
    ),
)
