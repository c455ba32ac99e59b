"""A task that is shared by all callers that need its result at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN


class SharedTask:
    """A task of the config entry that callers wait for without running it themselves.

    Cancelling a caller, as Home Assistant does with requests for pictures after ten seconds,
    does not cancel the task. The task ends when the account is unloaded.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, name: str) -> None:
        """Initialize; `name` is the name of the task."""
        self._hass = hass
        self._entry = entry
        self._name = name
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False

    async def async_wait(self) -> None:
        """Wait for the end of the task, if it runs, and ignore its result and its error."""
        if self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    async def async_run(self, start: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start the task unless it is running, and wait for it.

        Raises what the task raises, and HomeAssistantError if it was stopped.
        """
        if self._is_stopped:
            raise _not_loaded()
        if self._task is None or self._task.done():
            self._task = self._entry.async_create_background_task(
                self._hass, start(), self._name
            )
            self._task.add_done_callback(_retrieve_exception)
        task = self._task
        await asyncio.wait([task])
        if task.cancelled():
            raise _not_loaded()
        task.result()

    @callback
    def async_allow(self) -> None:
        """Start tasks again after async_stop(), as for an entity that was renamed."""
        self._is_stopped = False

    @callback
    def async_stop(self) -> None:
        """Cancel the task, and start no other one."""
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()


def _retrieve_exception(task: asyncio.Task[None]) -> None:
    """Mark an exception as retrieved, as all callers may have been cancelled."""
    if not task.cancelled():
        task.exception()


def _not_loaded() -> HomeAssistantError:
    """Return the error for a task that was cancelled."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="account_not_loaded"
    )
