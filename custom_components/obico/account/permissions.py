"""Permissions of users for entities of printers.

Home Assistant itself only checks the permissions of actions whose target is an entity.
"""

from collections.abc import Callable

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
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    permissions = user.permissions
    return lambda entity_id: permissions.check_entity(entity_id, policy)


async def async_ensure_administrator(
    hass: HomeAssistant, context: Context | None
) -> None:
    """Raise Unauthorized unless a context is that of an administrator.

    One without a user, such as that of an automation, may do everything. Raises UnknownUser.
    """
    if context is None or context.user_id is None:
        return
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context)
    if not user.is_admin:
        raise Unauthorized(context=context)
