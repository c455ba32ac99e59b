"""Calls that create and put away printers."""

from aiohttp import hdrs

from .exceptions import ObicoRefusedError
from .models import Printer, User
from .parsing import JsonObject, parse_json, rows, section, text
from .rest import API, MAX_JSON_BYTES, RestCalls
from .text import plain_text
from .transport import open_response, raise_for_status, read_bounded, read_json

_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_REFUSED = frozenset({401, 403})
# A refusal is a sentence or two.
_MAX_WORDS = 500


class LinkCalls(RestCalls):
    """The calls about which printers there are; for what they raise see ObicoClient."""

    async def create_printer(self, name: str) -> Printer:
        """Create a printer without an agent (POST printers/).

        Raises ObicoRefusedError, with the server's own words, where the account may not have
        another printer.
        """
        async with open_response(
            self._session,
            hdrs.METH_POST,
            self._base_url / API / "printers" / "",
            timeout=self._timeout,
            identity=self._credential.headers(hdrs.METH_POST, self._base_url),
            json={"name": name},
        ) as response:
            if (
                _CLIENT_ERROR <= response.status < _SERVER_ERROR
                and response.content_type == "application/json"
            ):
                words = _words(parse_json(await read_bounded(response, MAX_JSON_BYTES)))
                refused = ObicoRefusedError(
                    "The server refuses to create a printer", detail=words
                )
                if response.status not in _REFUSED:
                    raise refused
            else:
                await raise_for_status(response)
                return Printer.from_dict(await read_json(response, MAX_JSON_BYTES))
        # The plan, or the credential? Where that is accepted it is not what was refused.
        User.from_dict(await self._get("users/me/"))
        raise refused

    async def archive_printer(self, printer_id: int) -> None:
        """Archive a printer, which stops its agent (POST printers/{id}/archive/)."""
        async with open_response(
            self._session,
            hdrs.METH_POST,
            self._base_url / API / f"printers/{printer_id:d}/archive" / "",
            timeout=self._timeout,
            identity=self._credential.headers(hdrs.METH_POST, self._base_url),
        ) as response:
            await raise_for_status(response)


def _words(body: object) -> str | None:
    """Return what an answer says, whichever field says it; None if it says nothing."""
    said = [each for each in _texts(body) if each.strip()]
    return plain_text(" ".join(said))[:_MAX_WORDS] if said else None


def _texts(body: object) -> list[str]:
    if (single := text(body)) is not None:
        return [single]
    values: JsonObject = section(body)
    return [
        found for value in (*values.values(), *rows(body)) for found in _texts(value)
    ]
