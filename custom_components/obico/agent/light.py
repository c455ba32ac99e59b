"""The light that is on while pictures are taken."""

import asyncio
from typing import Final

from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
)
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, Context, HomeAssistant

# Seconds until a light is bright, and the camera has adapted to it.
_WARM_UP_SECONDS: Final = 1.5


class PictureLight:
    """A light or switch, which is turned off again only if it was turned on here."""

    def __init__(self, hass: HomeAssistant, entity_id: str | None) -> None:
        """Initialize for a light, None for none."""
        self._hass = hass
        self._entity_id = entity_id
        self._is_ours = False

    async def async_turn_on(self) -> None:
        """Turn the light on, unless it is."""
        if self._entity_id is None:
            return
        state = self._hass.states.get(self._entity_id)
        if state is None or state.state != STATE_OFF:
            return
        self._is_ours = True
        await self._call(SERVICE_TURN_ON)
        await asyncio.sleep(_WARM_UP_SECONDS)

    async def async_turn_off(self) -> None:
        """Turn the light off, if it was turned on for a picture."""
        if self._is_ours:
            self._is_ours = False
            await self._call(SERVICE_TURN_OFF)

    async def _call(self, service: str) -> None:
        await self._hass.services.async_call(
            HOMEASSISTANT_DOMAIN,
            service,
            {ATTR_ENTITY_ID: self._entity_id},
            blocking=True,
            context=Context(),
        )
