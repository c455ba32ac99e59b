"""The G-code that the machines know."""

from collections.abc import Sequence

from .calls import numbers_of
from .machine import Machine


def execute(machine: Machine, line: str) -> None:
    """Run a line of G-code; an unknown command has no effect."""
    code, *words = line.upper().split() or [""]
    values = numbers_of(words)
    match code:
        case "M104" | "M109":
            machine.set_target(machine.tool_heater, values.get("S", 0.0))
        case "M140" | "M190":
            machine.set_target(machine.bed_heater, values.get("S", 0.0))
        case "M106":
            machine.fan_speed = round(values.get("S", 255.0) / 255, 2)
        case "M107":
            machine.fan_speed = 0.0
        case "M220":
            machine.feed_rate = values.get("S", 100.0) / 100
        case "M221":
            machine.flow_rate = values.get("S", 100.0) / 100
        case "M117":
            machine.message = line.partition(" ")[2] or None
        case "M290":
            machine.baby_steps = round(machine.baby_steps + values.get("Z", 0.0), 3)
        case "M112":
            machine.emergency_stop()
        case _:
            move(machine, code, words)


def move(machine: Machine, code: str, words: Sequence[str]) -> None:
    """Run a line of G-code that moves axes or filament, or says how."""
    values = numbers_of(words)
    match code:
        case "G28":
            machine.home(word[0].lower() for word in words if word[0] in "XYZ")
        case "M82" | "M83":
            machine.relative_extrusion = code == "M83"
        case "G1" if machine.relative_extrusion:
            machine.push(values.get("E", 0.0))
        case "ACTIVATE_EXTRUDER":
            machine.use_tool(words[0].removeprefix("EXTRUDER=").lower())
        case "SAVE_GCODE_STATE":
            machine.saved_states[" ".join(words)] = machine.relative_extrusion
        case "RESTORE_GCODE_STATE":
            machine.relative_extrusion = machine.saved_states[" ".join(words)]
        case "M84" | "M18":
            machine.homed.clear()
