"""How values stand in the answers of actions."""

from datetime import datetime


def moment(value: datetime | None) -> str | None:
    """Return a moment as ISO 8601 has it."""
    return None if value is None else value.isoformat()


def seconds(value: float | None) -> int | None:
    """Return whole seconds."""
    return None if value is None else max(round(value), 0)
