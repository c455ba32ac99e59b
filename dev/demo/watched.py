"""Home Assistant as the Obico agent of a printer that is made of its own template entities."""

import asyncio
from pathlib import Path
from typing import Final

from ..json_types import JsonObject, as_object
from .bambu import NAME, BambuPrinter
from .client import HomeAssistantClient
from .errors import DemoError

CONFIGURATION: Final = (Path(__file__).parent / "bambu.yaml").read_text()

# Home Assistant's cameras may show files of its media folder.
# From 2026.11 on the camera has the name of its file, before that the name that it is given.
_PICTURE: Final = Path("media") / "bambu_p1s_camera.jpg"
_CAMERA: Final = "camera.bambu_p1s_camera"
_OBJECT: Final = "bambu_p1s_"
_STATUS: Final = f"sensor.{_OBJECT}print_status"
_REPORTS: Final = "demo_printer_reports"
_COMMANDS: Final = "demo_printer_command"

_SECONDS: Final = 1.0
# Seconds until the entities are there.
_LOOKS: Final = 60


def _press(button: str) -> list[JsonObject]:
    target: JsonObject = {"entity_id": f"button.{_OBJECT}{button}"}
    return [{"action": "button.press", "target": target}]


# What somebody would choose in the form, by its fields.
_ENTITIES: Final[JsonObject] = {
    "status": _STATUS,
    "camera": _CAMERA,
    "light": f"light.{_OBJECT}chamber_light",
    "file": f"sensor.{_OBJECT}subtask_name",
    "progress": f"sensor.{_OBJECT}print_progress",
    "time_left": f"sensor.{_OBJECT}remaining_time",
    "layer": f"sensor.{_OBJECT}current_layer",
    "total_layers": f"sensor.{_OBJECT}total_layers",
    "nozzle": f"sensor.{_OBJECT}nozzle_temperature",
    "nozzle_target": f"number.{_OBJECT}nozzle_target_temperature",
    "bed": f"sensor.{_OBJECT}bed_temperature",
    "bed_target": f"number.{_OBJECT}bed_target_temperature",
    "error": f"binary_sensor.{_OBJECT}hms_errors",
    "pause": [*_press("pause")],
    "resume": [*_press("resume")],
    "cancel": [*_press("stop")],
    # The last step, which asks for the printer in Obico.
    "printer": "new",
    "name": NAME,
}


class WatchedPrinter:
    """The printer's entities in Home Assistant, and what it reports to them."""

    def __init__(
        self, client: HomeAssistantClient, machine: BambuPrinter, folder: Path
    ) -> None:
        """Initialize for a Home Assistant, with its folder, that has the configuration."""
        self._client = client
        self._machine = machine
        self._picture = folder / _PICTURE
        self._reported: JsonObject = {}

    async def set_up(self) -> None:
        """Add its camera, and make Home Assistant its agent, as a user would."""
        await self._client.command("subscribe_events", self._obey, event_type=_COMMANDS)
        self._picture.parent.mkdir(exist_ok=True)
        await self.report()
        await self._add_camera()
        await self._wait_for(_STATUS, _CAMERA)
        await self._client.add_subentry("printer", ("other",), _ENTITIES)

    async def _add_camera(self) -> None:
        """Add the camera, unless an earlier demo has."""
        await self._client.walk_flow(
            "/api/config/config_entries/flow",
            {"handler": "local_file"},
            (),
            {"name": f"{NAME} camera", "file_path": str(self._picture)},
            may_exist=True,
        )

    async def _wait_for(self, *entity_ids: str) -> None:
        for _ in range(_LOOKS):
            states = {state["entity_id"] for state in await self._client.states()}
            if states.issuperset(entity_ids):
                return
            await asyncio.sleep(_SECONDS)
        raise DemoError(f"Home Assistant has not all of {', '.join(entity_ids)}")

    def _obey(self, event: JsonObject) -> None:
        told = as_object(event["data"])
        value = told.get("value")
        self._machine.obey(
            str(told["command"]),
            float(value) if isinstance(value, int | float) else 0.0,
        )

    async def report(self) -> None:
        """Show what the machine does now."""
        # Replaced at once, so that nobody reads half a picture.
        half = self._picture.with_suffix(".new")
        half.write_bytes(self._machine.picture())
        half.replace(self._picture)
        if (report := self._machine.report()) != self._reported:
            self._reported = report
            await self._client.request("POST", f"/api/events/{_REPORTS}", report)

    async def run(self) -> None:
        """Show what the machine does, until cancelled."""
        while True:
            await asyncio.sleep(_SECONDS)
            await self.report()
