"""Pictures of a printer's webcams, taken by its agent at this moment.

The agent fetches whatever address it is told to, from where the printer is: from a router, a
camera of somebody else, or a file. So nobody can hand in an address. Callers name a webcam,
and its address is taken from the list that the printer keeps itself, or is the one default of
OctoPrint.
"""

import asyncio
from base64 import b64decode
from binascii import Error as NotBase64Error
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import math
import re
from typing import Final, Self

from .agent_kind import AgentKind
from .agent_requests import MOONRAKER, AgentRequests
from .exceptions import (
    ObicoAgentNotFoundError,
    ObicoAgentUnsupportedError,
    ObicoError,
    ObicoNoPictureError,
    ObicoTooLargeError,
)
from .parsing import JsonObject, rows, section, text
from .text import is_same_name

# Seconds after which the list is asked for again, if somebody looks: an address in it may
# have changed without any sign of that.
_LIST_SECONDS: Final = 300.0
# Agents take no larger picture of their own webcam either.
_MAX_SNAPSHOT_BYTES: Final = 5 * 1024 * 1024
# Base64 takes four characters for three bytes, and may be padded.
_MAX_SNAPSHOT_CHARACTERS: Final = _MAX_SNAPSHOT_BYTES * 4 // 3 + 4

# What OctoPi serves its webcam at, which is the default of OctoPrint's settings, too.
# OctoPrint's agent does not list the addresses of its webcams.
_OCTOPRINT_ADDRESS: Final = "http://localhost/webcam/?action=snapshot"
# Klipper's web interfaces complete a path by the printer's own web server.
_KLIPPER_BASE: Final = "http://127.0.0.1/"
_MAX_ADDRESS_LENGTH: Final = 2000
# Visible characters only: a line break would be another header of the agent's request.
_ADDRESS: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)
_PATH: Final = re.compile(r"/?[\w.~-][!-~]*", re.ASCII)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedWebcam:
    """A webcam in the list that a Klipper printer keeps."""

    name: str | None
    # May hold a password.
    address: str = field(repr=False)

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse one of `webcams`; None where it is off, or gives no single pictures."""
        address = _usable_address(text(data.get("snapshot_url")) or "")
        if address is None or data.get("enabled") is False:
            return None
        return cls(name=text(data.get("name")), address=address)


def _usable_address(address: str) -> str | None:
    """Return the address of a picture for the agent, None for one that it must not fetch."""
    address = address.strip()
    if len(address) > _MAX_ADDRESS_LENGTH:
        return None
    if _ADDRESS.fullmatch(address):
        return address
    if _SCHEME.match(address) or not _PATH.fullmatch(address):
        return None
    return _KLIPPER_BASE + address.removeprefix("/")


class WebcamRequests(AgentRequests):
    """Takes pictures of the webcams of one printer; the list of them is kept for a while."""

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        """Send commands with `send`."""
        super().__init__(send)
        self._listed: tuple[ListedWebcam, ...] = ()
        # Loop time.
        self._listed_at = -math.inf

    async def take_picture(
        self,
        agent_name: str | None,
        webcam: str | None,
        *,
        is_primary: bool,
        within: float,
    ) -> bytes:
        """Return a picture of now, unchecked and as the webcam is mounted (web_snapshot_request).

        `agent_name` is that of the printer, `webcam` the name of one of its webcams, None
        where it has none. A Klipper printer's must be in its list (server/webcams/list): the
        primary one may have another name there if it is the only one. Of an OctoPrint
        printer only the primary one can be had. `within` is in seconds and for all requests.

        Raises as all requests do, ObicoAgentUnsupportedError for another agent or webcam,
        ObicoAgentNotFoundError for a webcam that is not in the list, ObicoNoPictureError for
        an answer without a picture, and ObicoTooLargeError for one of more than 5 MiB.
        """
        if agent_name == AgentKind.OCTOPRINT and is_primary:
            return await self._take(_OCTOPRINT_ADDRESS, within)
        if agent_name != AgentKind.KLIPPER:
            raise ObicoAgentUnsupportedError(
                "The printer's agent takes no pictures of this webcam"
            )
        now = asyncio.get_running_loop().time
        deadline = now() + within
        listed = self._find(webcam, is_primary=is_primary)
        if listed is None or now() - self._listed_at > _LIST_SECONDS:
            await self._update_list(within)
            listed = self._find(webcam, is_primary=is_primary)
        if listed is None:
            raise ObicoAgentNotFoundError("The printer lists no such webcam")
        try:
            return await self._take(listed.address, max(deadline - now(), 0.0))
        except ObicoError:
            # Its address may have changed.
            self._listed_at = -math.inf
            raise

    async def _update_list(self, within: float) -> None:
        """Ask for the list of webcams."""
        answer = await self._request(MOONRAKER, "server/webcams/list", within=within)
        self._listed = tuple(
            listed
            for each in rows(section(answer).get("webcams"))
            if isinstance(each, dict)
            and (listed := ListedWebcam.from_dict(each)) is not None
        )
        self._listed_at = asyncio.get_running_loop().time()

    def _find(self, webcam: str | None, *, is_primary: bool) -> ListedWebcam | None:
        """Return a webcam of the list, None if it is not there."""
        for listed in self._listed:
            if webcam is not None and is_same_name(
                (listed.name or "").strip(), webcam.strip()
            ):
                return listed
        if is_primary and self._listed and (webcam is None or len(self._listed) == 1):
            return self._listed[0]
        return None

    async def _take(self, address: str, within: float) -> bytes:
        """Return what the agent fetches at an address."""
        answer = await self._request(
            "jpeg_poster", "web_snapshot_request", address, within=within
        )
        encoded = section(answer).get("pic")
        if not isinstance(encoded, str) or not encoded:
            raise ObicoNoPictureError("The printer's agent answered without a picture")
        if len(encoded) > _MAX_SNAPSHOT_CHARACTERS:
            raise ObicoTooLargeError(
                f"The picture of the printer's agent is larger than {_MAX_SNAPSHOT_BYTES} bytes"
            )
        try:
            return b64decode(encoded, validate=True)
        except NotBase64Error, ValueError:
            raise ObicoNoPictureError(
                "The printer's agent answered with something else than a picture"
            ) from None
