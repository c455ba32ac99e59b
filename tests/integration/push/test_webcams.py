"""Every webcam of a printer: which cameras there are, and that their pictures are of now."""

import asyncio
from contextlib import suppress
from io import BytesIO
import json
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageChops, ImageStat
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.obico.const import CONF_LOW_BANDWIDTH
from dev import SHORT, Account, Printer, Webcam
from homeassistant.components.camera import async_get_image
from homeassistant.const import STATE_UNAVAILABLE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import Prepared

WEBCAM = "camera.webcam"
NOZZLE = "camera.webcam_nozzle_cam"
CHAMBER_CAM = Webcam(name="Chamber cam", flip_horizontal=True, rotation=90)
NOZZLE_CAM = Webcam(
    name="Nozzle cam",
    rotation=180,
    is_primary=False,
    is_nozzle=True,
    path="/webcam2/?action=snapshot",
)


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a user who enables everything."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
def printer(account: Account) -> Printer:
    """Give a Klipper printer with two webcams, both turned."""
    return account.add_printer(
        "Voron", agent="klipper", webcams=[CHAMBER_CAM, NOZZLE_CAM]
    )


def cameras(hass: HomeAssistant, printer: Printer) -> set[str]:
    """Return the keys of the cameras of a printer."""
    mark = f"_{printer.id}_"
    return {
        entry.unique_id.partition(mark)[2]
        for entry in er.async_get(hass).entities.values()
        if entry.domain == Platform.CAMERA and mark in entry.unique_id
    }


async def look(obico: Obico, printer: Printer, key: str = WEBCAM) -> bytes:
    """Return the picture that a camera shows."""
    return (await async_get_image(obico.hass, obico.entity_id(printer, key))).content


def assert_same(shown: bytes, upright: bytes) -> None:
    """Assert that two pictures show the same, but for how they are compressed."""
    a, b = (Image.open(BytesIO(each)).convert("RGB") for each in (shown, upright))
    assert a.size == b.size
    assert max(ImageStat.Stat(ImageChops.difference(a, b)).mean) < 3


async def change(
    printer: Printer,
    timelapse: Timelapse,
    *webcams: Webcam,
) -> None:
    """Change the webcams of a printer, which its agent reports at once."""
    printer.agent.webcams = webcams
    printer.agent.report()
    await timelapse.settle()


async def test_each_webcam_is_a_camera(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
) -> None:
    assert cameras(obico.hass, printer) == {"webcam", "webcam_nozzle_cam"}
    assert obico.state(printer, WEBCAM).name == "Voron Webcam"
    assert obico.state(printer, NOZZLE).name == "Voron Webcam Nozzle cam"


async def test_further_webcams_wait_to_be_enabled(
    obico: Obico,
    printer: Printer,
) -> None:
    entry = er.async_get(obico.hass).async_get(obico.entity_id(printer, NOZZLE))
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert obico.value(printer, WEBCAM) == "idle"


