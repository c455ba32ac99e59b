"""Print the file of a past print again, from where it still is."""

from dataclasses import dataclass
from urllib.parse import unquote

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import (
    ObicoAgentNotFoundError,
    ObicoNotFoundError,
    Print,
    Printer,
    PrinterAgent,
    is_same_name,
    parse_sent_url,
)
from ..const import DOMAIN
from .command_runner import CommandRunner
from .commands import CommandChannel, start_print
from .status import agent_kind


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedAgain:
    """What is printed again."""

    file: str
    is_cloud: bool
    """Whether it comes from the cloud, rather than from the printer's own storage."""


async def async_print_again(
    runner: CommandRunner, printer: Printer, print_id: int | None
) -> PrintedAgain:
    """Print the file of a past print on an idle printer, and return what that is.

    Raises ServiceValidationError where there is no such print of this printer, its file is
    gone, or the printer cannot begin a print; HomeAssistantError if it does not.
    """
    if print_id is None:
        raise _error("no_last_print")
    printed: list[PrintedAgain] = []

    async def send(channel: CommandChannel, printer: Printer) -> None:
        try:
            job = await channel.client.get_print(print_id)
        except ObicoNotFoundError:
            job = None
        if job is None or job.printer_id != printer.id:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="print_not_found",
                translation_placeholders={"print_id": str(print_id)},
            )
        printed.append(await _async_send(channel, printer, job))

    await runner.async_run(printer, start_print(send))
    return printed[0]


async def _async_send(
    channel: CommandChannel, printer: Printer, job: Print
) -> PrintedAgain:
    agent, file = channel.agent_of(printer.id), job.g_code_file
    address = file.url if file else None
    if file and file.id and address and parse_sent_url(address) is not None:
        try:
            cloud_file = await channel.client.get_cloud_file(file.id)
        except ObicoNotFoundError:
            raise _error("print_file_gone") from None
        await agent.print_cloud_file(cloud_file)
        return PrintedAgain(
            file=cloud_file.filename or str(cloud_file.id), is_cloud=True
        )
    for path in _paths(address or job.filename):
        if (found := await async_find_on_printer(agent, printer, path)) is not None:
            await agent.print_file(agent_kind(printer), found)
            return PrintedAgain(file=found, is_cloud=False)
    raise _error("print_file_gone")


def _paths(path: str | None) -> list[str]:
    """Return where a file may be, likeliest first.

    OctoPrint's agent quotes the paths that it reports, and a name may look as if it were.
    """
    return [] if path is None else list(dict.fromkeys((unquote(path), path)))


async def async_find_on_printer(
    agent: PrinterAgent, printer: Printer, path: str
) -> str | None:
    """Return the path by which the printer lists a file, None if it has no such file."""
    try:
        listing = await agent.list_files(agent_kind(printer), path.rpartition("/")[0])
    except ObicoAgentNotFoundError, ValueError:
        return None
    return next(
        (file.path for file in listing.files if is_same_name(file.path, path)), None
    )


def _error(key: str) -> ServiceValidationError:
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key)
