"""A browser with a Home Assistant that runs the integration, for tests, screenshots and benchmarks."""
