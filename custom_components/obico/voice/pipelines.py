"""The languages of Assist pipelines, and the only module that uses Home Assistant's pipeline store.

The store is not documented for integrations. Where it is not as expected, there are
sentences only in Home Assistant's own language, and one line in the log.
"""

from collections.abc import Callable, Iterable
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.const import MATCH_ALL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import INTERNALS_CHANGED

if TYPE_CHECKING:
    from homeassistant.components.assist_pipeline import Pipeline
    from homeassistant.helpers.collection import CollectionChange

_LOGGER = logging.getLogger(__name__)

ASSIST_PIPELINE: Final = "assist_pipeline"


class PipelineLanguages:
    """The languages in which the user's pipelines are spoken to."""

    def __init__(self, hass: HomeAssistant, on_change: Callable[[], None]) -> None:
        """Follow nothing yet; `on_change` is called when pipelines change."""
        self._hass = hass
        self._on_change = on_change
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._is_available = True

    @callback
    def async_get(self) -> set[str]:
        """Return the languages, and follow the pipelines from the first call on.

        There are none as long as the component is not set up.
        """
        if (
            not self._is_available
            or ASSIST_PIPELINE not in self._hass.config.components
        ):
            return set()
        try:
            # The component is not set up in every Home Assistant.
            from homeassistant.components.assist_pipeline.runtime import (  # noqa: PLC0415
                KEY_ASSIST_PIPELINE,
            )

            store = self._hass.data[KEY_ASSIST_PIPELINE].pipeline_store
            languages = {_language(pipeline) for pipeline in store.async_items()}
            if self._unsubscribe is None:
                self._unsubscribe = store.async_add_change_set_listener(
                    self._async_handle_changes
                )
        except INTERNALS_CHANGED as err:
            self._is_available = False
            _LOGGER.warning(
                "This version of Home Assistant does not let sentences for Assist be "
                "added in the languages of all assistants, only in its own; everything "
                "else works: %s",
                err,
            )
            return set()
        return languages

    @callback
    def async_stop(self) -> None:
        """Follow the pipelines no longer."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    async def _async_handle_changes(self, _changes: Iterable[CollectionChange]) -> None:
        self._on_change()


def _language(pipeline: Pipeline) -> str:
    """Return the language that a pipeline tells its agent."""
    if pipeline.conversation_language != MATCH_ALL:
        return pipeline.conversation_language
    return pipeline.stt_language or pipeline.tts_language or pipeline.language
