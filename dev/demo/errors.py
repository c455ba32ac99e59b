"""The error that stops the demo."""


class DemoError(Exception):
    """The demo cannot continue; the message is for its user."""
