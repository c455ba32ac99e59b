"""The options: which printers there are, and how much their agents are asked to send."""

import pytest

from custom_components.obico.const import (
    CONF_EXCLUDED,
    CONF_LOW_BANDWIDTH,
    CONF_PICTURES_PER_SECOND,
    CONF_SLOW_DOWN,
)
from dev import Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from tests.integration.flows import suggested
from tests.integration.support import Json, Obico, config_entry, fired_events, settle


async def choose(obico: Obico, answers: dict[str, Json]) -> ConfigFlowResult:
    """Fill in the form of the options, and return that form as it was shown."""
    flows = obico.hass.config_entries.options
    form = await flows.async_init(obico.entry.entry_id)
    assert form["step_id"] == "init"
    result = await flows.async_configure(form["flow_id"], answers)
    await settle(obico.hass)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return form


async def want(obico: Obico, *printers: Printer) -> ConfigFlowResult:
    """Choose the printers that are wanted."""
    form = await choose(
        obico,
        {
            CONF_LOW_BANDWIDTH: False,
            "printers": [str(printer.id) for printer in printers],
        },
    )
    assert obico.entry.state is ConfigEntryState.LOADED
    return form


def labels(form: ConfigFlowResult) -> dict[str, str]:
    """Return the printers that a form offers, by id."""
    assert form["data_schema"] is not None
    options = form["data_schema"].schema["printers"].config["options"]
    return {option["value"]: option["label"] for option in options}


@pytest.mark.parametrize("low_bandwidth", [True, False])
async def test_the_options_are_kept(
    obico: Obico, printer: Printer, low_bandwidth: bool
) -> None:
    answers = {CONF_LOW_BANDWIDTH: low_bandwidth, "printers": [str(printer.id)]}
    form = await choose(obico, answers)
    others = {CONF_PICTURES_PER_SECOND: "1", CONF_SLOW_DOWN: False}
    assert suggested(form) == others | {
        CONF_LOW_BANDWIDTH: False,
        "printers": [str(printer.id)],
    }
    assert obico.entry.options == {
        CONF_LOW_BANDWIDTH: low_bandwidth,
        CONF_EXCLUDED: [],
    }
    assert obico.entry.state is ConfigEntryState.LOADED
    assert suggested(await choose(obico, answers)) == others | answers


async def test_how_often_pictures_are_taken_is_kept(
    obico: Obico, printer: Printer
) -> None:
    rate = {CONF_PICTURES_PER_SECOND: "2", CONF_SLOW_DOWN: True}
    answers = {CONF_LOW_BANDWIDTH: False, "printers": [str(printer.id)]} | rate
    await choose(obico, answers)
    assert obico.entry.options == rate | {CONF_LOW_BANDWIDTH: False, CONF_EXCLUDED: []}
    assert suggested(await choose(obico, answers)) == answers


async def test_obico_cloud_is_asked_for_one_picture_a_second_at_most(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    entry = config_entry(server, account, url="https://app.obico.io")
    entry.add_to_hass(hass)
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert suggested(form) == {
        CONF_LOW_BANDWIDTH: False,
        CONF_SLOW_DOWN: True,
        "printers": [],
    }


async def test_printers_are_offered_by_name(obico: Obico, printer: Printer) -> None:
    nameless = await obico.add_printer("", agent="klipper")
    blank = await obico.add_printer("   ", agent="klipper")
    form = await want(obico, printer)
    assert labels(form) == {
        str(printer.id): printer.name,
        # As their devices are called.
        str(nameless.id): f"Printer {nameless.id}",
        str(blank.id): f"Printer {blank.id}",
    }
    # Also those that are not wanted, once one comes back to it.
    assert labels(await want(obico, printer)) == labels(form)


async def test_a_printer_that_is_not_wanted_goes_and_comes_back_whole_when_it_is(
    obico: Obico, printer: Printer
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    registry = er.async_get(obico.hass)
    before = {
        entry.unique_id
        for entry in er.async_entries_for_config_entry(registry, obico.entry.entry_id)
    }
    await want(obico, other)
    assert obico.entry.options[CONF_EXCLUDED] == [str(printer.id)]
    assert obico.device(printer) is None
    assert obico.find_entity_id(printer, "sensor.status") is None
    assert obico.value(other, "sensor.status") == "idle"

    form = await want(obico, printer, other)
    assert suggested(form)["printers"] == [str(other.id)]
    assert obico.entry.options[CONF_EXCLUDED] == []
    assert obico.value(printer, "sensor.status") == "idle"
    assert {
        entry.unique_id
        for entry in er.async_entries_for_config_entry(registry, obico.entry.entry_id)
    } == before


async def test_a_printer_that_comes_later_is_wanted(
    obico: Obico, printer: Printer
) -> None:
    await want(obico)
    new = await obico.add_printer("Prusa XL", agent="octoprint")
    assert obico.device(printer) is None
    assert obico.value(new, "sensor.status") == "idle"


async def test_a_printer_that_is_not_wanted_fires_nothing_and_brings_no_old_news(
    obico: Obico, printer: Printer
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    await want(obico, other)
    fired = fired_events(obico, other)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    obico.server.add_event(other, "PAUSED")
    await obico.poll()
    assert [event["event_type"] for event in fired()] == ["paused"]

    await want(obico, printer, other)
    assert obico.value(printer, "event.printer_event") == "unknown"
    back = fired_events(obico, printer)
    obico.server.add_event(printer, "RESUMED")
    await obico.poll()
    assert [event["event_type"] for event in back()] == ["resumed"]


async def test_a_printer_that_is_not_wanted_has_no_connection(
    obico: Obico, printer: Printer
) -> None:
    obico.server.sockets.blocked = False
    other = await obico.add_printer("Voron", agent="klipper")
    await want(obico, other)
    obico.server.requests.clear()
    await obico.reload()
    paths = [request.path for request in obico.server.requests]
    assert [path for path in paths if printer.auth_token in path] == []
    assert f"/ws/token/web/{other.auth_token}/" in paths
    await obico.unload()


async def test_what_is_not_wanted_can_be_chosen_again_while_nothing_is_loaded(
    obico: Obico, printer: Printer
) -> None:
    await want(obico)
    assert obico.device(printer) is None
    await obico.unload()
    form = await choose(
        obico, {CONF_LOW_BANDWIDTH: False, "printers": [str(printer.id)]}
    )
    assert labels(form) == {str(printer.id): str(printer.id)}
    assert obico.entry.options[CONF_EXCLUDED] == []
    await obico.reload()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_printer_that_comes_while_the_form_is_open_is_wanted(
    obico: Obico, printer: Printer
) -> None:
    flows = obico.hass.config_entries.options
    form = await flows.async_init(obico.entry.entry_id)
    new = await obico.add_printer("Voron", agent="klipper")
    assert obico.find_entity_id(new, "sensor.status")
    await flows.async_configure(
        form["flow_id"], {CONF_LOW_BANDWIDTH: True, "printers": [str(printer.id)]}
    )
    await settle(obico.hass)
    assert obico.entry.options[CONF_EXCLUDED] == []
    assert obico.find_entity_id(new, "sensor.status")
