"""The actions that automations, scripts and people can call."""

from typing import Final

import probatio

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.service import async_register_admin_service

from ..const import DOMAIN
from . import detection, files, history, machine, printing
from .action import Action

ACTIONS: Final[tuple[Action, ...]] = (
    *printing.ACTIONS,
    *files.ACTIONS,
    *history.ACTIONS,
    *machine.ACTIONS,
    *detection.ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions: they are there, and say what is missing, also without an account."""
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
