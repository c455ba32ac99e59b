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

CONF_PRINTERS: Final = "printers"


# A server of one's own may be asked for twice as many pictures as Obico Cloud.
_PICTURES_PER_SECOND: Final = ["1", "2"]


def options_schema(names: Mapping[str, str], *, is_cloud: bool) -> probatio.Schema:
    """Return the form of the options, with the names of the account's printers by id."""
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
            return self.async_create_entry(data=user_input)
        names = self._shown = self._names()
        options = self.config_entry.options
        is_cloud = URL(self.config_entry.data[CONF_URL]).origin() == CLOUD_URL
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                options_schema(names, is_cloud=is_cloud),
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
                },
            ),
        )

    def _names(self) -> dict[str, str]:
        """Return the names of all printers by id, of excluded ones also while not loaded."""
        names = {key: key for key in self.config_entry.options.get(CONF_EXCLUDED, ())}
        if self.config_entry.state is ConfigEntryState.LOADED:
            coordinator = self.config_entry.runtime_data.coordinator
            names |= {
                str(printer_id): name or str(printer_id)
                for printer_id, name in coordinator.names.items()
            }
        return names
