"""The benchmarks of the integration in a real Home Assistant, which `scripts/bench` runs."""

import logging

# Must come before any import of voluptuous, which it replaces.
import homeassistant  # noqa: F401

# Log messages stay out of the terminal.
logging.basicConfig(level=logging.ERROR)
# Cameras log while they are imported that libturbojpeg is missing; no picture is scaled here.
logging.getLogger("homeassistant.components.camera").setLevel(logging.CRITICAL)
