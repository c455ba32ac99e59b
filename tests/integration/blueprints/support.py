"""A home: automations made from the blueprints, phones, and time that passes."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
from types import CoroutineType
from typing import override
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from dev import ObicoServer, Phase, Printer
from homeassistant.components import persistent_notification
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STARTED,
    SERVICE_RELOAD,
    SERVICE_TURN_OFF,
)
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util, slugify
from tests.integration.support import Json, Obico, forget_run
from tests.timelapse import Timelapse

BLUEPRINTS = Path(__file__).parents[3] / "blueprints" / "automation" / "obico"
# What an automation asks for is a task of its own; these only wait for it, or for hours.
_WAITING = (
    "AutomationEntity._async_trigger_if_enabled",
    "Script.async_run",
    "ServiceRegistry._run_service_call_catch_exceptions",
    "async_setup.<locals>.trigger_service_handler",
)
# Long enough for what goes over a local connection, where something else waits for long.
_PATIENCE = 0.5


# Midnight in the time zone of the tests, where the sun goes up and down.
_DAY = datetime(2026, 6, 10, 7, tzinfo=UTC)


def _seconds(time: str) -> int:
    """Return how long after midnight a time is."""
    hours, minutes, seconds = map(int, time.split(":"))
    return (hours * 60 + minutes) * 60 + seconds


class HomeTime(Timelapse):
    """Time in a home whose automations may be waiting for hours."""

    def __init__(self, hass: HomeAssistant, server: ObicoServer) -> None:
        """Take over the loop's clock."""
        super().__init__(hass, server)
        self._home = hass
        self._home_server = server
        # The frozen clock of Home Assistant, in tests to which the time of day matters.
        self.wall_clock: FrozenDateTimeFactory | None = None

    async def set_clock(self, time: str) -> None:
        """Set the clock to a local time."""
        await self._set_clock(_DAY + timedelta(seconds=_seconds(time)))

    async def set_clock_by_server(self) -> None:
        """Set the clock to the server's time."""
        await self._set_clock(self._home_server.clock.now())

    async def _set_clock(self, moment: datetime) -> None:
        assert self.wall_clock is not None
        self.wall_clock.move_to(moment)
        await self.settle()

    async def wait_until_clock_shows(self, time: str) -> None:
        """Let hours pass for Home Assistant, while the printers stand still."""
        local = dt_util.now()
        now = local.hour * 3600 + local.minute * 60 + local.second
        await self.jump((_seconds(time) - now) % (24 * 3600))

    async def jump(self, seconds: float) -> None:
        """Let hours pass for Home Assistant alone."""
        assert self.wall_clock is not None
        self.wall_clock.tick(seconds)
        self._put_forward(seconds)
        await self.settle()

    @override
    async def settle(self, patience: float = _PATIENCE) -> None:
        await super().settle(patience)

    @override
    async def pass_time(
        self, seconds: float, *, step: float = 5.0, patience: float = _PATIENCE
    ) -> None:
        if self.wall_clock is None:
            await super().pass_time(seconds, step=step, patience=patience)
            return
        while seconds > 0:
            part = min(step, seconds)
            self.wall_clock.tick(part)
            await super().pass_time(part, step=part, patience=patience)
            seconds = round(seconds - part, 9)

    @override
    def _is_busy(self) -> bool:
        return any(
            isinstance(coroutine := task.get_coro(), CoroutineType)
            and coroutine.__qualname__ not in _WAITING
            for task in self._home._tasks
            if isinstance(task, asyncio.Task)
        )


class Phone:
    """A phone with the Home Assistant app: what it shows, and the buttons on it."""

    def __init__(self, hass: HomeAssistant, name: str, manufacturer: str) -> None:
        """Register the app."""
        self._hass = hass
        entry = MockConfigEntry(domain="mobile_app", title=name)
        entry.add_to_hass(hass)
        self.device_id = (
            dr.async_get(hass)
            .async_get_or_create(
                config_entry_id=entry.entry_id,
                identifiers={("mobile_app", name)},
                manufacturer=manufacturer,
                name=name,
            )
            .id
        )
        self._calls = async_mock_service(hass, "notify", slugify(f"mobile_app_{name}"))

    @property
    def received(self) -> list[dict[str, Json]]:
        """All that was sent to it, oldest first."""
        return [dict(call.data) for call in self._calls]

    @property
    def rang(self) -> list[str]:
        """The messages that made it ring, oldest first."""
        return [
            told["message"]
            for told in self.received
            if told["message"] != "clear_notification"
            and not told["data"].get("alert_once")
        ]

    @property
    def shown(self) -> dict[str, dict[str, Json]]:
        """The notifications on its screen by their tags."""
        screen: dict[str, dict[str, Json]] = {}
        for told in self.received:
            tag = told["data"]["tag"]
            if told["message"] == "clear_notification":
                screen.pop(tag, None)
            else:
                screen[tag] = told
        return screen

    @property
    def notification(self) -> dict[str, Json]:
        """The only notification on its screen."""
        (notification,) = self.shown.values()
        return notification

    @property
    def buttons(self) -> list[str]:
        """The texts of the buttons below the only notification."""
        return [button["title"] for button in self.notification["data"]["actions"]]

    def press(self, title: str, notification: Mapping[str, Json] | None = None) -> None:
        """Press a button, by default of the only notification."""
        actions = (notification or self.notification)["data"]["actions"]
        (action,) = [each["action"] for each in actions if each["title"] == title]
        self._hass.bus.async_fire("mobile_app_notification_action", {"action": action})

    def forget(self) -> None:
        """Forget all that was sent until now."""
        self._calls.clear()


