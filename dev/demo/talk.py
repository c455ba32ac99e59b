"""Sentences to Assist: a print is paused and resumed."""

from enum import Enum, auto
from typing import Final

from rich.console import Console

from ..json_types import as_object
from .client import HomeAssistantClient
from .errors import DemoError
from .view import ShownPrinter, View

# Parts of answers when a print has ended or started since the states were read. The sentence
# is then repeated.
_OUTDATED_ANSWERS: Final = ("no print job", "No print", "Which printer do you mean")


class _Step(Enum):
    PAUSE = auto()
    IS_PAUSED = auto()
    IS_RESUMED = auto()
    DONE = auto()


class Talk:
    """The sentences, and whether their effects were observed."""

    def __init__(
        self, client: HomeAssistantClient, view: View, console: Console
    ) -> None:
        """Start without sentences."""
        self._client = client
        self._view = view
        self._console = console
        self._step = _Step.PAUSE
        self._printer: ShownPrinter | None = None

    def missing(self) -> list[str]:
        """Return what was not observed."""
        if self._step is _Step.DONE:
            return []
        return ["a print that pauses and goes on when Assist is told so"]

    async def go_on(self) -> None:
        """Send the next sentence, once the effect of the last one was observed."""
        if self._step is _Step.DONE:
            return
        printing = [
            printer
            for printer in self._view.printers.values()
            if printer.state("sensor", "status") == "printing"
        ]
        if self._step is _Step.PAUSE:
            if printing:
                self._printer = printing[0]
                where = "" if len(printing) == 1 else f" on {printing[0].name}"
                await self._say(f"Pause the print{where}.", "pauses", _Step.IS_PAUSED)
            return
        # The view creates new printer objects when entities are added.
        assert self._printer
        printer = self._view.printers[self._printer.id]
        status = printer.state("sensor", "status")
        if status == "idle":
            # The print had ended before it could pause.
            self._step = _Step.PAUSE
        elif self._step is _Step.IS_PAUSED and status == "paused":
            await self._say(
                f"Resume the print on {printer.name}.", "goes on", _Step.IS_RESUMED
            )
        elif self._step is _Step.IS_RESUMED and status == "printing":
            self._step = _Step.DONE

    async def _say(self, text: str, expected: str, then: _Step) -> None:
        answer = await _converse(self._client, text)
        self._console.print(f"  “{text}” – “{answer}”")
        if expected in answer:
            self._step = then
        elif not any(part in answer for part in _OUTDATED_ANSWERS):
            raise DemoError(f"Assist was told “{text}” and answered “{answer}”")


async def _converse(client: HomeAssistantClient, text: str) -> str:
    """Return Assist's answer to an English sentence."""
    answer = as_object(
        await client.request(
            "POST", "/api/conversation/process", {"text": text, "language": "en"}
        )
    )
    spoken = as_object(as_object(answer["response"])["speech"])["plain"]
    return str(as_object(spoken)["speech"])
