"""The tree of videos in Media: account, printer, month, print, video."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from dev import Account, ObicoServer, Printer
from homeassistant.components import media_source
from homeassistant.components.media_player.browse_media import SearchMediaQuery
from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import Unresolvable
from homeassistant.components.media_source.models import BrowseMediaSource
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.services.support import secrets_of
from tests.integration.support import API, Obico, set_up

from .past import printed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PRINTS = f"{API}prints/"


@pytest.fixture(autouse=True)
async def _media(hass: HomeAssistant) -> None:
    await async_setup_component(hass, "media_source", {})


async def browse(hass: HomeAssistant, *parts: object) -> BrowseMediaSource:
    """Open a folder."""
    path = "/".join(map(str, ("obico", *parts)))
    found = await media_source.async_browse_media(hass, f"media-source://{path}")
    assert isinstance(found, BrowseMediaSource)
    return found


def titles(folder: BrowseMediaSource) -> list[str]:
    return [child.title for child in folder.children or ()]


async def search(obico: Obico, query: str, *parts: object) -> list[str]:
    """Return the titles of what is found below a folder."""
    path = "/".join(map(str, ("obico", *parts)))
    found = await media_source.async_search_media(
        obico.hass,
        f"media-source://{path}",
        SearchMediaQuery(search_query=query),
    )
    return [item.title for item in found.result]


async def test_the_tree_leads_to_the_videos(obico: Obico, printer: Printer) -> None:
    hass, entry = obico.hass, obico.entry
    job = printed(printer, NOON)
    job.tagged_video_url = job.video_url
    printed(printer, NOON - timedelta(days=40), finished=False, filename="hook.gcode")
    root = await browse(hass)
    assert root.title == "3D printers"
    assert titles(root) == [entry.title]
    assert titles(await browse(hass, entry.entry_id)) == ["Prusa MK4"]
    months = await browse(hass, entry.entry_id, printer.id)
    assert titles(months) == ["2026-11", "2026-10"]
    month = await browse(hass, entry.entry_id, printer.id, "2026-11")
    (shown,) = month.children or ()
    assert shown.title == "vase.gcode · Finished · 1 h 0 min · 2.5 m"
    assert shown.thumbnail == f"/api/obico/prints/{entry.entry_id}/{job.id}/poster"
    assert (shown.can_play, shown.can_expand) == (True, True)
    (earlier,) = (
        await browse(hass, entry.entry_id, printer.id, "2026-10")
    ).children or ()
    assert "Cancelled" in earlier.title
    videos = await browse(hass, entry.entry_id, printer.id, "2026-11", job.id)
    assert titles(videos) == ["Time-lapse", "Time-lapse with the AI's marks"]
    assert all(
        child.can_play and not child.can_expand for child in videos.children or ()
    )


async def test_nothing_of_the_server_is_in_an_identifier(
    obico: Obico, printer: Printer
) -> None:
    job = printed(printer, NOON)
    folder = await browse(
        obico.hass, obico.entry.entry_id, printer.id, "2026-11", job.id
    )
    told = str(folder.as_dict())
    for secret in (*secrets_of(obico), obico.server.url, "localhost"):
        assert secret not in told


async def test_what_is_not_there_is_not_offered(obico: Obico, printer: Printer) -> None:
    printed(printer, NOON, video=False)
    assert titles(await browse(obico.hass, obico.entry.entry_id, printer.id)) == []


@pytest.mark.parametrize(
    ("media", "end"),
    [("", "video"), ("/video", "video"), ("/tagged_video", "tagged_video")],
)
async def test_a_video_is_played_by_its_path(
    obico: Obico, printer: Printer, media: str, end: str
) -> None:
    job = printed(printer, NOON)
    job.tagged_video_url = job.video_url
    found = await media_source.async_resolve_media(
        obico.hass,
        f"media-source://obico/{obico.entry.entry_id}/{printer.id}/2026-11/{job.id}{media}",
        None,
    )
    assert found.url == f"/api/obico/prints/{obico.entry.entry_id}/{job.id}/{end}"
    assert found.mime_type == "video/mp4"


async def test_a_video_plays_in_the_browser_of_a_user(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    job = printed(printer, NOON)
    socket = await hass_ws_client()
    await socket.send_json_auto_id(
        {
            "type": "media_source/resolve_media",
            "media_content_id": f"media-source://obico/{obico.entry.entry_id}/"
            f"{printer.id}/2026-11/{job.id}/video",
        }
    )
    answer = await socket.receive_json()
    assert answer["result"]["mime_type"] == "video/mp4"
    assert "authSig=" in answer["result"]["url"]


@pytest.mark.parametrize(
    "path",
    ["nothing", "{entry}", "{entry}/1/2026-11", "{entry}/1/2026-11/99",
     "{entry}/1/2026-11/x", "{entry}/1/2026-11/1/poster", "{entry}/1/2026-11/1/tagged_video"],
)  # fmt: skip
async def test_what_is_no_video_cannot_be_played(
    obico: Obico, printer: Printer, path: str
) -> None:
    printed(printer, NOON)
    with pytest.raises(Unresolvable):
        await media_source.async_resolve_media(
            obico.hass,
            f"media-source://obico/{path.format(entry=obico.entry.entry_id)}",
            None,
        )


@pytest.mark.parametrize(
    "path", ["nothing", "{entry}/9", "{entry}/1/2026-11/9", "{entry}/1/2/3/4"]
)
async def test_what_is_no_folder_cannot_be_opened(
    obico: Obico, printer: Printer, path: str
) -> None:
    with pytest.raises(BrowseError):
        await browse(obico.hass, path.format(entry=obico.entry.entry_id))


async def test_prints_are_found_by_the_name_of_their_file(
    obico: Obico, printer: Printer, server: ObicoServer
) -> None:
    other = server.add_account("other@example.com")
    await set_up(obico.hass, server, other)
    entry_id = obico.entry.entry_id
    printed(printer, NOON, filename="Große Vase.gcode")
    printed(printer, NOON - timedelta(days=40), filename="vase.gcode")
    printed(printer, NOON, filename="hook.gcode")
    assert len(await search(obico, "VASE")) == 2
    assert len(await search(obico, "große", entry_id)) == 1
    assert len(await search(obico, "vase", entry_id, printer.id, "2026-11")) == 1
    assert await search(obico, "nothing", entry_id, printer.id) == []
    found = await media_source.async_search_media(
        obico.hass,
        "media-source://obico",
        SearchMediaQuery(search_query="vase", media_filter_classes=[MediaClass.MUSIC]),
    )
    assert found.result == []


async def test_looking_around_asks_the_server_once(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    obico.server.requests.clear()
    for parts in ((), (printer.id,), (printer.id, "2026-11"), (printer.id, "2026-10")):
        await browse(obico.hass, obico.entry.entry_id, *parts)
    assert len(obico.server.requests.matching(PRINTS)) == 1


async def test_a_new_print_is_there_as_soon_as_it_has_ended(
    obico: Obico, printer: Printer, account: Account
) -> None:
    parts = (obico.entry.entry_id, printer.id)
    assert titles(await browse(obico.hass, *parts)) == []
    printed(printer, obico.server.clock.now() - timedelta(hours=2))
    await obico.poll()
    assert titles(await browse(obico.hass, *parts)) == []
    printer.begin_print("next.gcode")
    await obico.poll()
    assert titles(await browse(obico.hass, *parts)) == ["2026-11"]


async def test_a_server_that_is_down_says_so_and_leaves_what_is_known(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    await obico.server.refuse_connections()
    with pytest.raises(BrowseError):
        await browse(obico.hass, obico.entry.entry_id, printer.id)
    await obico.server.accept_connections()
    parts = (obico.entry.entry_id, printer.id)
    assert titles(await browse(obico.hass, *parts)) == ["2026-11"]
    await obico.server.refuse_connections()
    printer.begin_print("next.gcode")
    await obico.poll()
    assert titles(await browse(obico.hass, *parts)) == ["2026-11"]
