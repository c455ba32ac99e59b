"""What a user gets without a doing, as the documentation has it."""

from dev import Phase
from homeassistant.const import STATE_UNAVAILABLE, EntityCategory
from homeassistant.helpers import entity_registry as er
from tests.entity_table import documented_entities

from .support import Control

CONFIG = {
    "button.disable_steppers",
    "button.restart_firmware",
    "button.restart_host",
    "button.restart_klipper",
    "button.shutdown_host",
    "button.z_offset_down",
    "button.z_offset_up",
    "fan.part_fan",
    "number.z_offset",
    "switch.watching_enabled",
    "switch.alerts_muted",
    "switch.tools_off_on_pause",
    "switch.bed_off_on_pause",
    "select.action_on_failure",
    "number.detective_sensitivity",
    "number.retract_on_pause",
    "number.lift_z_on_pause",
    "number.min_timelapse_secs_on_finish",
    "number.min_timelapse_secs_on_cancel",
}
DIAGNOSTIC = {
    "sensor.host_disk",
    "sensor.host_load",
    "sensor.host_memory",
    "sensor.host_temperature",
    "binary_sensor.sd_ready",
    "button.refresh_snapshot",
    "sensor.time_left_origin",
    "sensor.{heater}_offset",
}
OF_OCTOPRINT = {
    "binary_sensor.sd_ready",
    "button.connect",
    "button.z_offset_down",
    "button.z_offset_up",
    "sensor.filament_volume",
    "sensor.last_print_time",
}
OF_KLIPPER = {
    "button.emergency_stop",
    "button.restart_firmware",
    "button.restart_host",
    "button.restart_klipper",
    "button.shutdown_host",
    "number.z_offset",
    "sensor.feed_rate",
    "sensor.filament_used",
    "sensor.flow_rate",
    "sensor.fan_speed",
    "sensor.host_disk",
    "sensor.host_load",
    "sensor.host_memory",
    "sensor.host_temperature",
}
# Only what stands around a printer has these, and nothing does here.
OF_EQUIPMENT = {
    "button.macro_{macro}",
    "select.active_spool",
    "sensor.spool_remaining",
    "switch.power_{device}",
    "update.update_{component}",
}


def entries(control: Control) -> dict[str, er.RegistryEntry]:
    """Return the printer's entities by domain and key, those of heaters once for all."""
    device = control.obico.device(control.printer)
    assert device is not None
    prefix = f"{control.obico.entry.unique_id}_{control.printer.id}_"
    found = {}
    for entry in er.async_entries_for_device(
        er.async_get(control.obico.hass), device.id, include_disabled_entities=True
    ):
        key = entry.unique_id.removeprefix(prefix)
        # The sensor of a computer is for who enables it.
        for heater in control.agent.heaters.keys() - {"raspberry_pi"}:
            if key in {
                f"{heater}_{end}" for end in ("temperature", "target", "offset")
            }:
                key = "{heater}" + key.removeprefix(heater)
        found[f"{entry.domain}.{key}"] = entry
    return found


async def test_a_printer_has_the_entities_that_are_documented(control: Control) -> None:
    other = OF_OCTOPRINT if control.is_klipper else OF_KLIPPER
    documented = {
        f"{row.domain}.{row.key}": row
        for row in documented_entities()
        # There are no further webcams.
        if row.offline is not None and row.key != "webcam_{name}"
    }
    found = entries(control)
    if control.is_klipper:
        computer = found.pop("sensor.raspberry_pi_temperature")
        assert computer.disabled
        assert computer.entity_category is EntityCategory.DIAGNOSTIC
    assert sorted(found) == sorted(documented.keys() - other - OF_EQUIPMENT)
    for key, entry in found.items():
        assert (entry.disabled_by is not None) == documented[key].is_disabled, key
        assert entry.entity_category is (
            EntityCategory.CONFIG
            if key in CONFIG
            else EntityCategory.DIAGNOSTIC
            if key in DIAGNOSTIC
            else None
        ), key


async def test_what_is_available_while_the_printer_is_off_is_documented(
    control: Control,
) -> None:
    rows = {f"{row.domain}.{row.key}": row for row in documented_entities()}
    await control.become(Phase.PRINTING)
    states = control.obico.hass.states
    for is_offline in (False, True):
        if is_offline:
            control.agent.go_offline()
            await control.settle()
        for key, entry in entries(control).items():
            if (state := states.get(entry.entity_id)) is None:
                assert entry.disabled_by is not None
                continue
            offline = rows[key].offline
            assert offline is not None
            assert (state.state == STATE_UNAVAILABLE) == (
                is_offline and offline.startswith("unavailable")
            ), key
            if is_offline and offline.startswith("`"):
                assert state.state == offline.strip("`")
            if is_offline and offline == "off":
                assert state.state == "off"
