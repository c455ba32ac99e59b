"""What Klipper's agent passes on to Moonraker, apart from prints, files and movements.

Without a verb it is a GET, whose result comes as it is; the result of a POST comes in an
object. Why Moonraker refuses something is not passed on (ObicoAgentUnexplainedError), also
where it does not know the request because a part of it is not configured.
"""

from enum import StrEnum

from .agent_requests import MOONRAKER, AgentRequests
from .models.workshop import (
    ConsoleLine,
    FilamentNeed,
    HostState,
    KlipperState,
    PowerDevice,
    ServerInfo,
    Spool,
    UpdateStatus,
    percent,
)
from .parsing import integer, rows, section, text, texts


class Restart(StrEnum):
    """What can be restarted or shut down, by Moonraker's path."""

    KLIPPER = "printer/restart"
    FIRMWARE = "printer/firmware_restart"
    HOST = "machine/reboot"
    SHUTDOWN = "machine/shutdown"


class MoonrakerRequests(AgentRequests):
    """Requests about what stands around a Klipper printer."""

    async def get_server_info(self) -> ServerInfo:
        """Return what Moonraker is made of (server/info)."""
        return ServerInfo.from_dict(section(await self._call(MOONRAKER, "server/info")))

    async def list_objects(self) -> tuple[str, ...]:
        """Return what Klipper consists of, macros as `gcode_macro NAME` (printer/objects/list)."""
        answer = await self._call(MOONRAKER, "printer/objects/list")
        return texts(rows(section(answer).get("objects")))

    async def get_klipper_state(self) -> KlipperState:
        """Return what Klipper tells when it is asked (printer/objects/query)."""
        # Attributes are named, so that Klipper does not send all of them.
        answer = await self._call(
            MOONRAKER,
            "printer/objects/query",
            gcode_move="homing_origin",
            exclude_object="objects,excluded_objects,current_object",
        )
        return KlipperState.from_dict(section(answer))

    async def get_power_devices(self) -> tuple[PowerDevice, ...]:
        """Return what can be switched (machine/device_power/devices)."""
        answer = await self._call(MOONRAKER, "machine/device_power/devices")
        devices = map(
            PowerDevice.from_dict, map(section, rows(section(answer).get("devices")))
        )
        return tuple(device for device in devices if device is not None)

    async def set_power(self, device: str, *, on: bool, within: float) -> bool | None:
        """Switch a device and return whether it is on (machine/device_power/device).

        None where that is not told. `within` is in seconds: some devices are somewhere in
        the network.
        """
        answer = await self._call(
            MOONRAKER,
            "machine/device_power/device",
            within=within,
            verb="post",
            device=device,
            action="on" if on else "off",
        )
        status = section(section(answer).get("result")).get(device)
        return {"on": True, "off": False}.get(text(status) or "")

    async def get_spools(self) -> tuple[Spool, ...]:
        """Return the spools that are not archived (server/spoolman/proxy)."""
        answer = await self._call(
            MOONRAKER,
            "server/spoolman/proxy",
            verb="post",
            request_method="GET",
            path="/v1/spool",
            use_v2_response=True,
        )
        spools = map(
            Spool.from_dict,
            map(section, rows(section(section(answer).get("result")).get("response"))),
        )
        return tuple(spool for spool in spools if spool is not None)

    async def get_active_spool(self) -> int | None:
        """Return the id of the spool in use, None if there is none (server/spoolman/spool_id)."""
        answer = await self._call(MOONRAKER, "server/spoolman/spool_id")
        return integer(section(answer).get("spool_id"))

    async def set_active_spool(self, spool_id: int | None) -> None:
        """Use a spool from now on, or none (server/spoolman/spool_id)."""
        spool = {} if spool_id is None else {"spool_id": spool_id}
        await self._call(MOONRAKER, "server/spoolman/spool_id", verb="post", **spool)

    async def get_filament_need(self, path: str) -> FilamentNeed:
        """Return the filament that a file needs (server/files/metadata).

        `path` is that of PrinterFile. A file that there is not, or that Moonraker has not
        read yet, raises ObicoAgentUnexplainedError.
        """
        answer = await self._call(MOONRAKER, "server/files/metadata", filename=path)
        return FilamentNeed.from_dict(section(answer))

    async def get_host_state(self) -> HostState:
        """Return how busy the host is (machine/proc_stats)."""
        return HostState.from_dict(
            section(await self._call(MOONRAKER, "machine/proc_stats"))
        )

    async def get_disk_usage(self) -> float | None:
        """Return how much of the disk is in use in percent (server/files/directory).

        Of the folders that tell it, that of the configuration has the fewest files.
        """
        answer = await self._call(MOONRAKER, "server/files/directory", path="config")
        usage = section(section(answer).get("disk_usage"))
        return percent(usage.get("used"), usage.get("total"))

    async def get_update_status(self) -> UpdateStatus:
        """Return what can be updated (machine/update/status)."""
        return UpdateStatus.from_dict(
            section(await self._call(MOONRAKER, "machine/update/status"))
        )

    async def upgrade(self, component: str, *, within: float) -> None:
        """Update a component (machine/update/upgrade).

        The reply comes when it is done: that no reply comes `within` seconds says that it
        has begun. Moonraker refuses it during a print.
        """
        await self._call(
            MOONRAKER,
            "machine/update/upgrade",
            within=within,
            verb="post",
            name=component,
        )

    async def restart(self, what: Restart) -> None:
        """Restart or shut down; the host's restart and shutdown are not answered."""
        await self._call(MOONRAKER, what, verb="post")

    async def get_console(self, count: int) -> tuple[ConsoleLine, ...]:
        """Return the last lines of Klipper's console, oldest first (server/gcode_store)."""
        answer = await self._call(MOONRAKER, "server/gcode_store", count=count)
        lines = map(
            ConsoleLine.from_dict,
            map(section, rows(section(answer).get("gcode_store"))),
        )
        return tuple(line for line in lines if line is not None)
