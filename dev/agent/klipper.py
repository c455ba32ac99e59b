"""Klipper and Moonraker with their agent."""

from typing import override

from ..json_types import JsonValue
from .calls import Call
from .klipper_calls import CALLS, MOONRAKER, UNSUPPORTED, failure
from .klipper_status import KlipperStatus


class KlipperAgent(KlipperStatus):
    """Klipper with its agent, which answers the commands of viewers.

    The status is a class of its own so that the commands can use it without importing
    this module, which imports them.
    """

    @override
    def run(self, target: str, func: str, call: Call) -> JsonValue:
        """Run a viewer's command; unlike OctoPrint's, this agent answers unknown ones."""
        if (run := CALLS.get((target, func))) is not None:
            return run(self, call)
        raise failure(func, call) if target == MOONRAKER else ValueError(UNSUPPORTED)
