"""Automations of the demo, created from the blueprints through the API of the editor."""

import asyncio
from typing import Final

from .client import HomeAssistantClient
from .errors import DemoError

_PATH: Final = "/api/config/automation/config"
# Home Assistant applies changes with a short delay.
_LOOKS: Final = 40
_SECONDS: Final = 0.5


async def add_automations(client: HomeAssistantClient) -> None:
    """Create an automation that notifies of failures in the sidebar, as the demo has no phone."""
    if not (printers := await _printers(client)):
        return
    await client.request(
        "POST",
        f"{_PATH}/obico_failure_alert",
        {
            "alias": "Tell of failures",
            "use_blueprint": {
                "path": "obico/failure_alert.yaml",
                "input": {"printers": [*printers], "in_home_assistant": True},
            },
        },
    )
    # Home Assistant writes the automation immediately, and loads it a moment later.
    for _ in range(_LOOKS):
        states = {state["entity_id"]: state["state"] for state in await client.states()}
        if states.get("automation.tell_of_failures") == "on":
            return
        await asyncio.sleep(_SECONDS)
    raise DemoError("Home Assistant does not take the automation of a blueprint")


async def _printers(client: HomeAssistantClient) -> list[str]:
    """Return the devices of all printers, once their number does not change any more."""
    printers: list[str] = []
    for _ in range(_LOOKS):
        seen, printers = (
            printers,
            sorted(
                entity.device_id
                for entity in await client.entities()
                if entity.domain == "event" and entity.device_id
            ),
        )
        if printers and printers == seen:
            break
        await asyncio.sleep(_SECONDS)
    return printers
