"""A printer of another integration that Home Assistant is the Obico agent of, as a test sees it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from PIL import Image
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.obico.agent.printer_agent import PrinterAgent
from dev import Account, ObicoServer, Print, Printer
from dev.server.remote_agent import RemoteAgent
from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from tests.integration.support import Json, config_entry, data_of
from tests.timelapse import Timelapse, wait_until

STATUS = "sensor.p1s_print_status"
FILE = "sensor.p1s_subtask_name"
PROGRESS = "sensor.p1s_print_progress"
LEFT = "sensor.p1s_remaining_time"
NOZZLE = "sensor.p1s_nozzle_temperature"
NOZZLE_TARGET = "number.p1s_nozzle_target"
ERROR = "binary_sensor.p1s_hms"
CAMERA = "camera.p1s"
PRIVACY = "input_boolean.private"

STATES = {
    "states_idle": ["idle"],
    "states_preparing": ["prepare"],
    "states_printing": ["running"],
    "states_paused": ["pause"],
    "states_finished": ["finish"],
    "states_failed": ["failed"],
    "states_offline": ["offline"],
}
OPTIONS: dict[str, Json] = {
    "status": STATUS,
    **STATES,
    "camera": CAMERA,
    "file": FILE,
    "progress": PROGRESS,
    "time_left": LEFT,
    "nozzle": NOZZLE,
    "nozzle_target": NOZZLE_TARGET,
    "error": ERROR,
    "failed_is_ambiguous": True,
    **{key: [{"action": f"p1s.{key}"}] for key in ("pause", "resume", "cancel")},
}
SUBENTRY_ID = "01JAGENTAGENTAGENTAGENTAG0"


def picture(size: tuple[int, int] = (320, 180)) -> bytes:
    """Return a picture with something on it."""
    content = BytesIO()
    shown = Image.new("RGB", size, (200, 40, 40))
    shown.paste((20, 200, 20), (0, 0, size[0] // 2, size[1] // 3))
    shown.save(content, "JPEG")
    return content.getvalue()


class FakeCamera(Camera):
    """The camera of the printer."""

    _attr_name = "P1S"
    _attr_unique_id = "p1s_camera"
    entity_id = CAMERA

    def __init__(self) -> None:
        super().__init__()
        self.content: bytes | Exception = picture()
        self.taken = 0

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        self.taken += 1
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


@dataclass(kw_only=True)
class Watched:
    """A printer, and the account whose agent watches it."""

    hass: HomeAssistant
    server: ObicoServer
    account: Account
    printer: Printer
    entry: MockConfigEntry
    timelapse: Timelapse
    freezer: FrozenDateTimeFactory
    camera: FakeCamera
    calls: list[ServiceCall] = field(default_factory=list)
    # Whether the printer does what its actions ask for.
    obeys: bool = True

    @property
    def remote(self) -> RemoteAgent:
        return self.server.remote_agent(self.printer)

    @property
    def agent(self) -> PrinterAgent:
        agent = data_of(self.entry).agents.of(self.printer.id)
        assert agent is not None
        return agent

    @property
    def prints(self) -> list[Print]:
        """Return the prints that Obico has of the printer."""
        return [
            job for job in self.server.prints.values() if job.printer is self.printer
        ]

    @property
    def outcomes(self) -> list[str]:
        return [outcome_of(job) for job in self.prints]

    @property
    def events(self) -> list[str]:
        """Return the events that Obico has of the printer, in order."""
        return [
            event.event_type
            for event in self.server.events.values()
            if event.printer is self.printer
        ]

    def obico_device(self) -> dr.DeviceEntry | None:
        """Return the device of the printer in Obico."""
        return dr.async_get(self.hass).async_get_device_by_identifier(
            ("obico", f"{self.entry.unique_id}_{self.printer.id}"), self.entry.entry_id
        )

    def say(self, state: str, **values: str) -> None:
        """Let the printer's entities say something, the status last."""
        for key, value in values.items():
            unit = {"left": "min", "nozzle": "°C", "nozzle_target": "°C"}.get(key)
            self.hass.states.async_set(
                {
                    "file": FILE,
                    "progress": PROGRESS,
                    "left": LEFT,
                    "nozzle": NOZZLE,
                    "nozzle_target": NOZZLE_TARGET,
                }[key],
                value,
                {"unit_of_measurement": unit} if unit else {},
            )
        self.hass.states.async_set(STATUS, state)

    async def print(self, file: str = "benchy.3mf") -> Print:
        """Begin a print, and wait until Obico has it."""
        self.say("running", file=file, progress="1", left="60")
        await self.until(lambda: self.printer.current_print)
        job = self.printer.current_print
        assert job is not None
        return job

    async def pass_time(self, seconds: float, *, step: float = 1.0) -> None:
        """Let time pass for everybody."""
        while seconds > 0:
            part = min(step, seconds)
            self.freezer.tick(part)
            await self.timelapse.pass_time(part, step=part)
            seconds = round(seconds - part, 6)

    async def until(
        self, condition: Callable[[], object], within: float = 60.0
    ) -> None:
        """Let time pass until something is true."""
        await self.timelapse.settle()
        while not condition():
            assert within > 0, "it did not come true in time"
            await self.pass_time(1)
            within -= 1

    async def connected(self) -> None:
        """Wait until the agent is connected."""
        await self.until(lambda: self.remote.is_connected and self.remote.received)

    async def start(self) -> None:
        """Start Home Assistant, as far as the account is concerned."""
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.timelapse.settle()

    async def stop(self) -> None:
        """Stop Home Assistant, as far as the account is concerned."""
        assert await self.hass.config_entries.async_unload(self.entry.entry_id)
        await self.timelapse.settle()
        await wait_until(lambda: not self.remote.is_connected)


