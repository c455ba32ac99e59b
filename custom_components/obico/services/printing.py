"""Actions on the current print: pause, resume, cancel, mute and answer its alerts."""

from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv

from ..printer import commands
from ..printer.commands import PrinterCommand
from .action import Action, Handler, whole_number_from
from .targets import ATTR_PRINT_ID, MAX_ID, PRINTERS, Target, async_for_each

ATTR_ANSWER: Final = "answer"
ATTR_MUTED: Final = "muted"

_ANSWERS: Final = {
    "failed": commands.CONFIRM_FAILURE,
    "not_failed": commands.NOT_A_FAILURE,
}


def _run(command: PrinterCommand) -> Handler:
    """Return the handler of an action that runs a command on each printer."""

    async def run(call: ServiceCall) -> None:
        await _async_run(call, command)

    return run


async def _async_run(call: ServiceCall, command: PrinterCommand) -> None:
    async def ask(target: Target) -> None:
        await target.account.commands.async_run(target.printer, command)

    await async_for_each(call, POLICY_CONTROL, ask, button=command.key)


async def _async_cancel_print(call: ServiceCall) -> None:
    print_id = call.data.get(ATTR_PRINT_ID)

    async def ask(target: Target) -> None:
        runner = target.account.commands
        await runner.async_run(
            target.printer,
            commands.CANCEL if print_id is None else runner.cancel_only(print_id),
        )

    await async_for_each(call, POLICY_CONTROL, ask, button=commands.CANCEL.key)


async def _async_answer_alert(call: ServiceCall) -> None:
    await _async_run(call, _ANSWERS[call.data[ATTR_ANSWER]])


async def _async_mute_alerts(call: ServiceCall) -> None:
    async def ask(target: Target) -> None:
        await target.account.commands.async_mute_alerts(
            target.printer, muted=call.data[ATTR_MUTED]
        )

    await async_for_each(call, POLICY_CONTROL, ask)


ACTIONS: Final = (
    Action("pause_print", PRINTERS, _run(commands.PAUSE)),
    Action("resume_print", PRINTERS, _run(commands.RESUME)),
    Action(
        "cancel_print",
        PRINTERS | {probatio.Optional(ATTR_PRINT_ID): whole_number_from(1, MAX_ID)},
        _async_cancel_print,
    ),
    Action(
        "mute_alerts",
        PRINTERS | {probatio.Optional(ATTR_MUTED, default=True): cv.boolean},
        _async_mute_alerts,
    ),
    Action(
        "answer_alert",
        PRINTERS | {probatio.Required(ATTR_ANSWER): probatio.In(list(_ANSWERS))},
        _async_answer_alert,
    ),
)
