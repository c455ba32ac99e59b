"""A Klipper printer with all that can stand around it, as its user has it at hand."""

import pytest

from dev import Account, KlipperAgent, Macro, OctoPrintAgent, Printer, Spool, square
from dev.scenario import components
from homeassistant.helpers.entity import Entity
from tests.integration.automation.conftest import automations  # noqa: F401
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.services.support import Actions
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

from .support import Shop


def equip(agent: KlipperAgent) -> None:
    """Put everything around a printer."""
    agent.power_devices = {"printer": "on", "Chamber light": "off"}
    shop = agent.workshop
    shop.unlocked_devices = {"Chamber light"}
    shop.macros = {
        "CLEAN_NOZZLE": Macro(says=["Wiping at 210 °C", "Done"]),
        "SLOW_CALIBRATION": Macro(seconds=120, says=["Heating"]),
        "NEEDS_HOMING": Macro(refuses=True),
        "_INTERNAL": Macro(),
    }
    shop.objects = [square("CLIP_1", 50, 60), square("CLIP_2", 90, 60)]
    shop.add_spools(
        Spool(id=3, name="Reactor Red", used=587.5),
        Spool(id=7, name="Sky", material="PETG", color="00AAFF"),
        active=3,
    )
    shop.components = components()


@pytest.fixture
def agent_name(request: pytest.FixtureRequest) -> str:
    """Name the agent: Klipper's, unless a test wants another one."""
    name: str = getattr(request, "param", "klipper")
    return name


@pytest.fixture
def printer(account: Account, agent_name: str) -> Printer:
    if agent_name == "octoprint":
        printer = account.add_printer("Prusa MK4", agent="octoprint")
        assert isinstance(printer.agent, OctoPrintAgent)
        return printer
    printer = account.add_printer("Voron 2.4", agent="klipper")
    assert isinstance(printer.agent, KlipperAgent)
    if agent_name == "klipper":
        equip(printer.agent)
    return printer


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a user who enables everything."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def shop(
    all_enabled: None,
    agent_name: str,
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """Give the printer with everything enabled."""
    shop = Shop(obico, printer, timelapse, monkeypatch)
    # The first readings follow the connection.
    if shop.is_klipper:
        shown = ["sensor.host_load", "sensor.host_disk", "number.z_offset"]
        if agent_name == "klipper":
            shown += ["switch.power_printer", "sensor.spool_remaining"]
        await wait_until(lambda: "unknown" not in map(shop.known, shown))
    shop.forget()
    return shop


@pytest.fixture
def plain(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Actions:
    """Give the printer with what is enabled by default."""
    return Actions(obico, printer, timelapse, monkeypatch)
