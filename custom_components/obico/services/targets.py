"""Whom an action is for, and whether who calls it may ask that of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final

import probatio

from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
    UnknownUser,
)
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)

from ..aioobico import Printer
from ..const import DOMAIN
from ..coordinator import ObicoCoordinator
from ..errors import message_of
from ..lookup import account_of_device, printer_devices_of, printer_of_device
from .action import Fields

ONE_PRINTER: Final[Fields] = {probatio.Required(ATTR_DEVICE_ID): cv.string}
PRINTERS: Final[Fields] = {
    probatio.Required(ATTR_DEVICE_ID): probatio.All(
        cv.ensure_list, probatio.Length(min=1), [cv.string]
    )
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A printer that an action is for."""

    coordinator: ObicoCoordinator
    printer: Printer
    device_id: str
    name: str
    """What its user calls it."""

    @property
    def hass(self) -> HomeAssistant:
        """Return where it is set up."""
        return self.coordinator.hass


async def async_target(call: ServiceCall, policy: str) -> Target:
    """Return the one printer of a call."""
    return await _async_target(call, call.data[ATTR_DEVICE_ID], policy)


async def async_targets(call: ServiceCall, policy: str) -> list[Target]:
    """Return the printers of a call, each of them once."""
    return [
        await _async_target(call, device_id, policy)
        for device_id in dict.fromkeys(call.data[ATTR_DEVICE_ID])
    ]


async def async_targets_of_accounts(call: ServiceCall, policy: str) -> list[Target]:
    """Return the printers of a call, for which also their account may stand."""
    device_ids = dict.fromkeys(
        printer_device_id
        for device_id in call.data[ATTR_DEVICE_ID]
        for printer_device_id in printer_devices_of(call.hass, device_id)
    )
    return [await _async_target(call, device_id, policy) for device_id in device_ids]


async def async_account(call: ServiceCall, policy: str) -> ObicoCoordinator:
    """Return the account of a call, or that of its printer."""
    device_id: str = call.data[ATTR_DEVICE_ID]
    await _async_ensure_allowed_for_device(call, device_id, policy)
    return account_of_device(call.hass, device_id)


async def _async_target(call: ServiceCall, device_id: str, policy: str) -> Target:
    await _async_ensure_allowed_for_device(call, device_id, policy)
    coordinator, printer = printer_of_device(call.hass, device_id)
    device = dr.async_get(call.hass).async_get(device_id)
    names = (device.name_by_user, device.name) if device else ()
    return Target(
        coordinator=coordinator,
        printer=printer,
        device_id=device_id,
        name=next(filter(None, names), str(printer.id)),
    )


async def _async_ensure_allowed_for_device(
    call: ServiceCall, device_id: str, policy: str
) -> None:
    entries = er.async_entries_for_device(
        er.async_get(call.hass), device_id, include_disabled_entities=True
    )
    await async_ensure_allowed(call, [entry.entity_id for entry in entries], policy)


async def async_ensure_allowed(
    call: ServiceCall, entity_ids: Iterable[str], policy: str
) -> None:
    """Raise Unauthorized unless who calls may do that with all of these entities.

    Home Assistant looks at this by itself only where an action names entities.
    """
    hass, context = call.hass, call.context
    if context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    for entity_id in entity_ids:
        if not user.permissions.check_entity(entity_id, policy):
            raise Unauthorized(
                context=context,
                entity_id=entity_id,
                perm_category=CAT_ENTITIES,
                permission=policy,
            )


async def async_for_each(
    targets: list[Target], ask: Callable[[Target], Awaitable[None]]
) -> None:
    """Ask all printers at once; one that fails keeps no other from being asked.

    Raises what one printer alone raises; of several, an error that says what failed where.
    """
    results = await asyncio.gather(
        *(ask(target) for target in targets), return_exceptions=True
    )
    failures: list[tuple[Target, HomeAssistantError]] = []
    for target, result in zip(targets, results, strict=True):
        if isinstance(result, HomeAssistantError):
            failures.append((target, result))
        elif isinstance(result, BaseException):
            raise result
    if not failures:
        return
    if len(targets) == 1:
        raise failures[0][1]
    explained = "; ".join(
        f"{target.name}: {message_of(target.hass, failure)}"
        for target, failure in failures
    )
    if all(isinstance(each, ServiceValidationError) for _, each in failures):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="some_failed",
            translation_placeholders={"failures": explained},
        )
    raise HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="some_failed",
        translation_placeholders={"failures": explained},
    )
