"""Register sentences with Home Assistant's conversation, as automations do.

That is no interface for integrations: see NOT_AS_EXPECTED.
"""

from typing import TYPE_CHECKING, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .sentences import Spoken

if TYPE_CHECKING:
    from homeassistant.components.conversation.agent_manager import IntentSourceConfig
    from homeassistant.components.conversation.trigger import TRIGGER_CALLBACK_TYPE

# What comes of an interface that changed.
NOT_AS_EXPECTED: Final = (AttributeError, ImportError, KeyError, TypeError)


class NoListsError(Exception):
    """Sentences cannot be given lists: nothing is registered."""


@callback
def register(
    hass: HomeAssistant, spoken: Spoken, handle: TRIGGER_CALLBACK_TYPE
) -> CALLBACK_TYPE:
    """Register sentences until what is returned is called.

    Raises NoListsError, or any of NOT_AS_EXPECTED.
    """
    from homeassistant.components.conversation.agent_manager import get_agent_manager  # noqa: PLC0415
    from homeassistant.components.conversation.const import IntentSource  # noqa: PLC0415

    manager = get_agent_manager(hass)
    templates = list(spoken.templates)
    unregister = manager.register_trigger(templates, handle)
    if not spoken.lists:
        return unregister
    lists = {key: {"values": list(words)} for key, words in spoken.lists.items()}
    is_taken = False

    @callback
    def add_lists(sources: dict[IntentSource, IntentSourceConfig]) -> None:
        """Give the lists to our sentences; all others that are registered stay as they are."""
        nonlocal is_taken
        for intent in sources[IntentSource.TRIGGER]["intents"].values():
            for data in intent["data"]:
                if data["sentences"] is templates:
                    data["lists"] = lists
                    is_taken = True

    try:
        # Who subscribes is told of everything at once, and the agent reads it later.
        manager.subscribe_intents(add_lists)()
    except NOT_AS_EXPECTED:
        is_taken = False
    if not is_taken:
        unregister()
        raise NoListsError
    return unregister
