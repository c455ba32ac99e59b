"""Exposure to assistants, and the only module that uses Home Assistant's exposed entities."""

from collections.abc import Callable
import logging

from homeassistant.core import CALLBACK_TYPE, HomeAssistant

_LOGGER = logging.getLogger(__name__)

try:
    from homeassistant.components.homeassistant.exposed_entities import (
        async_listen_entity_updates,
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

    def track_exposure(
        hass: HomeAssistant, assistant: str, action: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Return a function that does nothing: nothing is exposed."""
        return lambda: None

else:

    def is_exposed(hass: HomeAssistant, assistant: str, entity_id: str) -> bool:
        """Return whether the user exposes an entity to an assistant."""
        try:
            return async_should_expose(hass, assistant, entity_id)
        except KeyError:
            # Nothing can be exposed in a Home Assistant without its own integration.
            return False

    def track_exposure(
        hass: HomeAssistant, assistant: str, action: Callable[[], None]
    ) -> CALLBACK_TYPE:
        """Call an action when the user exposes something else to an assistant."""
        try:
            return async_listen_entity_updates(hass, assistant, action)
        except KeyError:
            return lambda: None
