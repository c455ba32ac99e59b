"""The display of printers, on which messages can be written."""

from collections.abc import Iterator
from functools import partial
from typing import Final, override

from homeassistant.components.notify import NotifyEntity, NotifyEntityDescription

from .aioobico import Printer
from .data import ObicoData
from .entity import ObicoMachineEntity, ObicoPrinterEntity, async_setup_platform
from .printer import preconditions
from .printer.state_text import shorten
from .printer.status import agent_kind

# Not limited: messages over a push connection stay in order.
PARALLEL_UPDATES = 0

# In bytes. Displays have one line, in which a longer text runs or is cut off.
MAX_MESSAGE_BYTES: Final = 128

DISPLAY: Final = NotifyEntityDescription(
    key="display", translation_key="display", entity_registry_enabled_default=False
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the notify entities of a printer."""
    yield ObicoDisplay(account, printer, DISPLAY)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


class ObicoDisplay(ObicoMachineEntity, NotifyEntity):
    """The printer's display (M117)."""

    @override
    def _read(self) -> None:
        """Read nothing, as only the availability changes."""

    @override
    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Write a message on the display, in one line."""
        preconditions.ensure(preconditions.check_machine(self.printer))
        text = " ".join(" ".join(filter(None, (title, message))).split())
        # A semicolon begins a comment in G-code.
        line = shorten(
            "".join(each for each in text.replace(";", ",") if each.isprintable()),
            MAX_MESSAGE_BYTES,
        )
        with self._translated_errors():
            await self.account.connections.agent_of(self.printer.id).send_gcode(
                agent_kind(self.printer), [f"M117 {line}"]
            )
