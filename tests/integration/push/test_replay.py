"""Recorded streams of a real server, message by message, give the right states and events."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
import json

import pytest

from dev import ObicoServer, Printer
from tests.integration.support import (
    CAPTURES,
    Json,
    Obico,
    fired_events,
    load_capture,
    states_written,
)
from tests.timelapse import Timelapse

from .support import Prepared, assert_nothing_left, obico_tasks

SUCCESS = "ws_print_whole_success"
CANCELLED = "ws_print_pause_resume_cancel"

STATUSES = {
    SUCCESS: ["starting", "heating", "printing", "finishing", "idle"],
    CANCELLED: [
        *("starting", "heating", "printing", "pausing", "paused", "resuming"),
        *("printing", "pausing", "paused", "resuming"),
        *("printing", "cancelling", "idle"),
    ],
}
EVENTS = {
    SUCCESS: ["started", "ended"],
    CANCELLED: [
        *("started", "paused", "resumed", "paused", "resumed", "ended"),
    ],
}
# Of the print, after its end: file, outcome.
RESULTS = {
    SUCCESS: ("short.gcode", "finished"),
    CANCELLED: ("medium.gcode", "cancelled"),
}


def read_stream(name: str) -> list[tuple[datetime, dict[str, Json]]]:
    """Return what the server sent, and when."""
    lines = map(json.loads, (CAPTURES / f"{name}.jsonl").read_text().splitlines())
    return [
        (datetime.fromtimestamp(line["t"], UTC), message)
        for line in lines
        if line["dir"] == "in" and line["kind"] == "text"
        for message in (
            json.loads(line["msg"]) if isinstance(line["msg"], str) else line["msg"],
        )
    ]


def read_rows(name: str, began: datetime, ended: datetime, at: str) -> list[Json]:
    """Return the rows of a recorded list that belong to a time, oldest first."""
    rows = json.loads((CAPTURES / f"{name}.json").read_text())
    return sorted(
        (row for row in rows if began <= datetime.fromisoformat(row[at]) <= ended),
        key=lambda row: row["id"],
    )


class Recording:
    """A server that does what a real one did."""

    def __init__(self, server: ObicoServer, printer: Printer, name: str) -> None:
        """Prepare."""
        self.server = server
        self.printer = printer
        self.stream = read_stream(name)
        self.began, self.ended = self.stream[0][0], self.stream[-1][0]
        self.events = read_rows(
            "printer_events_all", self.began, self.ended, "created_at"
        )
        [self.job] = read_rows("prints_list", self.began, self.ended, "started_at")
        message = next(message for _, message in self.stream if "id" in message)
        # The recorded messages are those of this very printer.
        assert message["id"] == printer.id
        printer.columns["auth_token"] = message["auth_token"]
        printer.load_state(load_capture("printer_idle"))

    async def play(self, timelapse: Timelapse) -> None:
        """Let it all happen again, in its time."""
        now = self.began
        for at, message in self.stream:
            await timelapse.pass_time((at - now).total_seconds(), step=1)
            now = at
            self._record_events(at)
            if "id" in message:
                # Whoever asks gets the same as those who are told.
                self.server.sockets.silent = True
                self.printer.load_state(message)
                self.server.sockets.silent = False
            self.server.sockets.send(self.printer.id, json.dumps(message))
            await timelapse.settle()
        await timelapse.pass_time(5)

    def _record_events(self, until: datetime) -> None:
        """Record the events of before."""
        job = self.server.prints.get(self.job["id"])
        while (
            self.events
            and datetime.fromisoformat(self.events[0]["created_at"]) <= until
        ):
            row = self.events.pop(0)
            if row["event_type"] == "ENDED":
                assert job is not None
                for moment in ("ended_at", "finished_at", "cancelled_at"):
                    value = self.job[moment]
                    setattr(job, moment, value and datetime.fromisoformat(value))
            self.server.skip_event_ids(row["id"] - self.server._next_event_id)
            self.server.add_event(
                self.printer,
                row["event_type"],
                event_class=row["event_class"],
                title=row["event_title"],
                text=row["event_text"],
                job=job,
                created_at=datetime.fromisoformat(row["created_at"]),
            )


@pytest.fixture(params=[SUCCESS, CANCELLED])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def recording(server: ObicoServer, printer: Printer, name: str) -> Recording:
    return Recording(server, printer, name)


@pytest.fixture
async def obico(
    prepared: Prepared, recording: Recording, timelapse: Timelapse
) -> AsyncGenerator[Obico]:
    obico = await prepared.follow()
    yield obico
    await assert_nothing_left(obico, timelapse)


async def test_a_recorded_print_gives_its_states_and_events(
    obico: Obico,
    printer: Printer,
    recording: Recording,
    timelapse: Timelapse,
    name: str,
) -> None:
    expected = [row["id"] for row in recording.events]
    fired = fired_events(obico, printer)
    statuses = states_written(obico.hass, obico.entity_id(printer, "sensor.status"))
    progress = states_written(obico.hass, obico.entity_id(printer, "sensor.progress"))
    switch = states_written(
        obico.hass, obico.entity_id(printer, "switch.watching_enabled")
    )
    assert len(obico_tasks()) == 1

    await recording.play(timelapse)

    assert [state.state for state in statuses()] == STATUSES[name]
    events = fired()
    assert [event["event_id"] for event in events] == expected
    assert [event["event_type"] for event in events] == EVENTS[name]
    assert (events[-1]["file"], events[-1]["outcome"]) == RESULTS[name]
    # It only ever goes on, until the print is over.
    percents = [float(state.state) for state in progress()[:-1]]
    assert percents == sorted(percents)
    assert len(percents) > 5
    assert progress()[-1].state == "unknown"
    assert switch() == []
