"""A whole print, driven by nothing but entities."""

from io import BytesIO

from PIL import Image
import pytest

from dev import LONG, Phase
from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_UNKNOWN
from tests.integration.support import fired_events

from .support import Control

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")


async def test_a_whole_print(control: Control) -> None:
    """Preheat, start, pause, resume, mute, fail, answer the alert, cancel."""
    obico, printer, agent = control.obico, control.printer, control.agent
    bed, nozzle = control.bed, control.nozzle
    fired = fired_events(obico, printer)

    def shown(*keys: str) -> list[str]:
        return [control[key] for key in keys]

    # It stands there and is cold.
    assert shown(
        "sensor.status",
        "binary_sensor.online",
        "binary_sensor.printing",
        "sensor.file",
        "select.preheat",
        "image.failure_snapshot",
        "sensor.last_print_result",
    ) == ["idle", "on", "off", STATE_UNKNOWN, "off", STATE_UNKNOWN, STATE_UNKNOWN]

    # Preheat.
    await control.select("preheat", "PLA")
    assert shown("select.preheat", f"number.{bed}_target") == ["PLA", "60.0"]
    await control.pass_time(60)
    assert float(control[f"sensor.{bed}_temperature"]) > 58
    assert float(control[f"sensor.{nozzle}_temperature"]) > 170
    assert control["select.preheat"] == "PLA"

    # Somebody starts a print; it is seen to start, and to be watched.
    agent.start_print(LONG)
    await control.pass_time(30)
    assert shown(
        "sensor.status",
        "binary_sensor.printing",
        "binary_sensor.watching",
        "binary_sensor.failure_detected",
        "sensor.file",
        "sensor.failure_level",
        "sensor.not_watching_reason",
        "switch.alerts_muted",
    ) == ["printing", "on", "on", "off", "long.gcode", "ok", "watching", "off"]
    assert float(control["sensor.progress"]) > 0
    assert control["sensor.start_time"] != STATE_UNKNOWN
    if control.is_klipper:
        assert float(control["sensor.time_remaining"]) > 25
        assert control["sensor.total_layers"] == "40"

    # Pause; the nozzle cools down meanwhile.
    await control.press("pause")
    # Klipper is waited for until it did it.
    assert control["sensor.status"] == ("paused" if control.is_klipper else "pausing")
    await control.pass_time(5)
    assert shown(
        "sensor.status",
        "binary_sensor.printing",
        "binary_sensor.watching",
        f"number.{nozzle}_target",
    ) == ["paused", "off", "off", "0.0"]

    # Resume.
    await control.press("resume")
    assert control["sensor.status"] == (
        "printing" if control.is_klipper else "resuming"
    )
    await control.pass_time(10)
    assert shown("sensor.status", f"number.{nozzle}_target") == ["printing", "205.0"]

    # Mute, and be watched again.
    await control.turn("alerts_muted", on=True)
    assert shown(
        "switch.alerts_muted", "binary_sensor.watching", "sensor.not_watching_reason"
    ) == ["on", "off", "alerts_muted"]
    await control.turn("alerts_muted", on=False)
    assert shown(
        "switch.alerts_muted", "binary_sensor.watching", "sensor.not_watching_reason"
    ) == ["off", "on", "watching"]

    # It goes wrong. Nobody wants it paused by itself.
    await control.select("action_on_failure", "notify")
    await control.pass_time(320)
    agent.fail(rise=0.1, score=0.1)
    await control.pass_time(15)
    assert control["sensor.failure_level"] == "ok"
    assert control["binary_sensor.failure_detected"] == "off"
    await control.timelapse.pass_until(
        lambda: control["binary_sensor.failure_detected"] == "on", within=60
    )
    assert control["sensor.failure_level"] == "warning"
    assert 33 < float(control["sensor.failure_score"]) < 67
    assert control["sensor.last_alert"] != STATE_UNKNOWN
    await control.pass_time(30)
    assert control["sensor.failure_level"] == "failing"
    assert control["sensor.status"] == "printing"
    failures = [event for event in fired() if event["event_type"] == "failure_alerted"]
    assert len(failures) == 1
    snapshot = obico.entity_id(printer, "image.failure_snapshot")
    assert failures[0]["image"] == snapshot
    image = await async_get_image(obico.hass, snapshot)
    assert Image.open(BytesIO(image.content)).format == "JPEG"

    # It is none, says the user; for a while nothing more is heard.
    await control.press("not_a_failure")
    assert control["binary_sensor.failure_detected"] == "off"
    assert control["sensor.status"] == "printing"
    await control.pass_time(60)
    assert control["binary_sensor.failure_detected"] == "off"

    # But it is.
    await control.timelapse.pass_until(
        lambda: control["binary_sensor.failure_detected"] == "on", within=120
    )
    await control.press("confirm_failure")
    assert control["binary_sensor.failure_detected"] == "off"
    await control.press("cancel")
    assert control["sensor.status"] == "cancelling"
    await control.pass_time(20)
    assert shown(
        "sensor.status",
        "binary_sensor.printing",
        "binary_sensor.watching",
        "sensor.file",
        "sensor.progress",
        "sensor.failure_level",
        "sensor.last_print_result",
        "select.preheat",
    ) == [
        "idle",
        "off",
        "off",
        STATE_UNKNOWN,
        STATE_UNKNOWN,
        STATE_UNKNOWN,
        "cancelled",
        "off",
    ]
    assert control["sensor.last_print_end"] == control["sensor.finish_time"]
    assert float(control["sensor.last_print_duration"]) > 0.1
    result = obico.state(printer, "sensor.last_print_result")
    assert result.attributes["file"] == "long.gcode"
    assert (await async_get_image(obico.hass, snapshot)).content

    assert agent.phase is Phase.IDLE
    assert [event["event_type"] for event in fired()] == [
        "started",
        "paused",
        "resumed",
        "alert_muted",
        "alert_unmuted",
        "failure_alerted",
        "failure_alerted",
        "ended",
    ]
    assert fired()[-1]["outcome"] == "cancelled"
    assert control.asked == [
        "pause_print",
        "resume_print",
        "mute_current_print true",
        "mute_current_print false",
        str(printer.id),
        "acknowledge_alert NOT_FAILED",
        "acknowledge_alert FAILED",
        "cancel_print",
    ]
