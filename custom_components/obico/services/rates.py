"""Actions of the controls that have no enabled entity: rates and the emergency stop."""

from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError

from ..aioobico import Printer
from ..const import DOMAIN
from ..printer import preconditions
from ..printer.commands import EMERGENCY_STOP, CommandChannel, PrinterCommand
from ..printer.rates import RATES
from ..printer.status import agent_kind
from .action import Action, whole_number_from
from .targets import ONE_PRINTER, PRINTERS, Target, async_for_each, async_target


async def _async_get_rates(call: ServiceCall) -> ServiceResponse:
    target = await async_target(call, POLICY_READ)
    printer = target.printer
    # What was reported before the printer was disconnected is no longer true.
    status = None if preconditions.check_machine(printer) else printer.status
    return {rate.key: rate.percent_of(status) for rate in RATES}


async def _async_set_rates(call: ServiceCall) -> None:
    wanted = [(rate, call.data[rate.key]) for rate in RATES if rate.key in call.data]
    if not wanted:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_set"
        )

    async def ask(target: Target) -> None:
        commands = target.account.commands

        async def send(channel: CommandChannel, printer: Printer) -> None:
            agent = channel.agent_of(printer.id)
            for rate, percent in wanted:
                await rate.set_fn(agent, agent_kind(printer), percent)
                commands.show_until_report(printer, rate.change_to(percent))

        await commands.async_run(
            target.printer,
            PrinterCommand(
                key="rates",
                precondition_fn=preconditions.check_machine,
                send_fn=send,
                unanswered_error="gcode_unanswered",
            ),
        )

    await async_for_each(call, POLICY_CONTROL, ask)


async def _async_emergency_stop(call: ServiceCall) -> None:
    async def ask(target: Target) -> None:
        preconditions.ensure(preconditions.check_klipper(target.printer))
        await target.account.commands.async_run(target.printer, EMERGENCY_STOP)

    await async_for_each(call, POLICY_CONTROL, ask, button=EMERGENCY_STOP.key)


ACTIONS: Final = (
    Action("get_rates", ONE_PRINTER, _async_get_rates, SupportsResponse.ONLY),
    Action(
        "set_rates",
        PRINTERS
        | {
            probatio.Optional(rate.key): whole_number_from(rate.lowest, rate.highest)
            for rate in RATES
        },
        _async_set_rates,
    ),
    Action("emergency_stop", PRINTERS, _async_emergency_stop),
)
