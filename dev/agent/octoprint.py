"""OctoPrint with its agent."""

from typing import override

from ..json_types import JsonValue
from .calls import Call
from .octoprint_calls import CALLS
from .octoprint_status import OctoPrintStatus


class OctoPrintAgent(OctoPrintStatus):
    """OctoPrint with its agent, which answers the commands of viewers.

    The status is a class of its own so that the commands can use it without importing
    this module, which imports them.
    """

    @override
    def run(self, target: str, func: str, call: Call) -> JsonValue:
        return CALLS[target, func](self, call)
