"""Everything that the server knows, apart from any network."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import count
import string
from typing import Literal

from ..agent.klipper import KlipperAgent
from ..agent.octoprint import OctoPrintAgent
from ..agent.webcam import Webcam
from ..json_types import JsonValue
from .account import Account
from .agent_link import AgentLink
from .clock import Clock
from .media import DEFAULT_SITE
from .model import AccountRecord
from .oauth import Applications
from .printer import Printer
from .remote_agent import RemoteAgent
from .sessions import SignIn
from .store import Store
from .verification import Codes

TOKEN_LETTERS = string.ascii_letters + string.digits


class Script:
    """A script that acts at some moments: a generator that yields the seconds between them."""

    def __init__(self, steps: Iterator[float]) -> None:
        """Let the script take its first step at the next tick."""
        self._steps = steps
        self._wait = 0.0

    def tick(self, seconds: float) -> bool:
        """Take the steps that are due; return False when there are no more."""
        self._wait -= seconds
        while self._wait <= 0:
            if (wait := next(self._steps, None)) is None:
                return False
            self._wait += wait
        return True


class State(Store[Printer]):
    """The store with accounts, sign-ins, agents and scripts."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        site: str = DEFAULT_SITE,
        grace_frames: int = 30,
    ) -> None:
        """Create a state without accounts."""
        super().__init__(
            clock=clock or Clock(), seed=seed, site=site, grace_frames=grace_frames
        )
        self.sign_in = SignIn(self.clock, self._new_token)
        self.applications = Applications(self.clock, self._new_token)
        self.accounts: list[Account] = []
        # What the detection sees in every picture that is posted to `predict/`:
        # [label, confidence, [x, y, width, height]].
        self.detections: list[JsonValue] = []
        # The pictures that were posted to `predict/`.
        self.judged: list[bytes] = []
        self.codes = Codes(self.clock, self.random)
        self._remote_agents: dict[int, RemoteAgent] = {}
        self._printer_ids = count(1)
        self._scripts: list[Script] = []

    def add_account(
        self,
        email: str = "demo@example.com",
        password: str = "demo",  # noqa: S107 # every demo account's
        *,
        date_joined: datetime | None = None,
    ) -> Account:
        """Add a user with one access token."""
        account = Account(
            id=len(self.accounts) + 1,
            email=email,
            password=password,
            date_joined=date_joined or self.clock.now(),
            unsub_token=self._new_token(36),
            new_token=self._new_token,
            new_printer=self._add_printer,
            library=self.library,
        )
        account.issue_token()
        self.accounts.append(account)
        return account

    def account_with(self, token: str | None) -> Account | None:
        """Return the account of an access token."""
        return next(
            (account for account in self.accounts if token in account.tokens), None
        )

    def account_of(self, record: AccountRecord) -> Account:
        """Return the account of a record."""
        return next(account for account in self.accounts if account is record)

    def account_with_password(self, email: str, password: str) -> Account | None:
        """Return the account of an e-mail address, if the password is right."""
        return next(
            (
                account
                for account in self.accounts
                if account.email.lower() == email.strip().lower()
                and account.password == password
            ),
            None,
        )

    def printer_with(self, auth_token: str) -> Printer | None:
        """Return the printer of a printer token."""
        return next(
            (
                printer
                for printer in self.printers.values()
                if printer.auth_token == auth_token
            ),
            None,
        )

    def remote_agent(self, printer: Printer) -> RemoteAgent:
        """Return the server's side of a printer's agent that runs elsewhere."""
        return self._remote_agents[printer.id]

    def _create_remote(self, printer: Printer) -> RemoteAgent:
        remote = self._remote_agents[printer.id] = RemoteAgent(printer)
        return remote

    def _new_token(self, length: int = 30) -> str:
        return "".join(self.random.choices(TOKEN_LETTERS, k=length))

    def _add_printer(
        self,
        account: Account,
        name: str,
        *,
        agent: Literal["octoprint", "klipper"] | None = None,
        webcams: Sequence[Webcam] = (),
        camera: bool = True,
        connected: bool = True,
    ) -> Printer:
        printer = Printer(
            self, account, next(self._printer_ids), name, self._create_remote
        )
        self.printers[printer.id] = printer
        if agent:
            kind = OctoPrintAgent if agent == "octoprint" else KlipperAgent
            link = AgentLink(printer)
            machine = kind(link, webcams=webcams, camera=camera)
            printer.link(
                machine, lambda seconds: link.tick(seconds, frozen=machine.frozen)
            )
            machine.start(connected=connected)
        return printer

    def play(self, script: Iterator[float]) -> None:
        """Run a script: after each step it waits for the seconds that it yields."""
        self._scripts.append(Script(script))

    def tick(self, seconds: float) -> None:
        """Let time pass for the clock, every script and every agent."""
        self.clock.advance(seconds)
        self._scripts = [script for script in self._scripts if script.tick(seconds)]
        for printer in tuple(self.printers.values()):
            printer.tick(seconds)
        self.timelapses.tick()
