"""Requests whose answers are bounded, complete and of a known kind, or one of our errors."""

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
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

REDIRECTS = frozenset({301, 302, 303, 307, 308})

# For a call, in seconds.
DEFAULT_TIMEOUT = 20.0

# A server that asks for more has lost its clock.
_MAX_RETRY_AFTER = 3600.0


def _identified_by(identity: Mapping[str, str]) -> aiohttp.ClientMiddlewareType:
    """Return what lets a request tell who asks by these headers and nothing else.

    Whatever the session has of its own stays here: for the server a cookie that says
    somebody else would be worth more than a token.
    """

    async def identify(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        for name in (hdrs.AUTHORIZATION, hdrs.COOKIE):
            request.headers.popall(name, None)
        request.headers.update(identity)
        return await handler(request)

    return identify


@asynccontextmanager
async def open_response(
    session: aiohttp.ClientSession,
    method: str,
    url: URL,
    *,
    timeout: float,
    identity: Mapping[str, str] | None = None,
    params: list[tuple[str, str]] | None = None,
    json: Mapping[str, object] | None = None,
    form: Mapping[str, str] | aiohttp.FormData | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Send a request and give the answer to be read.

    Whatever fails until it is read is one of our errors. Redirects are not followed.
    `identity` are headers that tell who asks: without them nobody does.
    """
    with translated_errors(url, timeout):
        async with session.request(
            method,
            url,
            params=params,
            json=json,
            data=form,
            timeout=aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            middlewares=(_identified_by(identity or {}),),
            raise_for_status=False,
        ) as response:
            yield response


@contextmanager
def translated_errors(url: URL, timeout: float) -> Generator[None]:
    """Turn whatever aiohttp raises about a request to `url` into one of our errors.

    None of its own is kept as the cause: their texts hold addresses with signatures and
    tokens.
    """
    host = url.host
    try:
        yield
    except aiohttp.WSServerHandshakeError as err:
        raise error_of(err.status, err.headers or {}, url) or ObicoResponseError(
            f"{host} does not open a websocket ({err.status})"
        ) from None
    except aiohttp.ClientConnectorCertificateError:
        raise ObicoCertificateError(
            f"The certificate of {host} is not trusted"
        ) from None
    except TimeoutError:
        raise ObicoConnectionError(
            f"{host} did not answer within {timeout:g} s"
        ) from None
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as err:
        raise ObicoConnectionError(
            f"The connection to {host} failed: {_reason(err)}"
        ) from None
    except (aiohttp.ClientError, UnicodeError) as err:
        raise ObicoResponseError(
            f"{host} does not speak HTTP as expected: {type(err).__name__}"
        ) from None


def raise_for_status(response: aiohttp.ClientResponse) -> None:
    """Raise what the status of an answer means, unless all is well."""
    error = error_of(response.status, response.headers, response.url)
    if error is not None:
        raise error


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


def error_of(status: int, headers: Mapping[str, str], url: URL) -> ObicoError | None:
    """Return what the status of an answer means, None if it says that all is well."""
    host = url.host
    if 200 <= status < 300:
        return None
    if status in REDIRECTS:
        target = redirect_target(status, headers, url)
        origin = None if target is None else target.origin()
        return ObicoRedirectError(
            f"{host} sends elsewhere ({status})",
            origin=origin,
            is_same_server=origin == url.origin(),
        )
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return ObicoAuthenticationError(f"{host} does not accept who asks ({status})")
    if status == HTTPStatus.NOT_FOUND:
        return ObicoNotFoundError(f"{host} has no such object")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return ObicoRateLimitError(
            f"{host} asks to wait", retry_after=_retry_after(headers)
        )
    if status >= 500:
        return ObicoServerError(f"{host} failed with status {status}", status=status)
    return ObicoResponseError(f"{host} answered with the unexpected status {status}")


def redirect_target(status: int, headers: Mapping[str, str], url: URL) -> URL | None:
    """Return where a redirect points to, None if it is none or no http(s) address."""
    location = headers.get(hdrs.LOCATION)
    if status not in REDIRECTS or not location:
        return None
    return parse_sent_url(location, url)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the server's clock when it answered."""
    return _http_date(headers.get(hdrs.DATE))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait, sent as such or as a date of the server's clock."""
    value = headers.get(hdrs.RETRY_AFTER, "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), _MAX_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    wait = (until - (server_time(headers) or datetime.now(UTC))).total_seconds()
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
