"""Home Assistant as an agent: what a change costs, the memory, the pictures, the event loop."""

import asyncio
from asyncio import Handle
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
import gc
from io import BytesIO
from time import thread_time
from typing import Final, cast, override
from unittest.mock import patch

import orjson
from PIL import Image

from custom_components.obico.agent.agents import Agents
from custom_components.obico.agent.picture_pace import PictureKind
from custom_components.obico.agent.pictures import AgentPictures
from custom_components.obico.agent.printer_agent import PrinterAgent
from custom_components.obico.aioobico.acting import AgentSocket
from custom_components.obico.data import ObicoConfigEntry
from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .home import add_entry, home_assistant, put_forward, set_up_entry, until
from .remote import RemoteAccount, RemoteServer, remote_server
from .results import Result
from .timing import Action, cpu_of_turns
from .used_memory import used_memory

_CAMERA: Final = "camera.bench"
# As large as the server keeps it, turned by the agent.
_SIZE: Final = (1280, 960)
_READINGS: Final = {
    "file": "benchy.3mf",
    "progress": "12",
    "time_left": "3600",
    "layer": "20",
    "total_layers": "120",
    "nozzle": "210.1",
    "nozzle_target": "210",
    "bed": "60",
    "bed_target": "60",
}
_STATES: Final = {
    "states_idle": ["idle"],
    "states_printing": ["printing"],
    "states_paused": ["paused"],
    "states_finished": ["finished"],
    "states_failed": ["failed"],
}
_TURNS: Final = 2000
_QUICK_TURNS: Final = 400
_AGENTS: Final = 40
_TEN: Final = 10
_HOUR: Final = 3600
# Pictures are 10.6 s apart.
_STEP: Final = 0.2
_MINUTES: Final = 10
_MOST_CPU: Final = 40
_MOST_KB: Final = 40
_MOST_PICTURES: Final = (340, 31, 0)
_LONGEST_MS: Final = 20


class _Camera(Camera):
    """A camera that gives the same picture at once."""

    _attr_name = "Bench"
    entity_id = _CAMERA

    def __init__(self) -> None:
        """Draw the picture."""
        super().__init__()
        content = BytesIO()
        Image.effect_noise(_SIZE, 40).convert("RGB").save(content, "JPEG")
        self._content = content.getvalue()

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes:
        return self._content


class _Sink:
    """A connection that takes everything."""

    message = b""

    async def send(self, message: bytes) -> None:
        """Keep the message."""
        self.message = message


