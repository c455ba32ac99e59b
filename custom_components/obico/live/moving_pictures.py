"""Moving pictures: one loop that takes pictures while anybody watches, however many do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
import math
from typing import Final, Self

from aiohttp import hdrs, web

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aioobico import Picture
from ..const import CONF_LOW_BANDWIDTH, CONF_PICTURES_PER_SECOND, CONF_SLOW_DOWN

# All in seconds. A picture is some 80 kB, so that one a second is 300 MB an hour, from the
# printer's uplink to the server, and from there to here.
_SLOW_INTERVAL: Final = 10.0
_SLOW_AFTER: Final = 180.0
# Home Assistant's pages fetch the stream anew when the camera's token changes, which happens
# every five minutes. Nobody has touched anything for that.
_RENEWAL_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRate:
    """How often pictures are taken while somebody watches, in seconds."""

    interval: float
    slow_after: float
    """Until a picture comes only every ten seconds; infinite for never."""

    @classmethod
    def of(cls, options: Mapping[str, object], *, is_cloud: bool) -> Self:
        """Return the rate of an account's options; Obico Cloud is asked once a second at most."""
        per_second = 1 if is_cloud else options.get(CONF_PICTURES_PER_SECOND, "1")
        slow_after = _SLOW_AFTER if options.get(CONF_SLOW_DOWN, is_cloud) else math.inf
        if options.get(CONF_LOW_BANDWIDTH):
            slow_after = 0.0
        return cls(
            interval=0.5 if per_second == "2" else 1.0,
            slow_after=slow_after,
        )


type _Client = tuple[str | None, str | None]


@dataclass(eq=False, kw_only=True, slots=True)
class Watcher:
    """Somebody who watches."""

    client: _Client
    # The token in the address, which Home Assistant changes.
    token: str | None
    interval: float
    # When somebody last did something for it (loop time).
    touched_at: float
    # The number of the picture that was last shown to it, and when it wants the next.
    seen: int
    due: float = -math.inf
    is_over: bool = False


class MovingPictures:
    """The pictures of one camera while anybody watches.

    The next picture is asked for after the one before has come, and at the rate of the
    watcher who wants most. The loop ends with the last watcher.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        rate: PictureRate,
        take: Callable[[], Awaitable[Picture | None]],
    ) -> None:
        """Initialize; `take` returns a picture of now, or the last one that could be had."""
        self._hass = hass
        self._entry = entry
        self._rate = rate
        self._take = take
        self._watchers: set[Watcher] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False
        self._picture: Picture | None = None
        self._number = 0
        # Is replaced when it is set, which wakes all watchers.
        self._arrival = asyncio.Event()
        self._has_joined = asyncio.Event()
        # Who watched, and until when (loop time; infinite for who still watches).
        self._past: dict[_Client, tuple[Watcher, float]] = {}

    @property
    def watchers(self) -> int:
        """Return how many watch."""
        return len(self._watchers)

    @callback
    def async_join(self, request: web.Request, interval: float) -> Watcher:
        """Add whoever asks for a picture every `interval` seconds, and begin if nobody watched."""
        now = self._hass.loop.time()
        client = request.remote, request.headers.get(hdrs.USER_AGENT)
        token = request.query.get("token")
        self._past = {
            each: (past, until)
            for each, (past, until) in self._past.items()
            if now - until < _RENEWAL_SECONDS
        }
        touched_at = now
        if client in self._past and self._past[client][0].token != token:
            touched_at = self._past[client][0].touched_at
        # Who joins others sees their last picture at once, if there is one.
        is_late = bool(self._watchers) and self._picture is not None
        watcher = Watcher(
            client=client,
            token=token,
            interval=interval,
            touched_at=touched_at,
            seen=self._number - is_late,
            is_over=self._is_stopped,
        )
        self._past[client] = watcher, math.inf
        self._watchers.add(watcher)
        self._has_joined.set()
        if (self._task is None or self._task.done()) and not self._is_stopped:
            self._task = self._entry.async_create_background_task(
                self._hass, self._run(), "obico moving pictures"
            )
        return watcher

    @callback
    def async_leave(self, watcher: Watcher) -> None:
        """Remove a watcher, and end with the last one."""
        self._watchers.discard(watcher)
        if self._past.get(watcher.client, (None, 0.0))[0] is watcher:
            self._past[watcher.client] = watcher, self._hass.loop.time()
        if not self._watchers and self._task is not None:
            self._task.cancel()
            self._task = self._picture = None

    @callback
    def async_allow(self) -> None:
        """Begin again after async_stop(), as for an entity that was renamed."""
        self._is_stopped = False

    @callback
    def async_stop(self) -> None:
        """End for all watchers, and begin no more."""
        self._is_stopped = True
        if self._task is not None:
            self._task.cancel()
        for watcher in self._watchers:
            watcher.is_over = True
        self._wake()

    async def async_next(self, watcher: Watcher) -> Picture | None:
        """Return the next picture for a watcher, None at the end."""
        now = self._hass.loop.time
        if (early := watcher.due - now()) > 0:
            await asyncio.sleep(early)
        while watcher.seen == self._number and not watcher.is_over:
            await self._arrival.wait()
        watcher.seen = self._number
        if watcher.interval > self._rate.interval:
            watcher.due = now() + watcher.interval
        return None if watcher.is_over else self._picture

    def _wake(self) -> None:
        arrival, self._arrival = self._arrival, asyncio.Event()
        arrival.set()

    async def _run(self) -> None:
        """Take one picture after the other."""
        now = self._hass.loop.time
        while True:
            began_at = now()
            picture = await self._take()
            if picture is not None and picture is not self._picture:
                self._picture = picture
                self._number += 1
                self._wake()
            while (left := began_at + self._interval() - now()) > 0:
                self._has_joined.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(left):
                        await self._has_joined.wait()

    def _interval(self) -> float:
        """Return the interval of the watcher who wants the most pictures."""
        now, rate = self._hass.loop.time(), self._rate
        return min(
            max(
                rate.interval,
                watcher.interval,
                _SLOW_INTERVAL if now - watcher.touched_at >= rate.slow_after else 0.0,
            )
            for watcher in self._watchers
        )
