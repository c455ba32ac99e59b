"""Moving pictures: as many as are wanted, however many watch, and none when nobody does."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from aiohttp import ClientResponse, hdrs
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.obico import camera as camera_platform
from custom_components.obico.const import (
    CONF_LOW_BANDWIDTH,
    CONF_PICTURES_PER_SECOND,
    CONF_SLOW_DOWN,
)
from dev import SHORT, Account, Printer, Webcam
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

from .support import obico_tasks

WEBCAM = "camera.webcam"
TASK = "obico moving pictures"


@pytest.fixture
def printer(account: Account) -> Printer:
    """Give a Klipper printer with a webcam that is turned."""
    return account.add_printer(
        "Voron", agent="klipper", webcams=[Webcam(name="cam", rotation=90)]
    )


class Screen:
    """A browser that shows the moving pictures of a camera."""

    def __init__(self, response: ClientResponse) -> None:
        """Begin to read."""
        self.pictures: list[bytes] = []
        self.is_over = False
        self._response = response
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        content = self._response.content
        try:
            while line := await content.readline():
                if line.lower().startswith(b"content-length:"):
                    await content.readline()
                    picture = await content.readexactly(int(line.split(b":")[1]))
                    # One comes twice where none has come for long, for the sake of Chromium.
                    if picture not in self.pictures[-1:]:
                        self.pictures.append(picture)
        finally:
            self.is_over = True

    async def close(self) -> None:
        """Close the browser's tab."""
        self._response.close()
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)


class Watching:
    """Opens and closes screens."""

    def __init__(
        self, obico: Obico, printer: Printer, client: TestClient[Any, Any]
    ) -> None:
        """Begin with no screen."""
        self._obico = obico
        self._printer = printer
        self._client = client
        self.screens: list[Screen] = []

    async def open(self, interval: float | None = None, agent: str = "a") -> Screen:
        """Open a screen."""
        state = self._obico.state(self._printer, WEBCAM)
        query = {"token": state.attributes["access_token"]}
        if interval is not None:
            query["interval"] = str(interval)
        response = await self._client.get(
            f"/api/camera_proxy_stream/{state.entity_id}",
            params=query,
            headers={hdrs.USER_AGENT: agent},
        )
        assert response.status == 200
        screen = Screen(response)
        self.screens.append(screen)
        return screen

    async def close(self) -> None:
        """Close all screens, and wait until the server has noticed."""
        for screen in self.screens:
            await screen.close()
        self.screens.clear()
        await wait_until(lambda: TASK not in obico_tasks(), "it goes on")


@pytest.fixture
async def watch(
    obico: Obico, printer: Printer, hass_client_no_auth: ClientSessionGenerator
) -> AsyncGenerator[Watching]:
    """Watch, and leave at the end."""
    watching = Watching(obico, printer, await hass_client_no_auth())
    yield watching
    await watching.close()


async def pass_seconds(timelapse: Timelapse, seconds: int) -> None:
    """Let time pass, slowly enough for pictures."""
    await timelapse.pass_time(seconds, step=0.5, patience=0.01)


async def reload(
    obico: Obico,
    timelapse: Timelapse,
    **options: object,
) -> None:
    """Reload with other options."""
    obico.hass.config_entries.async_update_entry(obico.entry, options=options)
    await obico.reload()
    await wait_until(lambda: len(obico.server.sockets) == 1)
    await timelapse.settle()


