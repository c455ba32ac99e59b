"""The client of an Obico server's REST API."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Unpack

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .exceptions import ObicoAuthenticationError, ObicoProxyError, ObicoResponseError
from .history import HistoryCalls
from .library import FileCalls
from .linking import LinkCalls
from .models import (
    CommandResult,
    Listing,
    Prediction,
    Printer,
    PrinterEvent,
    TunnelUsage,
    User,
)
from .models.changes import PrinterChanges, check_changes
from .parsing import to_object
from .pictures import fetch_picture, open_media
from .rest import API, Params, slice_params
from .transport import DEFAULT_TIMEOUT, open_response, raise_for_status
from .urls import server_url

_MAX_PICTURE_BYTES = 10 * 1024 * 1024

# The server itself waits 30 seconds for its detection.
_PREDICT_SECONDS = 40.0

# Without a byte: a storage that is silent for so long will not go on.
_MEDIA_SECONDS = 30.0

# The list of events is empty unless both filters name what is wanted. ALERT_UNMUTED has
# an empty class.
_EVENT_CLASSES = ("ERROR", "WARNING", "SUCCESS", "INFO", "")
_EVENT_TYPES = (
    "STARTED",
    "ENDED",
    "PAUSED",
    "RESUMED",
    "FAILURE_ALERTED",
    "ALERT_MUTED",
    "ALERT_UNMUTED",
    "FILAMENT_CHANGE",
    "PRINTER_ERROR",
)


class AlertVerdict(StrEnum):
    """The user's answer to an alert."""

    FAILED = "FAILED"
    NOT_FAILED = "NOT_FAILED"


