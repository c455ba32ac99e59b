"""The past of a printer: its prints, and what a Home Assistant that has just been started recorded."""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
import sqlite3
from typing import Final

from .. import ObicoServer, Print, Printer
from ..server.timelapse import add_poster, add_video

_STEP: Final = 20.0
_PRINTS_A_YEAR: Final = 160
# Each print takes as long for a metre of filament (seconds).
_SECONDS_A_METER: Final = 480.0
_FILES: Final = (
    "bracket.gcode",
    "cable_clip.gcode",
    "drawer_knob.gcode",
    "fan_duct.gcode",
    "hose_adapter.gcode",
    "phone_stand.gcode",
    "planter.gcode",
    "raised_feet.gcode",
)


def add_prints_of_a_year(printer: Printer) -> None:
    """Let a printer have printed for a year; one print in nine was cancelled."""
    random, state = Random(11), printer.state
    now = state.clock.now()
    for number in range(_PRINTS_A_YEAR):
        day = now - timedelta(days=365 * (1 - number / _PRINTS_A_YEAR) + 0.5)
        began = day.replace(hour=random.randint(6, 18), minute=random.randint(0, 59))
        seconds = random.uniform(1200, 20_000)
        ended = began + timedelta(seconds=seconds)
        is_finished = number % 9 != 4
        job = Print(
            id=state.next_print_id(),
            printer=printer,
            filename=random.choice(_FILES),
            started_at=began,
            ended_at=ended,
            finished_at=ended if is_finished else None,
            cancelled_at=None if is_finished else ended,
            print_time=seconds,
            filament_used=seconds / _SECONDS_A_METER * 1000,
        )
        state.add_print(job)
        add_video(state.media, job)
        add_poster(state.media, job)


class Past:
    """The temperatures of a printer over some time."""

    def __init__(self, server: ObicoServer, printer: Printer) -> None:
        """Start without temperatures."""
        self._server = server
        self._printer = printer
        self._rows: list[tuple[str, datetime, float]] = []

    async def advance(self, seconds: float) -> None:
        """Let time pass, and collect the temperatures."""
        while seconds > 0:
            await self._server.advance(min(_STEP, seconds))
            seconds -= _STEP
            now = self._server.clock.now()
            for name, heater in self._printer.agent.heaters.items():
                self._rows.append((f"{name} actual", now, heater.actual or 0.0))
                self._rows.append((f"{name} target", now, heater.target or 0.0))

    def record(self, folder: Path, entities: Mapping[str, str]) -> None:
        """Write the temperatures into the database of a Home Assistant."""
        with closing(sqlite3.connect(folder / "home-assistant_v2.db")) as database:
            for of, entity_id in entities.items():
                (metadata_id, attributes_id), *_ = database.execute(
                    "SELECT metadata_id, attributes_id FROM states"
                    " JOIN states_meta USING (metadata_id) WHERE states_meta.entity_id = ?"
                    " ORDER BY last_updated_ts DESC",
                    (entity_id,),
                ).fetchall()
                database.executemany(
                    "INSERT INTO states (metadata_id, attributes_id, state, last_updated_ts)"
                    " VALUES (?, ?, ?, ?)",
                    (
                        (metadata_id, attributes_id, f"{value:.1f}", when.timestamp())
                        for what, when, value in self._rows
                        if what == of
                    ),
                )
            database.commit()
