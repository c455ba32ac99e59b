"""Presets: which entities of other integrations say what about a printer.

A preset is one file in `preset_files`. It names entities by domain and key; the unique ids of the
integration are made of the key and of what identifies the printer, which the status entity
tells. Entities are never found by their names, which users change.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .config import (
    CONF_ATTRIBUTES,
    CONF_CAMERA,
    CONF_FAILED_IS_AMBIGUOUS,
    CONF_LIGHT,
    CONF_PRESET,
    CONF_STATUS,
    Phase,
    states_key,
)

_FOLDER: Final = Path(__file__).parent / "preset_files"
# In front of a unique id that has not the form of the others.
_LITERAL: Final = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The contents of a file.

    `unique_id` is made of `{id}` and `{key}`. An entity is `domain.key`, followed by
    `@attribute` where a reading is an attribute, or `domain.=unique id`. Of several entities
    the first that exists is taken.
    """

    name: str
    integration: str
    unique_id: str
    status: str
    states: dict[str, list[str]]
    camera: list[str] = field(default_factory=list)
    light: list[str] = field(default_factory=list)
    readings: dict[str, list[str]] = field(default_factory=dict)
    commands: dict[str, str] = field(default_factory=dict)
    failed_is_ambiguous: bool = False


@cache
def load_presets() -> tuple[Preset, ...]:
    """Read all presets; run it in an executor the first time."""
    return tuple(
        Preset(**json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(_FOLDER.glob("*.json"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a preset found on a device: suggestions for the form, and disabled entities."""

    preset: Preset
    suggestions: dict[str, Any]
    disabled: list[str]


@callback
def find_entities(
    hass: HomeAssistant, device_id: str, presets: tuple[Preset, ...]
) -> Found | None:
    """Return what the preset of a device's integration finds, None if none fits."""
    entries = er.async_entries_for_device(
        er.async_get(hass), device_id, include_disabled_entities=True
    )
    for preset in presets:
        finder = _Finder(preset, entries)
        if finder.status is not None:
            return finder.find()
    return None


class _Finder:
    """Finds the entities of one preset on one device."""

    def __init__(self, preset: Preset, entries: list[er.RegistryEntry]) -> None:
        """Look for the status entity, whose unique id identifies the printer."""
        self._preset = preset
        self._entries = {
            (entry.domain, entry.unique_id): entry
            for entry in entries
            if entry.platform == preset.integration
        }
        self._disabled: list[str] = []
        self._id = ""
        self.status: er.RegistryEntry | None = None
        domain, _, key = preset.status.partition(".")
        pattern = re.compile(
            re.escape(preset.unique_id)
            .replace(re.escape("{id}"), "(?P<id>.+)")
            .replace(re.escape("{key}"), re.escape(key))
        )
        for (found_domain, unique_id), entry in self._entries.items():
            if found_domain == domain and (match := pattern.fullmatch(unique_id)):
                self._id, self.status = match["id"], entry

    def find(self) -> Found:
        """Return suggestions for all fields."""
        preset = self._preset
        assert self.status is not None
        suggestions: dict[str, Any] = {
            CONF_PRESET: preset.integration,
            CONF_STATUS: self.status.entity_id,
            CONF_FAILED_IS_AMBIGUOUS: preset.failed_is_ambiguous,
            **{
                states_key(Phase(phase)): states
                for phase, states in preset.states.items()
            },
        }
        attributes: dict[str, str] = {}
        for key, candidates in (
            (CONF_CAMERA, preset.camera),
            (CONF_LIGHT, preset.light),
            *preset.readings.items(),
        ):
            if (found := self._first(candidates)) is not None:
                suggestions[key], attribute = found
                if attribute:
                    attributes[key] = attribute
        for command, candidate in preset.commands.items():
            if (found := self._first([candidate])) is not None:
                suggestions[command] = [
                    {"action": "button.press", "target": {"entity_id": found[0]}}
                ]
        suggestions[CONF_ATTRIBUTES] = attributes
        return Found(
            preset=preset, suggestions=suggestions, disabled=sorted(self._disabled)
        )

    def _first(self, candidates: list[str]) -> tuple[str, str] | None:
        """Return the entity id and attribute of the first candidate that can be used."""
        disabled = None
        for entry, attribute in self._candidates(candidates):
            if entry.disabled_by is None:
                return entry.entity_id, attribute
            disabled = disabled or entry
        if disabled is not None:
            self._disabled.append(disabled.entity_id)
        return None

    def _candidates(
        self, candidates: list[str]
    ) -> Iterator[tuple[er.RegistryEntry, str]]:
        for candidate in candidates:
            domain, _, key = candidate.partition(".")
            key, _, attribute = key.partition("@")
            template = (
                key.removeprefix(_LITERAL)
                if key.startswith(_LITERAL)
                else self._preset.unique_id
            )
            unique_id = template.format(id=self._id, key=key)
            if entry := self._entries.get((domain, unique_id)):
                yield entry, attribute
