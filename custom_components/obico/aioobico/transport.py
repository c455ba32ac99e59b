"""Requests whose answers are bounded, complete and of a known kind, or one of our errors."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .exceptions import (
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoNotFoundError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
)
from .urls import parse_sent_url

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

# A server that asks for more has lost its clock.
_MAX_RETRY_AFTER = 3600.0


async def _without_cookies(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send no cookie of the session: it is shared, and the server would take a login for more than our token."""
    request.headers.popall(hdrs.COOKIE, None)
    return await handler(request)


async def _without_credentials(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Send nothing that tells who asks, whatever the session has by default."""
    request.headers.popall(hdrs.AUTHORIZATION, None)
    return await _without_cookies(request, handler)


@asynccontextmanager
async def open_response(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    timeout: float,
    authorization: str | None = None,
    params: list[tuple[str, str]] | None = None,
    json: Mapping[str, object] | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Send a request and give the answer to be read; whatever fails until it is read is one of our errors.

    Redirects are not followed. Without `authorization` nobody is identified.
    """
    try:
        async with session.request(
            method,
            url,
            params=params,
            json=json,
            headers=None
            if authorization is None
            else {hdrs.AUTHORIZATION: authorization},
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            middlewares=(
                _without_credentials if authorization is None else _without_cookies,
            ),
            raise_for_status=False,
        ) as response:
            yield response
    except ObicoError:
        raise
    # None of these is kept as the cause: their texts hold addresses with signatures.
    except aiohttp.ClientConnectorCertificateError:
        raise ObicoCertificateError(
            f"The certificate of {url.host} is not trusted"
        ) from None
    except TimeoutError:
        raise ObicoConnectionError(
            f"{url.host} did not answer within {timeout:g} s"
        ) from None
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as err:
        raise ObicoConnectionError(
            f"The connection to {url.host} failed: {_reason(err)}"
        ) from None
    except (aiohttp.ClientError, UnicodeError) as err:
        raise ObicoResponseError(
            f"{url.host} does not speak HTTP as expected: {type(err).__name__}"
        ) from None


async def read_bounded(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Read a body; more than `max_bytes`, said or sent, raises ObicoResponseError."""
    body = bytearray()
    if (response.content_length or 0) <= max_bytes:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > max_bytes:
                break
        else:
            return bytes(body)
    response.close()
    raise ObicoResponseError(
        f"{response.url.host} answered with more than {max_bytes} bytes"
    )


def error_of(response: aiohttp.ClientResponse) -> ObicoError | None:
    """Return what the status of an answer means, None if it is 200 or another that says all is well."""
    status = response.status
    host = response.url.host
    if 200 <= status < 300:
        return None
    if status in _REDIRECTS:
        return ObicoRedirectError(
            f"{host} sends elsewhere ({status})", origin=_redirect_origin(response)
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ObicoAuthenticationError(
            f"{host} does not accept the access token ({status})"
        )
    if status == HTTPStatus.NOT_FOUND:
        return ObicoNotFoundError(f"{host} has no such object")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ObicoRateLimitError(
            f"{host} asks to wait", retry_after=_retry_after(response)
        )
    if status >= 500:
        return ObicoServerError(f"{host} failed with status {status}", status=status)
    return ObicoResponseError(f"{host} answered with the unexpected status {status}")


def redirect_target(response: aiohttp.ClientResponse) -> URL | None:
    """Return where a redirect points to, None if it is none or no http(s) address."""
    location = response.headers.get(hdrs.LOCATION)
    if response.status not in _REDIRECTS or not location:
        return None
    return parse_sent_url(location, response.url)


def server_time(response: aiohttp.ClientResponse) -> datetime | None:
    """Return the server's clock when it answered."""
    return _http_date(response.headers.get(hdrs.DATE))


def _redirect_origin(response: aiohttp.ClientResponse) -> URL | None:
    """Return the origin a redirect points to."""
    target = redirect_target(response)
    return None if target is None else target.origin()


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    """Return the seconds to wait, which stand there as such or as a date of the server's clock."""
    value = response.headers.get(hdrs.RETRY_AFTER, "").strip()
    if value.isascii() and value.isdecimal():
        # No more digits than an hour has: int() itself refuses thousands of them.
        return (
            float(value)
            if len(value.lstrip("0")) <= 4 and float(value) <= _MAX_RETRY_AFTER
            else _MAX_RETRY_AFTER
        )
    until = _http_date(value)
    if until is None:
        return None
    wait = (until - (server_time(response) or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), _MAX_RETRY_AFTER)


def _http_date(value: str | None) -> datetime | None:
    """Parse a date of a header."""
    try:
        parsed = parsedate_to_datetime(value or "")
    except ValueError, OverflowError:
        return None
    return parsed.astimezone(UTC) if parsed.tzinfo is not None else None


def _reason(err: Exception) -> str:
    """Say why a connection failed, in words that hold no address."""
    if isinstance(err, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(err, aiohttp.ClientOSError) and err.strerror:
        return err.strerror
    return type(err).__name__
