"""Measurements of the integration in a real Home Assistant: what `scripts/bench` runs."""

# Before anything imports voluptuous, which it replaces.
import homeassistant  # noqa: F401
