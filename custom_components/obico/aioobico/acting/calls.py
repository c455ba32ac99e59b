"""The part of the REST API that agents use, with a printer's token (octo/)."""

from dataclasses import dataclass
from typing import Self

import aiohttp
from aiohttp import hdrs
from yarl import URL

from ..exceptions import ObicoUpgradeRefusedError
from ..parsing import section, text, to_id, to_object
from ..rest import API, MAX_JSON_BYTES
from ..transport import (
    AGENT_REFUSAL,
    DEFAULT_TIMEOUT,
    open_response,
    raise_for_status,
    read_json,
)
from ..urls import server_url

_PRINTER_ERROR = "PRINTER_ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedPrinter:
    """The printer that a token belongs to."""

    id: int
    name: str | None

    @classmethod
    def from_answer(cls, answer: object) -> Self:
        """Parse the answer to a ping; ObicoResponseError for anything else."""
        row = section(to_object(answer, "The answer").get("printer"))
        return cls(id=to_id(row.get("id"), "The printer"), name=text(row.get("name")))


class AgentCalls:
    """Calls of one printer's agent; each sends the printer's token to this server only.

    They raise what the calls of ObicoClient raise. ObicoAuthenticationError means that the
    server itself refuses the token: the printer is archived or deleted, or has another.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL,
        auth_token: str,
        *,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> None:
        """Use a session, without its cookies; `timeout` is in seconds for a call."""
        self._session = session
        self._base_url = server_url(base_url)
        self._auth_token = auth_token
        self._timeout = timeout

    async def ping(self) -> LinkedPrinter:
        """Return whose token it is (GET octo/ping/)."""
        return LinkedPrinter.from_answer(await self._call(hdrs.METH_GET, "ping"))

    async def post_picture(self, picture: bytes, *, viewing_boost: bool) -> None:
        """Send a JPEG (POST octo/pic/).

        With `viewing_boost` it is only shown. Otherwise the AI looks at it if a print is
        open that it watches, and it becomes part of the time-lapse.
        """
        form = aiohttp.FormData()
        form.add_field("pic", picture, filename="pic.jpg", content_type="image/jpeg")
        form.add_field("is_primary_camera", "true")
        if viewing_boost:
            form.add_field("viewing_boost", "true")
        await self._call(hdrs.METH_POST, "pic", form)

    async def post_error(
        self, title: str, message: str, *, info_url: str | None = None
    ) -> None:
        """Record an error of the printer as an event (POST octo/printer_events/).

        The server neither notifies anybody of it, nor leaves out what it has already.
        """
        form = aiohttp.FormData()
        for key, value in {
            "event_type": _PRINTER_ERROR,
            "event_class": "ERROR",
            "event_title": title,
            "event_text": message,
            "info_url": info_url,
        }.items():
            if value is not None:
                form.add_field(key, value)
        await self._call(hdrs.METH_POST, "printer_events", form)

    async def _call(
        self, method: str, path: str, form: aiohttp.FormData | None = None
    ) -> object:
        if not self._auth_token.isascii() or not self._auth_token.isprintable():
            raise ObicoUpgradeRefusedError("The token has characters that none has")
        async with open_response(
            self._session,
            method,
            self._base_url / API / "octo" / path / "",
            timeout=self._timeout,
            identity={hdrs.AUTHORIZATION: f"Token {self._auth_token}"},
            form=form,
        ) as response:
            await raise_for_status(response, refusal=AGENT_REFUSAL)
            return await read_json(response, MAX_JSON_BYTES)
