"""What Moonraker answers about what stands around a Klipper printer.

No recording shows these answers, but for a printer that has nothing of it: they are not
recorded but made after Moonraker's own documentation (docs/external_api/devices.md,
integrations.md, machine.md, printer.md, server.md and update_manager.md).
"""

from collections.abc import Callable
import shlex

from ..json_types import JsonObject, JsonValue
from . import gcode
from .calls import Call, lines_of
from .klipper_status import KlipperStatus
from .machine import ACTIVE, UNREACHABLE
from .workshop import REBOOT_SECONDS, RESTART_SECONDS, UPDATE_SECONDS

type WorkshopCall = Callable[[KlipperStatus, Call], JsonValue]


class Refused(Exception):  # an answer of Moonraker
    """Moonraker answers with an error, whose reason the agent does not pass on."""


class NoReply(Exception):  # what the host does
    """The agent is gone before it can reply."""


def value_of(call: Call, name: str) -> str:
    """Return a parameter as text, empty where it is missing."""
    value = call.kwargs.get(name)
    return "" if value is None else str(value)


# G-code


def run_script(agent: KlipperStatus, call: Call) -> JsonValue:
    """Run G-code; unknown commands are no error. The reply comes when all is done."""
    if agent.phase in UNREACHABLE:
        raise Refused
    for line in lines_of(call.kwargs.get("script", "")):
        agent.workshop.say(line, "command", agent.timestamp())
        run_line(agent, line)
    call.seconds = agent.workshop.busy
    return "ok"


def run_line(agent: KlipperStatus, line: str) -> None:
    """Run a line: a macro, a command of Klipper, or any other G-code."""
    name, _, rest = line.strip().partition(" ")
    workshop, parameters = agent.workshop, parameters_of(rest)
    macro = next(
        (
            macro
            for known, macro in workshop.macros.items()
            if known.upper() == name.upper()
        ),
        None,
    )
    if macro is not None:
        workshop.ran.append(line)
        if macro.refuses:
            raise Refused
        workshop.busy += macro.seconds
        for text in macro.says:
            workshop.say(f"// {text}", "response", agent.timestamp())
        return
    match name.upper():
        case "SET_GCODE_OFFSET":
            if "Z_ADJUST" in parameters:
                agent.z_offset += float(parameters["Z_ADJUST"])
            else:
                agent.z_offset = float(parameters["Z"])
            agent.z_offset = round(agent.z_offset, 6)
        case "EXCLUDE_OBJECT":
            exclude(agent, parameters.get("NAME", "").upper())
        case _:
            gcode.execute(agent, line)


def parameters_of(text: str) -> dict[str, str]:
    """Return the parameters of an extended command, `NAME="part 1"` as NAME: part 1.

    Klipper takes quotes as a shell does.
    """
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    return {
        name.upper(): value
        for name, equals, value in (word.partition("=") for word in words)
        if equals
    }


def exclude(agent: KlipperStatus, name: str) -> None:
    """Leave an object out from now on; Klipper ignores names that it does not know."""
    known = [each.name for each in agent.plate]
    if name in known and name not in agent.workshop.excluded:
        agent.workshop.excluded.append(name)


def query_objects(agent: KlipperStatus, call: Call) -> JsonObject:
    """Return what is asked of Klipper's objects; what there is not is left out."""
    if agent.phase in UNREACHABLE:
        raise Refused
    known: dict[str, JsonObject] = {
        "toolhead": {"extruder": agent.active_tool},
        "gcode_move": {
            "absolute_coordinates": True,
            "homing_origin": [0.0, 0.0, agent.z_offset, 0.0],
            "speed_factor": agent.feed_rate,
        },
        "fan": {"speed": agent.fan_speed, "rpm": None},
    }
    plate = agent.plate
    if agent.workshop.objects:
        left = [each.name for each in plate if each.name not in agent.workshop.excluded]
        known["exclude_object"] = {
            "objects": [each.row() for each in plate],
            "excluded_objects": list(agent.workshop.excluded) if plate else [],
            "current_object": left[0] if left else None,
        }
    status: JsonObject = {}
    for name, fields in call.kwargs.items():
        if name in known:
            wanted = str(fields).split(",") if fields else list(known[name])
            status[name] = {
                field: known[name][field] for field in wanted if field in known[name]
            }
    return {"eventtime": agent.timestamp(), "status": status}


def gcode_store(agent: KlipperStatus, call: Call) -> JsonObject:
    """Return the last messages of Klipper's console."""
    messages = agent.workshop.messages
    count = int(value_of(call, "count") or len(messages))
    return {"gcode_store": list(messages[-count:] if count else [])}


# Power


def list_power_devices(agent: KlipperStatus, _call: Call) -> JsonObject:
    """List what Moonraker can switch."""
    return {
        "devices": [
            {
                "device": name,
                "status": status,
                "locked_while_printing": name not in agent.workshop.unlocked_devices,
                "type": "gpio",
            }
            for name, status in agent.power_devices.items()
        ]
    }


def switch_power(agent: KlipperStatus, call: Call) -> JsonObject:
    """Switch a device; the one named printer cuts the machine's power."""
    name, action = value_of(call, "device"), value_of(call, "action")
    locked = name not in agent.workshop.unlocked_devices
    if (
        name not in agent.power_devices
        or action not in {"on", "off"}
        or (locked and agent.phase in ACTIVE)
    ):
        raise Refused
    if agent.power_devices[name] != action:
        agent.power_devices[name] = action
        if name == "printer" and action == "off":
            agent.disconnect()
        elif name == "printer":
            agent.connect()
    return {name: action}


