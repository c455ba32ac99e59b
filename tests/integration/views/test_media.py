"""Videos and pictures through Home Assistant: in parts, for those who may see them."""

import asyncio
from datetime import UTC, datetime

from aiohttp import ClientPayloadError, web
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import SHORT, Account, ObicoServer, Print, Printer
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_READ_ONLY
from homeassistant.auth.models import Group, User
from homeassistant.auth.permissions.const import CAT_ENTITIES
from homeassistant.core import HomeAssistant
from tests.integration.prints.past import printed
from tests.integration.support import API, Obico

type Client = TestClient[web.Request, web.Application]

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def job(printer: Printer) -> Print:
    """Give a print with a video."""
    return printed(printer, NOON)


@pytest.fixture
async def user(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Client:
    client: Client = await hass_client()
    return client


def path_of(obico: Obico, job: Print, media: str = "video") -> str:
    return f"/api/obico/prints/{obico.entry.entry_id}/{job.id}/{media}"


def video_of(obico: Obico, job: Print) -> bytes:
    """Return the video as the server has it."""
    assert job.video_url is not None
    path = job.video_url.removeprefix(obico.server.media.site).partition("?")[0]
    content = obico.server.media.get(path)
    assert content is not None
    return content


async def test_a_video_is_passed_on(obico: Obico, user: Client, job: Print) -> None:
    response = await user.get(path_of(obico, job))
    assert response.status == 200
    assert response.content_type == "video/mp4"
    assert response.headers["Accept-Ranges"] == "bytes"
    video = video_of(obico, job)
    assert response.content_length == len(video)
    assert await response.read() == video
    (fetched,) = [each for each in obico.server.requests if "timelapses" in each.path]
    # Wherever the video is, it is no place for the token.
    assert "Authorization" not in fetched.headers


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=0-3", 0, 4), ("bytes=1000-", 1000, None), ("bytes=-10", -10, None)],
)
async def test_a_part_is_passed_on_as_such(
    obico: Obico,
    user: Client,
    job: Print,
    wanted: str,
    start: int,
    stop: int | None,
) -> None:
    response = await user.get(path_of(obico, job), headers={"Range": wanted})
    assert response.status == 206
    whole = video_of(obico, job)
    assert await response.read() == whole[start:stop]
    assert response.headers["Content-Range"].endswith(f"/{len(whole)}")


async def test_a_part_beyond_the_end_is_refused(
    obico: Obico, user: Client, job: Print
) -> None:
    response = await user.get(path_of(obico, job), headers={"Range": "bytes=9999999-"})
    assert response.status == 416
    assert response.headers["Content-Range"].startswith("bytes */")


async def test_the_headers_are_told_alone(
    obico: Obico, user: Client, job: Print
) -> None:
    response = await user.head(path_of(obico, job))
    assert response.status == 200
    assert response.headers["Content-Length"] == str(len(video_of(obico, job)))
    assert await response.read() == b""


async def test_a_player_that_seeks_asks_the_server_for_the_address_once(
    obico: Obico, user: Client, job: Print
) -> None:
    for start in (0, 1000, 2000):
        headers = {"Range": f"bytes={start}-{start + 9}"}
        assert (await user.get(path_of(obico, job), headers=headers)).status == 206
    assert len(obico.server.requests.matching(f"{API}prints/{job.id}/")) == 1


async def test_an_address_that_has_expired_is_replaced(
    obico: Obico, user: Client, job: Print
) -> None:
    assert (await user.get(path_of(obico, job))).status == 200
    media = obico.server.media
    assert job.video_url is not None
    media.remove(job.video_url)
    job.video_url = media.put_video("/media/tsd-timelapses/moved.mp4", lambda: b"moved")
    response = await user.get(path_of(obico, job))
    assert await response.read() == b"moved"


@pytest.mark.parametrize("media", ["tagged_video", "thumbnail", "secret", "video"])
async def test_what_is_not_there_is_not_found(
    obico: Obico, user: Client, job: Print, media: str
) -> None:
    job.video_url = None
    assert (await user.get(path_of(obico, job, media))).status == 404


async def test_a_video_that_the_storage_has_lost_is_not_found(
    obico: Obico, user: Client, job: Print
) -> None:
    assert job.video_url is not None
    obico.server.media.remove(job.video_url)
    assert (await user.get(path_of(obico, job))).status == 404


async def test_the_poster_is_a_picture(
    obico: Obico, user: Client, printer: Printer, job: Print
) -> None:
    response = await user.get(path_of(obico, job, "poster"))
    assert (response.status, response.content_type) == (200, "image/jpeg")
    assert "private" in response.headers["Cache-Control"]
    job.poster_url = obico.server.media.put("posters/x.jpg", lambda: b"<html>")
    other = printed(printer, NOON)
    other.poster_url = job.poster_url
    assert (await user.get(path_of(obico, other, "poster"))).status == 404


async def test_a_page_is_not_shown_for_a_video(
    obico: Obico, user: Client, job: Print
) -> None:
    # What has no name of a video is labelled as a picture there.
    job.video_url = obico.server.media.put("page.html", lambda: b"<script>")
    assert (await user.get(path_of(obico, job))).status == 502


async def test_the_marked_video_and_the_thumbnail_are_passed_on(
    obico: Obico, user: Client, printer: Printer, job: Print
) -> None:
    printer.begin_print("other.gcode")
    other = printer.current_print
    assert other is not None
    job.tagged_video_url = obico.server.media.put_video(
        "/media/t.mp4", lambda: b"marks"
    )
    response = await user.get(path_of(obico, job, "tagged_video"))
    assert await response.read() == b"marks"


