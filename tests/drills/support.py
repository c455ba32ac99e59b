"""What the drills share: a story that makes events, and the book that is kept of them."""

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
import logging
from typing import Final

from custom_components.obico.const import RECONCILE_INTERVAL
from dev import CUBE, ObicoServer, Printer, PrinterEvent
from homeassistant.const import EVENT_STATE_CHANGED, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from tests.integration.support import Obico
from tests.timelapse import Timelapse

# In this time there is a poll whatever the pushes do.
RECONCILE_SECONDS: Final = RECONCILE_INTERVAL.total_seconds() + 10


def unhandled(records: list[logging.LogRecord]) -> list[str]:
    """Return what was logged of failures that nobody had thought of."""
    return [
        record.getMessage()
        for record in records
        if record.levelno >= logging.ERROR
        and (record.exc_info or record.name == "asyncio")
        # A library that not every machine has.
        and "libturbojpeg" not in record.getMessage()
        # The server's own trouble with connections that are gone.
        and record.name != "aiohttp.server"
    ]


class Ledger:
    """What the server recorded since, and what fired of it, by event id."""

    def __init__(self, hass: HomeAssistant, server: ObicoServer) -> None:
        """Open the book."""
        self.created: list[int] = []
        self.fired: list[int] = []
        self.printer_of: dict[int, int] = {}
        # Each firing has a moment of its own; after a reload the last one is shown again.
        self._moments: set[tuple[str, str]] = set()
        self._watch(server)
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._handle_state)

    @property
    def is_balanced(self) -> bool:
        """Whether everything fired, once and in order."""
        return self.fired == self.created

    def _watch(self, server: ObicoServer) -> None:
        add_event = server.add_event

        def add(*args: object, **kwargs: object) -> PrinterEvent:
            event = add_event(*args, **kwargs)  # type: ignore[arg-type]
            self.created.append(event.id)
            self.printer_of[event.id] = event.printer.id
            return event

        server.add_event = add  # type: ignore[method-assign]

    @callback
    def _handle_state(self, event: Event[EventStateChangedData]) -> None:
        entity_id, state = event.data["entity_id"], event.data["new_state"]
        if (
            not entity_id.startswith("event.")
            or state is None
            or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN}
            or (entity_id, state.state) in self._moments
        ):
            return
        self._moments.add((entity_id, state.state))
        self.fired.append(state.attributes["event_id"])


async def live(
    obico: Obico, printer: Printer, timelapse: Timelapse, *, patience: float = 5.0
) -> None:
    """Let a print be started, paused, resumed, alerted about and cancelled, in two minutes."""

    async def wait() -> None:
        await timelapse.pass_time(24, step=4, patience=patience)

    agent = printer.agent
    agent.start_print(CUBE)
    await wait()
    agent.pause()
    await wait()
    agent.resume()
    await wait()
    obico.server.add_event(printer, "FAILURE_ALERTED")
    await wait()
    agent.cancel()
    await wait()


async def recover(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    ledger: Ledger,
    *,
    within: float = 90,
) -> None:
    """See that all comes back in time: states, push and events."""
    server = obico.server
    await timelapse.pass_until(
        lambda: (
            ledger.is_balanced
            and obico.value(printer, "sensor.status") == "idle"
            and len(server.sockets) == len(server.printers)
        ),
        within=within,
    )
    # And stays so.
    await timelapse.pass_time(120, step=10)
    assert ledger.is_balanced
    assert len(ledger.created) >= 5
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(2, step=1)
    assert obico.value(printer, "sensor.status") in {"heating", "printing"}
    assert ledger.is_balanced


@contextmanager
def explained(
    seed: int, log: list[str], describe: Callable[[], Iterable[str]]
) -> Generator[None]:
    """Tell what happened, and how to see it again, where something fails."""
    try:
        yield
    except BaseException as err:
        err.add_note(f"Repeat with --drill-seed {seed}; the last steps were:")
        for line in (*log[-60:], *describe()):
            err.add_note(line)
        raise
