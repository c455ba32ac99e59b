"""The messages to a Klipper printer about what stands around it."""

from typing import Final
from unittest.mock import patch

from homeassistant.helpers.entity import Entity

from .home import connected, home_assistant, put_forward, set_up
from .remote import remote_server
from .results import Result

_HOUR: Final = 3600
_STEP: Final = 5
# Until the first look is done, and all that is enabled was read once.
_SETTLE_SECONDS: Final = 120
# One a minute, and those at both ends of the hour.
_MOST: Final = 61


async def measure(*, quick: bool) -> list[Result]:
    """Count the messages of an hour with everything enabled, and with nothing; `quick` is the same."""
    first, none = await _messages(is_enabled=False)
    _, everything = await _messages(is_enabled=True)
    return [
        Result.at_most(
            "messages per hour to a Klipper printer, nothing of its workshop enabled",
            none,
            0,
            note=f"the first look takes {first}",
        ),
        Result.at_most(
            "the same with all of its workshop enabled",
            everything,
            _MOST,
            note="power, offset, spools, host, disk and updates",
        ),
    ]


async def _messages(*, is_enabled: bool) -> tuple[int, int]:
    """Return the messages of the first look, and of an hour after it."""
    async with remote_server() as server, home_assistant() as hass:
        account = await server.add_account(1, "equipped")
        # Home Assistant asks this of entities that are added for the first time.
        with patch.object(Entity, "entity_registry_enabled_default", new=is_enabled):
            await connected(await set_up(hass, account))
            counts = []
            for seconds in (_SETTLE_SECONDS, _HOUR):
                for _ in range(seconds // _STEP):
                    await put_forward(hass, _STEP)
                    await server.advance(_STEP)
                counts.append(await server.messages())
    return counts[0], counts[1]
