"""Base of all entities: read the snapshot, and write a state only when it differs."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, Protocol, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
    entity_platform,
    entity_registry as er,
)
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .account.devices import account_device_info
from .account.errors import translated_errors
from .account.permissions import async_ensure_administrator
from .account.registry import printer_device
from .agent.subentries import subentry_of
from .aioobico import Printer, PrinterChanges
from .const import ACCOUNT, DOMAIN, STRUCTURE
from .coordinator import ObicoCoordinator
from .data import ObicoConfigEntry, ObicoData
from .printer.parts import Part, PartOf
from .printer.status import has_been_connected, is_klipper
from .printer.workshop.equipment import Equipment
from .printer.workshop.readings import Kind, KindOf, Readings

# The keys of entities that only repeat what the machine itself says. What the card of a printer
# shows of a print (file, progress and the time left) is none of them: without it the card
# would show the last print instead.
_READINGS: Final = frozenset(
    {"current_layer", "error", "target", "temperature", "total_layers"}
)


class ObicoEntity(CoordinatorEntity[ObicoCoordinator]):
    """An entity of an account or of a printer."""

    _attr_has_entity_name = True
    # The values of the last state that was written.
    _last_written: object = None
    _is_available = False
    # Whether the entity's commands only need the push connection. Such entities stay
    # available while polls fail, so that a heater can be turned off or a printer stopped.
    _works_by_push = False

    def __init__(self, account: ObicoData, context: object) -> None:
        """Listen to a context of the coordinator (see `PartListeners`)."""
        super().__init__(account.coordinator, context=context)
        self.account = account

    @property
    @override
    def available(self) -> bool:
        """Return whether the value was known at the last update."""
        return self._is_available and (super().available or self._works_by_push)

    def _update_available(self) -> bool:
        """Read the snapshot, and return whether the value of this entity is known."""
        return self.coordinator.last_update_success

    @abstractmethod
    def _read(self) -> object:
        """Set the `_attr_…` values from the snapshot, and return them for comparison."""

    @override
    async def async_added_to_hass(self) -> None:
        """Read the values of the first state, which is written after this."""
        await super().async_added_to_hass()
        self._is_available = self._update_available()
        self._last_written = self._read()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if the values or the availability have changed."""
        was_available, is_available = self._is_available, self._update_available()
        shown_before, shown = self._last_written, self._read()
        self._is_available, self._last_written = is_available, shown
        # An unavailable entity shows no value.
        if is_available is not was_available or (
            is_available and shown != shown_before
        ):
            self.async_write_ha_state()

    def _translated_errors(self) -> AbstractContextManager[None]:
        """Raise client errors as translated ones, and start reauthentication if needed."""
        return translated_errors(self.hass, self.account.entry)

    async def _async_ensure_administrator(self) -> None:
        """Raise Unauthorized where a user has asked for this who is no administrator."""
        await async_ensure_administrator(self.hass, self._context)


class ObicoAccountEntity(ObicoEntity):
    """An entity of the account."""

    def __init__(
        self,
        account: ObicoData,
        description: EntityDescription,
        *,
        context: str = ACCOUNT,
    ) -> None:
        """Initialize the entity, which listens to a context of the coordinator."""
        super().__init__(account, context)
        self.entity_description = description
        self._attr_unique_id = f"{account.account_id}_{description.key}"
        self._attr_device_info = account_device_info(account.entry)


class ObicoPrinterEntity(ObicoEntity):
    """An entity of one printer."""

    # The part of the printer whose changes update this entity, besides steady values.
    _part = Part.STEADY
    # Whether the entity is unavailable while the agent is offline.
    _needs_agent = False

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: EntityDescription,
    ) -> None:
        """Initialize the entity of a printer."""
        super().__init__(account, PartOf(printer.id, self._part))
        self.entity_description = description
        self._printer = printer
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{description.key}"
        self._attr_device_info = account.devices.info_of(printer)

    @property
    @override
    def entity_registry_enabled_default(self) -> bool:
        """Return whether the entity is enabled unless the user says otherwise.

        A machine that Home Assistant is the agent of has entities of its own for its
        readings.
        """
        return super().entity_registry_enabled_default and not (
            self.entity_description.key in _READINGS
            and subentry_of(self.account.entry, self._printer.id)
        )

    @property
    def needs_agent(self) -> bool:
        """Return whether the entity is unavailable while the agent is offline."""
        return self._needs_agent

    @property
    def printer(self) -> Printer:
        """Return the current printer, or its last state where it is gone."""
        printer = self.coordinator.data.printers.get(self._printer.id)
        return self._printer if printer is None else self.account.agents.shown(printer)

    @override
    def _update_available(self) -> bool:
        """Return whether the server answers, has the printer and, where needed, its agent."""
        coordinator = self.coordinator
        printer = coordinator.data.printers.get(self._printer.id)
        if printer is None:
            return False
        self._printer = self.account.agents.shown(printer)
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
    """An entity that commands the machine through its agent over the push connection."""

    _needs_agent = True
    _works_by_push = True


