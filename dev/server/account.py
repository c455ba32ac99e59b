"""An account, with what its user can do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict, Unpack

from ..agent.webcam import Webcam
from .library import Library
from .model import AccountRecord, GCodeFile, GCodeFolder
from .printer import Printer


class NewPrinter(TypedDict, total=False):
    """The options of a new printer."""

    agent: Literal["octoprint", "klipper"] | None
    webcams: Sequence[Webcam]
    # Whether the agent sends pictures.
    camera: bool
    # Whether the agent is connected to its machine.
    connected: bool


@dataclass(kw_only=True, eq=False)
class Account(AccountRecord):
    """A user, who owns printers, files and access tokens."""

    new_token: Callable[[], str] = field(repr=False)
    new_printer: Callable[..., Printer] = field(repr=False)
    library: Library = field(repr=False)

    @property
    def token(self) -> str:
        """The newest access token that is valid."""
        if not self.tokens:
            raise LookupError("every token of this account is revoked")
        return self.tokens[-1]

    def issue_token(self) -> str:
        """Create a further access token, which `token` returns from now on."""
        self.tokens.append(self.new_token())
        return self.token

    def revoke_token(self, token: str | None = None) -> None:
        """Revoke one access token, or all of them."""
        self.tokens = [other for other in self.tokens if token and other != token]

    def open_event_list(self) -> None:
        """Open the list of events in the web app, which resets the count of unseen ones."""
        self.unseen_printer_events = 0

    def add_folder(self, name: str, parent: GCodeFolder | None = None) -> GCodeFolder:
        """Create a folder in the cloud."""
        return self.library.add_folder(self.id, name, parent)

    def add_cloud_file(
        self, filename: str, folder: GCodeFolder | None = None
    ) -> GCodeFile:
        """Upload a file to the cloud."""
        return self.library.add_file(self.id, filename, folder)

    def add_printer(self, name: str, **how: Unpack[NewPrinter]) -> Printer:
        """Add a printer with a simulated OctoPrint or Klipper, or without an agent."""
        return self.new_printer(self, name, **how)
