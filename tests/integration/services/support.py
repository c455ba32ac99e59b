"""A user who calls actions, and sees what becomes of them."""

import asyncio
from collections.abc import Awaitable
from typing import Any, cast

import pytest

from custom_components.obico.const import DOMAIN
from dev import SHORT, Phase, Printer
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
from tests.integration.control.support import Control
from tests.integration.support import Obico, coordinator_of
from tests.timelapse import wait_until

type Json = Any


class Actions(Control):
    """One printer whose user calls actions; other printers of the account go along."""

    @property
    def hass(self) -> HomeAssistant:
        """Return Home Assistant."""
        return self.obico.hass

    def device_id(self, printer: Printer | None = None) -> str:
        """Return the device of a printer, of this one unless another is named."""
        device = self.obico.device(printer or self.printer)
        assert device is not None
        return device.id

    @property
    def account_device_id(self) -> str:
        """The device of the account."""
        device = self.obico.device()
        assert device is not None
        return device.id

    async def add(self, name: str, **how: Json) -> Printer:
        """Add a printer to the account, and wait until Home Assistant knows it."""
        printer = self.obico.account.add_printer(name, **how)
        # New printers come with a poll, which may be five minutes away.
        await coordinator_of(self.obico.entry).async_refresh()
        await self.settle()
        assert self.obico.device(printer) is not None
        return printer

    def begin_action(self, action: str, **data: object) -> asyncio.Task[None]:
        """Begin to call an action."""
        call = self.hass.services.async_call(
            DOMAIN, action, self.with_device(data), blocking=True
        )

        async def wait() -> None:
            await call

        return asyncio.get_running_loop().create_task(wait())

    async def do(self, action: str, *, within: float = 40, **data: object) -> None:
        """Call an action, and wait for its end while time passes."""
        await self.finish(self.begin_action(action, **data), within=within)

    async def ask(self, action: str, **data: object) -> Json:
        """Call an action that answers, for which no time has to pass."""
        task = asyncio.get_running_loop().create_task(
            ask(self.hass, action, **self.with_device(data))
        )
        await wait_until(task.done)
        return await task

    async def become_printed(self) -> None:
        """Let a whole print be over, of which the server keeps pictures."""
        self.agent.start_print(SHORT)
        await self.pass_time(120)
        assert self.agent.phase is Phase.IDLE

    def with_device(self, data: dict[str, Json]) -> dict[str, Json]:
        """Return the data of a call, for this printer unless they say otherwise."""
        return data if "device_id" in data else {"device_id": self.device_id()} | data


async def ask(
    hass: HomeAssistant, action: str, context: Context | None = None, **data: Json
) -> Json:
    """Call an action, and return its answer."""
    response = await hass.services.async_call(
        DOMAIN, action, data, blocking=True, return_response=True, context=context
    )
    return cast("Json", response)


def as_user(user: User) -> Context:
    """Return the context of what a user does."""
    return Context(user_id=user.id)


async def unauthorized(what: Awaitable[object]) -> None:
    """Expect that a user may not do something."""
    with pytest.raises(Unauthorized):
        await what


async def only_for_administrators(
    hass: HomeAssistant, user: User, *calls: tuple[str, str, dict[str, Json]]
) -> None:
    """Expect that a user who may control all entities may call none of some actions."""
    user.groups[0].policy = {"entities": True}
    for domain, service, data in calls:
        await unauthorized(
            hass.services.async_call(
                domain, service, data, blocking=True, context=as_user(user)
            )
        )


def secrets_of(obico: Obico) -> list[str]:
    """Return what no answer may hold."""
    account = obico.account
    return [
        account.token,
        account.unsub_token,
        account.email,
        account.username,
        "digest=",
        "/media/",
        *(printer.auth_token for printer in obico.server.printers.values()),
    ]
