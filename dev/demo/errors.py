"""What stops the demo."""


class DemoError(Exception):
    """The demo cannot go on; the message tells its user why."""
