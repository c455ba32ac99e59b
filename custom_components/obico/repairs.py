"""The flows that fix repairs."""

from typing import cast

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from .agent.issues import PRINTER_LEFT
from .agent.repair_flows import ConnectAgainFlow, PrinterLeftFlow


async def async_create_fix_flow(
    hass: HomeAssistant,
    issue_id: str,
    data: dict[str, str | int | float | None] | None,
) -> RepairsFlow:
    """Return the flow that fixes a repair about an agent."""
    data = data or {}
    entry = hass.config_entries.async_get_entry(str(data.get("entry_id")))
    if entry is None:
        # There is nothing left to be fixed.
        return ConfirmRepairFlow()
    kind = PrinterLeftFlow if issue_id.startswith(PRINTER_LEFT) else ConnectAgainFlow
    return kind(entry, cast("int", data["printer_id"]), str(data["printer"]))
