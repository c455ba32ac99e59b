"""Binary sensors of printers and of the account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from .aioobico import Printer
from .data import ObicoData
from .entity import ObicoAccountEntity, ObicoPrinterEntity, async_setup_platform
from .printer.readings import file_of
from .printer.state_text import name_text
from .printer.status import AT_WORK, has_problem, is_octoprint, printer_status

# Entities only read the coordinator's snapshot.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a printer.

    With `needs_agent` it is unavailable while the agent is offline. With `names_print` its
    attributes show the id and the file of the print that it is on for.
    """

    is_on_fn: Callable[[Printer], bool | None]
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = False
    names_print: bool = False


BINARY_SENSORS: Final = (
    ObicoBinarySensorDescription(
        key="online",
        translation_key="online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        is_on_fn=lambda printer: printer.status is not None,
    ),
    ObicoBinarySensorDescription(
        key="printing",
        translation_key="printing",
        device_class=BinarySensorDeviceClass.RUNNING,
        is_on_fn=lambda printer: printer_status(printer) in AT_WORK,
        needs_agent=True,
    ),
    ObicoBinarySensorDescription(
        key="failure_detected",
        translation_key="failure_detected",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=lambda printer: printer.has_open_alert,
        names_print=True,
    ),
    ObicoBinarySensorDescription(
        key="watching",
        translation_key="watching",
        is_on_fn=lambda printer: printer.is_watching,
    ),
    ObicoBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=has_problem,
        needs_agent=True,
    ),
    ObicoBinarySensorDescription(
        key="sd_ready",
        translation_key="sd_ready",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda printer: (
            printer.status.flags.sd_ready if printer.status else None
        ),
        exists_fn=is_octoprint,
        needs_agent=True,
    ),
)

ATTENTION: Final = BinarySensorEntityDescription(
    key="attention", translation_key="attention"
)

PRO: Final = BinarySensorEntityDescription(
    key="pro", translation_key="pro", entity_category=EntityCategory.DIAGNOSTIC
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the binary sensor entities of a printer."""
    for description in BINARY_SENSORS:
        if description.exists_fn(printer):
            yield ObicoBinarySensor(account, printer, description)
    yield ObicoAttention(account, printer, ATTENTION)


def _account_entities_of(account: ObicoData) -> Iterator[ObicoAccountEntity]:
    """Yield the binary sensor entities of the account."""
    yield ObicoPro(account, PRO)


async_setup_entry = partial(
    async_setup_platform,
    account_entities_of=_account_entities_of,
    entities_of=_entities_of,
    depends_on_agent=BINARY_SENSORS,
)


class ObicoBinarySensor(ObicoPrinterEntity, BinarySensorEntity):
    """A binary sensor whose state is read from a printer."""

    entity_description: ObicoBinarySensorDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoBinarySensorDescription,
    ) -> None:
        """Initialize the binary sensor."""
        self._needs_agent = description.needs_agent
        super().__init__(account, printer, description)

    @override
    def _read(self) -> object:
        is_on = self.entity_description.is_on_fn(self.printer)
        self._attr_is_on = is_on
        if not self.entity_description.names_print:
            return is_on
        job = self.printer.current_print if is_on else None
        attributes = {
            "print_id": job.id if job else None,
            "file": name_text(file_of(self.printer)) if is_on else None,
        }
        self._attr_extra_state_attributes = attributes
        return is_on, attributes


class ObicoAttention(ObicoPrinterEntity, BinarySensorEntity):
    """Whether a printer waits for its user, for example to change the filament."""

    @override
    def _read(self) -> bool:
        is_on = self.account.attention.is_needed(self.printer)
        self._attr_is_on = is_on
        return is_on


class ObicoPro(ObicoAccountEntity, BinarySensorEntity):
    """Whether the account has a paid plan."""

    @override
    def _read(self) -> bool | None:
        is_on = self.coordinator.data.user.is_pro
        self._attr_is_on = is_on
        return is_on
