"""Automations that are set up as Home Assistant does it, and note what they are told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from copy import deepcopy
from typing import Final, TypedDict, Unpack
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import async_mock_service

from dev import Printer
from homeassistant.const import SERVICE_RELOAD, SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from tests.integration.support import Json, Obico, load_capture

type Config = Mapping[str, Json]

# All that an automation is told of a printer, and the entity that told it.
VARIABLES = (
    "entity_id",
    "device_id",
    "printer",
    "print_id",
    "file",
    "title",
    "text",
    "image",
    "outcome",
    "error",
    "entities",
)


def above(percent: float) -> dict[str, Json]:
    """Return the options of a trigger for progress."""
    return {"threshold": {"type": "above", "value": {"number": percent}}}


def below(number: float, unit: str) -> dict[str, Json]:
    """Return the options of a trigger for what becomes less."""
    value = {"number": number, "unit_of_measurement": unit}
    return {"threshold": {"type": "below", "value": value}}


HALF = above(50)
TEN_MINUTES = below(10, "min")
COOL = below(40, "°C")
FOR_FIVE_MINUTES: Final = {"for": {"minutes": 5}}
LIMITS: Final = {
    "progress_passed": HALF,
    "time_left_below": TEN_MINUTES,
    "bed_cooled": COOL,
}


def trigger(name: str, target: Config, **options: Json) -> dict[str, Json]:
    """Return the configuration of a trigger of ours, with a limit where it needs one."""
    config: dict[str, Json] = {"trigger": f"obico.{name}", "target": dict(target)}
    options = LIMITS.get(name, {}) | options
    return config | ({"options": options} if options else {})


def condition(name: str, target: Config, **options: Json) -> dict[str, Json]:
    """Return the configuration of a condition of ours."""
    config: dict[str, Json] = {"condition": f"obico.{name}", "target": dict(target)}
    return config | ({"options": options} if options else {})


class Automations:
    """The automations of a user, which note each of their runs."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin without any."""
        self._hass = hass
        self._calls: list[ServiceCall] = async_mock_service(hass, "test", "note")
        self._configs: list[dict[str, Json]] = []

    async def start(self, *triggers: Config, conditions: Sequence[Config] = ()) -> None:
        """Set up one automation for each trigger."""
        await self.prepare(*triggers, conditions=conditions)
        assert self._states() == ["on"] * len(triggers)

    async def prepare(
        self, *triggers: Config, conditions: Sequence[Config] = ()
    ) -> None:
        """Set the automations up, where Home Assistant may be still starting."""
        told = {name: f"{{{{ trigger.{name} }}}}" for name in VARIABLES}
        await self._set_up(
            *(
                {
                    "triggers": [dict(each)],
                    "conditions": [dict(each) for each in conditions],
                    "actions": [
                        {
                            "action": "test.note",
                            "data": {"trigger": "{{ trigger.platform }}", **told},
                        }
                    ],
                }
                for each in triggers
            )
        )

    async def start_asking(self, *conditions: Config) -> None:
        """Set up one automation for each condition, which runs when it is asked and holds."""
        await self._set_up(
            *(
                {
                    "triggers": [{"trigger": "event", "event_type": "asked"}],
                    "conditions": [dict(each)],
                    "actions": [
                        {"action": "test.note", "data": {"trigger": each["condition"]}}
                    ],
                }
                for each in conditions
            )
        )
        assert self._states() == ["on"] * len(conditions)

    async def ask(self) -> list[str]:
        """Return the conditions that hold now."""
        self._hass.bus.async_fire("asked")
        await self._hass.async_block_till_done()
        return sorted(self.take())

    async def _set_up(self, *configs: dict[str, Json]) -> None:
        self._configs = [
            config
            | {
                "id": f"{number}",
                "alias": f"Automation {number}",
                "mode": "queued",
                "max": 100,
            }
            for number, config in enumerate(configs)
        ]
        assert await async_setup_component(
            self._hass, "automation", {"automation": self._configs}
        )
        await self._hass.async_block_till_done()

    def _states(self) -> list[str]:
        return [state.state for state in self._hass.states.async_all("automation")]

    async def reload(self) -> None:
        """Reload the automations, each changed a little: others are left alone."""
        for config in self._configs:
            config["description"] = config.get("description", "") + "."
        with patch(
            "homeassistant.config.load_yaml_config_file",
            autospec=True,
            return_value={"automation": self._configs},
        ):
            await self._hass.services.async_call(
                "automation", SERVICE_RELOAD, blocking=True
            )
            await self._hass.async_block_till_done()
        assert self._states() == ["on"] * len(self._configs)

    async def stop(self) -> None:
        """Turn all automations off."""
        if self._configs:
            await self._hass.services.async_call(
                "automation", SERVICE_TURN_OFF, {"entity_id": "all"}, blocking=True
            )

    @property
    def runs(self) -> list[dict[str, Json]]:
        """What the runs until now were told, oldest first."""
        return [dict(call.data) for call in self._calls]

    @property
    def fired(self) -> list[str]:
        """The triggers that fired until now, oldest first."""
        return [run["trigger"].removeprefix("obico.") for run in self.runs]

    def take(self) -> list[str]:
        """Return the triggers that fired since they were last taken."""
        fired = self.fired
        self._calls.clear()
        return fired


