"""Notices what changes the sentences, besides printers and pending confirmations."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.const import EVENT_COMPONENT_LOADED, EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import EventComponentLoaded

from .exposed import ASSIST
from .exposure import track_exposure
from .pipelines import ASSIST_PIPELINE

CONVERSATION: Final = "conversation"


@callback
def async_track_changes(
    hass: HomeAssistant, action: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call an action whenever names, areas, languages, components of Assist or exposure change.

    Return a callback that stops it.
    """

    @callback
    def handle_change(_event: Event[Any]) -> None:
        action()

    removers = [
        hass.bus.async_listen(event_type, handle_change)
        for event_type in (ar.EVENT_AREA_REGISTRY_UPDATED, EVENT_CORE_CONFIG_UPDATE)
    ]
    removers += [
        hass.bus.async_listen(
            EVENT_COMPONENT_LOADED, handle_change, event_filter=_is_about_assist
        ),
        hass.bus.async_listen(
            dr.EVENT_DEVICE_REGISTRY_UPDATED,
            handle_change,
            event_filter=_is_about_name_or_area,
        ),
        hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED,
            handle_change,
            event_filter=_is_about_aliases,
        ),
    ]
    removers.append(track_exposure(hass, ASSIST, action))

    @callback
    def remove() -> None:
        for remove_listener in removers:
            remove_listener()

    return remove


@callback
def _is_about_assist(data: EventComponentLoaded) -> bool:
    return data["component"] in (CONVERSATION, ASSIST_PIPELINE)


@callback
def _is_about_name_or_area(data: dr.EventDeviceRegistryUpdatedData) -> bool:
    return data["action"] == "update" and not data["changes"].keys().isdisjoint(
        ("area_id", "name", "name_by_user")
    )


@callback
def _is_about_aliases(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "aliases" in data["changes"]
