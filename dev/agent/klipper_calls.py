"""The commands that a Klipper agent answers."""

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..json_types import JsonObject, JsonValue, as_object
from . import gcode
from .calls import Call, lines_of
from .jobs import Job
from .machine import Phase

if TYPE_CHECKING:
    from .klipper import KlipperAgent
