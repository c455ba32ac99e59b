"""Paths in Home Assistant at which users see videos and pictures, and upload files.

They are registered once, and find the account of each request by its config entry.
"""

from homeassistant.core import HomeAssistant, callback

from .media import EventPictureView, FileThumbnailView, FrameView, PrintMediaView
from .upload import UploadView


@callback
def async_register_views(hass: HomeAssistant) -> None:
    """Register all views, until Home Assistant stops, because none can be removed."""
    for view in (
        PrintMediaView(),
        FrameView(),
        FileThumbnailView(),
        EventPictureView(),
        UploadView(),
    ):
        hass.http.register_view(view)
