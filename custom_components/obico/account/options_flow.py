"""The options of an account: which printers, and how much their agents are asked to send."""

from collections.abc import Mapping
from typing import Any, Final

import probatio
from yarl import URL

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_URL
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..aioobico import CLOUD_URL
from ..const import (
    CONF_EXCLUDED,
    CONF_LOW_BANDWIDTH,
    CONF_PICTURES_PER_SECOND,
    CONF_SLOW_DOWN,
)
from ..printer.status import is_klipper
from .macro_buttons import enable_macro_buttons, enabled_macro_buttons, macro_buttons
from .names import name_in_obico, tell_apart

CONF_LOOK_AGAIN: Final = "look_again"
CONF_MACROS: Final = "macros"
CONF_PRINTERS: Final = "printers"


# A server of one's own may be asked for twice as many pictures as Obico Cloud.
_PICTURES_PER_SECOND: Final = ["1", "2"]


def options_schema(
    names: Mapping[str, str],
    *,
    is_cloud: bool,
    macros: Mapping[str, str],
    has_klipper: bool,
) -> probatio.Schema:
    """Return the form of the options, with the names of the account's printers by id.

    `macros` are the names of the buttons of macros by their entity ids.
    """
    printers = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=key, label=name) for key, name in names.items()
            ],
            multiple=True,
            mode=SelectSelectorMode.LIST,
        )
    )
    fields: dict[probatio.Marker, object] = {
        probatio.Required(CONF_LOW_BANDWIDTH, default=False): BooleanSelector()
    }
    if not is_cloud:
        fields[probatio.Optional(CONF_PICTURES_PER_SECOND)] = SelectSelector(
            SelectSelectorConfig(
                options=_PICTURES_PER_SECOND, mode=SelectSelectorMode.LIST
            )
        )
    fields[probatio.Optional(CONF_SLOW_DOWN)] = BooleanSelector()
    fields[probatio.Required(CONF_PRINTERS, default=list)] = printers
    if macros:
        fields[probatio.Optional(CONF_MACROS, default=list)] = SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=key, label=name)
                    for key, name in macros.items()
                ],
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    if has_klipper:
        fields[probatio.Optional(CONF_LOOK_AGAIN, default=False)] = BooleanSelector()
    return probatio.Schema(fields)


class ObicoOptionsFlow(OptionsFlowWithReload):
    """Choose which printers there are here, and how much their agents are asked to send."""

    # The names of printers that the form offers, by id.
    _shown: Mapping[str, str]

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options."""
        if user_input is not None:
            # Stored are the printers that were taken out, so that new ones are included,
            # also those that were added while the form was open.
            included = user_input.pop(CONF_PRINTERS)
            user_input[CONF_EXCLUDED] = [
                key for key in self._shown if key not in included
            ]
            self._enable_macros(user_input.pop(CONF_MACROS, None))
            if user_input.pop(CONF_LOOK_AGAIN, False):
                self._look_again()
            return self.async_create_entry(data=user_input)
        names = self._shown = self._names()
        options = self.config_entry.options
        is_cloud = URL(self.config_entry.data[CONF_URL]).origin() == CLOUD_URL
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(
                    names,
                    is_cloud=is_cloud,
                    macros=macro_buttons(self.hass, self.config_entry.entry_id),
                    has_klipper=self._has_klipper(),
                ),
                {
                    CONF_LOW_BANDWIDTH: options.get(CONF_LOW_BANDWIDTH, False),
                    CONF_PICTURES_PER_SECOND: options.get(
                        CONF_PICTURES_PER_SECOND, _PICTURES_PER_SECOND[0]
                    ),
                    CONF_SLOW_DOWN: options.get(CONF_SLOW_DOWN, is_cloud),
                    CONF_PRINTERS: [
                        key
                        for key in names
                        if key not in options.get(CONF_EXCLUDED, ())
                    ],
                    CONF_MACROS: enabled_macro_buttons(
                        self.hass, self.config_entry.entry_id
                    ),
                },
            ),
        )

    def _enable_macros(self, wanted: list[str] | None) -> None:
        """Enable the buttons of these macros and no others; None is as they are."""
        if wanted is not None and enable_macro_buttons(
            self.hass, self.config_entry.entry_id, wanted
        ):
            # Home Assistant would do so after half a minute.
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)

    def _has_klipper(self) -> bool:
        """Return whether there is a printer that can be looked at."""
        return self.config_entry.state is ConfigEntryState.LOADED and any(
            map(
                is_klipper,
                self.config_entry.runtime_data.coordinator.data.printers.values(),
            )
        )

    def _look_again(self) -> None:
        """Look at what stands around all printers, at once or after the reload."""
        account = self.config_entry.runtime_data
        for printer_id in account.coordinator.data.printers:
            account.workshop.async_look_again(printer_id)

    def _names(self) -> dict[str, str]:
        """Return the names of all printers by id, of excluded ones also while not loaded."""
        names = {key: key for key in self.config_entry.options.get(CONF_EXCLUDED, ())}
        if self.config_entry.state is ConfigEntryState.LOADED:
            coordinator = self.config_entry.runtime_data.coordinator
            names |= {
                str(printer_id): name_in_obico(self.hass, printer_id, name)
                for printer_id, name in coordinator.names.items()
            }
        return tell_apart(names, str)
