"""The view by which a browser uploads a file, which is sent on to the server as it comes.

Home Assistant's own upload takes 100 MB, stores the file, and takes it from every user.
"""

from http import HTTPStatus
from typing import Final

from aiohttp import web
import probatio

from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)
from homeassistant.helpers.http import HomeAssistantView

from ..account.errors import message_of
from ..prints.cloud_files import folder_not_found, path_field
from ..prints.paths import FILES
from ..services.upload import CHUNK_BYTES, async_upload, usable_name
from .access import account_of

_STATUS: Final = {
    "file_too_large": HTTPStatus.CONTENT_TOO_LARGE,
}


class UploadView(HomeAssistantView):
    """Takes files of administrators."""

    url = FILES + "/{entry_id}/upload"
    name = "api:obico:upload"

    async def post(self, request: web.Request, entry_id: str) -> web.Response:
        """Send the body of the request on, and answer with the file's row.

        The query has the file's name and its folder.
        """
        if not request[KEY_HASS_USER].is_admin:
            raise Unauthorized
        account = account_of(request)
        size = request.content_length
        if size is None:
            raise web.HTTPLengthRequired
        query = request.query
        try:
            row = await async_upload(
                account,
                usable_name(query.get("filename")),
                request.content.iter_chunked(CHUNK_BYTES),
                size,
                folder=_folder(query.get("folder", "")),
            )
        except HomeAssistantError as err:
            is_refused = isinstance(err, ServiceValidationError)
            default = HTTPStatus.BAD_REQUEST if is_refused else HTTPStatus.BAD_GATEWAY
            return self.json(
                {"code": err.translation_key, "message": message_of(account.hass, err)},
                _STATUS.get(err.translation_key or "", default),
            )
        return self.json({"file": row}, HTTPStatus.CREATED)


def _folder(path: str) -> str:
    """Return the path of a folder, which cannot exist if it is none."""
    try:
        return path_field(path)
    except probatio.Invalid:
        raise folder_not_found(path) from None
