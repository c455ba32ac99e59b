"""`python -m dev.demo`: Home Assistant with the printers of an Obico server."""

import argparse
import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
import shutil
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from ..command_line import help_if_wanted, port_number, positive
from .automations import add_automations
from .check import check
from .client import PASSWORD, USERNAME, HomeAssistantClient
from .errors import DemoError
from .home_assistant import HomeAssistant
from .obico import Account, built_in_server
from .ports import free_port
from .table import show
from .truth import Truth
from .view import View
from .watched import CONFIGURATION, WatchedPrinter

_ROOT: Final = Path(__file__).parents[2]
_FOLDERS: Final = _ROOT / ".demo"
# Where scripts/setup puts other versions than that of the lock file.
_ENVIRONMENTS: Final = _ROOT / ".tools" / "homeassistant"
_LOCALHOST: Final = "127.0.0.1"
_PORT: Final = 8123
_OBICO_PORT: Final = 3334
_CHECK_SECONDS: Final = 300.0
_CHECK_SPEED: Final = 3.0


class Options(argparse.Namespace):
    """The options of the command line."""

    check: bool
    homeassistant: str | None
    server: str | None
    token: str | None
    host: str
    port: int | None
    obico_port: int | None
    speed: float | None
    keep: bool
    timeout: float


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; scripts/demo documents the options."""
    parser = argparse.ArgumentParser(prog="scripts/demo", add_help=False)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--homeassistant", metavar="VERSION")
    parser.add_argument("--server", metavar="URL")
    parser.add_argument("--token")
    parser.add_argument("--host", default=_LOCALHOST)
    parser.add_argument("--port", type=port_number)
    parser.add_argument("--obico-port", type=port_number, metavar="PORT")
    parser.add_argument("--speed", type=positive, metavar="FACTOR")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument(
        "--timeout", type=positive, default=_CHECK_SECONDS, metavar="SECONDS"
    )
    return parser


def parse_arguments(arguments: list[str] | None = None) -> Options:
    """Read the command line."""
    parser = make_parser()
    options = parser.parse_args(arguments, Options())
    if (options.server is None) != (options.token is None):
        parser.error("--server and --token go together")
    if options.check and options.keep:
        parser.error("--check starts afresh: it cannot --keep anything")
    return options


@contextmanager
def progress_on(console: Console) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the progress of Home Assistant's start."""
    shown = ""
    with console.status("Home Assistant: starting") as status:

        def progress(doing: str) -> None:
            nonlocal shown
            if doing == shown:
                return
            shown = doing
            if console.is_terminal:
                status.update(f"Home Assistant: {doing}")
            elif doing.startswith("installing"):
                console.print(f"Home Assistant: {doing}")

        yield progress


@contextmanager
def configuration_folder(options: Options) -> Iterator[Path]:
    """Yield Home Assistant's folder: a temporary one for a check, else one to --keep."""
    if options.check:
        with TemporaryDirectory(prefix="obico-demo-") as temporary:
            yield Path(temporary)
        return
    folder = _FOLDERS / (options.homeassistant or "config")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    yield folder


async def run(options: Options, console: Console) -> None:
    """Run the demo until it is cancelled, or the check until it has ended."""
    async with AsyncExitStack() as stack:
        if options.server and options.token:
            account = Account(url=options.server, token=options.token)
        else:
            port = _port(
                options.obico_port, _OBICO_PORT, _LOCALHOST, any_free=options.check
            )
            account = await stack.enter_async_context(
                built_in_server(
                    port,
                    options.speed or (_CHECK_SPEED if options.check else 1.0),
                    # The check is the same on machines with and without Janus.
                    has_live_video=not options.check,
                )
            )
            console.print(
                f"Obico server:   {account.url}  e-mail {account.email}, password {account.password}"
            )

        folder = stack.enter_context(configuration_folder(options))
        port = _port(options.port, _PORT, options.host, any_free=options.check)
        # The check also verifies that Home Assistant has all requirements before it starts.
        home_assistant = HomeAssistant(
            folder,
            options.host,
            port,
            may_install=not options.check,
            environment=_ENVIRONMENTS / options.homeassistant
            if options.homeassistant
            else None,
        )
        home_assistant.prepare()
        if account.watched:
            home_assistant.configure(CONFIGURATION)
        stack.push_async_callback(home_assistant.stop)
        with progress_on(console) as progress:
            await home_assistant.start(progress)
            client = await stack.enter_async_context(
                HomeAssistantClient(home_assistant.url)
            )
            await client.onboard()
            await client.sign_in()
            await client.wait_until_running(progress)
            await client.add_integration(account.ways, account.answers)
            if account.watched:
                watched = WatchedPrinter(client, account.watched, folder)
                await watched.set_up()
                reporting = asyncio.create_task(watched.run())
                stack.push_async_callback(_cancel, reporting)
            await add_automations(client)
            if not options.check:
                # The check observes without the reload that follows.
                await client.enable_cameras()
        console.print(
            f"Home Assistant: {home_assistant.url}  user {USERNAME}, password {PASSWORD}"
        )
        view = View(client)
        await view.follow()
        account.begin()
        if options.check:
            truth = await stack.enter_async_context(Truth(account))
            await check(
                client,
                view,
                truth,
                console,
                home_assistant,
                seconds=options.timeout,
                whole_print=options.server is None,
            )
        else:
            console.print(
                "Ctrl-C stops both.\n" if not options.server else "Ctrl-C stops it.\n"
            )
            await show(view, console, home_assistant.raise_if_ended)


async def _cancel(task: asyncio.Task[None]) -> None:
    """Cancel a task, or raise what it has failed with."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _port(asked_for: int | None, usual: int, host: str, *, any_free: bool) -> int:
    """Return the port of the command line, else the default one or a free one."""
    wanted = (0 if any_free else usual) if asked_for is None else asked_for
    try:
        port = free_port(host, wanted)
    except OSError as err:
        raise DemoError(f"this machine cannot listen at {host}") from err
    if asked_for and port != asked_for:
        raise DemoError(f"port {asked_for} is taken by another program")
    return port


async def until_signalled(options: Options, console: Console) -> None:
    """Run the demo, and shut it down properly on signals such as Ctrl-C."""
    task = asyncio.current_task()
    assert task
    loop = asyncio.get_running_loop()

    def stop() -> None:
        # Only the first signal: a second one would interrupt the shutdown and leave
        # a process behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: None)
        task.cancel()
        # The terminal may be closed.
        with suppress(OSError):
            console.print("\nStopping …")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    await run(options, console)


def _demo_error(error: Exception) -> DemoError | None:
    """Return the error that is for the user; the server's tasks raise it in a group."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        (error,) = error.exceptions
    return error if isinstance(error, DemoError) else None


def main() -> int:
    """Run the demo, and return its exit status."""
    help_if_wanted("demo")
    options = parse_arguments()
    console = Console(highlight=False, soft_wrap=True)
    try:
        asyncio.run(until_signalled(options, console))
    except asyncio.CancelledError, KeyboardInterrupt:
        # Stopping is the normal end of the demo, but a check was not completed then.
        return 130 if options.check else 0
    except (DemoError, ExceptionGroup) as error:
        if (told := _demo_error(error)) is None:
            raise
        console.print(f"\n{told}", style="red", markup=False)
        return 1
    if options.check:
        console.print("\nThe demo works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
