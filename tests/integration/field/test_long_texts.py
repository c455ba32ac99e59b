"""Texts that are too long to be recorded.

The kind: the recorder drops all attributes of a state that are more than 16 kB, so one long
text of the server or an agent takes all the others with it.
"""

from collections.abc import Callable

import pytest

from dev import CUBE, Account, ObicoServer, Printer
from homeassistant.components.recorder import history
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from tests.integration.support import Obico, load_capture, set_up, settle

LIMIT = 16_384
EVENT = "event.printer_event"

TEXTS = {
    "letters": "a" * 10_000,
    "words": "The heater is not heating as it should. " * 250,
    "chinese": "主控关机 " * 2_000,
    "no blanks": "主控关机" * 2_500,
    "emoji": "\U0001f525" * 10_000,
    "quotes": '"' * 10_000,
    "backslashes": "\\" * 10_000,
    "controls": "\x01" * 10_000,
    "marks": "e\u0301" * 5_000,
}

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


def attribute_bytes(state: State) -> int:
    """Return how much the attributes of a state are for the recorder."""
    return len(json_bytes(dict(state.attributes)))


def too_large(obico: Obico) -> list[str]:
    """Return the entities whose attributes cannot be recorded."""
    return [
        state.entity_id
        for state in obico.hass.states.async_all()
        if attribute_bytes(state) > LIMIT
    ]


@each_text
async def test_an_event_of_long_texts_can_be_recorded(
    obico: Obico, printer: Printer, text: str
) -> None:
    obico.server.add_event(
        printer,
        "PRINTER_ERROR",
        event_class="ERROR",
        title=text,
        text=text,
        info_url=f"https://example.com/{text}",
    )
    await obico.poll()
    state = obico.state(printer, EVENT)
    assert state.attributes["event_type"] == "printer_error"
    assert attribute_bytes(state) < LIMIT
    # An address that is cut leads elsewhere.
    assert state.attributes["info_url"] is None
    for name, least in (("title", 150), ("text", 1000)):
        shown = state.attributes[name]
        if text.isprintable():
            assert len(shown) >= least
        assert shown.endswith("…")
        assert text.startswith(shown.removesuffix("…")) or name == "text"


async def test_a_long_text_ends_after_a_word(obico: Obico, printer: Printer) -> None:
    obico.server.add_event(
        printer, "PRINTER_ERROR", title=TEXTS["words"], text="Is short."
    )
    await obico.poll()
    attributes = obico.state(printer, EVENT).attributes
    words = attributes["title"].removesuffix("…").split()
    assert set(words) <= set(TEXTS["words"].split())
    assert attributes["text"] == "Is short."


class TestRecorded:
    """What the recorder keeps."""

    @pytest.fixture(autouse=True)
    def _custom_integrations(
        self, recorder_mock: Recorder, enable_custom_integrations: None
    ) -> None:
        """Record what happens."""

    async def test_the_attributes_of_a_long_event_are_in_the_history(
        self, obico: Obico, printer: Printer
    ) -> None:
        hass = obico.hass
        began = dt_util.utcnow()
        obico.server.add_event(
            printer,
            "PRINTER_ERROR",
            event_class="ERROR",
            title="MCU shutdown",
            text="主控关机 " * 3000,
        )
        await obico.poll()
        await settle(hass)
        await get_instance(hass).async_block_till_done()
        entity_id = obico.entity_id(printer, EVENT)

        def recorded() -> list[State]:
            states = history.state_changes_during_period(
                hass, began, dt_util.utcnow(), entity_id
            )
            return [state for state in states[entity_id] if state.state[:2] == "20"]

        states = await get_instance(hass).async_add_executor_job(recorded)
        assert states[-1].attributes["title"] == "MCU shutdown"
        assert states[-1].attributes["text"].startswith("主控关机")


@pytest.fixture
def name_all(printer: Printer) -> Callable[[str], None]:
    """Give what has all that can be named, named so."""

    def name(text: str) -> None:
        recorded = load_capture("printer_printing")
        recorded["name"] = text
        recorded["current_print"]["filename"] = text
        recorded["current_print"]["alerted_at"] = "2026-11-22T05:00:00Z"
        recorded["current_print"]["alert_acknowledged_at"] = None
        recorded["status"]["display_status"] = {"message": text}
        recorded["status"]["state"]["error"] = text
        recorded["status"]["temperatures"] |= {
            f"{text[:9_000]}{number}": {"actual": 20.0, "target": 0.0, "offset": 0}
            for number in range(3)
        }
        recorded["settings"]["temp_profiles"] = [
            {"name": f"{number} {text[:1000]}", "bed": number, "extruder": 200}
            for number in range(90)
        ]
        printer.load_state(recorded)

    return name


@each_text
async def test_no_entity_has_more_attributes_than_can_be_recorded(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    name_all: Callable[[str], None],
    text: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer.agent.start_print(CUBE)
    await server.advance(60)
    name_all(text)
    obico = await set_up(hass, server, account)
    registry = er.async_get(hass)
    for entry in er.async_entries_for_config_entry(registry, obico.entry.entry_id):
        registry.async_update_entity(entry.entity_id, disabled_by=None)
    await obico.reload()
    assert len(obico.hass.states.async_all()) > 40
    assert too_large(obico) == []
    assert [
        record.getMessage()
        for record in caplog.records
        if record.levelname in {"ERROR", "CRITICAL"}
    ] == []
    file = obico.value(printer, "sensor.file")
    assert len(file) <= 255
    assert file.endswith("…")
