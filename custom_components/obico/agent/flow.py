"""The flow that makes Home Assistant the agent of a printer."""

from base64 import b64encode
from collections.abc import Mapping
import logging
from typing import Any, Final, cast

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_DEVICE_ID, CONF_NAME
from homeassistant.helpers import device_registry as dr

from ..account.errors import reason_of
from ..account.names import name_in_obico, tell_apart
from ..account.registry import name_of_device
from ..aioobico import ObicoError, ObicoRefusedError, Printer
from ..const import AGENT_NAME
from ..coordinator import ObicoCoordinator
from .agents import Agents
from .config import (
    CONF_ATTRIBUTES,
    CONF_AUTH_TOKEN,
    CONF_FAILED_IS_AMBIGUOUS,
    CONF_PRESET,
    CONF_PRINTER_ID,
    CONF_STATUS,
    AgentConfig,
    Phase,
    states_key,
)
from .forms import (
    CONF_PRINTER,
    NEW_PRINTER,
    OTHER_SCHEMA,
    device_schema,
    entities_schema,
    flatten,
    guess_states,
    in_sections,
    known_states,
    target_schema,
)
from .picture import async_take_picture, small_picture
from .presets import find_entities, load_presets
from .preview import preview_texts
from .refusals import refusal_of

_LOGGER = logging.getLogger(__name__)

# Pixels of the picture in the form.
_PREVIEW_WIDTH: Final = 480
# What the form of the entities does not show, and must not lose.
_HIDDEN: Final = (
    CONF_DEVICE_ID,
    CONF_PRESET,
    CONF_ATTRIBUTES,
    CONF_FAILED_IS_AMBIGUOUS,
    CONF_PRINTER_ID,
    CONF_AUTH_TOKEN,
)


