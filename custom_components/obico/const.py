"""Constants of the Obico integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "obico"

# Fired with every event of a printer, for the activity; automations have triggers.
EVENT_FIRED: Final = f"{DOMAIN}_event"

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

# Reconciliation: changes come by push. Two requests an account and poll, however many
# printers it has, and the events every 10 minutes make 126 an hour.
POLL_INTERVAL: Final = timedelta(seconds=60)

# What listeners of the coordinator can be about, besides a printer (its id).
ACCOUNT: Final = "account"
TUNNEL_USAGE: Final = "tunnel_usage"
STRUCTURE: Final = "structure"
