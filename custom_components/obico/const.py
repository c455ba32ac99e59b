"""Constants of the Obico integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "obico"

# Fired with every event of a printer, for the activity; automations have triggers.
EVENT_FIRED: Final = f"{DOMAIN}_event"

# The name that Home Assistant looks for when application credentials are deleted.
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_EXCLUDED: Final = "excluded_printers"
CONF_LOW_BANDWIDTH: Final = "low_bandwidth"
CONF_SESSION: Final = "session"

# What a use of Home Assistant raises that is not documented for integrations, where that
# has changed. Each such use is in one module, and does without where it fails.
INTERNALS_CHANGED: Final = (
    AttributeError,
    ImportError,
    KeyError,
    TypeError,
    ValueError,
)

# Between two polls of an account: two requests each, however many printers it has.
POLL_INTERVAL: Final = timedelta(seconds=60)
# The same while every printer is pushed: a poll then only brings new printers, and what
# pushes missed.
RECONCILE_INTERVAL: Final = timedelta(minutes=5)

# Contexts of the coordinator's listeners that are not about one printer.
ACCOUNT: Final = "account"
TUNNEL_USAGE: Final = "tunnel_usage"
STRUCTURE: Final = "structure"
