"""Conversion of values for the responses of actions."""

from datetime import datetime


def moment(value: datetime | None) -> str | None:
    """Return a time in ISO 8601 format."""
    return None if value is None else value.isoformat()