class ObicoClient(HistoryCalls, FileCalls, LinkCalls):
    """Calls the REST API of one server (/api/v1/) with the credential of one user.

    The credential is sent to `base_url` only. Every method can raise any ObicoError:
    ObicoConnectionError (also for time-outs, and as ObicoProxyError if something in front
    of the server answers), ObicoAuthenticationError, ObicoNotFoundError,
    ObicoRateLimitError, ObicoServerError, ObicoResponseError (also as ObicoTooLargeError
    for more than 8 MiB). A method names those that have a meaning of their own.
    """

    async def get_user(self) -> User:
        """Return the user of the credential (GET users/me/)."""
        return User.from_dict(await self._get("users/me/"))

    async def set_notification_enabled(self, *, enabled: bool) -> User:
        """Turn Obico's own notifications on or off, and return the user (PATCH users/me/)."""
        answer, _ = await self._call(
            hdrs.METH_PATCH, "users/me/", json={"notification_enabled": enabled}
        )
        return User.from_dict(answer)

    async def get_version(self) -> str:
        """Return the server's version (GET version/)."""
        version = to_object(await self._get("version/"), "The answer").get("version")
        if isinstance(version, str):
            return version
        raise ObicoResponseError("The server does not tell its version")

    async def get_printers(self, *, with_archived: bool = False) -> Listing[Printer]:
        """Return all printers, archived ones only if `with_archived` is set (GET printers/)."""
        return await self._list(
            "printers/", Printer.from_dict, _archived(with_archived)
        )

    async def get_printer(
        self, printer_id: int, *, with_archived: bool = False
    ) -> Printer:
        """Return a printer (GET printers/{id}/).

        Raises ObicoNotFoundError for one that the account does not have, and for an
        archived one unless `with_archived` is set.
        """
        return Printer.from_dict(
            await self._get_object(
                f"printers/{printer_id:d}/", _archived(with_archived)
            )
        )

    async def get_events(
        self,
        *,
        start: int = 0,
        limit: int = 100,
        event_types: Iterable[str] = _EVENT_TYPES,
    ) -> Listing[PrinterEvent]:
        """Return events of all printers, newest first, from the `start`-th on (GET printer_events/).

        The server loads its whole table for it: call it as rarely as possible.
        """
        params = [
            *(("filter_by_classes[]", event_class) for event_class in _EVENT_CLASSES),
            *(("filter_by_types[]", event_type) for event_type in event_types),
        ]
        return await self._list(
            "printer_events/",
            PrinterEvent.from_dict,
            params + slice_params(start, limit),
        )

    async def get_event(self, event_id: int) -> PrinterEvent:
        """Return an event (GET printer_events/{id}/)."""
        return PrinterEvent.from_dict(await self._get(f"printer_events/{event_id:d}/"))

    async def get_tunnel_usage(self) -> TunnelUsage:
        """Return what went through the server's tunnel this month (GET tunnelusage/)."""
        return TunnelUsage.from_dict(await self._get("tunnelusage/"))

    async def update_printer(
        self, printer_id: int, **changes: Unpack[PrinterChanges]
    ) -> Printer:
        """Change settings of a printer and return it as it is now (PATCH printers/{id}/).

        Raises ValueError, before anything is sent, for a field that cannot be changed and a
        value out of range.
        """
        checked = check_changes(changes)
        answer = to_object(
            (
                await self._call(
                    hdrs.METH_PATCH, f"printers/{printer_id:d}/", json=checked
                )
            )[0],
            "The answer",
        )
        if answer.get("succeeded") is not True:
            raise ObicoResponseError("The server did not change the printer")
        return Printer.from_dict(answer.get("printer"))

    async def pause_print(self, printer_id: int) -> CommandResult:
        """Ask the agent to pause the print (POST printers/{id}/pause_print/)."""
        return await self._command(printer_id, "pause_print")

    async def resume_print(self, printer_id: int) -> CommandResult:
        """Ask the agent to resume the print (POST printers/{id}/resume_print/).

        This answers an open alert with NOT_FAILED.
        """
        return await self._command(printer_id, "resume_print")

    async def cancel_print(self, printer_id: int) -> CommandResult:
        """Ask the agent to cancel the print (POST printers/{id}/cancel_print/).

        This answers an open alert with FAILED.
        """
        return await self._command(printer_id, "cancel_print")

    async def mute_alerts(self, printer_id: int, muted: bool) -> CommandResult:
        """Mute or un-mute alerts for the current print.

        POST printers/{id}/mute_current_print/. The server fails over it when nothing is
        printed: ObicoServerError.
        """
        return await self._command(
            printer_id,
            "mute_current_print",
            [("mute_alert", "true" if muted else "false")],
        )

    async def acknowledge_alert(
        self, printer_id: int, verdict: AlertVerdict
    ) -> CommandResult:
        """Answer the open alert; without effect if there is none.

        POST printers/{id}/acknowledge_alert/. Raises ObicoNotFoundError when nothing is
        printed.
        """
        return await self._command(
            printer_id, "acknowledge_alert", [("alert_overwrite", verdict.value)]
        )

    async def open_print_record(self, printer_id: int, filename: str) -> CommandResult:
        """Open the record of a print (POST printers/{id}/start_print/).

        For printers without an agent: nothing is printed, and the record of a running print
        is closed.
        """
        return await self._command(
            printer_id, "start_print", json={"filename": filename}
        )

    async def close_print_record(
        self, printer_id: int, *, cancelled: bool
    ) -> CommandResult:
        """Close the record of a print (POST printers/{id}/finish_print/).

        Raises ObicoNotFoundError if none is open.
        """
        return await self._command(
            printer_id,
            "finish_print",
            json={"status": "cancelled" if cancelled else "success"},
        )

    async def predict(self, printer_id: int, picture: bytes) -> Prediction:
        """Run the failure detection on a JPEG (POST printers/{id}/predict/).

        For printers without an agent: the result becomes part of the score of the print
        whose record is open; ObicoNotFoundError if none is.
        """
        form = aiohttp.FormData()
        form.add_field("img", picture, filename="img.jpg", content_type="image/jpeg")
        content, _ = await self._call(
            hdrs.METH_POST,
            f"printers/{printer_id:d}/predict/",
            form=form,
            timeout=_PREDICT_SECONDS,
        )
        return Prediction.from_dict(content)

    async def get_picture(
        self, address: str, *, max_bytes: int = _MAX_PICTURE_BYTES
    ) -> bytes:
        """Return the content at a picture's address as the server gave it, wherever it is.

        The request has no credential. The content is not checked: see check_picture().
        Raises ObicoNotFoundError if the picture is gone, ObicoResponseError for an
        unusable address and a refused signature, ObicoTooLargeError for more than
        `max_bytes`, and ObicoNoPictureError for what is labelled as text or is empty.
        """
        return await fetch_picture(
            self._session,
            address,
            self._base_url,
            max_bytes=max_bytes,
            timeout=self._timeout,
        )

    @asynccontextmanager
    async def open_media(
        self, address: str, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Give the answer of a video's address, for its body to be read as it comes.

        `headers` may ask for a part (Range). The request has no credential. Raises as
        get_picture() does; that there is no such part (416) is an answer.
        """
        # pylint: disable-next=contextmanager-generator-missing-cleanup
        async with open_media(
            self._session,
            address,
            self._base_url,
            timeout=_MEDIA_SECONDS,
            is_stream=True,
            headers=headers,
        ) as response:
            yield response


async def probe_server(session: aiohttp.ClientSession, origin: URL) -> None:
    """Return if this is an Obico server, and raise otherwise (GET version/).

    No credential is sent: an Obico server refuses that in JSON. Raises as all calls do,
    and ObicoResponseError for another kind of server, which may stand in front of an Obico
    server.
    """
    async with open_response(
        session,
        hdrs.METH_GET,
        server_url(origin) / API / "version/",
        timeout=DEFAULT_TIMEOUT,
    ) as response:
        try:
            await raise_for_status(response)
        except ObicoAuthenticationError:
            return
        except ObicoProxyError:
            # Whether there is an Obico server behind it is not known.
            pass
    raise ObicoResponseError(f"{origin.host} is not an Obico server")


def _archived(with_archived: bool) -> Params:
    """Return the parameters that include archived printers."""
    return [("with_archived", "true")] if with_archived else []
