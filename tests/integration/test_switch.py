from dev import Printer
from .support import Obico


async def test_smoke(obico: Obico, printer: Printer) -> None:
    for s in obico.hass.states.async_all():
        print(s.entity_id, s.state, dict(s.attributes))
    assert obico.value(printer, "sensor.status") == "idle"


async def test_smoke2(obico: Obico, printer: Printer, frozen) -> None:
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"
