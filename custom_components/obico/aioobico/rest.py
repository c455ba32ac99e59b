"""The common part of all calls of a server's REST API."""

from collections.abc import AsyncIterable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .credentials import AccessToken, Credential
from .exceptions import ObicoProxyError, ObicoUnknownPathError
from .models import CommandResult, Listing
from .transport import (
    DEFAULT_TIMEOUT,
    open_response,
    raise_for_status,
    read_json,
    server_time,
)
from .urls import server_url

API = "api/v1"

# 100 printers are half a megabyte: far more than any account needs, and little enough to be
# parsed without a noticeable pause.
MAX_JSON_BYTES = 8 * 1024 * 1024

type Params = list[tuple[str, str]]


def slice_params(start: int, limit: int) -> Params:
    """Return the parameters for a part of a list."""
    return [("start", f"{start:d}"), ("limit", f"{limit:d}")]


class RestCalls:
    """Calls one server with the credential of one user."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL,
        credential: Credential | str,
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Use a session, without its cookies; `timeout` is in seconds for a call.

        A credential that is a string is an access token.
        """
        self._session = session
        self._base_url = server_url(base_url)
        self._credential = (
            AccessToken(credential) if isinstance(credential, str) else credential
        )
        self._timeout = timeout

    @property
    def base_url(self) -> URL:
        """The server's address, with the path that a proxy has it below."""
        return self._base_url

    async def _get(self, path: str) -> object:
        """Return the JSON of a GET."""
        return (await self._call(hdrs.METH_GET, path))[0]

    async def _get_object(self, path: str, params: Params | None = None) -> object:
        """Return the JSON of a GET of an object whose path every server knows.

        A server that does not know the path is no Obico server: whatever answered must
        not be taken for the news that the object is gone.
        """
        try:
            return (await self._call(hdrs.METH_GET, path, params))[0]
        except ObicoUnknownPathError as err:
            raise ObicoProxyError(str(err)) from None

    async def _list[T](
        self, path: str, parse: Callable[[object], T], params: Params
    ) -> Listing[T]:
        """Return the listing of a GET."""
        content, time = await self._call(hdrs.METH_GET, path, params)
        return Listing.from_rows(content, parse, time)

    async def _command(
        self,
        printer_id: int,
        command: str,
        params: Params | None = None,
        json: dict[str, object] | None = None,
    ) -> CommandResult:
        """Return the result of a command to a printer (POST printers/{id}/{command}/)."""
        content, _ = await self._call(
            hdrs.METH_POST, f"printers/{printer_id:d}/{command}/", params, json
        )
        return CommandResult.from_dict(content)

    async def _send(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        json: dict[str, object] | None = None,
    ) -> None:
        """Send a request whose answer tells nothing but that it was carried out."""
        async with self._open(method, path, params, json) as response:
            await raise_for_status(response)

    async def _call(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        json: dict[str, object] | None = None,
        *,
        form: aiohttp.FormData | None = None,
        timeout: float | None = None,
    ) -> tuple[object, datetime | None]:
        """Return the JSON of an answer and the server's time, None if it does not tell it."""
        async with self._open(
            method, path, params, json, form=form, timeout=timeout
        ) as response:
            await raise_for_status(response)
            return (
                await read_json(response, MAX_JSON_BYTES),
                server_time(response.headers),
            )

    def _open(
        self,
        method: str,
        path: str,
        params: Params | None = None,
        json: dict[str, object] | None = None,
        *,
        form: aiohttp.FormData | AsyncIterable[bytes] | None = None,
        timeout: float | None = None,
        is_stream: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Send a request with the credential; for the options see open_response()."""
        return open_response(
            self._session,
            method,
            self._base_url / API / path,
            timeout=self._timeout if timeout is None else timeout,
            is_stream=is_stream,
            identity=self._credential.headers(method, self._base_url),
            headers=headers,
            params=params,
            json=json,
            form=form,
        )