type Start = Callable[..., Awaitable[Automations]]


class Reading(TypedDict, total=False):
    """What a printer shows of itself and its print, as far as it is not as usual."""

    progress: float | None
    left: int | None
    bed: float
    bed_target: float | None
    print_id: int | None


class Shown:
    """A printer that shows what a test wants it to, whatever its machine does."""

    def __init__(self, obico: Obico, printer: Printer) -> None:
        """Show nothing yet."""
        self._obico = obico
        self._printer = printer

    @property
    def target(self) -> Config:
        """The printer as the target of triggers and conditions."""
        device = self._obico.device(self._printer)
        assert device is not None
        return {"device_id": device.id}

    def will_show(
        self,
        *,
        progress: float | None = 10.0,
        left: int | None = 3600,
        bed: float = 60.0,
        bed_target: float | None = 60.0,
        print_id: int | None = 5,
    ) -> None:
        """Become a print, or none; Home Assistant does not know yet."""
        capture = deepcopy(load_capture("printer_printing"))
        status = capture["status"]
        status["progress"] |= {"completion": progress, "printTimeLeft": left}
        status["temperatures"]["bed"] |= {"actual": bed, "target": bed_target}
        if print_id is None:
            capture["current_print"] = None
        else:
            capture["current_print"]["id"] = print_id
        self._printer.load_state(capture)

    async def show(self, **reading: Unpack[Reading]) -> None:
        """Show a print, or none."""
        self.will_show(**reading)
        await self._obico.poll()

    async def be_offline(self) -> None:
        """Show that nothing is heard of the machine; a print may be going on."""
        self._printer.load_state(load_capture("printer_offline"))
        await self._obico.poll()

    async def lose_agent(self) -> None:
        """Let the machine's agent go offline, until the server has noticed it."""
        self._printer.agent.go_offline()
        await self._obico.poll(after=120)
        assert self._obico.value(self._printer, "binary_sensor.online") == "off"

    async def find_agent(self) -> None:
        """Let the machine's agent come online again."""
        self._printer.agent.come_online()
        await self._obico.poll(after=10)
        assert self._obico.value(self._printer, "binary_sensor.online") == "on"

    async def lose_server(self) -> None:
        """Let the server be gone."""
        await self._obico.server.refuse_connections()
        await self._obico.poll()

    async def find_server(self) -> None:
        """Let the server be there again."""
        await self._obico.server.accept_connections()
        await self._obico.poll()


def both(*shown: Shown) -> Config:
    """Return several printers as one target."""
    return {"device_id": [each.target["device_id"] for each in shown]}
