"""A browser at a Home Assistant with the integration: for its tests, screenshots and measurements."""
