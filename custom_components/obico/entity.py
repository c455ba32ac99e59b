"""Base of all entities: read the snapshot, and write a state only when it differs."""

from abc import abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import override

from homeassistant.core import callback
from homeassistant.helpers import entity_platform, entity_registry as er
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .account.devices import account_device_info
from .account.errors import translated_errors
from .aioobico import Printer, PrinterChanges
from .const import ACCOUNT, DOMAIN, STRUCTURE
from .coordinator import ObicoCoordinator
from .data import ObicoConfigEntry, ObicoData
from .printer.parts import Part, part_of


class ObicoEntity(CoordinatorEntity[ObicoCoordinator]):
    """Something of an account or a printer."""

    _attr_has_entity_name = True
    # What the last state that was written shows.
    _shown: object = None
    _is_available = False
    # Whether what this does goes over the push connection alone: a heater can be turned
    # off, and a printer stopped, while the server answers no polls.
    _works_by_push = False

    def __init__(self, account: ObicoData, context: object) -> None:
        """Listen to a context of the coordinator (see `PartListeners`)."""
        super().__init__(account.coordinator, context=context)
        self.account = account

    @property
    @override
    def available(self) -> bool:
        """Return whether what this shows could be known when it was read."""
        return self._is_available and (super().available or self._works_by_push)

    def _take_up(self) -> bool:
        """Take up the snapshot, and return whether what this shows can be known."""
        return self.coordinator.last_update_success

    @abstractmethod
    def _read(self) -> object:
        """Set the attributes from the snapshot, and return all that they show."""

    @override
    async def async_added_to_hass(self) -> None:
        """Read for the first state, which is written right after this."""
        await super().async_added_to_hass()
        self._is_available = self._take_up()
        self._shown = self._read()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write a state if it shows anything new."""
        is_available = self._take_up()
        shown = self._read()
        if shown != self._shown or is_available is not self._is_available:
            self._is_available = is_available
            self._shown = shown
            self.async_write_ha_state()

    def _translated_errors(self) -> AbstractContextManager[None]:
        """Say in the user's language what failed, and have a lost sign-in mended."""
        return translated_errors(self.hass, self.account.entry)


class ObicoAccountEntity(ObicoEntity):
    """Something of the account."""

    def __init__(
        self,
        account: ObicoData,
        description: EntityDescription,
        *,
        context: str = ACCOUNT,
    ) -> None:
        """Show what the context is about."""
        super().__init__(account, context)
        self.entity_description = description
        self._attr_unique_id = f"{account.account_id}_{description.key}"
        self._attr_device_info = account_device_info(account.entry)


class ObicoPrinterEntity(ObicoEntity):
    """Something of one printer."""

    # What is shown besides what is steady.
    _part = Part.STEADY
    # Whether what is shown cannot be known while the agent is offline.
    _needs_agent = False

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: EntityDescription,
    ) -> None:
        """Show a printer as it is now."""
        super().__init__(account, part_of(printer.id, self._part))
        self.entity_description = description
        self._printer = printer
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{description.key}"
        self._attr_device_info = account.devices.info_of(printer)

    @property
    def printer(self) -> Printer:
        """Return the printer as it is now, or as it was when it went."""
        return self.coordinator.data.printers.get(self._printer.id, self._printer)

    @override
    def _take_up(self) -> bool:
        """Return whether the server answers, has the printer and, where needed, its agent."""
        coordinator = self.coordinator
        printer = coordinator.data.printers.get(self._printer.id)
        if printer is None:
            return False
        self._printer = printer
        return (
            coordinator.last_update_success
            or (
                self._works_by_push
                and self.account.connections.is_connected(printer.id)
            )
        ) and (printer.status is not None or not self._needs_agent)

    async def _async_update_printer(self, changes: PrinterChanges) -> None:
        """Change settings of the printer that the server keeps."""
        await self.account.commands.async_update_settings(self._printer, changes)


class ObicoMachineEntity(ObicoPrinterEntity):
    """Something of the machine that its agent sets; it is there while the agent is online."""

    _needs_agent = True
    _works_by_push = True


@callback
def async_add_printer_entities(
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[ObicoData, Printer], Iterable[ObicoPrinterEntity]],
    keys_that_cannot_exist: Callable[[Printer], Iterable[str]] = lambda _: (),
) -> None:
    """Add the entities of all printers, and later those of new printers and heaters.

    What an earlier version, or an earlier agent of the printer, has left in the registry
    of the entities that cannot exist is removed from it.
    """
    account = entry.runtime_data
    coordinator = account.coordinator
    registry = er.async_get(account.hass)
    platform = entity_platform.async_get_current_platform()
    added: dict[int, set[str | None]] = {}
    structures: dict[int, object] = {}

    @callback
    def add_new() -> None:
        printers = coordinator.data.printers
        for printer_id in added.keys() - printers.keys():
            del added[printer_id], structures[printer_id]
        new: list[Entity] = []
        for printer in printers.values():
            structure = (
                printer.agent_name,
                account.heaters.of(printer.id),
            )
            if structures.get(printer.id) == structure:
                continue
            structures[printer.id] = structure
            known = added.setdefault(printer.id, set())
            for key in keys_that_cannot_exist(printer):
                unique_id = f"{account.account_id}_{printer.id}_{key}"
                known.discard(unique_id)
                if entity_id := registry.async_get_entity_id(
                    platform.domain, DOMAIN, unique_id
                ):
                    registry.async_remove(entity_id)
            for entity in entities_of(account, printer):
                if entity.unique_id not in known:
                    known.add(entity.unique_id)
                    new.append(entity)
        if new:
            async_add_entities(new)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new, STRUCTURE))
