"""HTTP requests with bounded answers; whatever fails is raised as an ObicoError."""

from collections.abc import AsyncGenerator, AsyncIterable, Generator, Mapping
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
    ObicoNoTlsError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
    ObicoTooLargeError,
    ObicoUnknownPathError,
    ObicoUpgradeRefusedError,
)
from .parsing import parse_json, section
from .urls import parse_sent_url

REDIRECTS = frozenset({301, 302, 303, 307, 308})

# Seconds for a whole call, from connecting to the end of the answer.
DEFAULT_TIMEOUT = 20.0

# A server that asks for more than an hour has lost its clock.
_MAX_RETRY_AFTER = 3600.0

# The keys by which a refusal in JSON is told from that of a proxy in front of the server:
# of the REST API, of its part for agents (octo/), and of OAuth's endpoints (RFC 6749, 5.2).
API_REFUSAL = frozenset({"detail"})
AGENT_REFUSAL = frozenset({"error", "is_authenticated"})
OAUTH_REFUSAL = frozenset({"error"})

# Obico's refusals are one sentence; of a larger body it is enough to know that it is not one.
_MAX_REASON_BYTES = 64 * 1024

# What OpenSSL says of a server that answers in plain HTTP.
_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})

_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# No Obico server sends these: a proxy wants a sign-in for itself.
_PROXY_SIGN_IN = frozenset(
    {
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED,
    }
)


def _identified_by(identity: Mapping[str, str]) -> aiohttp.ClientMiddlewareType:
    """Return a middleware that sends these headers as the only credential.

    Cookies and authorization of the session itself are removed: the server would prefer
    the cookie of another account to the token.
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
    is_stream: bool = False,
    identity: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    params: list[tuple[str, str]] | None = None,
    json: Mapping[str, object] | None = None,
    form: Mapping[str, str] | aiohttp.FormData | AsyncIterable[bytes] | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Send a request and give the answer, whose body is still to be read.

    `timeout` is in seconds and includes reading the body; with `is_stream` it is the
    longest time without a byte, as a large file takes as long as it takes. `identity` are
    the headers of a credential; without them the request has none. Redirects are not
    followed. Everything that aiohttp raises inside the context is raised as an ObicoError,
    see translated_errors().
    """
    with translated_errors(url, timeout):
        async with session.request(
            method,
            url,
            params=params,
            json=json,
            data=form,
            headers=headers,
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=timeout, sock_read=timeout
            )
            if is_stream
            else aiohttp.ClientTimeout(total=timeout),
            allow_redirects=False,
            middlewares=(_identified_by(identity or {}),),
            raise_for_status=False,
        ) as response:
            yield response


