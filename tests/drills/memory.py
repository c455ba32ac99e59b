"""What the integration holds in memory, less what others hold for it."""

from collections import deque
import functools
import gc
from pathlib import Path
import tracemalloc
from types import CellType, FunctionType, MappingProxyType, MethodType

from custom_components.obico.aioobico import PushReader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    restore_state,
)
from homeassistant.helpers.storage import Store
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

PACKAGE = "custom_components.obico"
MODELS = f"{PACKAGE}.aioobico.models"
LINES = str(Path("*", *PACKAGE.split("."), "*"))
CONTAINERS = (
    *(dict, list, tuple, set, frozenset, deque),
    *(CellType, MappingProxyType, MethodType, functools.partial),
)


class Memory:
    """Counts what the integration holds.

    `references` are all that its objects, its functions and the containers in them
    hold, other than the frozen data of the server's objects, of which an entity may hold
    an earlier copy: exact to one, whereas a dict's table is of this size or that, depending on
    what was in it before. `bytes` are what its lines allocated since `trace` and is
    still held, by whomever.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Begin to count references."""
        self._hass = hass
        self.references: list[int] = []
        self.bytes: list[int] = []
        # Home Assistant's tests hide from it what there was at their start.
        gc.unfreeze()

    def trace(self) -> None:
        """Begin to count bytes, too, which takes its time."""
        tracemalloc.start()

    def measure(self) -> None:
        """Count."""
        self._forget_what_others_remember()
        gc.collect()
        self.references.append(_references())
        if tracemalloc.is_tracing():
            snapshot = tracemalloc.take_snapshot().filter_traces(
                [tracemalloc.Filter(True, LINES)]
            )
            self.bytes.append(sum(trace.size for trace in snapshot.traces))

    def _forget_what_others_remember(self) -> None:
        """Take away what is no memory of the integration.

        For as long as an account is there, Home Assistant's registries keep the ids and
        names of its deleted devices and entities in case they come back, and until a
        restart it keeps their last states. Caches of libraries hold addresses, up to
        some number. The tests' own store keeps everything that was ever written to it.
        A coordinator keeps its last exception, whose frames hold the data of that time.
        """
        entities = er.async_get(self._hass)
        entities.deleted_entities.clear()
        dr.async_get(self._hass)._deleted_devices.clear()
        last_states = restore_state.async_get(self._hass).last_states
        for entity_id in [key for key in last_states if key not in entities.entities]:
            del last_states[entity_id]
        for cache in gc.get_objects():
            if isinstance(cache, DataUpdateCoordinator):
                cache.last_exception = None
            if isinstance(cache, PushReader):
                # The last report, one of each connection: another one or that which is shown.
                vars(cache).update(vars(PushReader()))
            if (
                isinstance(cache, functools._lru_cache_wrapper)
                and not _is_ours(cache)
                and cache.cache_parameters()["maxsize"] is not None
            ):
                cache.cache_clear()
        Store._async_write_data.mock.reset_mock()  # type: ignore[attr-defined] # replaced by the test package


def _references() -> int:
    waiting = [
        held
        for held in gc.get_objects()
        if _is_ours(held if isinstance(held, FunctionType) else type(held))
        and not type(held).__module__.startswith(MODELS)
    ]
    seen = set(map(id, waiting))
    references = 0
    while waiting:
        held = gc.get_referents(waiting.pop())
        references += len(held)
        for other in held:
            if isinstance(other, CONTAINERS) and id(other) not in seen:
                seen.add(id(other))
                waiting.append(other)
    return references


def _is_ours(made: object) -> bool:
    return str(getattr(made, "__module__", "")).startswith(PACKAGE)
