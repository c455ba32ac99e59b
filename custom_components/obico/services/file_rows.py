"""Files in the responses of actions."""

from homeassistant.util.json import JsonObjectType

from ..aioobico import CloudFile
from ..data import ObicoData
from ..printer.readings import whole_seconds
from ..prints.cloud_files import Folders
from ..prints.outcome import meters
from ..prints.paths import file_thumbnail_path
from .rows import moment


def file_row(account: ObicoData, file: CloudFile, folders: Folders) -> JsonObjectType:
    """Return a file for the response of an action."""
    return {
        "id": file.id,
        "name": file.filename,
        "path": folders.path_of(file),
        "size": file.size,
        "modified_at": moment(file.created_at),
        "estimated_time": whole_seconds(file.estimated_time),
        "filament": meters(file.filament_total),
        "thumbnail": file_thumbnail_path(account.entry.entry_id, file.id)
        if file.thumbnail_urls
        else None,
    }
