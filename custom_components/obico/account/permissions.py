"""Permissions of users for entities of printers.

Home Assistant itself only checks the permissions of actions whose target is an entity.
"""

from collections.abc import Callable

from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized, UnknownUser


async def async_permission(
    hass: HomeAssistant, context: Context, policy: str
) -> Callable[[str], bool]:
    """Return a function that returns whether the policy is granted for an entity id.

    A context without a user, such as that of an automation, has all permissions. Raises
    UnknownUser.
    """
    if context.user_id is None:
        return lambda _entity_id: True
    permissions = (await _async_user(hass, context, context.user_id)).permissions
    return lambda entity_id: permissions.check_entity(entity_id, policy)


async def async_ensure_administrator(
    hass: HomeAssistant, context: Context | None
) -> None:
    """Raise Unauthorized unless a context is that of an administrator.

    One without a user, such as that of an automation, may do everything. Raises UnknownUser.
    """
    if context is None or context.user_id is None:
        return
    user = await _async_user(hass, context, context.user_id)
    if not user.is_admin:
        raise Unauthorized(context=context)


async def _async_user(hass: HomeAssistant, context: Context, user_id: str) -> User:
    """Return the user of a context. Raises UnknownUser."""
    if (user := await hass.auth.async_get_user(user_id)) is None:
        raise UnknownUser(context=context)
    return user
