"""Tell whether anybody looks at a printer, other than this account's own push connection.

The server says each time a viewer comes or goes whether there is any, and counts the push
connection of this account. It forgets viewers that send nothing after 20 to 40 minutes, and
the push connection sends nothing where Home Assistant is the agent itself.
"""

from collections.abc import Callable
import math
from typing import Final

# Seconds that somebody is taken to look after they came, or opened a picture here.
_LOOK_SECONDS: Final = 60.0


class Viewers:
    """The viewers of one printer; times are those of the event loop."""

    def __init__(self, has_own_push: Callable[[], bool]) -> None:
        """Start without viewers; `has_own_push` is whether the push connection is open."""
        self._has_own_push = has_own_push
        # Whether the server counts the push connection, and has said so.
        self._is_own_counted = False
        self._are_others = False
        self._look_until = -math.inf

    def look(self, now: float) -> None:
        """Note that somebody opens a picture in Home Assistant."""
        self._look_until = now + _LOOK_SECONDS

    def begin(self, *, viewing: bool) -> None:
        """Take what the server says when the agent connects."""
        own = self._has_own_push()
        self._is_own_counted = viewing and own
        self._are_others = viewing and not own

    def update(self, now: float, *, viewing: bool) -> bool:
        """Take what the server says; return whether somebody else may have come.

        To be called when the push connection that may be the reason has had the time to be
        noticed.
        """
        if not viewing:
            # The server has forgotten the push connection, if that is open: the next viewer
            # is somebody else.
            self._is_own_counted = self._has_own_push()
            self._are_others = False
            return False
        if not self._has_own_push():
            is_new = not self._are_others
            self._is_own_counted = False
            self._are_others = True
            return is_new
        if not self._is_own_counted and not self._are_others:
            self._is_own_counted = True
            return False
        # With the push connection counted it is not told whether somebody came or went.
        self.look(now)
        return True

    def is_looking(self, now: float) -> bool:
        """Return whether anybody else looks."""
        return self._are_others or now < self._look_until