async def test_a_picture_a_second_comes_while_somebody_watches(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    screen = await watch.open()
    await pass_seconds(timelapse, 20)
    assert 17 <= len(screen.pictures) <= 21
    assert len(printer.agent.fetched) <= 21
    await watch.close()
    asked = len(printer.agent.fetched)
    await pass_seconds(timelapse, 10)
    assert len(printer.agent.fetched) == asked


async def test_however_many_watch_there_is_one_loop(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    screens = [await watch.open() for _ in range(5)]
    await pass_seconds(timelapse, 10)
    assert obico_tasks().count(TASK) == 1
    assert all(8 <= len(screen.pictures) <= 11 for screen in screens)
    assert len(printer.agent.fetched) <= 11
    await screens.pop().close()
    await pass_seconds(timelapse, 5)
    assert all(13 <= len(screen.pictures) <= 16 for screen in screens)


async def test_who_joins_others_sees_a_picture_at_once(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    first = await watch.open()
    await wait_until(lambda: first.pictures)
    second = await watch.open()
    await wait_until(lambda: second.pictures)
    assert second.pictures == first.pictures
    assert len(printer.agent.fetched) == 1


async def test_a_server_of_ones_own_gives_two_a_second_if_wanted(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    await reload(obico, timelapse, **{CONF_PICTURES_PER_SECOND: "2"})
    await watch.open()
    await pass_seconds(timelapse, 10)
    assert 15 <= len(printer.agent.fetched) <= 21


async def test_the_next_picture_is_asked_for_after_the_last_has_come(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = await watch.open()
    await wait_until(lambda: screen.pictures)
    asked: list[object] = []
    monkeypatch.setattr(printer.agent, "passthru", asked.append)
    await pass_seconds(timelapse, 3)
    assert len(asked) == 1
    monkeypatch.undo()


async def test_a_slower_pace_can_be_asked_for(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    await watch.open(interval=5)
    await pass_seconds(timelapse, 20)
    assert 3 <= len(printer.agent.fetched) <= 5
    # The one who wants most is served.
    await watch.open(interval=1)
    printer.agent.fetched.clear()
    await pass_seconds(timelapse, 10)
    assert 8 <= len(printer.agent.fetched) <= 11


@pytest.fixture
def as_cloud(
    monkeypatch: pytest.MonkeyPatch,
    server: object,
) -> None:
    """Take the server for Obico Cloud."""
    url = URL(str(getattr(server, "url", "")))
    monkeypatch.setattr(camera_platform, "CLOUD_URL", url)


async def count(
    printer: Printer,
    timelapse: Timelapse,
    seconds: int,
) -> int:
    """Return how many pictures the agent takes while time passes."""
    printer.agent.fetched.clear()
    await timelapse.pass_time(seconds, step=1, patience=0.01)
    return len(printer.agent.fetched)


@pytest.mark.usefixtures("as_cloud")
async def test_after_three_minutes_obico_cloud_gives_one_in_ten_seconds(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    await watch.open()
    assert 150 <= await count(printer, timelapse, 175) <= 176
    await count(printer, timelapse, 10)
    assert 5 <= await count(printer, timelapse, 60) <= 7
    # Home Assistant's pages open the stream anew when the token changes.
    obico.hass.data["camera"].get_entity(
        obico.entity_id(printer, WEBCAM)
    ).async_update_token()
    camera = obico.hass.data["camera"].get_entity(obico.entity_id(printer, WEBCAM))
    camera.async_write_ha_state()
    renewed = await watch.open()
    await watch.screens.pop(0).close()
    assert 5 <= await count(printer, timelapse, 60) <= 7
    # Somebody else does not have to wait.
    other = await watch.open(agent="b")
    assert 50 <= await count(printer, timelapse, 60) <= 61
    watch.screens.remove(other)
    await other.close()
    assert await count(printer, timelapse, 60) <= 8
    # The same one has opened it anew.
    watch.screens.remove(renewed)
    await renewed.close()
    await count(printer, timelapse, 15)
    await watch.open()
    assert 50 <= await count(printer, timelapse, 60) <= 61


@pytest.mark.parametrize(
    ("options", "least", "most"),
    [
        ({CONF_SLOW_DOWN: False}, 50, 61),
        ({CONF_SLOW_DOWN: False, CONF_PICTURES_PER_SECOND: "2"}, 50, 61),
        ({CONF_LOW_BANDWIDTH: True, CONF_SLOW_DOWN: False}, 5, 8),
    ],
)
@pytest.mark.usefixtures("as_cloud")
async def test_options_change_that(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
    options: dict[str, object],
    least: int,
    most: int,
) -> None:
    await reload(obico, timelapse, **options)
    await watch.open()
    await count(printer, timelapse, 190)
    assert least <= await count(printer, timelapse, 60) <= most


async def test_where_the_agent_takes_none_the_server_is_not_asked_more_often(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(address: str) -> None:
        printer.agent.fetched.append(address)
        raise ValueError("no camera")

    monkeypatch.setattr(printer.agent, "fetch", refuse)
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(5)
    obico.server.requests.clear()
    screen = await watch.open()
    await pass_seconds(timelapse, 40)
    assert len(printer.agent.fetched) <= 3
    fetched = [each for each in obico.server.requests if "/media/" in each.path]
    assert 4 <= len(fetched) <= 11
    assert 3 <= len(screen.pictures) <= 6


async def test_what_is_watched_ends_with_the_account(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    screen = await watch.open()
    await wait_until(lambda: screen.pictures)
    await hass.config_entries.async_unload(obico.entry.entry_id)
    await wait_until(lambda: screen.is_over)
    assert TASK not in obico_tasks()


async def test_a_printer_that_goes_off_is_seen_again_when_it_is_back(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    screen = await watch.open()
    await wait_until(lambda: screen.pictures)
    printer.agent.go_offline()
    await pass_seconds(timelapse, 30)
    seen = len(screen.pictures)
    assert not screen.is_over
    printer.agent.come_online()
    await pass_seconds(timelapse, 10)
    assert len(screen.pictures) > seen + 4


async def test_a_camera_that_is_renamed_can_be_watched_again(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    watch: Watching,
) -> None:
    screen = await watch.open()
    await wait_until(lambda: screen.pictures)
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(printer, WEBCAM), new_entity_id="camera.window"
    )
    await wait_until(lambda: screen.is_over)
    again = await watch.open()
    await wait_until(lambda: again.pictures)
