"""Measurements of the integration in a real Home Assistant: what `scripts/bench` runs."""
