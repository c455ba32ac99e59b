"""Setting up an agent: the subentry flow, as a person goes through it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.obico.agent.presets import load_presets
from custom_components.obico.const import DOMAIN
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    translation,
)
from tests.integration.flows import suggested
from tests.integration.support import Json

from .support import CAMERA, STATUS, SUBENTRY_ID, Watched

SECTIONS = ("states", "picture", "readings", "commands")


class Flow:
    """A subentry flow of an account."""

    def __init__(self, watched: Watched) -> None:
        self.hass = watched.hass
        self.watched = watched
        self.result: dict[str, Json] = {}

    async def start(self, source: str = SOURCE_USER) -> dict[str, Json]:
        context: dict[str, Json] = {"source": source}
        if source == SOURCE_RECONFIGURE:
            context["subentry_id"] = SUBENTRY_ID
        self.result = await self.hass.config_entries.subentries.async_init(  # type: ignore[assignment]
            (self.watched.entry.entry_id, "printer"),
            context=context,  # type: ignore[arg-type]
        )
        return self.result

    async def answer(self, **answers: Json) -> dict[str, Json]:
        task = self.hass.async_create_task(
            self.hass.config_entries.subentries.async_configure(
                self.result["flow_id"], answers
            )
        )
        await self.watched.timelapse.settle()
        self.result = await task  # type: ignore[assignment]
        return self.result

    async def take(self, option: str) -> dict[str, Json]:
        return await self.answer(next_step_id=option)

    async def choose(self, device: dr.DeviceEntry) -> None:
        """Start, and choose a device to find the entities of."""
        await self.start()
        await self.take("device")
        await self.answer(device_id=device.id)

    async def choose_status(self) -> None:
        """Start, and choose another printer of which only the status is known."""
        await self.start()
        await self.take("other")
        await self.answer(name="Other", status=STATUS)
        await self.accept()

    def shown(self) -> dict[str, Json]:
        """Return what the form of the entities is filled in with."""
        shown = suggested(self.result)  # type: ignore[arg-type]
        for key, value in self.result["data_schema"].schema.items():
            if str(key) in SECTIONS:
                shown[str(key)] = {
                    str(field): field.description["suggested_value"]
                    for field in value.schema.schema
                    if field.description and "suggested_value" in field.description
                }
        return shown

    async def accept(self) -> dict[str, Json]:
        """Leave the form of the entities as it is filled in."""
        shown = {
            key: value
            for key, value in self.shown().items()
            if key in (*SECTIONS, "status", "camera")
        }
        return await self.answer(**{name: {} for name in SECTIONS} | shown)


BAMBU = {
    "sensor": {
        "print_status": "idle",
        "subtask_name": "benchy",
        "print_progress": "0",
        "nozzle_temp": "21",
        "remaining_time": "0",
    },
    "camera": {"camera": "idle"},
    "button": {"pause": "unknown", "resume": "unknown", "stop": "unknown"},
}


def add_device(
    hass: HomeAssistant,
    domain: str,
    entities: dict[str, dict[str, str]],
    unique_id: str = "01S00C123456789_{key}",
    name: str = "Printer in the cellar",
) -> dr.DeviceEntry:
    """Add a device of another integration, with entities whose ids say nothing."""
    entry = MockConfigEntry(domain=domain, title="A printer")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(domain, "01S00C123456789")},
        name=name,
        manufacturer="Bambu Lab",
        model="P1S",
    )
    registry = er.async_get(hass)
    for number, (platform, keys) in enumerate(entities.items()):
        for key, state in keys.items():
            entity = registry.async_get_or_create(
                platform,
                domain,
                unique_id.format(key=key),
                device_id=device.id,
                config_entry=entry,
                suggested_object_id=f"renamed_{number}_{key}",
            )
            hass.states.async_set(entity.entity_id, state)
    return device


@pytest.fixture
def flow(watched: Watched) -> Flow:
    return Flow(watched)


async def test_a_preset_finds_the_entities_of_a_device(
    flow: Flow, watched: Watched
) -> None:
    device = add_device(watched.hass, "bambu_lab", BAMBU)
    await flow.choose(device)
    assert flow.result["step_id"] == "entities"
    shown = flow.shown()
    assert shown["status"] == "sensor.renamed_0_print_status"
    assert shown["camera"] == "camera.renamed_1_camera"
    assert shown["states"]["states_paused"] == ["pause"]
    assert shown["readings"]["file"] == "sensor.renamed_0_subtask_name"
    assert shown["commands"]["cancel"] == [
        {"action": "button.press", "target": {"entity_id": "button.renamed_2_stop"}}
    ]
    await flow.accept()
    assert flow.result["step_id"] == "preview"
    said = flow.result["description_placeholders"]
    assert (said["state"], said["phase"], said["file"]) == ("idle", "Idle", "benchy")
    await flow.answer(printer="new", name="P1S in the cellar")
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    created = watched.server.printers[flow.result["data"]["printer_id"]]
    assert created.name == "P1S in the cellar"
    await watched.until(lambda: watched.server.remote_agent(created).is_connected)
    await watched.until(lambda: created.columns["agent_name"] == "home_assistant")
    assert created.settings["printer_metadata"] == (
        '{"MACHINE_TYPE": "P1S", "manufacturer": "Bambu Lab"}'
    )


async def test_entities_are_chosen_by_hand(flow: Flow, watched: Watched) -> None:
    free = watched.account.add_printer("Free")
    await flow.start()
    watched.hass.states.async_set("sensor.other", "Printing")
    watched.hass.states.async_set("sensor.heat", "70", {"unit_of_measurement": "°F"})
    await watched.pass_time(310, step=10)
    await flow.take("other")
    await flow.answer(name="Other", status="sensor.other", camera=CAMERA)
    shown = flow.shown()
    assert shown["states"]["states_printing"] == ["Printing"]
    await flow.answer(
        **{name: shown[name] for name in ("states", "picture", "commands")},
        status="sensor.other",
        camera=CAMERA,
        readings={"nozzle": "sensor.heat"},
    )
    said = flow.result["description_placeholders"]
    assert said["picture"].startswith("![](data:image/jpeg;base64,")
    assert said["phase"] == "Printing"
    assert said["heaters"] == "Nozzle temperature 21 °C"
    assert said["commands"] == "–"
    await flow.answer(printer=str(free.id), name="Free")
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY
    await watched.until(lambda: free.current_print)


@pytest.mark.parametrize(
    ("entity_id", "attributes", "printing", "idle"),
    [
        (
            "sensor.other",
            {"options": ["IDLE", "Running", "Odd"]},
            ["Running"],
            ["IDLE"],
        ),
        ("binary_sensor.other", {}, ["on"], None),
    ],
)
async def test_the_states_of_an_entity_are_guessed_from_what_it_can_have(
    flow: Flow,
    watched: Watched,
    entity_id: str,
    attributes: dict[str, Json],
    printing: list[str],
    idle: list[str] | None,
) -> None:
    watched.hass.states.async_set(entity_id, "off", attributes)
    await flow.start()
    await flow.take("other")
    await flow.answer(name="Other", status=entity_id)
    states = flow.shown()["states"]
    assert states["states_printing"] == printing
    assert idle is None or states["states_idle"] == idle


async def test_an_octoprint_of_the_same_name_has_its_own_agent(
    flow: Flow, watched: Watched
) -> None:
    watched.account.add_printer("Cellar", agent="octoprint")
    await watched.pass_time(310, step=10)
    octo = add_device(watched.hass, "octoprint", {}, name="cellar")
    # As many devices as linked printers would be reason enough.
    MockConfigEntry(domain="octoprint", title="Another").add_to_hass(watched.hass)
    await flow.choose(octo)
    assert flow.result["errors"] == {"device_id": "has_own_agent"}


async def test_the_device_in_obico_names_the_printer_that_is_watched(
    flow: Flow, watched: Watched
) -> None:
    device = add_device(watched.hass, "bambu_lab", BAMBU)
    await flow.choose(device)
    await flow.accept()
    await flow.answer(printer="new", name="P1S in the cellar")
    printer_id = flow.result["data"]["printer_id"]
    registry = dr.async_get(watched.hass)

    def shown() -> dr.DeviceEntry | None:
        return registry.async_get_device_by_identifier(
            ("obico", f"{watched.entry.unique_id}_{printer_id}"),
            watched.entry.entry_id,
        )

    await watched.until(shown)
    found = shown()
    assert found is not None
    assert found.model_id == "Printer in the cellar"
    # Deleting the subentry must not take its history along.
    assert found.config_subentry_id is None


async def test_without_a_state_for_printing_nothing_is_watched(
    flow: Flow, watched: Watched
) -> None:
    await flow.start()
    await flow.take("other")
    await flow.answer(name="Other", status="sensor.nothing")
    shown = flow.shown()
    states = shown["states"]
    await flow.answer(
        status="sensor.nothing",
        states={**states, "states_printing": []},
        **{name: {} for name in ("picture", "readings", "commands")},
    )
    assert flow.result["errors"] == {"base": "no_printing_state"}
    await flow.accept()
    assert flow.result["errors"] == {"base": "no_printing_state"}
    await flow.answer(
        status="sensor.nothing",
        states={**states, "states_printing": ["yes"]},
        **{name: {} for name in ("picture", "readings", "commands")},
    )
    said = flow.result["description_placeholders"]
    assert (said["picture"], said["state"], said["progress"]) == ("–", "–", "–")


async def test_a_broken_camera_leaves_the_form_without_a_picture(
    flow: Flow, watched: Watched
) -> None:
    watched.camera.content = RuntimeError("broken")
    await flow.start()
    await flow.take("other")
    await flow.answer(name="Other", status=STATUS, camera=CAMERA)
    await flow.accept()
    assert flow.result["description_placeholders"]["picture"] == "–"


async def test_the_plan_refuses_in_its_own_words(flow: Flow, watched: Watched) -> None:
    await flow.choose_status()
    fault = watched.server.faults.answer(
        "/api/v1/printers/", 402, {"detail": "Only one printer."}, method="POST"
    )
    await flow.answer(printer="new", name="Other")
    assert flow.result["errors"] == {"base": "refused"}
    assert flow.result["description_placeholders"]["reason"] == "Only one printer."
    fault.remove()
    broken = watched.server.faults.html("/api/v1/printers/", 502, method="POST")
    await flow.answer(printer="new", name="Other")
    assert flow.result["errors"] == {"base": "cannot_create"}
    broken.remove()
    await flow.answer(printer="new", name="Other")
    assert flow.result["type"] is FlowResultType.CREATE_ENTRY


async def test_what_would_be_seen_is_told_in_the_words_and_units_of_the_home(
    flow: Flow, watched: Watched
) -> None:
    hass = watched.hass
    await hass.config.async_update(
        language="de", unit_system="us_customary", country="US"
    )
    await translation.async_load_integrations(hass, {DOMAIN})
    hass.states.async_set("sensor.heat", "200", {"unit_of_measurement": "°C"})
    hass.states.async_set("sensor.bed", "140", {"unit_of_measurement": "°F"})
    hass.states.async_set("sensor.part", "41.73")
    await flow.start()
    await flow.take("other")
    await flow.answer(name="Other", status=STATUS)
    shown = flow.shown()
    await flow.answer(
        states=shown["states"],
        picture={},
        status=STATUS,
        readings={
            "nozzle": "sensor.heat",
            "bed": "sensor.bed",
            "progress": "sensor.part",
        },
        commands={
            "pause": [{"action": "test.pause"}],
            "cancel": [{"action": "test.cancel"}],
        },
    )
    said = flow.result["description_placeholders"]
    assert said["phase"] == "Bereit"
    assert said["progress"] == "42 %"
    assert said["heaters"] == "Düsentemperatur 392 °F, Betttemperatur 140 °F"
    assert said["commands"] == "Pausieren, Abbrechen"


async def test_why_no_printer_can_be_made_is_told_in_the_language_of_the_home(
    flow: Flow, watched: Watched
) -> None:
    await watched.hass.config.async_update(language="de")
    await translation.async_load_integrations(watched.hass, {DOMAIN})
    await flow.choose_status()
    watched.server.faults.answer("/api/v1/printers/", 500, {}, method="POST")
    await flow.answer(printer="new", name="Other")
    assert flow.result["errors"] == {"base": "cannot_create"}
    reason = flow.result["description_placeholders"]["reason"]
    assert reason.startswith("Der Obico-Server")


async def test_a_printer_without_a_name_is_offered_by_the_name_of_its_device(
    flow: Flow, watched: Watched
) -> None:
    free = watched.account.add_printer("   ")
    await watched.pass_time(310, step=10)
    await flow.choose_status()
    schema = flow.result["data_schema"].schema
    options = {
        option["value"]: option["label"]
        for option in schema["printer"].config["options"]
    }
    assert options[str(free.id)] == f"Printer {free.id}"


async def test_a_printer_that_got_an_agent_meanwhile_cannot_be_taken(
    flow: Flow, watched: Watched
) -> None:
    free = watched.account.add_printer("Free")
    await watched.pass_time(310, step=10)
    await flow.choose_status()
    free.delete()
    await watched.pass_time(310, step=10)
    await flow.answer(printer=str(free.id), name="Free")
    assert flow.result["errors"] == {"base": "printer_is_gone"}


async def test_devices_that_have_an_agent_are_refused(
    flow: Flow, watched: Watched
) -> None:
    watched.account.add_printer("OctoPi", agent="octoprint")
    await watched.pass_time(310, step=10)
    octo = add_device(
        watched.hass,
        "octoprint",
        {"sensor": {"Current State": "operational"}},
        unique_id="{key}-abc",
        name="Something else",
    )
    bambu = add_device(watched.hass, "bambu_lab", {})
    own = dr.async_entries_for_config_entry(
        dr.async_get(watched.hass), watched.entry.entry_id
    )[0]
    await flow.start()
    await flow.take("device")
    for device_id, error in (
        (octo.id, "has_own_agent"),
        (own.id, "own_device"),
        ("gone", "device_is_gone"),
        (bambu.id, "no_entities"),
    ):
        await flow.answer(device_id=device_id)
        assert flow.result["errors"] == {"device_id": error}
    await flow.start()
    await flow.take("other")
    await flow.answer(name="Other", status=STATUS, device_id=octo.id)
    assert flow.result["errors"] == {"device_id": "has_own_agent"}


async def test_a_device_is_watched_once(flow: Flow, watched: Watched) -> None:
    device = add_device(watched.hass, "bambu_lab", BAMBU)
    for expected in ("preview", None):
        await flow.choose(device)
        if expected is None:
            assert flow.result["errors"] == {"device_id": "already_watched"}
            return
        await flow.accept()
        await flow.answer(printer="new", name="P1S")


async def test_octoprint_without_the_plug_in_can_be_watched(
    flow: Flow, watched: Watched
) -> None:
    octo = add_device(
        watched.hass,
        "octoprint",
        {
            "sensor": {"Current State": "operational", "Job Percentage": "0"},
        },
        unique_id="{key}-abc",
    )
    registry = er.async_get(watched.hass)
    (entry,) = watched.hass.config_entries.async_entries("octoprint")
    camera = registry.async_get_or_create(
        "camera", "octoprint", "abc", device_id=octo.id, config_entry=entry
    )
    bed = registry.async_get_or_create(
        "number",
        "octoprint",
        "abc_bed_temperature",
        device_id=octo.id,
        config_entry=entry,
        disabled_by=er.RegistryEntryDisabler.USER,
    )
    await flow.choose(octo)
    shown = flow.shown()
    assert shown["camera"] == camera.entity_id
    assert flow.result["description_placeholders"]["disabled"] == bed.entity_id


async def test_an_attribute_belongs_to_the_entity_of_the_preset(
    flow: Flow, watched: Watched
) -> None:
    device = add_device(
        watched.hass,
        "ha_creality_ws",
        {"sensor": {"print_status": "printing"}},
        unique_id="192.168.1.9-{key}",
    )
    (status,) = watched.hass.states.async_entity_ids("sensor")[-1:]
    watched.hass.states.async_set(status, "printing", {"file": "/usr/data/a.gcode"})
    await flow.choose(device)
    await flow.accept()
    assert flow.result["description_placeholders"]["file"] == "a.gcode"


async def test_entities_are_changed_later(flow: Flow, watched: Watched) -> None:
    await flow.start(SOURCE_RECONFIGURE)
    await flow.take("entities")
    shown = flow.shown()
    assert shown["status"] == STATUS
    await flow.answer(
        **{name: shown[name] for name in SECTIONS} | {"readings": {}},
        status=STATUS,
        camera=CAMERA,
    )
    assert flow.result["step_id"] == "confirm"
    await flow.answer()
    assert flow.result["reason"] == "reconfigure_successful"
    await watched.until(lambda: watched.remote.is_connected)
    assert "file" not in watched.agent.config.entities
    assert watched.agent.config.auth_token == watched.printer.auth_token


async def test_stopping_archives_the_printer_and_ends_its_print(
    flow: Flow, watched: Watched
) -> None:
    await watched.print()
    await flow.start(SOURCE_RECONFIGURE)
    await flow.take("stop")
    fault = watched.server.faults.html("/api/v1/printers/*/archive/", 502)
    await flow.answer()
    assert flow.result["errors"] == {"base": "cannot_archive"}
    fault.remove()
    await flow.answer()
    assert flow.result["reason"] == "stopped"
    assert watched.printer.archived
    assert watched.outcomes[0] == "cancelled"
    assert not watched.entry.subentries
    await watched.until(lambda: not watched.remote.is_connected)


async def test_an_account_that_is_not_set_up_is_named(
    flow: Flow, watched: Watched
) -> None:
    await watched.stop()
    assert (await flow.start())["reason"] == "not_loaded"
    assert (await flow.start(SOURCE_RECONFIGURE))["reason"] == "not_loaded"


def test_every_preset_is_complete() -> None:
    presets = load_presets()
    assert len({preset.integration for preset in presets}) == len(presets) >= 7
    for preset in presets:
        assert preset.states["printing"]
        assert preset.states["paused"]
        assert "{key}" in preset.unique_id
        assert set(preset.commands) == {"pause", "resume", "cancel"}
