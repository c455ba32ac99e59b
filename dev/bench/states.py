"""The states that a printing printer writes in an hour."""

from collections import Counter
from datetime import timedelta
import json
from random import Random
from typing import Any, Final
from unittest.mock import AsyncMock, patch

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.util import dt as dt_util

from .home import connected, home_assistant, pushes_of, put_forward, set_up
from .messages import encode
from .remote import remote_server
from .results import Result

_HOUR: Final = 3600
# Seconds between two reports of a printing agent that has a viewer.
_REPORT: Final = 10
_LAYERS: Final = 160
# In K, of each heater's sensor.
_NOISE: Final = 0.5
_MOST: Final = 600


async def measure(*, quick: bool) -> list[Result]:
    """Count the states of one hour of a print, with noise in what is measured."""
    written = await _states_of_an_hour()
    total = written.total()
    often = ", ".join(f"{key} {count}" for key, count in written.most_common(6))
    return [
        Result.at_most(
            "states per hour of a printing printer, default entities, ±0.5 K of noise on two heaters",
            total,
            _MOST,
            note=f"a report every {_REPORT} s, {_LAYERS} layers, a failure score that varies; {often}",
        )
    ]


async def _states_of_an_hour() -> Counter[str]:
    """Return how often each entity of a printer wrote a new state."""
    written: Counter[str] = Counter()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        written[event.data["entity_id"]] += 1

    async with remote_server() as server, home_assistant() as hass:
        account = await server.add_account(1, "captured")
        entry = await set_up(hass, account)
        await connected(entry)
        (printer,) = account.printers
        recorded = await server.message(printer)
        take = pushes_of(entry)[printer]._handle_message
        coordinator = entry.runtime_data.coordinator
        random = Random(1)
        start = dt_util.utcnow()
        with (
            # The server knows nothing of these reports.
            patch.object(
                coordinator,
                "_async_update_data",
                AsyncMock(side_effect=lambda: coordinator.data),
            ),
            patch.object(dt_util, "utcnow") as utcnow,
        ):
            utcnow.return_value = start
            take(encode(_report(recorded, 0, random)))
            await hass.async_block_till_done()
            hass.bus.async_listen(EVENT_STATE_CHANGED, changed)
            for seconds in range(_REPORT, _HOUR, _REPORT):
                await put_forward(hass, _REPORT)
                utcnow.return_value = start + timedelta(seconds=seconds)
                take(encode(_report(recorded, seconds, random)))
        await hass.async_block_till_done()
    return written


def _report(recorded: dict[str, Any], seconds: int, random: Random) -> dict[str, Any]:
    """Return what the server pushes after some seconds of the print."""
    message: dict[str, Any] = json.loads(json.dumps(recorded))
    status = message["status"]
    done = seconds / _HOUR
    status["_ts"] += seconds
    status["currentZ"] = 0.2 * round(done * _LAYERS)
    status["currentLayerHeight"] = round(done * _LAYERS)
    status["progress"] |= {
        "completion": 100 * done,
        "printTime": seconds,
        # Estimates vary, too.
        "printTimeLeft": max(_HOUR - seconds + random.uniform(-20, 20), 0),
    }
    for heater in ("tool0", "bed"):
        temperature = status["temperatures"][heater]
        noise = random.uniform(-_NOISE, _NOISE)
        temperature["actual"] = round(temperature["target"] + noise, 2)
    message["normalized_p"] = 0.1 + random.uniform(-0.05, 0.05)
    return message
