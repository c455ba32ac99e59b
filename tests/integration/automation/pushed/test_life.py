"""All triggers, through a printer's life: each fires once for what happens, in order."""

import pytest

from custom_components.obico.trigger import TRIGGERS
from dev import LONG, SHORT, Printer
from tests.integration.automation.support import Start
from tests.integration.support import Obico
from tests.timelapse import Timelapse


@pytest.mark.parametrize("printer", ["octoprint", "klipper"], indirect=True)
async def test_each_happening_fires_its_trigger_once(
    obico: Obico, printer: Printer, timelapse: Timelapse, start: Start
) -> None:
    printer.update({"action_on_failure": "NONE"})
    automations = await start(*TRIGGERS)
    agent = printer.agent

    async def in_time(seconds: float) -> list[str]:
        await timelapse.pass_time(seconds)
        return automations.take()

    agent.start_print(LONG)
    assert await in_time(60) == ["started_printing"]
    agent.pause()
    assert await in_time(20) == ["paused_printing"]
    agent.resume()
    assert await in_time(20) == ["resumed_printing"]
    agent.change_filament()
    assert sorted(await in_time(20)) == ["filament_change_needed", "paused_printing"]
    agent.filament_changed()
    assert await in_time(20) == ["resumed_printing"]

    # The AI looks for a while before it judges.
    assert await in_time(300) == []
    agent.fail(rise=0.1, score=0.2)
    assert await in_time(60) == ["failure_detected"]
    assert obico.value(printer, "binary_sensor.failure_detected") == "on"
    agent.recover()
    await obico.hass.services.async_call(
        "button",
        "press",
        {"entity_id": obico.entity_id(printer, "button.not_a_failure")},
        blocking=True,
    )
    assert await in_time(20) == ["alert_cleared"]

    # The network fails while the print goes on: it does not start anew.
    agent.go_offline()
    assert await in_time(120) == ["went_offline"]
    agent.come_online()
    assert await in_time(30) == ["came_online"]

    fired = await in_time(1600)
    assert fired[:2] == ["progress_passed", "time_left_below"]
    assert sorted(fired[2:]) == ["bed_cooled", "finished_printing"]

    agent.start_print(SHORT)
    assert await in_time(30) == ["started_printing"]
    agent.cancel()
    assert sorted(await in_time(60)) == ["bed_cooled", "cancelled_printing"]

    agent.alert("Webcam Streaming Failed", "Look at the guide")
    assert await in_time(60) == []
    agent.alert("Printer Error", "Thermal Runaway", event_class="ERROR")
    assert await in_time(900) == ["printer_error"]
