"""The actions of the integration."""

from typing import Final

import probatio

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from . import (
    detection,
    files,
    history,
    library,
    machine,
    printing,
    rates,
    review,
    workshop,
)
from .action import Action

ACTIONS: Final[tuple[Action, ...]] = (
    *printing.ACTIONS,
    *files.ACTIONS,
    *library.ACTIONS,
    *history.ACTIONS,
    *review.ACTIONS,
    *machine.ACTIONS,
    *rates.ACTIONS,
    *detection.ACTIONS,
    *workshop.ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions, also without an account: their errors then say that there is none."""
    for action in ACTIONS:
        schema = probatio.Schema(dict(action.fields))
        if action.is_for_administrators:
            async_register_admin_service(
                hass,
                DOMAIN,
                action.name,
                action.handle,
                schema,
                action.supports_response,
            )
        else:
            hass.services.async_register(
                DOMAIN, action.name, action.handle, schema, action.supports_response
            )
