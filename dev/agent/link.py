"""The connection of an agent to its server, instead of the real websocket and uploads."""

from random import Random
from typing import Protocol

from ..json_types import JsonObject
from .jobs import Job
from .webcam import Shot


class Link(Protocol):
    """The server as an agent sees it."""

    @property
    def name(self) -> str:
        """The printer's name."""

    @property
    def random(self) -> Random:
        """The server's random numbers, which its seed determines."""

    @property
    def viewed(self) -> bool:
        """Whether the printer has a viewer, so that pictures and reports are to be frequent."""

    @property
    def watched(self) -> bool:
        """Whether the failure detection watches the print."""

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""

    def registered(self, agent_name: str, agent_version: str) -> None:
        """Send the name and version of the agent."""

    def report(self, status: JsonObject | None, settings: JsonObject) -> None:
        """Send the printer's status and settings."""

    def repeat(self) -> None:
        """Send something that changes nothing."""

    def connection_lost(self) -> None:
        """Close the connection."""

    def print_started(self, job: Job, *, signature: str) -> int | None:
        """Begin a print, and return the id of the server's record of its file."""

    def print_ended(
        self, *, finished: bool, filament_used: float | None, print_time: float | None
    ) -> None:
        """End the current print."""

    def print_measured(
        self, *, filament_used: float | None, print_time: float | None
    ) -> None:
        """Send the filament and the time that the current print has used."""

    def print_event(self, event_type: str) -> None:
        """Send an event of the current print."""

    def alert(
        self,
        event_type: str,
        event_class: str,
        title: str,
        text: str,
        info_url: str | None = None,
        *,
        delay: float | None = 0,
    ) -> None:
        """Alert the viewers; see Agent.alert()."""

    def picture(self, shot: Shot, score: float, *, fresh: bool = False) -> None:
        """Upload a picture; `fresh` ones are taken for a viewer, not for the detection."""

    def relay(self, message: JsonObject) -> None:
        """Send a message to all viewers."""
