"""What a server sends is data: no markup comes in, nothing grows without bounds, nothing breaks."""

import logging

import pytest

from dev import SHORT, Printer
from homeassistant.const import MAX_LENGTH_STATE_STATE
from tests.integration.support import API, Json, Obico, fired_events

MARKUP = "<script>alert(1)</script>{{ states('sun.sun') }} [x](javascript:alert(1))"
LONG = "x" * 5000


async def test_names_and_texts_are_shown_as_they_are_and_never_too_long(
    obico: Obico, printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    def exaggerate(rows: Json) -> Json:
        for row in rows:
            row["name"] = MARKUP + LONG
            row["not_watching_reason"] = LONG
            row["status"]["state"]["text"] = LONG
            row["status"]["display_status"] = {"message": LONG}
            row["status"]["job"]["file"]["name"] = LONG
            row["current_print"]["filename"] = MARKUP + LONG
        return rows

    caplog.set_level(logging.WARNING)
    printer.agent.start_print(SHORT)
    await obico.server.advance(5)
    obico.server.faults.change(f"{API}printers/", exaggerate)
    await obico.poll()
    assert obico.value(printer, "sensor.file").startswith("<script>alert(1)")
    for state in obico.hass.states.async_all():
        assert len(state.state) <= MAX_LENGTH_STATE_STATE, state.entity_id
    assert [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("homeassistant.helpers.entity", "custom_components"))
    ] == []


async def test_texts_of_events_have_no_markup(obico: Obico, printer: Printer) -> None:
    fired = fired_events(obico, printer)
    obico.server.add_event(
        printer,
        "PRINTER_ERROR",
        text="<div><i>Printer:</i> hot<script>alert(1)</script><img src=x onerror=y></div>",
    )
    await obico.poll()
    (event,) = fired()
    assert "<" not in event["text"]
    assert event["text"].startswith("Printer: hot")
