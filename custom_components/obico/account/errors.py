"""Translate errors of the client to those of Home Assistant."""

from collections.abc import Generator
from contextlib import contextmanager
import math
from typing import Final

from yarl import URL

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed, HomeAssistantError
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.helpers.update_coordinator import UpdateFailed

from ..aioobico import (
    ObicoAgentBusyError,
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoAgentUnexplainedError,
    ObicoAgentUnsupportedError,
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoNotFoundError,
    ObicoProxyError,
    ObicoPushError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoServerError,
    ObicoTooLargeError,
)
from ..const import DOMAIN, POLL_INTERVAL

# Seconds, for a rate limit without a Retry-After header.
_DEFAULT_RETRY_AFTER = 60.0


# The first class that matches counts, so subclasses are before their parents.
_TRANSLATION_KEYS: Final[tuple[tuple[type[ObicoError], str], ...]] = (
    (ObicoAuthenticationError, "authentication_failed"),
    (ObicoCertificateError, "certificate_error"),
    (ObicoPushError, "no_push"),
    (ObicoProxyError, "proxy_in_front"),
    (ObicoConnectionError, "cannot_connect"),
    (ObicoRateLimitError, "rate_limited"),
    (ObicoServerError, "server_error"),
    (ObicoNotFoundError, "not_found"),
    (ObicoTooLargeError, "too_large"),
    (ObicoAgentSilentError, "agent_silent"),
    (ObicoAgentNotFoundError, "agent_not_found"),
    (ObicoAgentBusyError, "agent_busy"),
    (ObicoAgentUnsupportedError, "agent_unsupported"),
    (ObicoAgentUnexplainedError, "agent_unexplained"),
    (ObicoAgentRefusedError, "agent_refused"),
)


def _translation_of(err: ObicoError) -> tuple[str, dict[str, str]]:
    """Return the translation key and the placeholders for an error of the client."""
    key = next(
        (key for error_type, key in _TRANSLATION_KEYS if isinstance(err, error_type)),
        "bad_answer",
    )
    match err:
        case ObicoRedirectError(origin=URL() as origin, is_same_server=False):
            return "redirected", {"origin": str(origin)}
        case ObicoRateLimitError():
            return key, {"seconds": str(math.ceil(_retry_after(err)))}
        case ObicoServerError():
            return key, {"status": str(err.status)}
        case ObicoAgentRefusedError() if key == "agent_refused":
            return key, {"reason": str(err)}
        case _:
            return key, {}


def _retry_after(err: ObicoRateLimitError) -> float:
    return _DEFAULT_RETRY_AFTER if err.retry_after is None else err.retry_after


def update_error(err: ObicoError) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return the exception that a coordinator raises for a failed poll."""
    key, placeholders = _translation_of(err)
    if isinstance(err, ObicoAuthenticationError):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        )
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
        # Not before the next regular poll, as the server wants fewer requests.
        retry_after=max(_retry_after(err), POLL_INTERVAL.total_seconds())
        if isinstance(err, ObicoRateLimitError)
        else None,
    )


@contextmanager
def translated_errors(hass: HomeAssistant, entry: ConfigEntry) -> Generator[None]:
    """Raise client errors as translated HomeAssistantErrors.

    An authentication error also starts the reauthentication flow.
    """
    try:
        yield
    except ObicoError as err:
        if (
            isinstance(err, ObicoAuthenticationError)
            and entry.state is ConfigEntryState.LOADED
        ):
            entry.async_start_reauth(hass)
        key, placeholders = _translation_of(err)
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        ) from err


def reason_of(hass: HomeAssistant, err: ObicoError) -> str:
    """Return what an error of the client means in Home Assistant's language, for another text."""
    key, placeholders = _translation_of(err)
    return message_of(
        hass,
        HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders=placeholders,
        ),
    )


def message_of(hass: HomeAssistant, err: HomeAssistantError) -> str:
    """Return the message of an error in Home Assistant's language, for use in another text."""
    texts = async_get_cached_translations(hass, hass.config.language, "exceptions")
    key = f"component.{err.translation_domain}.exceptions.{err.translation_key}.message"
    if (text := texts.get(key)) is None:
        return str(err)
    return text.format_map(err.translation_placeholders or {})
