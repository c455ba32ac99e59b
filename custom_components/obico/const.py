"""Constants of the Obico integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "obico"

# Two small requests an account and poll, however many printers it has.
POLL_INTERVAL: Final = timedelta(seconds=30)
