"""Whose printers triggers and conditions look at: those of the target, and nobody else's entities."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.obico.condition import CONDITIONS
from custom_components.obico.trigger import TRIGGERS
from dev import Account, Printer
from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from tests.integration.support import Json, Obico

from .support import FOR_FIVE_MINUTES, Automations, Shown, condition, trigger


@dataclass(frozen=True, kw_only=True)
class Place:
    """A workshop with a printer in it, on a floor, with a label."""

    area: str
    floor: str
    label: str


@pytest.fixture
def place(obico: Obico, printer: Printer) -> Place:
    """Put the printer somewhere."""
    hass = obico.hass
    floor = fr.async_get(hass).async_create("Cellar")
    area = ar.async_get(hass).async_create("Workshop", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Loud")
    device = obico.device(printer)
    assert device is not None
    dr.async_get(hass).async_update_device(
        device.id, area_id=area.id, labels={label.label_id}
    )
    return Place(area=area.id, floor=floor.floor_id, label=label.label_id)


TARGETS: dict[str, Callable[[Place], dict[str, Json]]] = {
    "area": lambda place: {"area_id": place.area},
    "floor": lambda place: {"floor_id": [place.floor]},
    "label": lambda place: {"label_id": place.label},
}
targeted = pytest.mark.parametrize("target_of", TARGETS.values(), ids=TARGETS)


@targeted
async def test_a_printer_is_found_by_where_it_stands(
    obico: Obico,
    printer: Printer,
    place: Place,
    shown: Shown,
    automations: Automations,
    target_of: Callable[[Place], dict[str, Json]],
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    target = target_of(place)
    await automations.start(
        trigger("paused_printing", target),
        trigger("went_offline", target),
        trigger("progress_passed", target),
        trigger("bed_cooled", target),
        conditions=[condition("is_watching", target, behavior="all")],
    )
    # The printer elsewhere is none of its business.
    other.agent.go_offline()
    obico.server.add_event(other, "PAUSED")
    await obico.server.advance(120)
    await shown.show()
    assert obico.value(other, "binary_sensor.online") == "off"
    assert automations.take() == []

    obico.server.add_event(printer, "PAUSED")
    await shown.show(progress=60, bed=30, bed_target=0)
    assert sorted(automations.take()) == [
        "bed_cooled",
        "paused_printing",
        "progress_passed",
    ]


async def test_a_printer_that_is_moved_away_is_looked_at_no_more(
    obico: Obico, printer: Printer, place: Place, shown: Shown, automations: Automations
) -> None:
    target = {"area_id": place.area}
    await automations.start(
        trigger("progress_passed", target),
        trigger("went_offline", target, **FOR_FIVE_MINUTES),
    )
    await shown.show()
    await shown.be_offline()
    device = obico.device(printer)
    assert device is not None
    devices = dr.async_get(obico.hass)
    devices.async_update_device(device.id, area_id=None)
    await obico.hass.async_block_till_done()
    await obico.pass_time(400)
    assert automations.fired == []
    # When it comes back, it is seen for the first time.
    await shown.show(progress=60)
    devices.async_update_device(device.id, area_id=place.area)
    await obico.hass.async_block_till_done()
    await shown.show(progress=61)
    assert automations.fired == []
    await shown.be_offline()
    await obico.pass_time(400)
    assert automations.fired == ["went_offline"]


async def test_all_printers_of_a_room_are_counted_anew_when_one_comes_in(
    obico: Obico, account: Account, place: Place, shown: Shown, automations: Automations
) -> None:
    other = account.add_printer("Voron", agent="klipper")
    await obico.poll()
    await automations.start(
        trigger(
            "went_offline",
            {"area_id": place.area},
            behavior="all",
            **FOR_FIVE_MINUTES,
        )
    )
    await shown.be_offline()
    device = obico.device(other)
    assert device is not None
    dr.async_get(obico.hass).async_update_device(device.id, area_id=place.area)
    await obico.hass.async_block_till_done()
    await obico.pass_time(400)
    assert automations.fired == []


async def test_an_entity_can_be_named_alone(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    names = {
        "paused_printing": "event.printer_event",
        "went_offline": "binary_sensor.online",
        "progress_passed": "sensor.progress",
    }
    await shown.show()
    await automations.start(
        *(
            trigger(name, {"entity_id": obico.entity_id(printer, key)})
            for name, key in names.items()
        ),
        # Another of the printer's does not tell it.
        trigger(
            "progress_passed", {"entity_id": obico.entity_id(printer, "sensor.status")}
        ),
    )
    obico.server.add_event(printer, "PAUSED")
    await shown.show(progress=60)
    await shown.be_offline()
    assert sorted(automations.fired) == sorted(names)


async def test_an_event_entity_that_is_named_stands_for_its_printer(
    obico: Obico, printer: Printer, shown: Shown, automations: Automations
) -> None:
    """The editor offers printers by their one event entity."""
    other = await obico.add_printer("Voron", agent="klipper")
    target = {"entity_id": obico.entity_id(printer, "event.printer_event")}
    names = ("paused_printing", "went_offline", "progress_passed", "bed_cooled")
    await shown.show()
    await automations.start(
        *(trigger(name, target) for name in names),
        conditions=[condition("is_online", target)],
    )
    other.agent.go_offline()
    obico.server.add_event(printer, "PAUSED")
    await shown.show(progress=60, bed=30, bed_target=0)
    assert sorted(automations.take()) == sorted({*names} - {"went_offline"})
    await shown.be_offline()
    # Then it is not online.
    assert automations.take() == []


async def test_an_event_entity_of_an_area_stands_for_no_hidden_entity(
    obico: Obico, printer: Printer, place: Place, shown: Shown, automations: Automations
) -> None:
    await shown.show()
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(printer, "sensor.progress"),
        hidden_by=er.RegistryEntryHider.USER,
    )
    await automations.start(trigger("progress_passed", {"area_id": place.area}))
    await shown.show(progress=60)
    assert automations.take() == []


@pytest.mark.parametrize("section", ["trigger", "condition"])
async def test_the_editor_offers_printers_and_nothing_else(
    obico: Obico,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    section: str,
) -> None:
    """For a printer all are offered, for one of its sensors or the account none."""
    device, account = obico.device(printer), obico.device()
    assert device is not None
    assert account is not None
    client = await hass_ws_client(obico.hass)

    async def offered(**target: list[str]) -> set[str]:
        await client.send_json_auto_id(
            {"type": f"get_{section}s_for_target", "target": target}
        )
        result = (await client.receive_json())["result"]
        return {name for name in result if name.startswith("obico.")}

    known = TRIGGERS if section == "trigger" else CONDITIONS
    assert await offered(device_id=[device.id]) == {f"obico.{name}" for name in known}
    assert await offered(device_id=[account.id]) == set()
    for key in ("sensor.status", "sensor.progress", "binary_sensor.online"):
        assert await offered(entity_id=[obico.entity_id(printer, key)]) == set()


# Others


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Entities of another integration that look like ours, in the same place."""

    hass: HomeAssistant
    entity_ids: dict[str, str]

    def set(self, key: str, state: str, **attributes: Json) -> None:
        """Let one of them have a state."""
        self.hass.states.async_set(self.entity_ids[key], state, attributes)

    def set_all(self, *, is_beyond: bool) -> None:
        """Let all of them show what would fire triggers and fulfil conditions, or not."""
        on = "on" if is_beyond else "off"
        for key in ("printing", "online", "watching"):
            self.set(f"binary_sensor.{key}", on)
        self.set("binary_sensor.failure_detected", "off" if is_beyond else "on")
        self.set("sensor.status", "paused" if is_beyond else "idle")
        self.set(
            "sensor.progress",
            "60" if is_beyond else "10",
            unit_of_measurement=PERCENTAGE,
        )
        self.set(
            "sensor.time_remaining",
            "60" if is_beyond else "7200",
            unit_of_measurement="s",
        )
        self.set(
            "sensor.bed_temperature",
            "25" if is_beyond else "60",
            unit_of_measurement="°C",
        )


