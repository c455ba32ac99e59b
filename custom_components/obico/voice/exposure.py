"""Exposure to assistants, and the only module that uses Home Assistant's exposed entities."""

import logging

from homeassistant.core import HomeAssistant

_LOGGER = logging.getLogger(__name__)

try:
    from homeassistant.components.homeassistant.exposed_entities import (
        async_should_expose,
    )
except ImportError as err:
    _LOGGER.warning(
        "This version of Home Assistant does not tell as expected what is exposed to "
        "assistants; none may use printers, and everything else works: %s",
        err,
    )

    def is_exposed(hass: HomeAssistant, assistant: str, entity_id: str) -> bool:
        """Return False: what is exposed cannot be known."""
        return False

else:

    def is_exposed(hass: HomeAssistant, assistant: str, entity_id: str) -> bool:
        """Return whether the user exposes an entity to an assistant."""
        return async_should_expose(hass, assistant, entity_id)
