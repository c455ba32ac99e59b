"""The forms of the config flow."""

from collections.abc import Mapping
from typing import Any, Final

import probatio

from homeassistant.config_entries import ConfigFlow
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_EMAIL,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..aioobico import without_user_info
from .sign_in_errors import FlowError

CONF_SIGN_IN_AGAIN: Final = "sign_in_again"

# A placeholder, since hassfest allows no addresses in translations.
EXAMPLE_URL: Final = "http://192.168.1.10:3334"

SERVER_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_URL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
        ),
        probatio.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
RECONFIGURE_SCHEMA: Final = SERVER_SCHEMA.extend(
    {probatio.Required(CONF_SIGN_IN_AGAIN, default=False): BooleanSelector()}
)
NAME_SCHEMA: Final = probatio.Schema({probatio.Optional(CONF_NAME): TextSelector()})
# Whoever has no token or password leaves the form empty, to choose another way to sign in.
TOKEN_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(probatio.Secret(CONF_ACCESS_TOKEN)): TextSelector(
            TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
        )
    }
)
PASSWORD_SCHEMA: Final = probatio.Schema(
    {
        probatio.Optional(CONF_EMAIL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.EMAIL, autocomplete="username")
        ),
        probatio.Optional(probatio.Secret(CONF_PASSWORD)): TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="current-password"
            )
        ),
    }
)


def server_form(
    handler: ConfigFlow, schema: probatio.Schema, values: Mapping[str, Any] | None
) -> probatio.Schema:
    """Return a form for the address of a server with values, but with no password in it."""
    if values is not None:
        values = {**values, CONF_URL: without_user_info(values[CONF_URL])}
    return handler.add_suggested_values_to_schema(schema, values)


def form_errors(field: str, error: FlowError | None) -> dict[str, str]:
    """Return the errors of a form that has at most one."""
    return {} if error is None else {field: error.key}


def form_placeholders(error: FlowError | None, **values: str) -> dict[str, str]:
    """Return the placeholders of a form's texts, and of its error's."""
    return values if error is None else {**values, **error.placeholders}