@pytest.fixture
def foreign(obico: Obico, place: Place) -> Foreign:
    """Give another integration's printer, with the same keys, names and place."""
    hass = obico.hass
    entry = MockConfigEntry(domain="bambu")
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("bambu", "1_1")}, name="Other"
    )
    dr.async_get(hass).async_update_device(
        device.id, area_id=place.area, labels={place.label}
    )
    keys = (
        "event.printer_event",
        "binary_sensor.printing",
        "binary_sensor.online",
        "binary_sensor.watching",
        "binary_sensor.failure_detected",
        "sensor.status",
        "sensor.progress",
        "sensor.time_remaining",
        "sensor.bed_temperature",
    )
    registry = er.async_get(hass)
    entity_ids = {}
    for key in keys:
        domain, _, name = key.partition(".")
        created = registry.async_get_or_create(
            domain,
            "bambu",
            f"1_1_{name}",
            device_id=device.id,
            config_entry=entry,
            translation_key=name,
        )
        entity_ids[key] = created.entity_id
    return Foreign(hass=hass, entity_ids=entity_ids)


@targeted
async def test_nothing_fires_for_another_integrations_entities(
    obico: Obico,
    place: Place,
    foreign: Foreign,
    automations: Automations,
    target_of: Callable[[Place], dict[str, Json]],
) -> None:
    named = {"entity_id": list(foreign.entity_ids.values())}
    await automations.start(
        *(
            trigger(name, target)
            for name in TRIGGERS
            for target in (target_of(place), named)
        )
    )
    for number, (event_type, outcome) in enumerate(
        (
            ("started", None),
            ("ended", "finished"),
            ("ended", "cancelled"),
            ("paused", None),
            ("resumed", None),
            ("failure_alerted", None),
            ("filament_change", None),
            ("printer_error", None),
        ),
        start=1,
    ):
        foreign.set_all(is_beyond=bool(number % 2))
        foreign.set(
            "event.printer_event",
            f"2026-11-22T10:00:0{number}.000+00:00",
            event_type=event_type,
            event_id=number,
            event_class="error",
            outcome=outcome,
        )
        await obico.hass.async_block_till_done()
    assert automations.fired == []


@pytest.mark.parametrize("behavior", ["any", "all"])
async def test_no_condition_holds_for_another_integrations_entities(
    place: Place,
    foreign: Foreign,
    shown: Shown,
    automations: Automations,
    behavior: str,
) -> None:
    named = {"entity_id": list(foreign.entity_ids.values())}
    await automations.start_asking(
        *(
            condition(name, target, behavior=behavior)
            for name in CONDITIONS
            for target in (*(target_of(place) for target_of in TARGETS.values()), named)
        )
    )
    await shown.be_offline()
    foreign.set_all(is_beyond=True)
    foreign.set("binary_sensor.failure_detected", "on")
    assert await automations.ask() == []
