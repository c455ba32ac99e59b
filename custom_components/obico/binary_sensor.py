"""Binary sensors of printers and of the account."""

from collections.abc import Callable, Iterator, Mapping
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
from .const import SERVER
from .data import ObicoData
from .entity import ObicoAccountEntity, ObicoPrinterEntity, async_setup_platform
from .printer.attention import AttentionReason
from .printer.failure_answer import alert_answer
from .printer.readings import file_of
from .printer.state_text import name_text
from .printer.status import (
    AT_WORK,
    WatchState,
    error_text,
    has_problem,
    is_octoprint,
    printer_status,
    watch_state,
)

# Entities only read the coordinator's snapshot.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a printer.

    With `needs_agent` it is unavailable while the agent is offline. `attributes_fn` returns
    the attributes, of which None stands for unknown or none.
    """

    is_on_fn: Callable[[Printer], bool | None]
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = False
    attributes_fn: Callable[[Printer], Mapping[str, str | int | None]] | None = None


def _alert_attributes(printer: Printer) -> dict[str, str | int | None]:
    """Return the print of the open alert, or else how the print's last alert was answered."""
    job = printer.current_print
    if job is None or not job.has_open_alert:
        return {"print_id": None, "file": None, "answer": alert_answer(printer)}
    return {"print_id": job.id, "file": name_text(file_of(printer)), "answer": None}


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
        attributes_fn=_alert_attributes,
    ),
    ObicoBinarySensorDescription(
        key="watching",
        translation_key="watching",
        # The sensor of the reasons shows the same value.
        entity_registry_enabled_default=False,
        is_on_fn=lambda printer: watch_state(printer) is WatchState.WATCHING,
    ),
    ObicoBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=has_problem,
        needs_agent=True,
        attributes_fn=lambda printer: {"error": name_text(error_text(printer))},
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

SERVER_STATE: Final = BinarySensorEntityDescription(
    key="server",
    translation_key="server",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
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
    yield ObicoServer(account, SERVER_STATE, context=SERVER)


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
        if self.entity_description.attributes_fn is None:
            return is_on
        attributes = self.entity_description.attributes_fn(self.printer)
        self._attr_extra_state_attributes = dict(attributes)
        return is_on, attributes


class ObicoAttention(ObicoPrinterEntity, BinarySensorEntity):
    """Whether a printer waits for its user, for example to change the filament."""

    @override
    def _read(self) -> AttentionReason | None:
        reason = self.account.attention.reason_of(self.printer)
        self._attr_is_on = reason is not None
        self._attr_extra_state_attributes = {"reason": reason}
        return reason


class ObicoPro(ObicoAccountEntity, BinarySensorEntity):
    """Whether the account has a paid plan."""

    @override
    def _read(self) -> bool | None:
        is_on = self.coordinator.data.user.is_pro
        self._attr_is_on = is_on
        return is_on


class ObicoServer(ObicoAccountEntity, BinarySensorEntity):
    """Whether Home Assistant reaches the server, with the time since when, and the pushes."""

    # Available in any case, as this is what tells why nothing else is.
    _works_by_push = True

    @override
    def _update_available(self) -> bool:
        return True

    @override
    def _read(self) -> object:
        server = self.account.server
        self._attr_is_on = server.is_reachable
        attributes = {
            "since": server.since.isoformat() if server.since else None,
            "push": self.account.connections.has_push,
        }
        self._attr_extra_state_attributes = attributes
        return server.is_reachable, attributes