class ObicoWorkshopEntity(ObicoMachineEntity):
    """An entity of what stands around a printer, which is read while the entity is enabled."""

    # What the entity shows, each of which takes a message to read.
    _kinds: tuple[Kind, ...] = ()

    @property
    def readings(self) -> Readings:
        """Return what was last read."""
        return self.account.workshop.readings_of(self._printer.id)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to what the entity shows, which is read from now on."""
        await super().async_added_to_hass()
        for kind in self._kinds:
            self.async_on_remove(
                self.coordinator.async_add_listener(
                    self._handle_coordinator_update, KindOf(self._printer.id, kind)
                )
            )
        self.account.workshop.async_check()


class DependsOnAgent(Protocol):
    """The description of an entity that only some agents make possible."""

    @property
    def key(self) -> str:
        """Return the end of the unique id."""

    @property
    def exists_fn(self) -> Callable[[Printer], bool]:
        """Return what tells whether a printer has the entity, by its agent alone."""


@dataclass(frozen=True, kw_only=True)
class DependsOnEquipment:
    """Entities whose keys begin with `prefix`, one for each of what a printer has.

    `keys_fn` returns the keys that are possible.
    """

    prefix: str
    keys_fn: Callable[[Equipment], Collection[str]]


@dataclass(frozen=True, kw_only=True)
class _Possible:
    """The entities of a platform that only some printers can have."""

    by_agent: tuple[DependsOnAgent, ...]
    by_equipment: tuple[DependsOnEquipment, ...]

    def is_impossible(self, account: ObicoData, printer: Printer, key: str) -> bool:
        """Return whether a printer cannot have the entity with a key.

        While the agent is unknown, it may still turn out to be one that makes it possible.
        """
        if printer.agent_name is None:
            return False
        if any(
            each.key == key and not each.exists_fn(printer) for each in self.by_agent
        ):
            return True
        equipment = account.workshop.equipment_of(printer.id)
        return any(
            key.startswith(each.prefix)
            and (
                not is_klipper(printer)
                or (equipment is not None and key not in each.keys_fn(equipment))
            )
            for each in self.by_equipment
        )


@callback
def _remove_impossible(
    account: ObicoData,
    printer: Printer,
    domain: str,
    possible: _Possible,
    gone: Collection[str],
) -> set[str]:
    """Remove a printer's entities that are impossible or gone, and return their unique ids."""
    registry = er.async_get(account.hass)
    prefix = f"{account.account_id}_{printer.id}_"
    keys = {*gone, *(each.key for each in possible.by_agent)}
    device = printer_device(dr.async_get(account.hass), account.entry, printer.id)
    if device is not None and possible.by_equipment:
        keys |= {
            registered.unique_id.removeprefix(prefix)
            for registered in er.async_entries_for_device(
                registry, device.id, include_disabled_entities=True
            )
            if registered.platform == DOMAIN and registered.domain == domain
        }
    removed = set()
    for key in keys:
        unique_id = f"{prefix}{key}"
        entity_id = registry.async_get_entity_id(domain, DOMAIN, unique_id)
        if entity_id is not None and (
            key in gone or possible.is_impossible(account, printer, key)
        ):
            registry.async_remove(entity_id)
            removed.add(unique_id)
    return removed


@callback
def _add_printer_entities(
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[ObicoData, Printer], Iterable[ObicoPrinterEntity]],
    possible: _Possible,
    gone_keys_of: Callable[[Printer], Iterable[str]],
) -> None:
    """Add the entities of all printers, and later those of new printers, heaters and webcams.

    Entities that a printer cannot have are removed from the registry: an earlier version,
    an earlier agent of the printer, or what it had before may have created them. So are
    those of `gone_keys_of` a printer, which may come back. A printer that was
    never connected only has what the server knows.
    """
    account = entry.runtime_data
    coordinator = account.coordinator
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
            heaters = account.heaters.of(printer.id)
            was_connected = bool(heaters) or has_been_connected(printer)
            structure = (
                printer.agent_name,
                was_connected,
                heaters,
                account.workshop.equipment_of(printer.id),
                account.webcams.of(printer.id),
            )
            if structures.get(printer.id) == structure:
                continue
            structures[printer.id] = structure
            known = added.setdefault(printer.id, set())
            known -= _remove_impossible(
                account, printer, platform.domain, possible, {*gone_keys_of(printer)}
            )
            for entity in entities_of(account, printer):
                if entity.unique_id not in known and (
                    was_connected or not entity.needs_agent
                ):
                    known.add(entity.unique_id)
                    new.append(entity)
        if new:
            async_add_entities(new)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new, STRUCTURE))


async def async_setup_platform(
    _hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    account_entities_of: Callable[[ObicoData], Iterable[ObicoAccountEntity]] = (
        lambda _: ()
    ),
    entities_of: Callable[[ObicoData, Printer], Iterable[ObicoPrinterEntity]],
    depends_on_agent: Iterable[DependsOnAgent] = (),
    depends_on_equipment: Iterable[DependsOnEquipment] = (),
    gone_keys_of: Callable[[Printer], Iterable[str]] = lambda _: (),
) -> None:
    """Set up a platform, with the entities of the account and of all its printers.

    `depends_on_agent` are the descriptions of entities that only some agents make possible,
    `depends_on_equipment` tells which there are of what stands around a printer.
    `gone_keys_of` returns the keys of entities that a printer has no longer.
    """
    async_add_entities(account_entities_of(entry.runtime_data))
    _add_printer_entities(
        entry,
        async_add_entities,
        entities_of,
        _Possible(
            by_agent=tuple(depends_on_agent), by_equipment=tuple(depends_on_equipment)
        ),
        gone_keys_of,
    )