class Home:
    """The home of a user with an account, who makes automations from the blueprints."""

    def __init__(self, obico: Obico, time: HomeTime, complaints: list[str]) -> None:
        """Begin without any automation; a test adds to `complaints` what it expects in the log."""
        self.obico = obico
        self.hass = obico.hass
        self.complaints = complaints
        self._time = time
        self._configs: list[dict[str, Json]] = []

    async def automate(self, blueprint: str, inputs: Mapping[str, Json]) -> str:
        """Make an automation from a blueprint, as the user interface does, and return its entity id."""
        alias = blueprint.replace("_", " ")
        self._configs.append(
            {
                "id": slugify(alias),
                "alias": alias,
                "use_blueprint": {
                    "path": f"obico/{blueprint}.yaml",
                    "input": {**inputs},
                },
            }
        )
        await self.load()
        entity_id = f"automation.{slugify(alias)}"
        state = self.hass.states.get(entity_id)
        assert state is not None
        assert state.state == "on"
        return entity_id

    async def load(self) -> None:
        """Load the automations, for the first time or anew."""
        if "automation" not in self.hass.config.components:
            assert await async_setup_component(
                self.hass, "automation", {"automation": self._configs}
            )
        else:
            await self._reload(self._configs)

    async def run(self, entity_id: str) -> None:
        """Run an automation by hand."""
        await self.hass.services.async_call(
            "automation", "trigger", {"entity_id": entity_id}
        )

    async def restart(self, *, away: float = 0) -> None:
        """Stop Home Assistant, and start it again after some seconds."""
        async with self.stopped():
            await self._time.pass_time(away)

    @asynccontextmanager
    async def stopped(self) -> AsyncGenerator[None]:
        """Stop Home Assistant for what happens meanwhile, then start it again."""
        entry_id, time = self.obico.entry.entry_id, self._time
        await self._reload([])
        assert await self.hass.config_entries.async_unload(entry_id)
        await time.settle()
        yield
        # The next run knows nothing of this one but what was stored.
        forget_run(self.hass)
        self.hass.set_state(CoreState.starting)
        await self.load()
        assert await self.hass.config_entries.async_setup(entry_id)
        await time.settle()
        self.hass.set_state(CoreState.running)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await time.settle()

    async def stop(self) -> None:
        """End all that the automations are doing."""
        if self._configs:
            await self.hass.services.async_call(
                "automation", SERVICE_TURN_OFF, {"entity_id": "all"}, blocking=True
            )

    async def _reload(self, configs: list[dict[str, Json]]) -> None:
        with patch(
            "homeassistant.config.load_yaml_config_file",
            autospec=True,
            return_value={"automation": configs},
        ):
            await self.hass.services.async_call(
                "automation", SERVICE_RELOAD, blocking=True
            )


def import_blueprints(hass: HomeAssistant, folder: Path) -> None:
    """Put the blueprints where Home Assistant looks for them."""
    hass.config.config_dir = str(folder)
    shutil.copytree(BLUEPRINTS, folder / "blueprints" / "automation" / "obico")


def notifications(hass: HomeAssistant) -> list[persistent_notification.Notification]:
    """Return what stands among the notifications in Home Assistant's sidebar."""
    return list(
        persistent_notification._async_get_or_create_notifications(hass).values()
    )


def is_in(printer: Printer, phase: Phase) -> bool:
    """Return whether a printer's machine is in a phase now."""
    return printer.agent.phase is phase


async def phase_after(printer: Printer, time: HomeTime, seconds: float) -> Phase:
    """Let time pass, and return the phase that a printer's machine is in then."""
    await time.pass_time(seconds)
    return printer.agent.phase


def device_id_of(obico: Obico, *printers: Printer) -> list[str]:
    """Return the ids of printers' devices."""
    devices = [obico.device(printer) for printer in printers]
    return [device.id for device in devices if device is not None]


async def rename_all(obico: Obico, printer: Printer, time: HomeTime) -> None:
    """Give all entities of a printer names that tell nothing, the last one first."""
    registry = er.async_get(obico.hass)
    (device_id,) = device_id_of(obico, printer)
    entries = er.async_entries_for_device(registry, device_id)
    for number, entry in enumerate(reversed(entries)):
        registry.async_update_entity(
            entry.entity_id,
            new_entity_id=f"{entry.domain}.no_{number:02}_of_{printer.id}",
        )
    await time.settle()
