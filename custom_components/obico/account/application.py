"""The OAuth application that stands for this Home Assistant on a server."""

from hashlib import sha256
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import instance_id

# Enough to tell the few installations of a user apart.
_ID_LENGTH: Final = 8


async def async_application_name(hass: HomeAssistant) -> str:
    """Return the name of the application, which no other installation uses.

    Users see it on the server. The id of the installation itself identifies it towards
    other services, so only a hash is given out.
    """
    identity = await instance_id.async_get(hass)
    digest = sha256(f"obico {identity}".encode()).hexdigest()
    return f"Home Assistant ({digest[:_ID_LENGTH]})"
