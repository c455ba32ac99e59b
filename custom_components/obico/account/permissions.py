"""What the user who asks for something may do: Home Assistant looks only where entities are named."""

from collections.abc import Callable

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import UnknownUser


async def async_permission(
    hass: HomeAssistant, context: Context, policy: str
) -> Callable[[str], bool]:
    """Return what tells whether who asks may do that with an entity.

    Automations act for nobody, and may do all. Raises UnknownUser.
    """
    if context.user_id is None:
        return lambda _entity_id: True
    user = await hass.auth.async_get_user(context.user_id)
    if user is None:
        raise UnknownUser(context=context, permission=policy)
    permissions = user.permissions
    return lambda entity_id: permissions.check_entity(entity_id, policy)