# Restarts


def restart(agent: KlipperStatus, _call: Call) -> JsonValue:
    """Start Klipper's program again, which does not end a shutdown of the firmware."""
    agent.restart_klipper(firmware=False)
    return "ok"


def firmware_restart(agent: KlipperStatus, _call: Call) -> JsonValue:
    """Start Klipper and the firmware again."""
    agent.restart_klipper(firmware=True)
    return "ok"


def restart_server(agent: KlipperStatus, _call: Call) -> JsonValue:
    """Start Moonraker again, which cuts off the agent for a moment."""
    agent.go_offline_for(RESTART_SECONDS)
    raise NoReply


def reboot(agent: KlipperStatus, _call: Call) -> JsonValue:
    """Start the host again."""
    agent.kill()
    agent.go_offline_for(REBOOT_SECONDS)
    raise NoReply


def shut_down(agent: KlipperStatus, _call: Call) -> JsonValue:
    """Shut the host down."""
    agent.kill()
    raise NoReply


def proc_stats(_agent: KlipperStatus, _call: Call) -> JsonObject:
    """Return the load, the memory and the temperature of the host."""
    return {
        "moonraker_stats": [
            {
                "time": 1626612666.850755,
                "cpu_usage": 2.66,
                "memory": 24732,
                "mem_units": "kB",
            }
        ],
        "throttled_state": {"bits": 0, "flags": []},
        "cpu_temp": 45.622,
        "network": {},
        "system_cpu_usage": {"cpu": 12.5, "cpu0": 11.0, "cpu1": 14.0},
        "system_uptime": 2876970.38089603,
        "system_memory": {
            "total": 8_000_000,
            "available": 6_000_000,
            "used": 2_000_000,
        },
        "websocket_connections": 4,
    }


# Spoolman


def spools_of(agent: KlipperStatus) -> dict[int, JsonObject]:
    """Return the spools by their ids; without Spoolman its calls are unknown."""
    if agent.workshop.spools is None:
        raise Refused
    return {key: spool.row() for key, spool in agent.workshop.spools.items()}


def spoolman_status(agent: KlipperStatus, _call: Call) -> JsonObject:
    """Return whether Spoolman is connected, and the active spool."""
    spools_of(agent)
    return {
        "spoolman_connected": True,
        "pending_reports": [],
        "spool_id": agent.workshop.active_spool,
    }


def spool_id(agent: KlipperStatus, call: Call) -> JsonObject:
    """Return the active spool, or set it; without an id there is none from now on."""
    known = spools_of(agent)
    if call.kwargs.get("verb") == "post":
        wanted = value_of(call, "spool_id")
        agent.workshop.active_spool = (
            int(wanted) if wanted and int(wanted) in known else None
        )
    return {"spool_id": agent.workshop.active_spool}


def spoolman_proxy(agent: KlipperStatus, call: Call) -> JsonObject:
    """Ask Spoolman for its spools, all or one."""
    known = spools_of(agent)
    head, _, key = value_of(call, "path").partition("/v1/spool")
    if head or value_of(call, "request_method") != "GET":
        raise Refused
    if not key:
        return {"response": list(known.values()), "error": None}
    found = known.get(int(key.strip("/")))
    return {
        "response": found,
        "error": None
        if found
        else {"status_code": 404, "message": f"No spool with ID {key} found."},
    }


# Updates


def update_status(agent: KlipperStatus, _call: Call) -> JsonObject:
    """Return the versions of all that Moonraker can update."""
    components = agent.workshop.components
    if components is None:
        raise Refused
    return {
        "busy": agent.workshop.updating is not None,
        "github_rate_limit": 60,
        "github_requests_remaining": 57,
        "github_limit_reset_time": 1615836932,
        "version_info": {name: each.row(name) for name, each in components.items()},
    }


def update_refresh(agent: KlipperStatus, call: Call) -> JsonObject:
    """Look for newer versions; not during a print or an update."""
    if agent.phase in ACTIVE or agent.workshop.updating:
        raise Refused
    return update_status(agent, call)


def upgrade(agent: KlipperStatus, call: Call) -> JsonValue:
    """Update a component, which takes longer than the agent waits."""
    components, name = agent.workshop.components, value_of(call, "name")
    if (
        components is None
        or name not in components
        or agent.phase in ACTIVE
        or agent.workshop.updating
    ):
        raise Refused
    agent.workshop.updating = name
    call.seconds = UPDATE_SECONDS
    return "ok"


WORKSHOP_CALLS: dict[str, WorkshopCall] = {
    "machine/device_power/device": switch_power,
    "machine/device_power/devices": list_power_devices,
    "machine/proc_stats": proc_stats,
    "machine/reboot": reboot,
    "machine/shutdown": shut_down,
    "machine/update/refresh": update_refresh,
    "machine/update/status": update_status,
    "machine/update/upgrade": upgrade,
    "printer/firmware_restart": firmware_restart,
    "printer/gcode/script": run_script,
    "printer/objects/query": query_objects,
    "printer/restart": restart,
    "server/gcode_store": gcode_store,
    "server/restart": restart_server,
    "server/spoolman/proxy": spoolman_proxy,
    "server/spoolman/spool_id": spool_id,
    "server/spoolman/status": spoolman_status,
}
