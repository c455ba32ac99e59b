"""Being the agent of a printer: its websocket, pictures and events.

The server does not tell an agent about its errors: a message that it fails over is lost
without an answer. What is sent here has the form that a real server was seen to accept.
"""

from .calls import AgentCalls, LinkedPrinter
from .messages import (
    Command,
    PassthruRequest,
    RemoteStatus,
    ServerMessage,
    read_messages,
)
from .report import (
    AgentInfo,
    AgentState,
    Heater,
    PrintEvent,
    Report,
    WebcamInfo,
    compose_message,
    passthru_error,
    passthru_reply,
)
from .socket import AgentSocket

__all__ = [
    "AgentCalls",
    "AgentInfo",
    "AgentSocket",
    "AgentState",
    "Command",
    "Heater",
    "LinkedPrinter",
    "PassthruRequest",
    "PrintEvent",
    "RemoteStatus",
    "Report",
    "ServerMessage",
    "WebcamInfo",
    "compose_message",
    "passthru_error",
    "passthru_reply",
    "read_messages",
]