@contextmanager
def translated_errors(url: URL, timeout: float) -> Generator[None]:
    """Raise an ObicoError for whatever aiohttp raises about a request to `url`.

    `timeout` in seconds is only named in the message. aiohttp's errors are not kept as the
    cause: their texts hold addresses with signatures and tokens. The body of a refused
    upgrade to a websocket is not available: it is always an ObicoUpgradeRefusedError.
    """
    host = url.host
    try:
        yield
    except aiohttp.WSServerHandshakeError as err:
        if err.status in _REFUSED:
            raise ObicoUpgradeRefusedError(
                f"{host} refused a websocket ({err.status})"
            ) from None
        raise error_of(err.status, err.headers or {}, url) or ObicoResponseError(
            f"{host} does not open a websocket ({err.status})"
        ) from None
    except aiohttp.ClientConnectorCertificateError:
        raise ObicoCertificateError(
            f"The certificate of {host} is not trusted"
        ) from None
    except aiohttp.ClientConnectorSSLError as err:
        if getattr(err.os_error, "reason", None) in _NO_TLS:
            raise ObicoNoTlsError(f"{host} answers without TLS") from None
        raise ObicoConnectionError(
            f"The connection to {host} failed: {_reason(err)}"
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


async def raise_for_status(
    response: aiohttp.ClientResponse, *, refusal: frozenset[str] = API_REFUSAL
) -> None:
    """Raise what the status of an answer means, unless all is well.

    401 and 403 are about the credential only with a JSON object that has the keys of
    `refusal`: otherwise ObicoProxyError. 404 without Obico's reason in JSON is
    ObicoUnknownPathError.
    """
    error = error_of(response.status, response.headers, response.url)
    if isinstance(error, ObicoAuthenticationError):
        if not await _has_reason(response, refusal):
            error = proxy_error(response)
    elif isinstance(error, ObicoNotFoundError) and not await _has_reason(
        response, API_REFUSAL
    ):
        error = ObicoUnknownPathError(f"{response.url.host} does not know the path")
    if error is not None:
        raise error


async def read_json(response: aiohttp.ClientResponse, max_bytes: int) -> object:
    """Read a JSON body of at most `max_bytes`.

    Raises ObicoProxyError for what is not even meant to be JSON, such as the page of a
    captive portal, ObicoResponseError for JSON that is broken, ObicoTooLargeError.
    """
    body = await read_bounded(response, max_bytes)
    try:
        return parse_json(body)
    except ObicoResponseError:
        if response.content_type == "application/json" and not is_markup(body):
            raise
    raise proxy_error(response)


def proxy_error(response: aiohttp.ClientResponse) -> ObicoProxyError:
    """Return the error for an answer that does not come from Obico."""
    return ObicoProxyError(_not_obico(response.status, response.url))


def _not_obico(status: int, url: URL) -> str:
    """Return the message for an answer that does not come from Obico."""
    return f"Something in front of the Obico server answered for {url.host} ({status})"


async def _has_reason(response: aiohttp.ClientResponse, keys: frozenset[str]) -> bool:
    """Return whether an answer is a JSON object with these keys, as Obico's reasons are."""
    try:
        body = await read_bounded(response, _MAX_REASON_BYTES)
        return keys <= section(parse_json(body)).keys()
    except ObicoResponseError:
        return False


def is_markup(body: bytes) -> bool:
    """Return whether a body is HTML or XML."""
    return body[:100].lstrip().startswith(b"<")


async def read_bounded(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Read a body; ObicoTooLargeError if it announces or has more than `max_bytes`."""
    body = bytearray()
    if (response.content_length or 0) <= max_bytes:
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > max_bytes:
                break
        else:
            return bytes(body)
    response.close()
    raise ObicoTooLargeError(
        f"{response.url.host} answered with more than {max_bytes} bytes"
    )


def error_of(status: int, headers: Mapping[str, str], url: URL) -> ObicoError | None:
    """Return what the status of an answer means, None if it says that all is well.

    The status does not tell who refuses with 401 or 403: raise_for_status() does.
    """
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
    if status in _PROXY_SIGN_IN:
        return ObicoProxyError(_not_obico(status, url))
    if status in _REFUSED:
        return ObicoAuthenticationError(
            f"{host} does not accept the credential ({status})"
        )
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
    """Return where a redirect points to; None for no redirect and for no http(s) address."""
    location = headers.get(hdrs.LOCATION)
    if status not in REDIRECTS or not location:
        return None
    return parse_sent_url(location, url)


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the server's time when it answered (Date), None if it did not tell."""
    return _http_date(headers.get(hdrs.DATE))


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait (Retry-After: seconds, or a date of the server's clock)."""
    value = headers.get(hdrs.RETRY_AFTER, "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), _MAX_RETRY_AFTER)
    until = _http_date(value)
    if until is None:
        return None
    wait = (until - (server_time(headers) or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), _MAX_RETRY_AFTER)


def _http_date(value: str | None) -> datetime | None:
    """Parse the date of a header, None if it is none."""
    try:
        parsed = parsedate_to_datetime(value or "")
        return None if parsed.tzinfo is None else parsed.astimezone(UTC)
    except ValueError, OverflowError:
        return None


def _reason(err: Exception) -> str:
    """Return why a connection failed, in a text without addresses."""
    if isinstance(err, aiohttp.ClientConnectorDNSError):
        return "its name is not known"
    if isinstance(err, aiohttp.ClientOSError) and err.strerror:
        return err.strerror
    return type(err).__name__
