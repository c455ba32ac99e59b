"""The values of an Obico server's API, compared with those of Home Assistant."""

from collections import defaultdict, deque
from math import floor
from time import monotonic
from typing import Final, Self

import aiohttp

from ..json_types import JsonObject, JsonValue, as_object
from .errors import DemoError
from .obico import Account
from .view import ShownPrinter

# Values of Home Assistant may be as old as this, as it does not poll continuously.
_WINDOW: Final = 45.0
_TOLERANCE: Final = 0.06

# The texts of states that last longer than a moment.
_STATUS_BY_TEXT: Final = {
    "Operational": "idle",
    "Printing": "printing",
    "Paused": "paused",
    "Pausing": "pausing",
    "Resuming": "resuming",
    "Finishing": "finishing",
    "Starting": "starting",
    "Cancelling": "cancelling",
}

# Temperatures of the computer, whose sensors are disabled by default.
_HOST_TEMPERATURES: Final = frozenset({"raspberry_pi"})

_OWN_AGENT: Final = "home_assistant"

type Value = str | float | None


def _status(printer: JsonObject) -> Value:
    """Return the status that the sensor must have, None if it is not certain."""
    if printer["status"] is None:
        return "offline"
    state = as_object(as_object(printer["status"])["state"])
    flags = as_object(state["flags"])
    if flags.get("error"):
        return "error"
    if flags.get("closedOrError"):
        return "disconnected" if state["text"] == "Offline" else None
    return _STATUS_BY_TEXT.get(str(state["text"]))


def _number(value: JsonValue) -> Value:
    return float(value) if isinstance(value, int | float) else None


def expected(printer: JsonObject) -> dict[str, Value]:
    """Return the values that the entities of a printer must have."""
    values: dict[str, Value] = {
        "status": _status(printer),
        "online": "off" if printer["status"] is None else "on",
    }
    if printer["status"] is None:
        return values
    status = as_object(printer["status"])
    if printer["current_print"]:
        # Shown in whole percents; 0 % is also the value without a print, so it proves nothing.
        completion = as_object(status["progress"])["completion"]
        values["progress"] = (
            float(floor(completion))
            if isinstance(completion, int | float) and completion >= 1
            else None
        )
        values["file"] = str(as_object(printer["current_print"])["filename"])
    if printer["agent_name"] == _OWN_AGENT:
        # They repeat entities of Home Assistant, so that they are disabled by default.
        return values
    for heater, reading in as_object(status["temperatures"]).items():
        if heater in _HOST_TEMPERATURES:
            continue
        temperature = as_object(reading)
        values[f"temperature of {heater}"] = _number(temperature["actual"])
    return values


def shown(printer: ShownPrinter) -> dict[str, Value]:
    """Return the values that the entities of a printer have."""
    values: dict[str, Value] = {
        "status": printer.state("sensor", "status"),
        "online": printer.state("binary_sensor", "online"),
        "progress": printer.number("sensor", "progress"),
        "file": printer.state("sensor", "file"),
    }
    for heater, key in printer.heaters.items():
        values[f"temperature of {heater}"] = printer.number(
            "sensor", f"{key}_temperature"
        )
    return values


class Truth:
    """The recent values of the server, and those that Home Assistant was observed to have."""

    def __init__(self, account: Account) -> None:
        """Create a client that has asked nothing."""
        self._url = account.url
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {account.token}"},
            timeout=aiohttp.ClientTimeout(total=20),
        )
        self._said: dict[tuple[int, str], deque[tuple[float, Value]]] = defaultdict(
            deque
        )
        self._latest: dict[tuple[int, str], Value] = {}
        self.names: dict[int, str] = {}
        self.agreed: dict[tuple[int, str], Value] = {}

    async def __aenter__(self) -> Self:
        """Return the client itself."""
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        """Close the connections."""
        await self._http.close()

    async def ask(self) -> None:
        """Store the present values of the server."""
        async with self._http.get(f"{self._url}/api/v1/printers/") as response:
            if not response.ok:
                raise DemoError(f"the Obico server answered {response.status}")
            printers: JsonValue = await response.json()
        assert isinstance(printers, list)
        now = monotonic()
        self._latest = {}
        for printer in map(as_object, printers):
            assert isinstance(printer["id"], int)
            self.names[printer["id"]] = str(printer["name"])
            for name, value in expected(printer).items():
                if value is not None:
                    self._latest[printer["id"], name] = value
        for key, value in self._latest.items():
            said = self._said[key]
            said.append((now, value))
            while said[0][0] < now - _WINDOW:
                said.popleft()

    def compare(self, printers: dict[int, ShownPrinter]) -> list[str]:
        """Return the values in which Home Assistant differs from the server, and store the others."""
        values = {
            (printer_id, name): value
            for printer_id, printer in printers.items()
            for name, value in shown(printer).items()
        }
        different = []
        for key, said in self._latest.items():
            value = values.get(key)
            if _is_among(value, [earlier for _, earlier in self._said[key]]):
                self.agreed[key] = value
            else:
                printer_id, name = key
                different.append(
                    f"{self.names[printer_id]}: {name} is {value}, the server says {said}"
                )
        return different

    def agreed_of(self, printer_id: int) -> dict[str, Value]:
        """Return the values of one printer that last agreed with the server."""
        return {
            name: value
            for (owner, name), value in self.agreed.items()
            if owner == printer_id
        }


def _is_among(value: Value, said: list[Value]) -> bool:
    """Return whether the server had a value recently; a number may lie between two values."""
    if not isinstance(value, float):
        return value in said
    numbers = [number for number in said if isinstance(number, float)]
    return (
        bool(numbers)
        and min(numbers) - _TOLERANCE <= value <= max(numbers) + _TOLERANCE
    )
