"""The Obico server that the demo shows."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from .. import Clock, ObicoServer
from ..json_types import JsonValue
from ..live_video import RealJanus, find_media
from ..scenario import populate
from .bambu import BambuPrinter, live


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account on an Obico server; `begin` starts its printers, if they are simulated.

    Home Assistant signs in with the token if there are no e-mail and password. `watched` is a
    simulated printer that becomes one of the account because Home Assistant is its agent.
    """

    url: str
    token: str
    email: str | None = None
    password: str | None = None
    begin: Callable[[], None] = lambda: None
    watched: BambuPrinter | None = None

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


# The streams of the printer with two webcams, in the order of Janus.
_STREAM_MODES: Final = ("h264_transcode", "mjpeg_webrtc")


@asynccontextmanager
async def _live_video(server: ObicoServer) -> AsyncIterator[None]:
    """Let the printer with two webcams have live video, where Janus and ffmpeg are there."""
    printer = next(  # pylint: disable=stop-iteration-return # there is one
        each
        for each in server.printers.values()
        if each.is_linked and len(each.agent.webcams) == len(_STREAM_MODES)
    )
    if (programs := find_media()) is None:
        yield
        return
    agent = printer.agent
    agent.webcams = tuple(
        replace(webcam, stream_mode=mode)
        for webcam, mode in zip(agent.webcams, _STREAM_MODES, strict=True)
    )
    agent.report()
    with TemporaryDirectory(prefix="obico-demo-") as folder:
        async with RealJanus(programs, printer, Path(folder)).run():
            yield


@asynccontextmanager
async def built_in_server(
    port: int, speed: float, *, has_live_video: bool
) -> AsyncIterator[Account]:
    """Run an Obico server in this process, with live video where it is wanted and possible."""
    server = ObicoServer(clock=Clock.from_real_time())
    account = populate(server)
    watched = BambuPrinter(server.clock)
    server.play(live(watched, server))
    await server.start(port)
    try:
        async with _live_video(server) if has_live_video else nullcontext():
            # The clock does not run until `begin`, so that prints are observed from their start.
            yield Account(
                url=server.url,
                token=account.token,
                email=account.email,
                password=account.password,
                begin=lambda: server.run(speed),
                watched=watched,
            )
    finally:
        await server.stop()
