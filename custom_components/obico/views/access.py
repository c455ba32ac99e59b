"""Who may see what: the account of a request, and the permissions of its user."""

from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import web

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.config_entries import ConfigEntryState
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.http import KEY_HASS

from ..account.registry import printer_identifier
from ..aioobico import ObicoAuthenticationError, ObicoError, ObicoNotFoundError
from ..const import DOMAIN
from ..data import ObicoConfigEntry, ObicoData


def account_of(request: web.Request) -> ObicoData:
    """Return the account that the path names; 404 where it is not set up."""
    entry: ObicoConfigEntry | None = request.app[
        KEY_HASS
    ].config_entries.async_get_entry(request.match_info["entry_id"])
    if (
        entry is None
        or entry.domain != DOMAIN
        or entry.state is not ConfigEntryState.LOADED
    ):
        raise web.HTTPNotFound
    return entry.runtime_data


def ensure_may_read(
    request: web.Request, account: ObicoData, printer_id: int | None
) -> None:
    """Raise unless the user may read all entities of a printer, None for the account's.

    The same is asked for by the actions that return prints. 404 for a printer that is
    excluded, archived or deleted: it has no device that could be permitted.
    """
    hass = request.app[KEY_HASS]
    identifier = (
        (DOMAIN, account.account_id)
        if printer_id is None
        else printer_identifier(account.entry, printer_id)
    )
    device = dr.async_get(hass).async_get_device_by_identifier(
        identifier, account.entry.entry_id
    )
    if device is None:
        raise web.HTTPNotFound
    permissions = request[KEY_HASS_USER].permissions
    for entry in er.async_entries_for_device(
        er.async_get(hass), device.id, include_disabled_entities=True
    ):
        if not permissions.check_entity(entry.entity_id, POLICY_READ):
            raise Unauthorized(entity_id=entry.entity_id, permission=POLICY_READ)


@contextmanager
def answered_errors(account: ObicoData) -> Generator[None]:
    """Answer with 404 what the server does not have, and with 502 what fails otherwise."""
    try:
        yield
    except ObicoNotFoundError:
        raise web.HTTPNotFound from None
    except ObicoError as err:
        if (
            isinstance(err, ObicoAuthenticationError)
            and account.entry.state is ConfigEntryState.LOADED
        ):
            account.entry.async_start_reauth(account.hass)
        raise web.HTTPBadGateway from None
