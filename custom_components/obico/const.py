"""Constants of the Obico integration."""

from datetime import timedelta
from typing import Final

DOMAIN: Final = "obico"

# Fired on the event bus with the reason of a printer's error, for the logbook. Automations use
# triggers instead.
EVENT_ERROR_REPORTED: Final = f"{DOMAIN}_printer_error"

# What Home Assistant calls itself where it is a printer's agent.
AGENT_NAME: Final = "home_assistant"

# Fired on the event bus when Obico asks for a command, for the logbook.
EVENT_AGENT_COMMAND: Final = f"{DOMAIN}_agent_command"

# The name that Home Assistant looks for when application credentials are deleted.
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_EXCLUDED: Final = "excluded_printers"
CONF_LOW_BANDWIDTH: Final = "low_bandwidth"
CONF_PICTURES_PER_SECOND: Final = "pictures_per_second"
CONF_SESSION: Final = "session"
CONF_SLOW_DOWN: Final = "slow_down"

# Raised where an API of Home Assistant has changed that is not documented for
# integrations. Each such API is used in one module only, which catches these errors and
# turns its feature off.
INTERNALS_CHANGED: Final = (
    AttributeError,
    ImportError,
    KeyError,
    TypeError,
    ValueError,
)

# A poll takes two requests, independent of the number of printers.
POLL_INTERVAL: Final = timedelta(seconds=60)
# The interval while every printer has a working push connection. Polls then only find new
# printers and changes that pushes have missed.
RECONCILE_INTERVAL: Final = timedelta(minutes=5)

# Contexts of coordinator listeners that do not belong to one printer.
ACCOUNT: Final = "account"
SERVER: Final = "server"
TUNNEL_USAGE: Final = "tunnel_usage"
STRUCTURE: Final = "structure"
