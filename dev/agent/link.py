"""How an agent talks to its server: in place of the real one's websocket and uploads."""

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
        """The one source of chance."""

    @property
    def viewed(self) -> bool:
        """Whether somebody is watching, so that pictures and reports should be frequent."""

    @property
    def watched(self) -> bool:
        """Whether the failure detection wants pictures."""

    def timestamp(self) -> float:
        """Return the time in seconds since 1970."""

    def registered(self, agent_name: str, agent_version: str) -> None:
        """Say which agent this is."""

    def report(self, status: JsonObject | None, settings: JsonObject) -> None:
        """Send the printer's status and settings."""

    def repeat(self) -> None:
        """Send something that leaves all as the server knows it."""

    def connection_lost(self) -> None:
        """Let the server find the agent gone."""

    def print_started(self, job: Job) -> int | None:
        """Begin a print, return the id of the server's file record."""

    def print_ended(
        self, *, finished: bool, filament_used: float | None, print_time: float | None
    ) -> None:
        """End the current print."""

    def print_measured(
        self, *, filament_used: float | None, print_time: float | None
    ) -> None:
        """Tell what the current print took."""

    def print_event(self, event_type: str) -> None:
        """Tell of an event of the current print."""

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
        """Tell people of something that the agent noticed."""

    def picture(self, shot: Shot, score: float, *, fresh: bool = False) -> None:
        """Upload a picture; a fresh one was asked for by a viewer."""

    def relay(self, message: JsonObject) -> None:
        """Send a message to everybody who is watching."""
