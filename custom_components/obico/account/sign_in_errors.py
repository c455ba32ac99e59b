"""Which error a form or the end of the config flow shows for an error of the client."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..aioobico import (
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoNoTlsError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoServerError,
    ObicoSignInPageError,
    ObicoSocialSignInError,
    ObicoTwoStepError,
    ObicoUnknownSiteError,
)

type Keys = Mapping[type[ObicoError], str]

# An error that is not here is shown as the nearest of its base classes.
ERROR_KEYS: Final[Keys] = {
    ObicoError: "not_obico",
    ObicoAuthenticationError: "invalid_auth",
    ObicoConnectionError: "cannot_connect",
    ObicoCertificateError: "invalid_certificate",
    ObicoProxyError: "proxy_in_front",
    ObicoRateLimitError: "rate_limited",
    ObicoRedirectError: "redirected",
    ObicoServerError: "server_error",
}
# Of the address that a user typed.
SERVER_ERROR_KEYS: Final[Keys] = ChainMap(
    {ObicoNoTlsError: "no_tls"},
    dict(ERROR_KEYS),
)
PASSWORD_ERROR_KEYS: Final[Keys] = ChainMap(
    {
        ObicoAuthenticationError: "invalid_password",
        ObicoSignInPageError: "sign_in_page",
        ObicoSocialSignInError: "social_sign_in",
        ObicoTwoStepError: "two_step",
        ObicoUnknownSiteError: "unknown_site",
    },
    dict(ERROR_KEYS),
)
# Of the credential that an entry has already.
STORED_ERROR_KEYS: Final[Keys] = ChainMap(
    {ObicoAuthenticationError: "stored_sign_in_refused"},
    dict(ERROR_KEYS),
)
OAUTH_ABORT_REASONS: Final[Keys] = ChainMap(
    {
        ObicoError: "oauth_failed",
        ObicoAuthenticationError: "oauth_unauthorized",
    },
    dict(ERROR_KEYS),
)


@dataclass(frozen=True, slots=True)
class FlowError:
    """The key of an error's text, and the values of its placeholders."""

    key: str
    placeholders: Mapping[str, str] = field(default_factory=dict)


def flow_error(err: ObicoError, keys: Keys | None = None) -> FlowError:
    """Return what the flow shows for an error of the client, by default by ERROR_KEYS."""
    keys = ERROR_KEYS if keys is None else keys
    nearest = next(kind for kind in type(err).__mro__ if kind in keys)
    if not isinstance(err, ObicoRedirectError):
        return FlowError(keys[nearest])
    if err.origin is None or err.is_same_server:
        # There is no other address to tell, and no Obico server at this one.
        return FlowError(keys[ObicoError])
    return FlowError(keys[nearest], {"origin": str(err.origin)})
