"""Every entity is called something, in words that are there."""

import pytest

from dev import SHORT, Account, ObicoServer, Printer
from homeassistant.const import EntityStateAttribute
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.translation import async_get_translations
from tests.integration.support import Obico, load_capture, set_up

# Home Assistant's own, that no user sees by its name.
UNNAMED = {*EntityStateAttribute, "access_token"}


@pytest.fixture
async def all_kinds(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
) -> Obico:
    """Give an account with both kinds of agent, so that all entities there are exist."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    printer.agent.start_print(SHORT)
    await server.advance(20)
    for capture in ("printer_klipper_printing", "printer_alert_warning"):
        account.add_printer(capture).load_state(load_capture(capture))
    return await set_up(hass, server, account)


async def test_every_entity_has_a_name_of_its_own_from_the_translations(
    all_kinds: Obico,
) -> None:
    hass = all_kinds.hass
    texts = await async_get_translations(hass, "en", "entity", {"obico"})
    entries = er.async_entries_for_config_entry(
        er.async_get(hass), all_kinds.entry.entry_id
    )
    assert len(entries) > 50
    for entry in entries:
        assert entry.has_entity_name, entry.entity_id
        key = f"component.obico.entity.{entry.domain}.{entry.translation_key}.name"
        # Without one of its own, an entity bears the name of its device class.
        assert key in texts or entry.original_device_class
        assert entry.original_name, entry.entity_id
        assert "{" not in entry.original_name, entry.entity_id
    names = [(entry.device_id, entry.domain, entry.original_name) for entry in entries]
    assert len(names) == len(set(names))


async def test_every_option_of_an_entity_has_words(all_kinds: Obico) -> None:
    hass = all_kinds.hass
    texts = await async_get_translations(hass, "en", "entity", {"obico"})
    seen = 0
    for entry in er.async_entries_for_config_entry(
        er.async_get(hass), all_kinds.entry.entry_id
    ):
        prefix = f"component.obico.entity.{entry.domain}.{entry.translation_key}"
        capabilities = entry.capabilities or {}
        if entry.domain == "sensor":
            for option in capabilities.get("options", ()):
                assert f"{prefix}.state.{option}" in texts
                seen += 1
        if entry.domain == "event":
            for event_type in capabilities["event_types"]:
                attribute = f"{prefix}.state_attributes.event_type.state.{event_type}"
                assert attribute in texts
                seen += 1
    assert seen > 20


async def test_every_attribute_has_a_name(all_kinds: Obico) -> None:
    hass = all_kinds.hass
    texts = await async_get_translations(hass, "en", "entity", {"obico"})
    for printer in all_kinds.server.printers.values():
        all_kinds.server.add_event(printer, "ENDED")
    await all_kinds.poll()
    seen = set()
    for entry in er.async_entries_for_config_entry(
        er.async_get(hass), all_kinds.entry.entry_id
    ):
        if (state := hass.states.get(entry.entity_id)) is None:
            continue
        shared = await async_get_translations(
            hass, "en", "entity_component", {entry.domain}
        )
        for attribute in state.attributes.keys() - UNNAMED:
            name = f"state_attributes.{attribute}.name"
            if f"component.{entry.domain}.entity_component._.{name}" not in shared:
                key = f"component.obico.entity.{entry.domain}.{entry.translation_key}"
                assert f"{key}.{name}" in texts
                seen.add(attribute)
    assert {"event_class", "heater", "outcome", "file"} <= seen
