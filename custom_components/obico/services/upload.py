"""Upload a file to the cloud: from the action, and from a browser."""

from collections.abc import AsyncIterable
from typing import Final

import probatio

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util.json import JsonObjectType

from ..account.errors import translated_errors
from ..aioobico import CLOUD_URL, ObicoFileTooLargeError
from ..const import DOMAIN
from ..data import ObicoData
from ..prints.cloud_files import async_folders, name_field
from .file_rows import file_row

CHUNK_BYTES: Final = 256 * 1024

_MEGABYTE: Final = 1024 * 1024
# What the plans of the cloud allow; servers of one's own take what the larger one does.
LIMIT_FREE: Final = 50 * _MEGABYTE
LIMIT_PRO: Final = 500 * _MEGABYTE


def limit_of(account: ObicoData) -> int:
    """Return how many bytes a file may have."""
    is_free_cloud = (
        account.client.base_url.origin() == CLOUD_URL
        and not account.coordinator.data.user.is_pro
    )
    return LIMIT_FREE if is_free_cloud else LIMIT_PRO


def usable_name(name: object) -> str:
    """Return a name for a file; raises ServiceValidationError for one that cannot be used."""
    try:
        return name_field(name)
    except probatio.Invalid:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="name_unusable"
        ) from None


async def async_upload(
    account: ObicoData,
    name: str,
    content: AsyncIterable[bytes],
    size: int,
    *,
    folder: str,
) -> JsonObjectType:
    """Upload a file of `size` bytes into a folder, and return its row.

    Raises ServiceValidationError, before anything is sent, for an empty or too large file
    and for a folder that does not exist; HomeAssistantError for what fails.
    """
    if size == 0:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="file_empty"
        )
    limit = limit_of(account)
    if size > limit:
        raise file_too_large(limit)
    with translated_errors(account.hass, account.entry):
        folders = await async_folders(account.client)
        folder_id = folders.find(folder)
        try:
            file = await account.client.upload_cloud_file(
                name, content, size, folder_id
            )
        except ObicoFileTooLargeError as err:
            raise file_too_large(min(limit, size)) from err
    return file_row(account, file, folders)


def file_too_large(limit: int) -> ServiceValidationError:
    """Return the error for a file that is larger than the server takes."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="file_too_large",
        translation_placeholders={"megabytes": str(limit // _MEGABYTE)},
    )
