"""Views that pass on videos and pictures of prints, files and events, wherever they are stored."""

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web

from homeassistant.helpers.http import HomeAssistantView

from ..aioobico import (
    ObicoError,
    ObicoNoPictureError,
    ObicoNotFoundError,
    ObicoResponseError,
    check_picture,
)
from ..data import ObicoData
from ..prints.addresses import PrintAddresses
from ..prints.paths import EVENTS, FILES, PRINTS, PrintMedia
from .access import account_of, answered_errors, ensure_may_read
from .stream import async_stream

# Pictures do not change, and are seen by those only who may see them.
_CACHE_HEADERS: Final = {hdrs.CACHE_CONTROL: "private, max-age=86400"}

type Find = Callable[[PrintAddresses], str | None]


class PrintMediaView(HomeAssistantView):
    """A video, the poster of it, or the picture of the file of a print."""

    url = PRINTS + r"/{entry_id}/{print_id:\d{1,16}}/{media}"
    name = "api:obico:print"

    async def get(
        self, request: web.Request, entry_id: str, print_id: str, media: str
    ) -> web.StreamResponse:
        """Answer with the video or picture, or with a part of the video."""
        account = account_of(request)
        if media not in PrintMedia:
            raise web.HTTPNotFound
        wanted = PrintMedia(media)
        source = _Source(
            account, int(print_id), lambda addresses: addresses.media.get(wanted)
        )
        with answered_errors(account):
            address = await source.async_address(request)
            if not wanted.is_video:
                return await _async_picture(account, address)
            return await async_stream(request, account, source, address)

    async def head(
        self, request: web.Request, entry_id: str, print_id: str, media: str
    ) -> web.StreamResponse:
        """Answer with the headers alone, as some players ask for first."""
        return await self.get(request, entry_id, print_id, media)


class FrameView(HomeAssistantView):
    """A frame of a print that the server asks about."""

    url = PRINTS + r"/{entry_id}/{print_id:\d{1,16}}/frames/{frame_id:\d{1,16}}"
    name = "api:obico:frame"

    async def get(
        self, request: web.Request, entry_id: str, print_id: str, frame_id: str
    ) -> web.StreamResponse:
        """Answer with the picture."""
        account, wanted = account_of(request), int(frame_id)
        source = _Source(
            account, int(print_id), lambda addresses: addresses.frames.get(wanted)
        )
        with answered_errors(account):
            return await _async_picture(account, await source.async_address(request))


class FileThumbnailView(HomeAssistantView):
    """The picture of a file in the cloud."""

    url = FILES + r"/{entry_id}/{file_id:\d{1,16}}/thumbnail"
    name = "api:obico:file_thumbnail"

    async def get(
        self, request: web.Request, entry_id: str, file_id: str
    ) -> web.StreamResponse:
        """Answer with the picture."""
        account = account_of(request)
        ensure_may_read(request, account, None)
        with answered_errors(account):
            file = await account.client.get_cloud_file(int(file_id))
            if not file.thumbnail_urls:
                raise web.HTTPNotFound
            return await _async_picture(account, file.thumbnail_urls[0])


class EventPictureView(HomeAssistantView):
    """The picture of an event."""

    url = EVENTS + r"/{entry_id}/{event_id:\d{1,16}}/picture"
    name = "api:obico:event_picture"

    async def get(
        self, request: web.Request, entry_id: str, event_id: str
    ) -> web.StreamResponse:
        """Answer with the picture."""
        account = account_of(request)
        with answered_errors(account):
            event = await account.client.get_event(int(event_id))
            # Before anything else is told: also that there is no picture.
            ensure_may_read(request, account, event.printer_id or 0)
            if event.image_url is None:
                raise web.HTTPNotFound
            return await _async_picture(account, event.image_url)


class _Source:
    """The place of a video or picture, whose address expires."""

    def __init__(self, account: ObicoData, print_id: int, find: Find) -> None:
        """Find the address among those of a print."""
        self._account = account
        self._print_id = print_id
        self._find = find
        self._is_fresh = False

    async def async_address(self, request: web.Request) -> str:
        """Return the address, if the user may see what is there; 404 where nothing is."""
        addresses = self._account.addresses.find(self._print_id)
        if addresses is None or self._find(addresses) is None:
            addresses = await self._async_request()
        # Before anything else is told: also that there is nothing.
        ensure_may_read(request, self._account, addresses.printer_id or 0)
        if (address := self._find(addresses)) is None:
            raise web.HTTPNotFound
        return address

    async def async_fresh_address(self, error: ObicoError) -> str:
        """Return a new address for one that has failed, once; otherwise raise the error."""
        if self._is_fresh or not isinstance(
            error, ObicoResponseError | ObicoNotFoundError
        ):
            raise error
        if (address := self._find(await self._async_request())) is None:
            raise error
        return address

    async def _async_request(self) -> PrintAddresses:
        self._is_fresh = True
        return await self._account.addresses.async_request(self._print_id)


async def _async_picture(account: ObicoData, address: str) -> web.Response:
    """Answer with a picture that was checked to be one."""
    try:
        picture = await account.hass.async_add_executor_job(
            check_picture, await account.client.get_picture(address)
        )
    except ObicoNoPictureError:
        raise web.HTTPNotFound from None
    return web.Response(
        body=picture.content, content_type=picture.content_type, headers=_CACHE_HEADERS
    )
