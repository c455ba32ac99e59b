"""The printers of an action, and whether the caller has permission for them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import probatio

from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers import config_validation as cv, entity_registry as er

from ..account.errors import message_of, translated_errors
from ..account.names import name_in_obico, names_of_printers
from ..account.permissions import async_permission
from ..aioobico import ObicoNotFoundError, Print, Printer
from ..const import DOMAIN
from ..data import ObicoData, account_of_device, printer_devices_of, printer_of_device
from .action import Fields, whole_number_from

ONE_PRINTER: Final[Fields] = {probatio.Required(ATTR_DEVICE_ID): cv.string}
PRINTERS: Final[Fields] = {
    probatio.Required(ATTR_DEVICE_ID): probatio.All(
        probatio.EnsureList(), probatio.Length(min=1), [cv.string]
    )
}
ATTR_PRINT_ID: Final = "print_id"
# The largest whole number that is exact in JavaScript.
MAX_ID: Final = 2**53 - 1
ONE_PRINT: Final[Fields] = {
    probatio.Required(ATTR_PRINT_ID): whole_number_from(1, MAX_ID)
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A printer that an action is for."""

    account: ObicoData
    printer: Printer
    device_id: str
    name: str
    """The name of the device."""

    @property
    def hass(self) -> HomeAssistant:
        """Return the Home Assistant that the account is set up in."""
        return self.account.hass


async def async_target(call: ServiceCall, policy: str) -> Target:
    """Return the printer of a call that has one.

    `policy` is the permission that the caller needs, here and below.
    """
    device_id: str = call.data[ATTR_DEVICE_ID]
    await _async_ensure_allowed_for_device(call, device_id, policy)
    return _target(call.hass, device_id, names_of_printers(call.hass))


async def async_targets_of_accounts(call: ServiceCall, policy: str) -> list[Target]:
    """Return the printers of a call, in which an account stands for all of its printers."""
    device_ids = dict.fromkeys(
        printer_device_id
        for device_id in call.data[ATTR_DEVICE_ID]
        for printer_device_id in printer_devices_of(call.hass, device_id)
    )
    names = names_of_printers(call.hass)
    targets = []
    for device_id in device_ids:
        await _async_ensure_allowed_for_device(call, device_id, policy)
        targets.append(_target(call.hass, device_id, names))
    return targets


def by_account(
    targets: Iterable[Target],
) -> list[tuple[ObicoData, dict[int, Target]]]:
    """Return the accounts of printers, and the printers of each by id."""
    accounts: dict[str, tuple[ObicoData, dict[int, Target]]] = {}
    for target in targets:
        _, printers = accounts.setdefault(
            target.account.entry.entry_id, (target.account, {})
        )
        printers[target.printer.id] = target
    return list(accounts.values())


async def async_account(call: ServiceCall, policy: str) -> ObicoData:
    """Return the account of a call, or the account of its printer."""
    device_id: str = call.data[ATTR_DEVICE_ID]
    await _async_ensure_allowed_for_device(call, device_id, policy)
    return account_of_device(call.hass, device_id)


async def async_print(call: ServiceCall, policy: str) -> tuple[ObicoData, Print]:
    """Return the account of a call, and the print that it names, as it is now.

    Raises ServiceValidationError for a print that the printer, or the account, does not
    have, also for that of a printer which Home Assistant does not show. Raises Unauthorized
    as well for a printer that only the print names.
    """
    account = await async_account(call, policy)
    device_id, print_id = call.data[ATTR_DEVICE_ID], call.data[ATTR_PRINT_ID]
    device_ids = printer_devices_of(call.hass, device_id)
    with translated_errors(call.hass, account.entry):
        try:
            job = await account.client.get_print(print_id)
        except ObicoNotFoundError as err:
            raise print_not_found(print_id) from err
    for printer_device_id in device_ids:
        if printer_of_device(call.hass, printer_device_id)[1].id == job.printer_id:
            await _async_ensure_allowed_for_device(call, printer_device_id, policy)
            return account, job
    raise print_not_found(print_id)


def print_not_found(print_id: int) -> ServiceValidationError:
    """Return the error for a print that there is not."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="print_not_found",
        translation_placeholders={"print_id": str(print_id)},
    )


def _target(hass: HomeAssistant, device_id: str, names: Mapping[str, str]) -> Target:
    """Return a printer, with its name among those of all printers."""
    account, printer = printer_of_device(hass, device_id)
    return Target(
        account=account,
        printer=printer,
        device_id=device_id,
        name=names.get(device_id) or name_in_obico(hass, printer.id, printer.name),
    )


async def _async_ensure_allowed_for_device(
    call: ServiceCall, device_id: str, policy: str, button: str | None = None
) -> None:
    entries = er.async_entries_for_device(
        er.async_get(call.hass), device_id, include_disabled_entities=True
    )
    if button is not None:
        # Permission for the button of a command is enough for the action.
        entries = [
            entry
            for entry in entries
            if entry.platform == DOMAIN
            and entry.domain == Platform.BUTTON
            and entry.translation_key == button
            and not entry.disabled
        ] or entries
    await async_ensure_allowed(call, [entry.entity_id for entry in entries], policy)


async def async_ensure_allowed(
    call: ServiceCall, entity_ids: Iterable[str], policy: str
) -> None:
    """Raise Unauthorized unless the caller has permission for all of these entities."""
    is_allowed = await async_permission(call.hass, call.context, policy)
    for entity_id in entity_ids:
        if not is_allowed(entity_id):
            raise Unauthorized(
                context=call.context,
                entity_id=entity_id,
                perm_category=CAT_ENTITIES,
                permission=policy,
            )


async def async_for_each(
    call: ServiceCall,
    policy: str,
    ask: Callable[[Target], Awaitable[None]],
    *,
    button: str | None = None,
) -> None:
    """Run an action on all printers of a call at the same time, once on each.

    A printer that fails or is not found does not keep the others from being asked, as an
    account that is not set up must not keep the prints of another from being stopped.
    Raises the error of a single printer; for several, one that names what failed for
    which. Raises Unauthorized before any is asked, unless the caller has permission for
    the `button` of each printer, or for all of its entities.
    """
    hass = call.hass
    device_ids = list(dict.fromkeys(call.data[ATTR_DEVICE_ID]))
    for device_id in device_ids:
        await _async_ensure_allowed_for_device(call, device_id, policy, button)

    names = names_of_printers(hass)

    async def find_and_ask(device_id: str) -> None:
        await ask(_target(hass, device_id, names))

    results = await asyncio.gather(
        *map(find_and_ask, device_ids), return_exceptions=True
    )
    failures: list[tuple[str, HomeAssistantError]] = []
    for device_id, result in zip(device_ids, results, strict=True):
        if isinstance(result, HomeAssistantError):
            failures.append((device_id, result))
        elif isinstance(result, BaseException):
            raise result
    if not failures:
        return
    if len(device_ids) == 1:
        raise failures[0][1]
    explained = "; ".join(
        f"{names.get(device_id, device_id)}: {message_of(hass, failure)}"
        for device_id, failure in failures
    )
    is_wrong_use = all(isinstance(each, ServiceValidationError) for _, each in failures)
    error = ServiceValidationError if is_wrong_use else HomeAssistantError
    raise error(
        translation_domain=DOMAIN,
        translation_key="some_failed",
        translation_placeholders={"failures": explained},
    )
