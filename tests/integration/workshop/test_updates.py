"""Updates: what is newer, and what an installation does.

The kind: an update that is offered for ever or never, one that begins during a print, and a
lost connection that is called a failure.
"""

import pytest

from custom_components.obico.aioobico import Component as ParsedComponent
from custom_components.obico.printer.workshop.versions import (
    installed_version,
    latest_version,
)
from dev import Phase
from tests.integration.control.support import failed, refused

from .support import Shop


def attributes(shop: Shop, component: str) -> dict[str, object]:
    """Return what an update entity shows besides its state."""
    return dict(shop.obico.state(shop.printer, f"update.update_{component}").attributes)


async def test_what_is_newer_is_offered(shop: Shop) -> None:
    shown = {
        name: (
            shop[f"update.update_{name}"],
            attributes(shop, name)["installed_version"],
            attributes(shop, name)["latest_version"],
        )
        for name in ("klipper", "moonraker", "mainsail", "system")
    }
    assert shown == {
        "klipper": ("on", "v0.12.0-85", "v0.12.0-100"),
        "moonraker": ("off", "v0.9.3-5", "v0.9.3-5"),
        "mainsail": ("on", "v2.9.0", "v2.10.1"),
        "system": ("on", "0", "2"),
    }
    assert attributes(shop, "system")["release_summary"] == "libtiff5, rpi-eeprom"
    assert str(attributes(shop, "klipper")["release_url"]).startswith(
        "https://github.com/Klipper3d/klipper/compare/"
    )
    assert (
        attributes(shop, "mainsail")["release_url"]
        == "https://github.com/mainsail-crew/mainsail/releases"
    )


@pytest.mark.parametrize(
    ("row", "installed", "latest"),
    [
        # Home Assistant's own comparison takes -100 for older than -85.
        (
            {
                "version": "v0.12.0-85-g1234567",
                "remote_version": "v0.12.0-100-g89abcde",
            },
            "v0.12.0-85-g1234567",
            "v0.12.0-100-g89abcde",
        ),
        (
            {
                "version": "v0.12.0-100-g89abcde",
                "remote_version": "v0.12.0-85-g1234567",
            },
            "v0.12.0-100-g89abcde",
            "v0.12.0-100-g89abcde",
        ),
        ({"version": "v0.9.3", "remote_version": "?"}, "v0.9.3", None),
        ({"version": "?", "remote_version": "v0.9.3"}, None, None),
        ({}, None, None),
        # Commits without a new number.
        (
            {
                "configured_type": "git_repo",
                "version": "v1",
                "remote_version": "v1",
                "commits_behind": [{"subject": "a"}],
            },
            "v1",
            "v1 +1",
        ),
        (
            {"version": "v1", "remote_version": "v2", "commits_behind_count": 4},
            "v1",
            "v2",
        ),
        ({"version": "v2.9.0", "remote_version": "v2.10.1"}, "v2.9.0", "v2.10.1"),
        ({"version": "v2.10.1", "remote_version": "v2.9.0"}, "v2.10.1", "v2.10.1"),
        ({"version": "2024a", "remote_version": "2024b"}, "2024a", "2024b"),
        ({"version": "v1.0-beta1", "remote_version": "v1.0"}, "v1.0-beta1", "v1.0"),
        ({"package_count": 0}, "0", "0"),
        ({"package_count": 3, "package_list": ["a"]}, "0", "3"),
        ({"version": 5, "remote_version": []}, None, None),
        ({"package_count": -1}, None, None),
        (
            {"version": "v1", "remote_version": "v1", "commits_behind_count": -4},
            "v1",
            "v1",
        ),
    ],
)
def test_newer_is_what_moonraker_says(
    row: dict[str, object], installed: str | None, latest: str | None
) -> None:
    component = ParsedComponent.from_dict("klipper", row)
    assert installed_version(component) == installed
    assert latest_version(component) == latest


@pytest.mark.parametrize(
    ("row", "url"),
    [
        (
            {
                "remote_url": "https://u:p@github.com/a/b.git",
                "configured_type": "git_repo",
            },
            "https://github.com/a/b",
        ),
        ({"remote_url": "https://evil.example/a/b.git"}, None),
        ({"remote_url": "https://[", "owner": "?", "repo_name": "b"}, None),
        ({"owner": "a/../x", "name": "b"}, "https://github.com/a%2F..%2Fx/b/releases"),
        ({"changelog_url": "https://example.org/log"}, "https://example.org/log"),
        ({"changelog_url": "javascript:alert(1)"}, None),
    ],
)
def test_the_address_of_the_changes_is_that_of_a_known_host(
    row: dict[str, object], url: str | None
) -> None:
    assert ParsedComponent.from_dict("b", row).changes_url == url


async def test_release_notes_tell_of_the_firmware(
    shop: Shop, hass_ws_client: object
) -> None:
    client = await hass_ws_client(shop.hass)  # type: ignore[operator]
    notes = {}
    for name in ("klipper", "moonraker", "mainsail", "system"):
        await client.send_json_auto_id(
            {
                "type": "update/release_notes",
                "entity_id": shop.obico.entity_id(
                    shop.printer, f"update.update_{name}"
                ),
            }
        )
        notes[name] = (await client.receive_json())["result"]
    assert "flashed" in notes["klipper"]
    assert "- stm32: Clear SPE flag\n- bed_mesh: Adaptive meshes" in notes["klipper"]
    assert notes["moonraker"] is None
    assert notes["mainsail"] is None
    assert notes["system"] == "- libtiff5\n- rpi-eeprom"


async def test_an_update_goes_on_by_itself(shop: Shop) -> None:
    await shop.call("update.update_klipper", "install")
    assert attributes(shop, "klipper")["in_progress"] is True
    assert attributes(shop, "mainsail")["in_progress"] is False
    await refused(shop.call("update.update_mainsail", "install"), "update_running")
    await shop.minute(8)
    assert attributes(shop, "klipper")["in_progress"] is False
    assert shop["update.update_klipper"] == "off"
    assert attributes(shop, "klipper")["installed_version"] == "v0.12.0-100"


async def test_moonraker_cuts_the_connection_when_it_is_updated(shop: Shop) -> None:
    assert shop.around.components is not None
    shop.around.components["moonraker"].remote_version = "v0.9.3-9"
    await shop.timelapse.pass_time(3900, step=30)
    assert shop["update.update_moonraker"] == "on"
    await shop.call("update.update_moonraker", "install")
    await shop.minute(8)
    assert shop["update.update_moonraker"] == "off"
    assert attributes(shop, "moonraker")["in_progress"] is False


async def test_nothing_is_updated_during_a_print(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    await refused(shop.call("update.update_klipper", "install"), "print_is_running")
    assert shop.around.updating is None


async def test_what_moonraker_refuses_is_an_error(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shop.klipper.run

    def refuse(target: str, func: str, call: object) -> object:
        if func == "machine/update/upgrade":
            raise ValueError(f'Error in calling "{func}" - "post"')
        return run(target, func, call)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.klipper, "run", refuse)
    await failed(shop.call("update.update_klipper", "install"), "agent_unexplained")
    assert attributes(shop, "klipper")["in_progress"] is False
