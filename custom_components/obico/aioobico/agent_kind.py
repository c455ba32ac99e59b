"""The kinds of agents."""

from enum import StrEnum


class AgentKind(StrEnum):
    """The agents that there are, by the names that they report."""

    OCTOPRINT = "octoprint_obico"
    KLIPPER = "moonraker_obico"
