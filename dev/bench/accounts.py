"""The cost of setting up an account, and of keeping it."""

from statistics import median
from time import process_time
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .floor import floor_of
from .home import add_entry, connected, home_assistant, set_up_entry
from .remote import remote_server
from .results import Result
from .timing import no_collections

_PRINTERS: Final = 100
_QUICK_PRINTERS: Final = 30
_ROUNDS: Final = 5
_QUICK_ROUNDS: Final = 3


async def measure(*, quick: bool) -> list[Result]:
    """Compare setting up an account with adding as many bare entities."""
    printers = _QUICK_PRINTERS if quick else _PRINTERS
    real: list[float] = []
    with_sockets: list[float] = []
    bare: list[float] = []
    entities = 0
    async with remote_server() as server, home_assistant() as hass:
        floor = await floor_of(hass, server)
        # The first round warms up.
        for number in range((_QUICK_ROUNDS if quick else _ROUNDS) + 1):
            account = await server.add_account(printers, "captured")
            entry = add_entry(hass, account)
            with no_collections():
                began = process_time()
                await set_up_entry(hass, entry)
                taken = process_time() - began
                await connected(entry)
                taken_with_sockets = process_time() - began
            entities = await _remove(hass, entry)

            entry = floor.add_entry(printers)
            with no_collections():
                began = process_time()
                await set_up_entry(hass, entry)
                taken_bare = process_time() - began
            if await _remove(hass, entry) != entities:
                raise RuntimeError("the floor has other entities")
            if number:
                real.append(taken)
                with_sockets.append(taken_with_sockets)
                bare.append(taken_bare)
    ratio = median(real) / median(bare)
    return [
        Result.at_most(
            f"CPU of setting up an account with {printers} printers, against as many bare entities and devices",
            ratio,
            1.3,
            unit="×",
            note=f"{median(real):.2f} s, until all push connections are there {median(with_sockets):.2f} s; {entities} bare entities {median(bare):.2f} s",
        )
    ]


async def _remove(hass: HomeAssistant, entry: ConfigEntry) -> int:
    """Remove an entry, and return the number of its entities in the registry."""
    entities = len(
        er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    )
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    return entities
