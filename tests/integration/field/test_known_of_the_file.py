"""Sensors that stay unknown for ever.

The kind: what one source does not tell, another one knows; what no source of an agent can
tell has no entity.
"""

from dataclasses import replace

import pytest

from dev import CUBE, Account, ObicoServer, Printer
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.support import (
    API,
    Json,
    Obico,
    config_entry,
    load_capture,
    set_up,
)

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

FILE = {"id": 7, "filename": "vase.gcode"}
NEVER_WITH_KLIPPER = ("last_print_time", "filament_volume")


@pytest.fixture
def voron(account: Account) -> Printer:
    return account.add_printer("Voron", agent="klipper")


def know(server: ObicoServer, **what: Json) -> None:
    """Let the server know something of the file that is printed."""

    def change(rows: Json) -> Json:
        for row in rows:
            if row["current_print"]:
                row["current_print"]["g_code_file"] = FILE | what
        return rows

    server.faults.change(f"{API}printers/", change)


async def enable(obico: Obico, printer: Printer, key: str) -> None:
    """Enable a sensor that is disabled by default."""
    registry = er.async_get(obico.hass)
    registry.async_update_entity(obico.entity_id(printer, key), disabled_by=None)
    await obico.reload()


@pytest.mark.parametrize(
    ("known", "time", "length"),
    [
        ({"estimated_time": 3724.0, "filament_total": 5918.0}, 3724.0, 5.918),
        ({"estimated_time": 61}, 61.0, None),
        ({"filament_total": 1000.4}, None, 1.0),
        ({"estimated_time": None, "filament_total": "much"}, None, None),
        ({"estimated_time": -5, "filament_total": -1.0}, 0.0, 0.0),
    ],
)
@pytest.mark.parametrize("agent", ["klipper", "octoprint"])
async def test_what_the_server_knows_of_the_file_fills_in(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    agent: str,
    known: dict[str, Json],
    time: float | None,
    length: float | None,
) -> None:
    printer = account.add_printer(
        "Maker", agent="klipper" if agent == "klipper" else "octoprint"
    )
    printer.agent.start_print(replace(CUBE, path="vase.gcode", analysed=False))
    await server.advance(60)
    know(server, **known)
    obico = await set_up(hass, server, account)
    hours = None if time is None else time / 3600
    for key, value in (("estimated_print_time", hours), ("filament_length", length)):
        shown = obico.value(printer, f"sensor.{key}")
        if value is None:
            assert shown == STATE_UNKNOWN
        else:
            assert float(shown) == pytest.approx(value)


async def test_what_the_agent_says_counts_more(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    printer.agent.start_print(CUBE)
    await server.advance(60)
    know(server, estimated_time=1.0, filament_total=1.0)
    obico = await set_up(hass, server, account)
    shown = float(obico.value(printer, "sensor.estimated_print_time"))
    assert shown * 3600 == pytest.approx(CUBE.estimate)
    assert float(obico.value(printer, "sensor.filament_length")) == pytest.approx(
        CUBE.filament / 1000
    )


async def test_what_klipper_never_tells_has_no_entity(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    voron: Printer,
) -> None:
    obico = await set_up(hass, server, account)
    for key in NEVER_WITH_KLIPPER:
        assert obico.find_entity_id(voron, f"sensor.{key}") is None
        assert obico.find_entity_id(printer, f"sensor.{key}") is not None
    assert obico.find_entity_id(printer, "sensor.filament_used") is None


async def test_what_an_earlier_version_made_goes_away(
    hass: HomeAssistant, server: ObicoServer, account: Account, voron: Printer
) -> None:
    entry = config_entry(server, account)
    entry.add_to_hass(hass)
    registry = er.async_get(hass)
    for key in (*NEVER_WITH_KLIPPER, "progress"):
        registry.async_get_or_create(
            "sensor",
            "obico",
            f"{entry.unique_id}_{voron.id}_{key}",
            config_entry=entry,
        )
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    await obico.set_up()
    for key in NEVER_WITH_KLIPPER:
        assert obico.find_entity_id(voron, f"sensor.{key}") is None
    assert obico.find_entity_id(voron, "sensor.progress") is not None


async def test_a_printer_that_gets_another_agent_changes_its_entities(
    obico: Obico, printer: Printer
) -> None:
    assert obico.find_entity_id(printer, "sensor.filament_volume") is not None
    for capture, has_volume in (
        ("printer_klipper_printing", False),
        ("printer_printing", True),
    ):
        recorded = load_capture(capture)
        printer.load_state(recorded)
        await obico.poll()
        found = obico.find_entity_id(printer, "sensor.filament_volume")
        assert (found is not None) is has_volume
        assert (
            obico.find_entity_id(printer, "sensor.filament_used") is not None
        ) is not has_volume


async def test_filament_used_is_what_ran_through_so_far(
    hass: HomeAssistant, server: ObicoServer, account: Account, voron: Printer
) -> None:
    obico = await set_up(hass, server, account)
    await enable(obico, voron, "sensor.filament_used")
    assert obico.value(voron, "sensor.filament_used") == STATE_UNKNOWN
    voron.agent.start_print(CUBE)
    shown = []
    for _ in range(3):
        await server.advance(300)
        await obico.poll()
        state = obico.state(voron, "sensor.filament_used")
        assert state.attributes["unit_of_measurement"] == "m"
        shown.append(float(state.state))
    assert shown == sorted(set(shown))
    assert shown[0] > 0
    assert shown[-1] < CUBE.filament / 1000
