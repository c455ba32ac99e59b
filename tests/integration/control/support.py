"""A user at the controls of one printer, and somebody who notes what goes over the line."""

import asyncio
from collections.abc import Awaitable

import pytest

from dev import CUBE, KlipperAgent, Phase, Printer
from dev.agent.machine import FOLLOWING
from dev.json_types import JsonObject
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

# What a call waits for needs time to pass, and is waiting all the while.
_IMPATIENT = 0.01

octoprint = pytest.mark.parametrize("printer", ["octoprint"], indirect=True)
klipper = pytest.mark.parametrize("printer", ["klipper"], indirect=True)


class Control:
    """One printer, as its user has it at hand."""

    def __init__(
        self,
        obico: Obico,
        printer: Printer,
        timelapse: Timelapse,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Note from now on what is asked of the printer."""
        self.obico = obico
        self.printer = printer
        self.timelapse = timelapse
        self.agent = printer.agent
        self.is_klipper = isinstance(printer.agent, KlipperAgent)
        self.nozzle = "extruder" if self.is_klipper else "tool0"
        self.bed = "heater_bed" if self.is_klipper else "bed"
        self._monkeypatch = monkeypatch
        self._patched: list[JsonObject] = []
        self._told: list[str] = []
        update, passthru = printer.update, printer.passthru

        def note_update(changes: JsonObject) -> None:
            self._patched.append(changes)
            update(changes)

        def note_passthru(message: JsonObject) -> None:
            values = [*list_of(message["args"]), *map_of(message["kwargs"]).values()]
            words = [f"{message['target']}.{message['func']}", *map(str, values)]
            self._told.append(" ".join(words))
            passthru(message)

        monkeypatch.setattr(printer, "update", note_update)
        monkeypatch.setattr(printer, "passthru", note_passthru)
        obico.server.requests.clear()

    # What is seen

    def __getitem__(self, key: str) -> str:
        """Return what an entity shows."""
        return self.obico.value(self.printer, key)

    def shown(self, **keys: str) -> dict[str, str]:
        """Return what the entities of these domains and keys show, written as `domain__key`."""
        return {key: self[key.replace("__", ".")] for key in keys}

    @property
    def asked(self) -> list[str]:
        """What the server was asked to do, besides telling something, oldest first."""
        return [
            request.path.rstrip("/").rpartition("/")[2]
            + "".join(f" {value}" for value in request.query.values())
            for request in self.obico.server.requests
            if request.method != "GET"
        ]

    @property
    def patched(self) -> list[JsonObject]:
        """The fields of the printer that were changed."""
        return self._patched

    @property
    def told(self) -> list[str]:
        """What the agent was told over the push connection."""
        return self._told

    def forget(self) -> None:
        """Forget what was asked and told until now."""
        self.obico.server.requests.clear()
        self._patched.clear()
        self._told.clear()

    # What is done

    def begin(self, key: str, service: str, **data: object) -> asyncio.Task[None]:
        """Begin to call an entity's action."""
        call = self.obico.hass.services.async_call(
            key.partition(".")[0],
            service,
            {"entity_id": self.obico.entity_id(self.printer, key)} | data,
            blocking=True,
        )

        async def wait() -> None:
            await call

        return asyncio.get_running_loop().create_task(wait())

    async def until_asked(self) -> None:
        """Let everything go on until the server was asked to do something."""
        await wait_until(lambda: self.asked)

    async def finish_now(self, task: asyncio.Task[None]) -> None:
        """Wait until an action is done, for which no more time has to pass."""
        await wait_until(task.done)
        await task

    async def finish(
        self, task: asyncio.Task[None], *, within: float = 40, patience: float = 5.0
    ) -> None:
        """Let time pass until an action is done, and raise what it raises."""
        await self.timelapse.settle(_IMPATIENT)
        while not task.done():
            assert within > 0, "it never came to an end"
            await self.timelapse.pass_time(1, step=1, patience=_IMPATIENT)
            within -= 1
        await task
        await self.timelapse.settle(patience)

    async def call(self, key: str, service: str, **data: object) -> None:
        """Call an entity's action, and wait for its end."""
        await self.finish(self.begin(key, service, **data))

    async def press(self, key: str) -> None:
        """Press a button."""
        await self.call(f"button.{key}", "press")

    async def set_value(self, key: str, value: float) -> None:
        """Set a number."""
        await self.call(f"number.{key}", "set_value", value=value)

    async def select(self, key: str, option: str) -> None:
        """Select an option."""
        await self.call(f"select.{key}", "select_option", option=option)

    async def turn(self, key: str, *, on: bool) -> None:
        """Turn a switch."""
        await self.call(f"switch.{key}", "turn_on" if on else "turn_off")

    async def use_profiles(self, *profiles: JsonObject) -> None:
        """Let the agent have other profiles for preheating."""
        settings = self.agent.settings
        self._monkeypatch.setattr(
            self.agent, "settings", lambda: settings() | {"temp_profiles": [*profiles]}
        )
        await self.report()
        self.forget()

    # What goes wrong

    def ignore_commands(self) -> None:
        """Let the server say yes to commands, and give none of them to the printer."""
        self._monkeypatch.setattr(self.printer, "command", lambda _: None)

    def keep_pushes(self) -> None:
        """Let the server push no changes by itself, as long as it is slow."""
        self._monkeypatch.setattr(self.printer, "push", lambda: None)

    def let_phase_last(
        self, phase: Phase, seconds: float, then: Phase | None = None
    ) -> None:
        """Let the machine pass through a phase in so many seconds, and come to another one."""
        usual = FOLLOWING[phase]
        assert usual is not None
        self._monkeypatch.setitem(FOLLOWING, phase, (seconds, then or usual[1]))

    def hold_answer(
        self,
        path: str,
        *,
        method: str = "*",
        after: bool = False,
        times: int | None = None,
    ) -> asyncio.Event:
        """Let the server answer calls of a path only once the event that is returned is set."""
        answer = asyncio.Event()
        self.obico.server.faults.delay(
            path, answer, method=method, after=after, times=times
        )
        return answer

    # What happens

    async def timed(self, what: Awaitable[object]) -> float:
        """Await something, and return the seconds that had to pass for it."""
        began = self.timelapse.elapsed
        await what
        return self.timelapse.elapsed - began

    async def become(self, phase: Phase) -> None:
        """Let the printer come to a phase of its life, by no doing of Home Assistant."""
        agent = self.agent
        if phase is Phase.DISCONNECTED:
            agent.disconnect()
        elif phase is not Phase.IDLE:
            agent.start_print(CUBE)
            await self.pass_time(30)
            assert agent.phase is Phase.PRINTING
        match phase:
            case Phase.PAUSING:
                agent.pause()
            case Phase.PAUSED | Phase.RESUMING:
                agent.pause()
                await self.pass_time(5)
            case Phase.CANCELLING:
                agent.cancel()
        if phase is Phase.RESUMING:
            agent.resume()
        await self.settle()
        assert agent.phase is phase
        assert self["sensor.status"] == phase.name.lower()
        self.forget()

    async def settle(self, patience: float = 5.0) -> None:
        """Let everything that was set off come to its end, unless it waits for longer."""
        await self.timelapse.settle(patience)

    async def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        await self.timelapse.pass_time(seconds)

    async def report(self) -> None:
        """Let the agent report in the next second, as it does now and then by itself."""
        await self.timelapse.pass_time(1, step=1)
        self.agent.report()
        await self.settle()


async def refused(what: Awaitable[None], key: str) -> ServiceValidationError:
    """Expect that something is not even tried, for this reason."""
    with pytest.raises(ServiceValidationError) as caught:
        await what
    return explained(caught.value, key)


async def failed(what: Awaitable[None], key: str) -> HomeAssistantError:
    """Expect that something is tried and fails, for this reason."""
    with pytest.raises(HomeAssistantError) as caught:
        await what
    assert not isinstance(caught.value, ServiceValidationError)
    return explained(caught.value, key)


def explained[E: HomeAssistantError](error: E, key: str) -> E:
    """Look that an error says in the user's language what is the matter."""
    assert (error.translation_domain, error.translation_key) == ("obico", key)
    assert " " in str(error)
    assert "{" not in str(error)
    return error


def list_of(value: object) -> list[object]:
    """Take a list."""
    assert isinstance(value, list)
    return value


def map_of(value: object) -> JsonObject:
    """Take an object."""
    assert isinstance(value, dict)
    return value
