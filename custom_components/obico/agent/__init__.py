"""Home Assistant as the agent of printers that other integrations know.

`readings` reads the chosen entities, `print_tracker` makes prints of what they say, and
`printer_agent` talks to the server. `agents` starts and stops one such agent for each
subentry of the account.
"""