async def test_a_print_of_another_account_is_not_found(
    obico: Obico, user: Client, server: ObicoServer
) -> None:
    other = server.add_account("other@example.com").add_printer("Other")
    assert (await user.get(path_of(obico, printed(other, NOON)))).status == 404
    assert (await user.get("/api/obico/prints/nothing/1/video")).status == 404


async def test_a_server_that_is_down_is_a_bad_gateway(
    obico: Obico, user: Client, job: Print
) -> None:
    await obico.server.refuse_connections()
    assert (await user.get(path_of(obico, job))).status == 502


async def test_a_revoked_token_starts_the_reauthentication(
    obico: Obico, user: Client, job: Print, account: Account
) -> None:
    account.revoke_token()
    assert (await user.get(path_of(obico, job))).status == 502
    await obico.hass.async_block_till_done()
    (flow,) = obico.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_nobody_sees_anything_without_signing_in(
    obico: Obico, job: Print, hass_client_no_auth: ClientSessionGenerator
) -> None:
    stranger = await hass_client_no_auth()
    assert (await stranger.get(path_of(obico, job))).status == 401


async def test_an_account_that_is_not_set_up_has_no_videos(
    obico: Obico, user: Client, job: Print
) -> None:
    await obico.unload()
    assert (await user.get(path_of(obico, job))).status == 404


async def token_of(hass: HomeAssistant, user: User) -> str:
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/app")
    return hass.auth.async_create_access_token(token)


async def test_who_may_only_look_sees_the_video(
    obico: Obico, job: Print, hass_client_no_auth: ClientSessionGenerator
) -> None:
    hass = obico.hass
    await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    guest = await hass.auth.async_create_user("Guest", group_ids=[GROUP_ID_READ_ONLY])
    client = await hass_client_no_auth()
    headers = {"Authorization": f"Bearer {await token_of(hass, guest)}"}
    assert (await client.get(path_of(obico, job), headers=headers)).status == 200


async def test_who_may_not_see_the_printer_sees_no_video(
    obico: Obico, job: Print, hass_client_no_auth: ClientSessionGenerator
) -> None:
    hass = obico.hass
    await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    guest = await hass.auth.async_create_user("Guest", group_ids=[])
    group = Group(name="Lamps", policy={CAT_ENTITIES: {"domains": {"light": True}}})
    guest.groups.append(group)
    client = await hass_client_no_auth()
    headers = {"Authorization": f"Bearer {await token_of(hass, guest)}"}
    response = await client.get(path_of(obico, job), headers=headers)
    assert response.status == 401


async def test_frames_are_seen(obico: Obico, user: Client, printer: Printer) -> None:
    printer.columns["min_timelapse_secs_on_finish"] = 10
    printer.agent.start_print(SHORT)
    await obico.server.advance(150)
    (job,) = obico.server.prints.values()
    base = f"/api/obico/prints/{obico.entry.entry_id}/{job.id}/frames/"
    assert job.shots
    response = await user.get(f"{base}{job.shots[0].id}")
    assert (response.status, response.content_type) == (200, "image/jpeg")
    assert (await user.get(f"{base}999")).status == 404


async def test_the_picture_of_a_file_is_seen(
    obico: Obico, user: Client, account: Account, printer: Printer
) -> None:
    file = account.add_cloud_file("benchy.gcode")
    path = f"/api/obico/files/{obico.entry.entry_id}/{file.id}/thumbnail"
    assert (await user.get(path)).status == 404
    file.thumbnail1_url = printed(printer, NOON).poster_url
    response = await user.get(path)
    assert (response.status, response.content_type) == (200, "image/jpeg")


async def test_the_picture_of_an_event_is_seen_by_who_may_see_the_printer(
    obico: Obico,
    user: Client,
    printer: Printer,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    hass, server = obico.hass, obico.server
    event = server.add_event(printer, "PAUSED")
    event.image_url = printed(printer, NOON).poster_url
    base = f"/api/obico/events/{obico.entry.entry_id}"
    response = await user.get(f"{base}/{event.id}/picture")
    assert (response.status, response.content_type) == (200, "image/jpeg")
    event.image_url = None
    assert (await user.get(f"{base}/{event.id}/picture")).status == 404
    assert (await user.get(f"{base}/999/picture")).status == 404

    await hass.auth.async_create_user("Owner", group_ids=[GROUP_ID_ADMIN])
    guest = await hass.auth.async_create_user("Guest", group_ids=[])
    guest.groups.append(Group(name="Lamps", policy={CAT_ENTITIES: {"domains": {}}}))
    client = await hass_client_no_auth()
    headers = {"Authorization": f"Bearer {await token_of(hass, guest)}"}
    response = await client.get(f"{base}/{event.id}/picture", headers=headers)
    assert response.status == 401


async def test_a_video_that_breaks_off_is_not_taken_for_the_whole(
    obico: Obico, user: Client, job: Print
) -> None:
    async def break_off(request: web.Request, _: object) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        response.content_type = "video/mp4"
        await response.prepare(request)
        await response.write(b"x" * 1000)
        assert request.transport is not None
        request.transport.abort()
        return response

    obico.server.faults.add("/media/*", break_off)
    response = await user.get(path_of(obico, job))
    assert response.status == 200
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_a_video_ends_with_the_account(
    obico: Obico, user: Client, job: Print
) -> None:
    going_on = asyncio.Event()

    async def slowly(request: web.Request, _: object) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100000"})
        response.content_type = "video/mp4"
        await response.prepare(request)
        await response.write(b"x" * 1000)
        await going_on.wait()
        await response.write(b"y" * 1000)
        return response

    obico.server.faults.add("/media/*", slowly)
    response = await user.get(path_of(obico, job))
    assert await response.content.read(1000) == b"x" * 1000
    await obico.unload()
    going_on.set()
    with pytest.raises(ClientPayloadError):
        await response.read()