async def measure(*, quick: bool) -> list[Result]:
    """Measure all of it; `quick` with fewer turns and minutes."""
    return [
        await _change(_QUICK_TURNS if quick else _TURNS),
        await _memory(_AGENTS // 2 if quick else _AGENTS),
        *await _pictures(_HOUR // 6 if quick else _HOUR),
        await _loop(1 if quick else _MINUTES),
    ]


@asynccontextmanager
async def _watched(
    printers: int,
) -> AsyncIterator[tuple[HomeAssistant, RemoteServer, ObicoConfigEntry, RemoteAccount]]:
    """Set up an account whose printers Home Assistant is the agent of, all of them idle."""
    async with remote_server() as server, home_assistant() as hass:
        account = await server.add_account(printers, "unlinked")
        await async_setup_component(hass, "camera", {})
        await hass.data[DATA_COMPONENT].async_add_entities([_Camera()])
        for number in range(printers):
            _say(hass, number, "idle")
        entry = add_entry(
            hass,
            account,
            subentries=[
                _subentry(number, printer_id, token)
                for number, (printer_id, token) in enumerate(
                    zip(account.printers, account.tokens, strict=True)
                )
            ],
        )
        await set_up_entry(hass, entry)
        await _connected(entry)
        yield hass, server, entry, account


def _subentry(number: int, printer_id: int, token: str) -> ConfigSubentryDataWithId:
    entities = {key: f"sensor.bench_{number}_{key}" for key in _READINGS}
    return ConfigSubentryDataWithId(
        data={
            "printer_id": printer_id,
            "auth_token": token,
            "status": f"sensor.bench_{number}_status",
            "camera": _CAMERA,
            "rotation": "90",
            **_STATES,
            **entities,
        },
        subentry_id=f"bench{number}",
        subentry_type="printer",
        title=f"Printer {number}",
        unique_id=str(printer_id),
    )


def _say(hass: HomeAssistant, number: int, status: str, **readings: str) -> None:
    """Let the entities of a printer say something, the status last."""
    for key, value in (_READINGS | readings).items():
        hass.states.async_set(f"sensor.bench_{number}_{key}", value)
    hass.states.async_set(f"sensor.bench_{number}_status", status)


def _agents_of(entry: ObicoConfigEntry) -> list[PrinterAgent]:
    agents: Agents = entry.runtime_data.agents
    return [agent for agent, _ in agents._agents.values()]


async def _connected(entry: ObicoConfigEntry) -> None:
    await until(lambda: all(agent.is_connected for agent in _agents_of(entry)))


async def _change(turns: int) -> Result:
    """Compare a change of the progress, up to the message, with encoding that message."""
    async with _watched(1) as (hass, _, entry, _account):
        _say(hass, 0, "printing")
        (agent,) = _agents_of(entry)
        await until(lambda: agent.tracker.current is not None)
        await asyncio.sleep(2)
        sink = _Sink()
        agent.sender._socket = cast("AgentSocket", sink)
        await agent.sender._async_send_status()
        message = orjson.loads(sink.message)

        def changes() -> Iterator[Action]:
            for number in range(turns):

                def change(percent: str = f"{20 + number % 50}.{number % 10}") -> None:
                    hass.states.async_set("sensor.bench_0_progress", percent)
                    sending = agent.sender._async_send_status()
                    # The sink takes it at once.
                    try:
                        sending.send(None)
                    except StopIteration:
                        return
                    raise RuntimeError("sending has waited for something")

                yield change

        def encodings() -> Iterator[Action]:
            while True:
                yield lambda: orjson.dumps(message)

        ours, floor = cpu_of_turns(changes(), encodings(), times=turns)
    return Result.at_most(
        "CPU from a change of a printer's status to the agent's message, against `orjson.dumps` of that message",
        ours / floor,
        _MOST_CPU,
        unit="×",
        note=f"{ours * 1e6:.0f} µs against {floor * 1e6:.1f} µs, {len(sink.message)} bytes; "
        "with Home Assistant's own work for the state, and reading all entities of the printer",
    )


async def _memory(printers: int) -> Result:
    """Return what agents take in addition to the printers that they make."""
    async with _watched(printers) as (hass, _, entry, _account):
        agents: Agents = entry.runtime_data.agents
        await asyncio.sleep(1)
        await agents.async_stop()
        before = used_memory()
        await agents.async_start()
        await _connected(entry)
        await asyncio.sleep(2)
        await hass.async_block_till_done()
        taken = (used_memory() - before) / printers / 1000
    return Result.at_most(
        "memory of an agent, its connection included, beyond its printer's",
        taken,
        _MOST_KB,
        unit=" kB",
        note=f"unshared memory of the process, {printers} idle agents that were stopped and started again; plain sockets",
    )


async def _pictures(seconds: int) -> list[Result]:
    """Count the pictures of an hour: of a print that the AI watches, of another, of none."""
    async with _watched(1) as (hass, server, _, account):
        (printer,) = account.printers
        counts = []
        for name, status, is_watched in (
            ("of a print that the AI watches", "printing", True),
            ("of a print that nobody watches", "printing", False),
            ("without a print", "finished", True),
        ):
            await server.watch(printer, watched=is_watched)
            _say(hass, 0, status)
            # The first picture of a print comes at once.
            await _pass(hass, server, 30)
            await server.agent_pictures()
            await _pass(hass, server, seconds, step=_STEP)
            counts.append((name, await server.agent_pictures() * _HOUR / seconds))
    return [
        Result.at_most(
            f"pictures per hour {name}",
            count,
            most,
            note=f"{seconds // 60} minutes; both clocks are put forward together, in steps of {_STEP} s",
        )
        for (name, count), most in zip(counts, _MOST_PICTURES, strict=True)
    ]


async def _pass(
    hass: HomeAssistant, server: RemoteServer, seconds: int, *, step: float = 1
) -> None:
    """Let time pass; a picture that is under way takes none of it."""
    under_way: list[PictureKind] = []
    send = AgentPictures._async_send

    async def sending(pictures: AgentPictures, kind: PictureKind) -> None:
        under_way.append(kind)
        try:
            await send(pictures, kind)
        finally:
            under_way.remove(kind)

    with patch.object(AgentPictures, "_async_send", sending):
        for _ in range(round(seconds / step)):
            await put_forward(hass, step)
            await until(lambda: not under_way)
            await server.advance(step)


async def _loop(minutes: int) -> Result:
    """Measure how long the event loop is held while ten printers print and are watched."""
    async with _watched(_TEN) as (hass, server, entry, _account):
        for number in range(_TEN):
            _say(hass, number, "printing")
        await _pass(hass, server, 15)
        gc.collect()
        with _longest_callback() as longest:
            for second in range(minutes * 60):
                for number in range(_TEN):
                    _say(hass, number, "printing", progress=f"{second / 10 + 12:.1f}")
                await _pass(hass, server, 1)
        sent = sum(agent._pictures.sent for agent in _agents_of(entry))
    return Result.at_most(
        f"the longest that {_TEN} agents hold the event loop",
        longest[0] * 1000,
        _LONGEST_MS,
        unit=" ms",
        note=f"CPU time of any single callback of Home Assistant in {minutes} minutes of {_TEN} prints whose progress changes each second; "
        f"{sent} pictures of {_SIZE[0]}×{_SIZE[1]}, turned by the agent",
    )


@contextmanager
def _longest_callback() -> Iterator[list[float]]:
    """Yield a list with the CPU seconds of the longest callback of the event loop.

    In CPU time, as other programs also hold up a loop that does nothing.
    """
    longest = [0.0]
    run = Handle._run

    def timed(handle: Handle) -> None:
        began = thread_time()
        run(handle)
        longest[0] = max(longest[0], thread_time() - began)

    with patch.object(Handle, "_run", timed):
        yield longest
