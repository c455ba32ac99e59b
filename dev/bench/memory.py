"""The memory of printers; `python -m dev.bench.memory` measures it in a fresh process."""

import argparse
import asyncio
import sys
from typing import Final, Literal

from .floor import floor_of
from .home import add_entry, connected, home_assistant, run, set_up_entry
from .remote import remote_server
from .results import Result
from .used_memory import used_memory

_PRINTERS: Final = 200
_QUICK_PRINTERS: Final = 60
_MOST_KB: Final = 70

type _Kind = Literal["real", "bare"]


async def measure(*, quick: bool) -> list[Result]:
    """Compare the memory of real printers with that of bare entities."""
    printers = _QUICK_PRINTERS if quick else _PRINTERS
    real, bare = [await _in_a_process(kind, printers) for kind in ("real", "bare")]
    return [
        Result.at_most(
            "memory per printer, beyond Home Assistant's own for as many bare entities; plain sockets",
            (real - bare) / printers / 1000,
            _MOST_KB,
            unit=" kB",
            note=f"{real / printers / 1000:.0f} kB, bare {bare / printers / 1000:.0f} kB; "
            f"unshared memory of the process, {printers} printers",
        )
    ]


async def _in_a_process(kind: str, printers: int) -> int:
    """Return the bytes that a number of printers take, in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dev.bench.memory",
        kind,
        str(printers),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return int(output)


async def _taken(kind: _Kind, printers: int) -> int:
    """Return the bytes that a number of printers take in addition to the first."""
    async with remote_server() as server, home_assistant() as hass:
        # The first printer loads all that is loaded only once.
        floor = await floor_of(hass, server)
        await floor.set_up(1)
        account = await server.add_account(printers, "captured")
        before = used_memory()
        if kind == "real":
            entry = add_entry(hass, account)
            await set_up_entry(hass, entry)
            await connected(entry)
        else:
            await floor.set_up(printers)
        await asyncio.sleep(1)
        return used_memory() - before


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["real", "bare"])
    parser.add_argument("printers", type=int)
    options = parser.parse_args()
    sys.stdout.write(str(run(_taken(options.kind, options.printers))))