class AgentFlow(ConfigSubentryFlow):
    """Choose a printer that Home Assistant knows, and its printer in Obico."""

    def __init__(self) -> None:
        """Start without a printer."""
        self._data: dict[str, Any] = {}
        self._name = ""
        self._disabled: list[str] = []

    @property
    def _agents(self) -> Agents:
        return cast("Agents", self._get_entry().runtime_data.agents)

    @property
    def _coordinator(self) -> ObicoCoordinator:
        return cast("ObicoCoordinator", self._get_entry().runtime_data.coordinator)

    @property
    def _printers(self) -> list[Printer]:
        return list(self._coordinator.data.printers.values())

    # Which printer of Home Assistant

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether a preset knows the printer."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        return self.async_show_menu(step_id="user", menu_options=["device", "other"])

    async def async_step_device(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a device, and find its entities."""
        presets = await self.hass.async_add_executor_job(load_presets)
        errors: dict[str, str] = {}
        if user_input is not None:
            device_id = user_input[CONF_DEVICE_ID]
            found = find_entities(self.hass, device_id, presets)
            if error := refusal_of(self.hass, device_id, self._printers):
                errors[CONF_DEVICE_ID] = error
            elif found is None:
                errors[CONF_DEVICE_ID] = "no_entities"
            else:
                self._data = {CONF_DEVICE_ID: device_id, **found.suggestions}
                self._disabled = found.disabled
                device = dr.async_get(self.hass).async_get(device_id)
                self._name = name_of_device(device) or found.preset.name
                return await self.async_step_entities()
        return self.async_show_form(
            step_id="device",
            data_schema=self.add_suggested_values_to_schema(
                device_schema(preset.integration for preset in presets), user_input
            ),
            errors=errors,
            description_placeholders={
                "integrations": ", ".join(sorted(preset.name for preset in presets))
            },
            last_step=False,
        )

    async def async_step_other(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entities that are needed of a printer that no preset knows."""
        errors: dict[str, str] = {}
        if user_input is not None:
            device_id = user_input.get(CONF_DEVICE_ID)
            error = device_id and refusal_of(self.hass, device_id, self._printers)
            if not error:
                self._name = user_input.pop(CONF_NAME)
                states = known_states(self.hass, user_input[CONF_STATUS])
                self._data = user_input | guess_states(states)
                return await self.async_step_entities()
            errors[CONF_DEVICE_ID] = error
        return self.async_show_form(
            step_id="other",
            data_schema=self.add_suggested_values_to_schema(OTHER_SCHEMA, user_input),
            errors=errors,
            last_step=False,
        )

    async def async_step_entities(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which entities say what, filled in from a preset."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._take(flatten(user_input))
            if self._data[states_key(Phase.PRINTING)]:
                if self.source == SOURCE_RECONFIGURE:
                    return await self.async_step_confirm()
                return await self.async_step_preview()
            errors["base"] = "no_printing_state"
        states = dict.fromkeys(
            state for phase in Phase for state in self._data.get(states_key(phase), ())
        ) | dict.fromkeys(known_states(self.hass, self._data[CONF_STATUS]))
        return self.async_show_form(
            step_id="entities",
            data_schema=self.add_suggested_values_to_schema(
                entities_schema(list(states)), in_sections(self._data)
            ),
            errors=errors,
            description_placeholders={
                "name": self._name,
                "disabled": ", ".join(self._disabled) or "–",
            },
            last_step=False,
        )

    def _take(self, answers: Mapping[str, Any]) -> None:
        """Store the answers of the form; what belongs to a preset's entity goes with it."""
        before = self._data
        self._data = {key: before[key] for key in _HIDDEN if key in before} | dict(
            answers
        )
        self._data[CONF_ATTRIBUTES] = {
            key: attribute
            for key, attribute in before.get(CONF_ATTRIBUTES, {}).items()
            if answers.get(key) == before.get(key)
        }

    # What it would report, and which printer of Obico

    async def async_step_preview(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what would be reported, and ask for the printer in Obico."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            name = user_input[CONF_NAME]
            try:
                printer = await self._async_printer(user_input[CONF_PRINTER], name)
            except ObicoRefusedError as err:
                errors["base"], reason = "refused", err.detail or "–"
            except ObicoError as err:
                errors["base"], reason = "cannot_create", reason_of(self.hass, err)
            else:
                if printer is not None and printer.auth_token is not None:
                    return self.async_create_entry(
                        title=name,
                        data={
                            **self._data,
                            CONF_PRINTER_ID: printer.id,
                            CONF_AUTH_TOKEN: printer.auth_token,
                        },
                        unique_id=str(printer.id),
                    )
                errors["base"] = "printer_is_gone"
        return self.async_show_form(
            step_id="preview",
            data_schema=self.add_suggested_values_to_schema(
                target_schema(self._names_of_free_printers()),
                user_input or {CONF_NAME: self._name},
            ),
            errors=errors,
            description_placeholders=await self._async_preview() | {"reason": reason},
        )

    def _free_printers(self) -> list[Printer]:
        """Return the printers of the account that have no agent."""
        return [
            printer
            for printer in self._printers
            # One whose subentry was deleted may be taken again.
            if printer.agent_name in {None, AGENT_NAME}
            and printer.status is None
            and printer.auth_token is not None
            and self._agents.of(printer.id) is None
        ]

    def _names_of_free_printers(self) -> dict[str, str]:
        """Return what these are called, by their ids."""
        names = {
            str(printer.id): name_in_obico(self.hass, printer.id, printer.name)
            for printer in self._free_printers()
        }
        return tell_apart(names, str)

    async def _async_printer(self, chosen: str, name: str) -> Printer | None:
        """Return the printer that was chosen, or a new one; None if it has an agent by now."""
        if chosen == NEW_PRINTER:
            return await self._agents.client.create_printer(name)
        return next(
            (each for each in self._free_printers() if str(each.id) == chosen), None
        )

    async def _async_preview(self) -> dict[str, str]:
        """Return what the entities say now, and a picture of the camera."""
        config = AgentConfig.preview(self._data)
        picture = await self._async_picture(config)
        return preview_texts(self.hass, config) | {"picture": picture}

    async def _async_picture(self, config: AgentConfig) -> str:
        """Return the picture as Markdown, a dash without one."""
        if config.camera is None:
            return "–"
        try:
            picture = await async_take_picture(self.hass, config, config.camera)
        except Exception as err:  # noqa: BLE001 # Of another integration.
            _LOGGER.debug("No picture for the form: %s", err)
            return "–"
        small = await self.hass.async_add_executor_job(
            small_picture, picture, _PREVIEW_WIDTH
        )
        return f"![](data:image/jpeg;base64,{b64encode(small).decode()})"

    # What becomes of it later

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to change."""
        if self._get_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        subentry = self._get_reconfigure_subentry()
        self._data, self._name = dict(subentry.data), subentry.title
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["entities", "stop"],
            description_placeholders={"name": self._name},
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Show what would be reported after the change."""
        if user_input is not None:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data=self._data
            )
        return self.async_show_form(
            step_id="confirm", description_placeholders=await self._async_preview()
        )

    async def async_step_stop(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Stop the agent, and archive its printer in Obico."""
        errors: dict[str, str] = {}
        reason = ""
        if user_input is not None:
            try:
                await self._agents.async_stop_and_archive(self._data[CONF_PRINTER_ID])
            except ObicoError as err:
                errors["base"], reason = "cannot_archive", reason_of(self.hass, err)
            else:
                self.hass.config_entries.async_remove_subentry(
                    self._get_entry(), self._get_reconfigure_subentry().subentry_id
                )
                return self.async_abort(
                    reason="stopped", description_placeholders={"name": self._name}
                )
        return self.async_show_form(
            step_id="stop",
            errors=errors,
            description_placeholders={"name": self._name, "reason": reason},
        )