async def test_each_picture_is_of_now_and_upright(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    for key, webcam in ((WEBCAM, CHAMBER_CAM), (NOZZLE, NOZZLE_CAM)):
        shown = await look(obico, printer, key)
        assert_same(shown, printer.agent.shot(webcam).upright())
        await timelapse.pass_time(2)
        assert await look(obico, printer, key) != shown
        assert_same(
            await look(obico, printer, key), printer.agent.shot(webcam).upright()
        )
    assert not [each for each in obico.server.requests if "/media/" in each.path]


async def test_a_picture_during_a_print_is_of_now_too(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    printer.agent.start_print(SHORT)
    for _ in range(3):
        await timelapse.pass_time(3, step=1)
        assert_same(await look(obico, printer), printer.agent.shot().upright())


@pytest.mark.parametrize("is_printing", [False, True])
async def test_a_snapshot_of_each_camera_is_of_now(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    tmp_path: Path,
    is_printing: bool,
) -> None:
    obico.hass.config.allowlist_external_dirs = {str(tmp_path)}
    if is_printing:
        printer.agent.start_print(SHORT)
    taken = set()
    for moment in range(3):
        await timelapse.pass_time(3, step=1)
        for key, webcam in ((WEBCAM, CHAMBER_CAM), (NOZZLE, NOZZLE_CAM)):
            file = tmp_path / f"{key}_{moment}.jpg"
            await obico.hass.services.async_call(
                "camera",
                "snapshot",
                {"entity_id": obico.entity_id(printer, key), "filename": str(file)},
                blocking=True,
            )
            assert_same(file.read_bytes(), printer.agent.shot(webcam).upright())
            taken.add(file.read_bytes())
    assert len(taken) == 6


async def test_a_snapshot_of_a_webcam_without_a_picture_says_so(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    tmp_path: Path,
) -> None:
    obico.hass.config.allowlist_external_dirs = {str(tmp_path)}
    printer.agent.camera = False
    entity_id = obico.entity_id(printer, NOZZLE)
    with pytest.raises(HomeAssistantError) as caught:
        await obico.hass.services.async_call(
            "camera",
            "snapshot",
            {"entity_id": entity_id, "filename": str(tmp_path / "a.jpg")},
            blocking=True,
        )
    assert caught.value.translation_key == "no_picture"
    assert caught.value.translation_placeholders == {"entity_id": entity_id}
    assert not (tmp_path / "a.jpg").exists()


async def test_a_snapshot_with_low_bandwidth_is_of_now_too(
    prepared: Prepared,
    account: Account,
    timelapse: Timelapse,
) -> None:
    printer = account.add_printer("Voron", agent="klipper", webcams=[CHAMBER_CAM])
    obico = await prepared.follow()
    obico.hass.config_entries.async_update_entry(
        obico.entry, options={CONF_LOW_BANDWIDTH: True}
    )
    await obico.reload()
    await timelapse.settle()
    for _ in range(2):
        await timelapse.pass_time(2)
        assert_same(await look(obico, printer), printer.agent.shot().upright())


async def test_all_who_look_at_once_share_one_picture(
    obico: Obico,
    printer: Printer,
) -> None:
    shown = await asyncio.gather(*(look(obico, printer) for _ in range(5)))
    assert len(set(shown)) == 1
    assert len(printer.agent.fetched) == 1


async def test_nobody_who_does_not_look_costs_anything(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(120)
    assert printer.agent.fetched == []


async def test_the_agent_only_fetches_what_the_printer_lists(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither names, nor addresses that the server tells beside the list."""
    bad = "http://192.168.0.1/reboot"
    settings = printer.agent.settings()
    assert isinstance(settings["webcams"], list)
    settings["webcams"].append({"name": bad})
    for webcam in settings["webcams"]:
        assert isinstance(webcam, dict)
        webcam |= dict.fromkeys(
            ("snapshot_url", "url", "snapshot", "stream_url", "path"), bad
        )
    monkeypatch.setattr(printer.agent, "settings", lambda: settings)
    printer.agent.report()
    await timelapse.settle()
    assert len(cameras(obico.hass, printer)) == 3
    for key in cameras(obico.hass, printer):
        try:
            await look(obico, printer, f"camera.{key}")
        except HomeAssistantError:
            assert "192_168" in key
    assert set(printer.agent.fetched) == {
        "http://127.0.0.1/webcam/?action=snapshot",
        "http://127.0.0.1/webcam2/?action=snapshot",
    }
    assert bad not in json.dumps(printer.agent.fetched)


@pytest.mark.parametrize(
    "name",
    [
        "http://user:secret@192.168.0.1/reboot",
        "//192.168.0.1/reboot",
        "file:///etc/passwd",
        "%68ttp://192.168.0.1/reboot",
        "../../reboot",
        "/webcam2/?action=snapshot",
        "Nozzle%20cam",
        "{{ states('input_text.address') }}",
    ],
)
async def test_a_name_that_the_server_changes_leads_nowhere_else(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """It is looked at before and after, as somebody would whose server was taken over."""
    addresses = {
        "http://127.0.0.1/webcam/?action=snapshot",
        "http://127.0.0.1/webcam2/?action=snapshot",
    }
    for key in (WEBCAM, NOZZLE):
        await look(obico, printer, key)
    settings = printer.agent.settings()
    assert isinstance(settings["webcams"], list)
    for webcam in settings["webcams"]:
        assert isinstance(webcam, dict)
        webcam["name"] = name
    monkeypatch.setattr(printer.agent, "settings", lambda: settings)
    printer.agent.report()
    await timelapse.settle()
    await timelapse.pass_time(400)
    assert len(cameras(obico.hass, printer)) == 2
    printer.agent.fetched.clear()
    for key in cameras(obico.hass, printer):
        with suppress(HomeAssistantError):
            await look(obico, printer, f"camera.{key}")
    assert addresses.issuperset(printer.agent.fetched)


async def test_an_address_that_holds_a_password_is_in_no_log_and_no_state(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", "custom_components.obico")
    await change(printer, timelapse, Webcam(name="cam", path="/snap?password=hunter2"))
    await look(obico, printer)
    assert printer.agent.fetched[-1].endswith("/snap?password=hunter2")
    printer.agent.camera = False
    await timelapse.pass_time(5)
    with suppress(HomeAssistantError):
        await look(obico, printer)
    assert "takes no picture" in caplog.text
    assert "hunter2" not in caplog.text
    assert "hunter2" not in str(obico.hass.states.async_all())


async def test_a_webcam_appears_and_disappears_without_a_reload(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    side = Webcam(name="Side", is_primary=False, path="/webcam3/?action=snapshot")
    await change(printer, timelapse, CHAMBER_CAM, NOZZLE_CAM, side)
    assert obico.value(printer, "camera.webcam_side") == "idle"
    assert_same(
        await look(obico, printer, "camera.webcam_side"),
        printer.agent.shot(side).upright(),
    )
    entity_id = obico.entity_id(printer, NOZZLE)
    await change(printer, timelapse, CHAMBER_CAM, side)
    assert cameras(obico.hass, printer) == {"webcam", "webcam_side"}
    assert obico.hass.states.get(entity_id) is None
    await change(printer, timelapse, side, NOZZLE_CAM, CHAMBER_CAM)
    assert obico.entity_id(printer, NOZZLE) == entity_id
    assert obico.value(printer, NOZZLE) == "idle"


async def test_a_webcam_that_is_turned_anew_is_upright_at_once(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    await look(obico, printer, NOZZLE)
    turned = Webcam(
        name="Nozzle cam", is_primary=False, rotation=270, path=NOZZLE_CAM.path
    )
    await change(printer, timelapse, CHAMBER_CAM, turned)
    assert_same(
        await look(obico, printer, NOZZLE), printer.agent.shot(turned).upright()
    )


NAMES = ["cam", "Cam", "CAM!", "cam 2", "", "\U0001f600", "камера", "x" * 300]


async def test_every_name_has_a_key_of_its_own_that_stays(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    further = [Webcam(name=name, is_primary=False) for name in (*NAMES, "cam", "  ")]
    await change(printer, timelapse, CHAMBER_CAM, *further)
    known = {
        webcam.name: webcam.key
        for webcam in obico.entry.runtime_data.webcams.of(printer.id)
    }
    assert cameras(obico.hass, printer) >= {"webcam_cam", "webcam_cam_2", "webcam_2"}
    assert len(cameras(obico.hass, printer)) == len(further) + 1
    for entity_id in obico.hass.states.async_entity_ids("camera"):
        assert len(entity_id) < 200
    await change(printer, timelapse, CHAMBER_CAM, *reversed(further[2:-2]))
    await obico.reload()
    await timelapse.settle()
    left = obico.entry.runtime_data.webcams.of(printer.id)
    assert len(left) == len(further) - 3
    assert {known[webcam.name] for webcam in left} == {webcam.key for webcam in left}
    assert cameras(obico.hass, printer) == {webcam.key for webcam in left}


async def test_another_webcam_can_become_the_primary_one(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    primary = Webcam(name="Nozzle cam", path=NOZZLE_CAM.path)
    other = Webcam(name="Chamber cam", is_primary=False)
    await change(printer, timelapse, other, primary)
    assert cameras(obico.hass, printer) == {"webcam", "webcam_chamber_cam"}
    assert_same(await look(obico, printer), printer.agent.shot(primary).upright())


async def test_what_an_offline_agent_has_said_last_stays(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    printer.agent.go_offline()
    await timelapse.settle()
    assert obico.value(printer, NOZZLE) == STATE_UNAVAILABLE
    await obico.reload()
    await timelapse.settle()
    assert cameras(obico.hass, printer) == {"webcam", "webcam_nozzle_cam"}
    printer.agent.fetched.clear()
    with pytest.raises(HomeAssistantError):
        await look(obico, printer, NOZZLE)
    assert printer.agent.fetched == []


async def test_at_most_so_many_webcams(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    many = [Webcam(name=f"cam {number}", is_primary=False) for number in range(100)]
    await change(printer, timelapse, CHAMBER_CAM, *many)
    assert len(cameras(obico.hass, printer)) == 16


async def test_octoprint_shows_its_default_webcam(
    prepared: Prepared,
    account: Account,
) -> None:
    printer = account.add_printer(
        "Prusa", agent="octoprint", webcams=[Webcam(rotation=90)]
    )
    obico = await prepared.follow()
    assert_same(await look(obico, printer), printer.agent.shot().upright())
    assert printer.agent.fetched == ["http://localhost/webcam/?action=snapshot"]


async def test_octoprint_without_streaming_has_one_camera(
    all_enabled: None,
    prepared: Prepared,
    account: Account,
) -> None:
    plain = account.add_printer("Ender", agent="octoprint")
    both = account.add_printer(
        "Prusa",
        agent="octoprint",
        webcams=[
            Webcam(),
            Webcam(name="Streamed", is_primary=False, stream_mode="h264_copy"),
            Webcam(name="Still", is_primary=False, stream_mode=""),
        ],
    )
    obico = await prepared.follow()
    assert cameras(obico.hass, plain) == {"webcam"}
    assert cameras(obico.hass, both) == {"webcam", "webcam_streamed"}
    with pytest.raises(HomeAssistantError):
        await look(obico, both, "camera.webcam_streamed")
    assert both.agent.fetched == []


async def test_where_the_agent_takes_none_the_picture_is_the_servers(
    prepared: Prepared,
    account: Account,
    timelapse: Timelapse,
) -> None:
    """The webcam of many OctoPrints is elsewhere than where OctoPi has it."""
    printer = account.add_printer(
        "Prusa", agent="octoprint", webcams=[Webcam(path="/elsewhere.jpg")]
    )
    printer.agent.start_print(SHORT)
    obico = await prepared.follow()
    await timelapse.pass_time(15)
    shot = printer.shot
    assert shot is not None
    assert not isinstance(shot, bytes)
    assert_same(await look(obico, printer), shot.upright())
    assert obico.state(printer, WEBCAM).attributes["stale_since"] is None
    await timelapse.pass_time(5)
    await look(obico, printer)
    assert len(printer.agent.fetched) == 1
    await timelapse.pass_time(10)
    await look(obico, printer)
    assert len(printer.agent.fetched) == 2


async def test_a_further_webcam_that_gives_none_keeps_its_last_picture(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    shown = await look(obico, printer, NOZZLE)
    printer.agent.camera = False
    await timelapse.pass_time(2)
    assert await look(obico, printer, NOZZLE) == shown
    assert obico.state(printer, NOZZLE).attributes["stale_since"] is not None
    printer.agent.camera = True
    await timelapse.pass_time(15)
    assert await look(obico, printer, NOZZLE) != shown
    assert obico.state(printer, NOZZLE).attributes["stale_since"] is None


async def test_what_is_no_picture_is_not_shown(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Page:
        def raw(self) -> bytes:
            return b"<html>Sign in</html>"

    monkeypatch.setattr(printer.agent, "fetch", lambda _address: Page())
    with pytest.raises(HomeAssistantError):
        await look(obico, printer, NOZZLE)


async def test_the_keys_of_a_deleted_printer_are_forgotten(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
) -> None:
    webcams = obico.entry.runtime_data.webcams
    assert list(webcams.printers) == [printer.id]
    printer.delete()
    await obico.poll()
    await timelapse.settle()
    assert list(webcams.printers) == []


async def test_no_attribute_tells_where_a_webcam_is(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
) -> None:
    await look(obico, printer, NOZZLE)
    for key in (WEBCAM, NOZZLE):
        assert "webcam2/" not in str(obico.state(printer, key).attributes)


@pytest.mark.parametrize("printer_agent", ["klipper", "octoprint"])
async def test_nothing_that_a_user_says_is_fetched(
    all_enabled: None,
    prepared: Prepared,
    account: Account,
    timelapse: Timelapse,
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
    printer_agent: Literal["klipper", "octoprint"],
) -> None:
    """Neither in names and file names, nor in templates, nor in a request's query."""
    bad = "http://192.168.0.1/reboot"
    printer = account.add_printer(
        bad, agent=printer_agent, webcams=[Webcam(name=bad, stream_mode="h264_copy")]
    )
    obico = await prepared.follow()
    hass = obico.hass
    entity_id = obico.entity_id(printer, WEBCAM)
    er.async_get(hass).async_update_entity(
        entity_id, name=bad, aliases=[bad], new_entity_id="camera.renamed"
    )
    await timelapse.settle()
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    hass.states.async_set("input_text.address", bad)
    for filename in (
        f"{tmp_path}/{{{{ states('input_text.address') | urlencode | slugify }}}}.jpg",
        f"{tmp_path}/snapshot_url={bad}",
    ):
        # The second one is in a folder that is not there.
        with suppress(HomeAssistantError, OSError):
            await hass.services.async_call(
                "camera",
                "snapshot",
                {"entity_id": "camera.renamed", "filename": filename},
                blocking=True,
            )
        await timelapse.pass_time(2)
    client = await hass_client()
    for query in (
        {"url": bad, "snapshot_url": bad},
        {"width": "1", "height": bad},
        {"args": f'["{bad}"]', "webcam": bad},
    ):
        await client.get("/api/camera_proxy/camera.renamed", params=query)
        await timelapse.pass_time(2)
    local = "127.0.0.1" if printer_agent == "klipper" else "localhost"
    assert set(printer.agent.fetched) == {f"http://{local}/webcam/?action=snapshot"}


async def test_what_was_stored_of_keys_and_cannot_be_read_starts_anew(
    all_enabled: None,
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    hass_storage: dict[str, Any],
) -> None:
    await obico.unload()
    stored = hass_storage[f"obico.{obico.entry.entry_id}"]["data"]
    assert stored["webcams"] == {
        str(printer.id): [
            {"name": "Nozzle cam", "number": 1, "key": "webcam_nozzle_cam"}
        ]
    }
    stored["webcams"][str(printer.id)] += [
        7,
        {"name": "x", "number": "one", "key": "webcam_x"},
        {"name": "gone", "number": 1, "key": "webcam_gone"},
    ]
    await obico.set_up()
    await timelapse.settle()
    assert cameras(obico.hass, printer) == {"webcam", "webcam_nozzle_cam"}
    assert list(obico.entry.runtime_data.webcams.printers) == [printer.id]


async def test_a_printer_that_was_never_connected_has_no_camera(
    prepared: Prepared, account: Account
) -> None:
    printer = account.add_printer("New in its box")
    obico = await prepared.follow()
    assert cameras(obico.hass, printer) == set()
