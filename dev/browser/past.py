"""Recorded history of a printer for a Home Assistant that has just been started."""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
import sqlite3
from typing import Final

from .. import ObicoServer, Printer

_STEP: Final = 20.0


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
