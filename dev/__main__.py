"""`python -m dev`: the simulated Obico server, with printers that print."""

import argparse
import asyncio
import signal

from . import Clock, ObicoServer
from .command_line import port_number, positive
from .scenario import populate


async def serve(host: str, port: int, speed: float) -> None:
    """Run until interrupted or terminated."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = ObicoServer(clock=Clock.from_real_time())
    account = populate(server)
    await server.start(port, host=host)
    server.run(speed)
    print(f"Obico server: {server.url}")
    print(f"Access token: {account.token}", flush=True)
    try:
        await stop.wait()
    finally:
        await server.stop()


def main() -> None:
    """Parse the command line, and run the server."""
    parser = argparse.ArgumentParser(prog="python -m dev", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--port", type=port_number, default=3334, help="0 takes a free one"
    )
    parser.add_argument(
        "--speed", type=positive, default=1.0, help="times as fast as real time"
    )
    options = parser.parse_args()
    try:
        asyncio.run(serve(options.host, options.port, options.speed))
    except OSError as err:
        parser.exit(1, f"The server cannot listen: {err}\n")


if __name__ == "__main__":
    main()
