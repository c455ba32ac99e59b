"""A profile of a push."""

from itertools import islice
from typing import Final

from pyinstrument import Profiler

from .home import home_assistant
from .pushes import PushedAccount
from .remote import remote_server

_PUSHES: Final = 40_000
_QUICK_PUSHES: Final = 8_000
_INTERVAL: Final = 0.0002


async def profile(*, quick: bool) -> str:
    """Return the profile of a push that changes four states: as a tree, and by function."""
    async with remote_server() as server, home_assistant() as hass:
        account = await PushedAccount.set_up(hass, server, 1)
        pushes = account.next_pushes(account.messages)
        profiler = Profiler(interval=_INTERVAL, async_mode="disabled")
        with profiler:
            for push in islice(pushes, _QUICK_PUSHES if quick else _PUSHES):
                push()
    return "\n".join(
        profiler.output_text(show_all=True, flat=flat) for flat in (False, True)
    )
