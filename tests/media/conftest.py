"""A home with one printer, whose agent has a real Janus with moving pictures beside it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Final

import pytest

from dev import Clock, ObicoServer, Webcam
from dev.browser.chromium import MISSING as NO_CHROMIUM, find_chromium
from dev.browser.home import home
from dev.json_types import as_object
from dev.live_video import MISSING as NO_MEDIA, RealJanus, find_media
from tests.browser.conftest import (  # noqa: F401
    browser,
    pytest_configure,
    pytest_runtest_makereport,
    session,
    visitor,
)
from tests.browser.support import House

NAME: Final = "Voron"
SECOND_CAMERA: Final = "camera.voron_webcam_nozzle"
_STAND_IN: Final = "go2rtc_stand_in"
# Asked for when an account is set up, and by polls, of which the first comes a minute later.
_USER: Final = "/api/v1/users/me/"
# Seconds. Home Assistant waits for half of it, then reloads.
_PATIENCE: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Studio(House):
    """A home with a printer that is filmed."""

    janus: RealJanus
    server: ObicoServer

    @property
    def viewers(self) -> int:
        """Return how many watch live."""
        return len(self.server.janus_sockets)

    async def reload(self) -> None:
        """Reload the account."""
        entries = await self.home.client.command("config_entries/get", domain="obico")
        assert isinstance(entries, list)
        await self.home.client.request(
            "POST",
            f"/api/config/config_entries/entry/{as_object(entries[0])['entry_id']}/reload",
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say so where something is missing."""
    for found, missing in ((find_chromium(), NO_CHROMIUM), (find_media(), NO_MEDIA)):
        if found is None:
            for item in items:
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """A Home Assistant with the printer, and with a stand-in for go2rtc."""
    server = ObicoServer(clock=Clock.from_real_time())
    account = server.add_account()
    printer = account.add_printer(
        NAME,
        agent="klipper",
        webcams=[
            Webcam(name="Bed", stream_mode="h264_transcode"),
            Webcam(
                name="Nozzle",
                is_primary=False,
                rotation=90,
                path="/webcam2/?action=snapshot",
            ),
        ],
    )
    await server.advance(30)
    programs = find_media()
    assert programs is not None
    janus = RealJanus(programs, printer, tmp_path_factory.mktemp("janus"))
    folder = tmp_path_factory.mktemp("home-assistant")
    shutil.copytree(
        Path(__file__).parent / _STAND_IN, folder / "custom_components" / _STAND_IN
    )
    async with home(server, folder, configuration=f"{_STAND_IN}:\n") as it:
        await janus.start()
        async with janus.streams():
            await it.add(account)
            # Further webcams are disabled until somebody wants them.
            loads = len(server.requests.matching(_USER))
            await it.client.command(
                "config/entity_registry/update",
                entity_id=SECOND_CAMERA,
                disabled_by=None,
            )
            server.run()
            studio = Studio(
                home=it,
                account=account,
                printers={NAME: printer},
                janus=janus,
                server=server,
            )
            # Home Assistant reloads the account half a minute later, which ends what is watched.
            async with asyncio.timeout(_PATIENCE):
                while len(server.requests.matching(_USER)) <= loads:
                    await asyncio.sleep(0.5)
            yield studio
        await janus.stop()


@pytest.fixture
def studio(house: Studio) -> Studio:
    """The home, by the name that says what is special about it."""
    return house
