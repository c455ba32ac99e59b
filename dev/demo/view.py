"""The printers of Home Assistant, kept up to date."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ..json_types import JsonObject, JsonValue, as_object
from .client import HomeAssistantClient, State

type Listener = Callable[[ShownPrinter, str, State], None]


@dataclass(kw_only=True)
class ShownPrinter:
    """A printer's device with its entities."""

    id: int
    name: str
    entities: dict[tuple[str, str], State | None] = field(default_factory=dict)

    def state(self, domain: str, key: str) -> str | None:
        """Return an entity's state, None if there is no such entity."""
        shown = self.entities.get((domain, key))
        return shown["state"] if shown else None

    def number(self, domain: str, key: str) -> float | None:
        """Return an entity's state as a number, None if it is not a number."""
        try:
            return float(self.state(domain, key) or "")
        except ValueError:
            return None

    def attribute(self, domain: str, key: str, name: str) -> JsonValue:
        """Return an entity's attribute."""
        shown = self.entities.get((domain, key))
        return shown["attributes"].get(name) if shown else None

    @property
    def heaters(self) -> dict[str, str]:
        """Return the keys of the heaters by their name on the printer."""
        return {
            str(shown["attributes"]["heater"]): key.removesuffix("_temperature")
            for (domain, key), shown in self.entities.items()
            if domain == "sensor"
            and key.endswith("_temperature")
            and shown
            and "heater" in shown["attributes"]
        }


class View:
    """All printers, updated through the websocket API."""

    def __init__(self, client: HomeAssistantClient) -> None:
        """Create a view without printers; `follow` adds them."""
        self.printers: dict[int, ShownPrinter] = {}
        self._client = client
        self._places: dict[str, tuple[ShownPrinter, str, str]] = {}
        self._is_stale = True
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call a listener with a printer, a key and its new state at every change."""
        self._listeners.append(listener)

    async def follow(self) -> None:
        """Read all states, and subscribe to their changes."""
        await self._client.command(
            "subscribe_events", self._state_changed, event_type="state_changed"
        )
        await self._client.command(
            "subscribe_events",
            self._registry_changed,
            event_type="entity_registry_updated",
        )
        await self.refresh()

    async def refresh(self) -> None:
        """Read the printers and entities again, if they may have changed."""
        if not self._is_stale:
            return
        self._is_stale = False
        names = await self._client.device_names()
        self.printers, self._places = {}, {}
        for entity in await self._client.entities():
            # {id of the account}_{when it joined}_{id of the printer}_{key}
            parts = entity.unique_id.split("_", 3)
            if len(parts) < 4 or not parts[2].isdecimal() or not entity.device_id:
                continue
            printer_id, key = int(parts[2]), parts[3]
            printer = self.printers.setdefault(
                printer_id, ShownPrinter(id=printer_id, name=names[entity.device_id])
            )
            printer.entities[entity.domain, key] = None
            self._places[entity.entity_id] = (printer, entity.domain, key)
        for state in await self._client.states():
            self._take(state)

    def _registry_changed(self, event: JsonObject) -> None:
        self._is_stale = True

    def _state_changed(self, event: JsonObject) -> None:
        if (new := as_object(event["data"])["new_state"]) is None:
            return
        state = as_object(new)
        self._take(
            State(
                entity_id=str(state["entity_id"]),
                state=str(state["state"]),
                attributes=as_object(state["attributes"]),
            )
        )

    def _take(self, state: State) -> None:
        """Store a state if it is that of an entity of the integration."""
        if (place := self._places.get(state["entity_id"])) is None:
            # The entity may just have been added, so the registry is read again.
            return
        printer, domain, key = place
        if printer.entities[domain, key] == state:
            return
        printer.entities[domain, key] = state
        for listener in self._listeners:
            listener(printer, key, state)
