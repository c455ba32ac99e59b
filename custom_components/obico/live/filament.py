"""What files need, and of which files that is read: those that conditions compare.

A condition is evaluated at once, so that what it compares has to be known before.
"""

from collections.abc import Callable, Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakSet

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..aioobico import (
    FilamentNeed,
    ObicoAgentUnexplainedError,
    ObicoClient,
    Printer,
    PrinterAgent,
)
from ..const import DOMAIN
from ..printer.again import async_find_on_printer
from ..printer.workshop.filament import WantedFile
from ..prints.cloud_files import async_find_file, file_not_found


@dataclass(frozen=True, kw_only=True, eq=False)
class FilamentWatch:
    """A file whose filament is watched; None is that of the current print, whichever it is.

    `printers_fn` returns the device identifiers of the printers, without the domain.
    """

    file: WantedFile | None
    printers_fn: Callable[[], AbstractSet[str]]


@dataclass(frozen=True, kw_only=True)
class FilamentWatches:
    """All watches, which outlive the accounts that their printers belong to."""

    # Weak, as a condition that is not unloaded is not watched for ever.
    watches: WeakSet[FilamentWatch] = field(default_factory=WeakSet)

    def files_of(self, printer: str) -> set[WantedFile | None]:
        """Return the files that are watched for a printer."""
        return {watch.file for watch in self.watches if printer in watch.printers_fn()}


_WATCHES: Final[HassKey[FilamentWatches]] = HassKey(f"{DOMAIN}_filament_watches")


@singleton(_WATCHES)
@callback
def async_get_watches(_hass: HomeAssistant) -> FilamentWatches:
    """Return all watches."""
    return FilamentWatches()


async def async_get_need(
    agent: PrinterAgent, client: ObicoClient, file: WantedFile
) -> FilamentNeed | None:
    """Return what a file needs, None for one that there is not or that is not read yet.

    Raises what the requests of agent and client raise.
    """
    try:
        if not file.is_cloud:
            return await agent.get_filament_need(file.path)
        found = await async_find_file(client, file.path)
    except ObicoAgentUnexplainedError, ServiceValidationError:
        return None
    metadata = found.metadata
    return FilamentNeed.of(
        found.filament_total, metadata.filament_weight if metadata else None
    )


async def async_ensure_file(
    agent: PrinterAgent, client: ObicoClient, printer: Printer, file: WantedFile
) -> None:
    """Raise ServiceValidationError for a file that there is not, or that is ambiguous.

    Raises what the requests of agent and client raise.
    """
    if file.is_cloud:
        await async_find_file(client, file.path)
    elif await async_find_on_printer(agent, printer, file.path) is None:
        raise file_not_found(file.path)
