"""Actions around a printer: power, macros, Z offset, objects, spools."""

from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..const import DOMAIN
from ..printer import preconditions
from ..printer.status import is_klipper
from ..printer.workshop.commands import baby_step
from ..printer.workshop.equipment import PRINTER_DEVICE
from ..printer.workshop.filament import WantedFile
from ..printer.workshop.macros import WITHIN_SECONDS
from ..printer.workshop.offset import MAX_STEP
from ..printer.workshop.spools import row_of
from ..prints.cloud_files import path_field
from .action import Action, number_from, whole_number_from
from .files import ATTR_FILE, ATTR_SOURCE, CLOUD, SOURCE
from .targets import ONE_PRINTER, PRINTERS, Target, async_for_each, async_target

ATTR_DEVICE: Final = "device"
ATTR_DISTANCE: Final = "distance"
ATTR_FORCE: Final = "force"
ATTR_MACRO: Final = "macro"
ATTR_OBJECT: Final = "object"
ATTR_ON: Final = "power"
ATTR_PARAMETERS: Final = "parameters"
ATTR_SPOOL_ID: Final = "spool_id"

_MAX_NAME_LENGTH: Final = 255
_MAX_PARAMETERS: Final = 20
# The largest whole number that is exact in JavaScript.
_MAX_ID: Final = 2**53 - 1


def _parameter_value(value: object) -> str:
    """Validate the value of a parameter: a text, a number, or yes and no as 1 and 0."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (str, int, float)):
        return str(value)
    raise probatio.Invalid("expected a text or a number")


async def _async_set_power(call: ServiceCall) -> None:
    async def ask(target: Target) -> None:
        preconditions.ensure(preconditions.check_klipper(target.printer))
        commands = target.account.workshop_commands
        await commands.async_set_power(
            target.printer,
            commands.find_device(target.printer, call.data[ATTR_DEVICE]),
            on=call.data[ATTR_ON],
            force=call.data[ATTR_FORCE],
        )

    await async_for_each(call, POLICY_CONTROL, ask)


async def _async_run_macro(call: ServiceCall) -> ServiceResponse:
    target = await async_target(call, POLICY_CONTROL)
    preconditions.ensure(preconditions.check_klipper(target.printer))
    commands = target.account.workshop_commands
    equipment = commands.equipment_of(target.printer)
    if (macro := equipment.macro_of(call.data[ATTR_MACRO])) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_macro",
            translation_placeholders={
                "macro": call.data[ATTR_MACRO],
                "macros": ", ".join(equipment.macros) or "–",
            },
        )
    run = await commands.async_run_macro(
        target.printer, macro, call.data[ATTR_PARAMETERS], within=WITHIN_SECONDS
    )
    return {"finished": run.is_finished, "lines": list(run.lines)}


async def _async_adjust_z_offset(call: ServiceCall) -> None:
    distance: float = call.data[ATTR_DISTANCE]

    async def ask(target: Target) -> None:
        account, printer = target.account, target.printer
        if is_klipper(printer):
            await account.workshop_commands.async_set_offset(
                printer, lambda offset: offset + distance
            )
        else:
            await account.commands.async_run(printer, baby_step(distance))

    await async_for_each(call, POLICY_CONTROL, ask)


async def _async_get_objects(call: ServiceCall) -> ServiceResponse:
    target = await async_target(call, POLICY_READ)
    preconditions.ensure(preconditions.check_klipper(target.printer))
    plate = await target.account.workshop_commands.async_get_plate(target.printer)
    return {
        "current": plate.current,
        "objects": [
            {
                "name": each.name,
                "excluded": each.name in plate.excluded,
                "center": list(each.center) if each.center else None,
                "polygon": [list(point) for point in each.polygon],
            }
            for each in plate.objects
        ],
    }


async def _async_exclude_object(call: ServiceCall) -> None:
    target = await async_target(call, POLICY_CONTROL)
    preconditions.ensure(preconditions.check_klipper(target.printer))
    await target.account.workshop_commands.async_exclude(
        target.printer, call.data[ATTR_OBJECT]
    )


async def _async_get_spool(call: ServiceCall) -> ServiceResponse:
    target = await async_target(call, POLICY_READ)
    preconditions.ensure(preconditions.check_klipper(target.printer))
    path: str | None = call.data.get(ATTR_FILE)
    spool, needed = await target.account.workshop_commands.async_get_spool(
        target.printer,
        WantedFile(path, call.data[ATTR_SOURCE] == CLOUD) if path else None,
    )
    return {
        **row_of(spool),
        "needed_weight": None if needed is None else round(needed, 1),
    }


async def _async_set_spool(call: ServiceCall) -> None:
    target = await async_target(call, POLICY_CONTROL)
    preconditions.ensure(preconditions.check_klipper(target.printer))
    commands = target.account.workshop_commands
    if not commands.equipment_of(target.printer).has_spoolman:
        preconditions.ensure("no_spoolman")
    await commands.async_set_spool(target.printer, call.data.get(ATTR_SPOOL_ID))


_NAME: Final = probatio.All(cv.string, probatio.Length(min=1, max=_MAX_NAME_LENGTH))

ACTIONS: Final = (
    Action(
        "set_power",
        PRINTERS
        | {
            probatio.Required(ATTR_ON): cv.boolean,
            probatio.Optional(ATTR_DEVICE, default=PRINTER_DEVICE): _NAME,
            probatio.Optional(ATTR_FORCE, default=False): cv.boolean,
        },
        _async_set_power,
        is_for_administrators=True,
    ),
    Action(
        "run_macro",
        ONE_PRINTER
        | {
            probatio.Required(ATTR_MACRO): _NAME,
            probatio.Optional(ATTR_PARAMETERS, default=dict): probatio.All(
                {cv.string: _parameter_value}, probatio.Length(max=_MAX_PARAMETERS)
            ),
        },
        _async_run_macro,
        SupportsResponse.OPTIONAL,
        is_for_administrators=True,
    ),
    Action(
        "adjust_z_offset",
        PRINTERS | {probatio.Required(ATTR_DISTANCE): number_from(-MAX_STEP, MAX_STEP)},
        _async_adjust_z_offset,
    ),
    Action("get_objects", ONE_PRINTER, _async_get_objects, SupportsResponse.ONLY),
    Action(
        "exclude_object",
        ONE_PRINTER | {probatio.Required(ATTR_OBJECT): _NAME},
        _async_exclude_object,
    ),
    Action(
        "get_spool",
        ONE_PRINTER | SOURCE | {probatio.Optional(ATTR_FILE): path_field},
        _async_get_spool,
        SupportsResponse.ONLY,
    ),
    Action(
        "set_spool",
        ONE_PRINTER | {probatio.Optional(ATTR_SPOOL_ID): whole_number_from(1, _MAX_ID)},
        _async_set_spool,
    ),
)
