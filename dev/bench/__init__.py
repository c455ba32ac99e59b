"""The benchmarks of the integration in a real Home Assistant, which `scripts/bench` runs."""

# Must come before any import of voluptuous, which it replaces.
import homeassistant  # noqa: F401
