"""Automations in the demo, made from the blueprints as a person makes them."""

import asyncio
from typing import Final

from .client import HomeAssistantClient
from .errors import DemoError

_PATH: Final = "/api/config/automation/config"
# What Home Assistant was told to do takes it a moment.
_LOOKS: Final = 40
_SECONDS: Final = 0.5


async def add_automations(client: HomeAssistantClient) -> None:
    """Let Home Assistant tell of failures in its sidebar: there is no phone here."""
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
    # It is written down at once, and loaded a moment later.
    for _ in range(_LOOKS):
        states = {state["entity_id"]: state["state"] for state in await client.states()}
        if states.get("automation.tell_of_failures") == "on":
            return
        await asyncio.sleep(_SECONDS)
    raise DemoError("Home Assistant does not take the automation of a blueprint")


async def _printers(client: HomeAssistantClient) -> list[str]:
    """Return the devices of all printers, once there are no more of them from look to look."""
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
