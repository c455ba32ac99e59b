"""A user at what stands around a Klipper printer."""

from typing import cast

from dev import KlipperAgent, Workshop
from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.helpers import entity_registry as er
from tests.integration.services.support import Actions


class Shop(Actions):
    """One Klipper printer with all that can stand around it."""

    @property
    def klipper(self) -> KlipperAgent:
        """The machine with its agent."""
        return cast("KlipperAgent", self.agent)

    @property
    def around(self) -> Workshop:
        """What stands around the machine."""
        return self.klipper.workshop

    def known(self, key: str) -> str:
        """Return what an entity shows, unknown also while there is none."""
        found = self.obico.find_entity_id(self.printer, key)
        state = self.hass.states.get(found) if found else None
        return state.state if state else "unknown"

    @property
    def funcs(self) -> list[str]:
        """What Moonraker was asked, without its parameters."""
        return [
            words.split()[0].removeprefix("moonraker_api.")
            for words in self.told
            if words.startswith("moonraker_api.")
        ]

    def keys(self, domain: str, prefix: str = "") -> list[str]:
        """Return the keys of the printer's registered entities of a domain."""
        start = f"{self.obico.entry.unique_id}_{self.printer.id}_"
        return sorted(
            key
            for entry in er.async_entries_for_config_entry(
                er.async_get(self.hass), self.obico.entry.entry_id
            )
            if entry.domain == domain
            and entry.unique_id.startswith(start)
            and (key := entry.unique_id.removeprefix(start)).startswith(prefix)
        )

    async def minute(self, count: int = 1) -> None:
        """Let some minutes pass."""
        await self.timelapse.pass_time(60 * count, step=10)
        await self.settle()


def as_user(user: User) -> Context:
    """Return the context of what a user does."""
    return Context(user_id=user.id)