def outcome_of(job: Print) -> str:
    """Return how Obico says that a print ended."""
    if job.ended_at is None:
        return "open"
    return "finished" if job.cancelled_at is None else "cancelled"


def agent_entry(
    server: ObicoServer, account: Account, printer: Printer, **options: Json
) -> MockConfigEntry:
    """Return the entry of an account with the subentry of one printer."""
    data = OPTIONS | {
        "printer_id": printer.id,
        "auth_token": printer.auth_token,
        **options,
    }
    entry = config_entry(server, account)
    return MockConfigEntry(
        domain=entry.domain,
        title=entry.title,
        unique_id=entry.unique_id,
        data=dict(entry.data),
        subentries_data=[
            ConfigSubentryDataWithId(
                data={key: value for key, value in data.items() if value is not None},
                subentry_id=SUBENTRY_ID,
                subentry_type="printer",
                title="P1S",
                unique_id=str(printer.id),
            )
        ],
    )


async def watch(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
    freezer: FrozenDateTimeFactory,
    **options: Json,
) -> Watched:
    """Set up an account that watches a printer; nothing has happened yet."""
    freezer.move_to(server.clock.now())
    assert await async_setup_component(hass, "camera", {})
    camera = FakeCamera()
    await hass.data[DATA_COMPONENT].async_add_entities([camera])
    entry = agent_entry(server, account, printer, **options)
    watched = Watched(
        hass=hass,
        server=server,
        account=account,
        printer=printer,
        entry=entry,
        timelapse=timelapse,
        freezer=freezer,
        camera=camera,
    )
    effects = {"pause": "pause", "resume": "running", "cancel": "failed"}

    @callback
    def act(call: ServiceCall) -> None:
        watched.calls.append(call)
        if watched.obeys:
            watched.say(effects[call.service])

    for service in effects:
        hass.services.async_register("p1s", service, act)
    entry.add_to_hass(hass)
    return watched


def settings_of(watched: Watched) -> dict[str, Any]:
    """Return the settings that the server has of the printer."""
    return dict(watched.printer.settings)
