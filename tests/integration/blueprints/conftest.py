"""A home with a printer that is followed by push, and phones."""

from collections.abc import AsyncGenerator, Generator
import logging
from pathlib import Path

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.push.conftest import expected_lingering_timers, obico, server  # noqa: F401
from tests.integration.support import Json, Obico

from .alerts import Alert, fail
from .support import Home, HomeTime, Phone, device_id_of, import_blueprints


@pytest.fixture
def timelapse(hass: HomeAssistant, server: ObicoServer) -> HomeTime:  # noqa: F811
    return HomeTime(hass, server)


@pytest.fixture
def clock(timelapse: HomeTime) -> Generator[None]:
    """Freeze Home Assistant's clock, which then only goes with the time of the home."""
    with freeze_time(
        ignore=["tests.timelapse", "_pytest.runner"], real_asyncio=True
    ) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        timelapse.wall_clock = clock
        yield


@pytest.fixture
async def voron(obico: Obico, account: Account, timelapse: HomeTime) -> Printer:  # noqa: F811
    """Give a second printer, which Home Assistant knows."""
    printer = account.add_printer("Voron", agent="klipper")
    await timelapse.pass_time(65)
    return printer


@pytest.fixture
def imported(hass: HomeAssistant, tmp_path: Path) -> None:
    """Have the blueprints where Home Assistant looks for them."""
    import_blueprints(hass, tmp_path)


@pytest.fixture
async def home(
    obico: Obico,  # noqa: F811
    timelapse: HomeTime,
    complaints: list[str],
    imported: None,
) -> AsyncGenerator[Home]:
    """Give a home with the blueprints, whose automations are turned off after the test."""
    assert await async_setup_component(obico.hass, "persistent_notification", {})
    home = Home(obico, timelapse, complaints)
    yield home
    await home.stop()


@pytest.fixture
def complaints() -> list[str]:
    """Give the list of what may be complained of in the log."""
    # Home Assistant says so of every custom integration.
    return ["We found a custom integration obico"]


@pytest.fixture(autouse=True)
def _nothing_else_to_complain_of(
    caplog: pytest.LogCaptureFixture, complaints: list[str]
) -> Generator[None]:
    """See that nothing was logged that a user would wonder at, but what a test expects."""
    yield
    assert [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING
        # How long a callback took tells something of the machine.
        and not (
            record.name == "asyncio" and record.msg == "Executing %s took %.3f seconds"
        )
        and not any(text in record.getMessage() for text in complaints)
    ] == []


@pytest.fixture
def iphone(hass: HomeAssistant) -> Phone:
    return Phone(hass, "Anna's iPhone", "Apple")


@pytest.fixture
def pixel(hass: HomeAssistant) -> Phone:
    return Phone(hass, "Bob's Pixel", "Google")


@pytest.fixture
def alert(
    obico: Obico,  # noqa: F811
    home: Home,
    printer: Printer,
    iphone: Phone,
    pixel: Phone,
) -> Alert:
    """Give what makes the automation, by default for the printer and both phones."""

    async def automate(*printers: Printer, **inputs: Json) -> str:
        return await home.automate(
            "failure_alert",
            {
                "printers": device_id_of(obico, *(printers or [printer])),
                "phones": [iphone.device_id, pixel.device_id],
            }
            | inputs,
        )

    return automate


@pytest.fixture
async def alerted(
    obico: Obico,  # noqa: F811
    timelapse: HomeTime,
    printer: Printer,
    alert: Alert,
) -> Printer:
    """Give the printer, of whose failure the phones were just told."""
    await alert()
    await fail(printer, timelapse)
    obico.server.requests.clear()
    return printer
