"""Registers sentences as automations do, and is the only module that uses the agent manager.

The agent manager of Home Assistant's conversation is not documented for integrations.
Where it is not as expected, there are no sentences, and one line in the log.
"""

import logging
from typing import TYPE_CHECKING

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import INTERNALS_CHANGED
from .sentences import SentenceTriggers

if TYPE_CHECKING:
    from homeassistant.components.conversation.agent_manager import IntentSourceConfig
    from homeassistant.components.conversation.trigger import TRIGGER_CALLBACK_TYPE

_LOGGER = logging.getLogger(__name__)


class NoListsError(Exception):
    """Sentences cannot be given lists; nothing was registered."""


class SentenceRegistration:
    """The sentences that are registered now."""

    def __init__(self, hass: HomeAssistant, handle: TRIGGER_CALLBACK_TYPE) -> None:
        """Register nothing yet; `handle` answers a sentence that was recognized."""
        self._hass = hass
        self._handle = handle
        self._registered = SentenceTriggers()
        self._unregister: CALLBACK_TYPE | None = None
        self._is_warned = False

    @callback
    def async_replace(self, triggers: SentenceTriggers) -> None:
        """Register these sentences in place of those before, unless they are the same.

        Raises NoListsError.
        """
        if triggers == self._registered:
            return
        self._registered = triggers
        try:
            if self._unregister is not None:
                unregister, self._unregister = self._unregister, None
                unregister()
            if triggers.templates:
                self._unregister = self._register(triggers)
        except INTERNALS_CHANGED as err:
            if not self._is_warned:
                self._is_warned = True
                _LOGGER.warning(
                    "This version of Home Assistant does not let sentences for Assist "
                    "be added as expected; everything else works: %s",
                    err,
                )

    @callback
    def async_clear(self) -> None:
        """Unregister all sentences."""
        self.async_replace(SentenceTriggers())

    def _register(self, triggers: SentenceTriggers) -> CALLBACK_TYPE:
        """Register sentences, and return what unregisters them.

        Raises NoListsError, or any of INTERNALS_CHANGED.
        """
        # Conversation is not set up in every Home Assistant.
        from homeassistant.components.conversation.agent_manager import (  # noqa: PLC0415
            get_agent_manager,
        )
        from homeassistant.components.conversation.const import IntentSource  # noqa: PLC0415

        manager = get_agent_manager(self._hass)
        templates = list(triggers.templates)
        unregister = manager.register_trigger(templates, self._handle)
        if not triggers.lists:
            return unregister
        lists = {key: {"values": list(words)} for key, words in triggers.lists.items()}
        is_accepted = False

        @callback
        def add_lists(sources: dict[IntentSource, IntentSourceConfig]) -> None:
            """Add the lists to these sentences, and leave those of others as they are."""
            nonlocal is_accepted
            for intent in sources[IntentSource.TRIGGER]["intents"].values():
                for data in intent["data"]:
                    if data["sentences"] is templates:
                        data["lists"] = lists
                        is_accepted = True

        try:
            # A subscriber is called with all sentences at once, before the agent reads
            # them. Nothing else gives access to them.
            manager.subscribe_intents(add_lists)()
        except INTERNALS_CHANGED:
            is_accepted = False
        if not is_accepted:
            unregister()
            raise NoListsError
        return unregister
