"""The conversation that is going on, and the only module that uses Home Assistant's chat sessions."""

import logging

_LOGGER = logging.getLogger(__name__)

try:
    from homeassistant.helpers.chat_session import current_session
except ImportError as err:
    _LOGGER.warning(
        "This version of Home Assistant does not tell conversations apart as expected; "
        "who is asked before a print is cancelled is known by user and device: %s",
        err,
    )

    def current_conversation_id() -> str | None:
        """Return None: which conversation it is cannot be known."""
        return None

    def is_in_conversation() -> bool:
        """Return True, so that no assistant answers a question on its user's behalf."""
        return True

else:

    def current_conversation_id() -> str | None:
        """Return the id of the conversation that the running task belongs to."""
        session = current_session.get()
        return session.conversation_id if session else None

    def is_in_conversation() -> bool:
        """Return whether the running task belongs to a conversation."""
        return current_session.get() is not None
