"""The Obico server that the demo shows."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .. import Clock, ObicoServer
from ..json_types import JsonValue
from ..scenario import populate


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account on an Obico server; `begin` starts its printers, if they are simulated.

    Home Assistant signs in with the token if there are no e-mail and password.
    """

    url: str
    token: str
    email: str | None = None
    password: str | None = None
    begin: Callable[[], None] = lambda: None

    @property
    def ways(self) -> tuple[str, ...]:
        """Return the choices for the menus of the integration's config flow."""
        return ("own_server", "password" if self.email else "access_token")

    @property
    def answers(self) -> dict[str, JsonValue]:
        """Return the values for the forms of the config flow."""
        return {
            "url": self.url,
            "verify_ssl": True,
            "access_token": self.token,
            "email": self.email,
            "password": self.password,
        }


@asynccontextmanager
async def built_in_server(port: int, speed: float) -> AsyncIterator[Account]:
    """Run an Obico server in this process."""
    server = ObicoServer(clock=Clock.from_real_time())
    account = populate(server)
    await server.start(port)
    try:
        # The clock does not run until `begin`, so that prints are observed from their start.
        yield Account(
            url=server.url,
            token=account.token,
            email=account.email,
            password=account.password,
            begin=lambda: server.run(speed),
        )
    finally:
        await server.stop()
