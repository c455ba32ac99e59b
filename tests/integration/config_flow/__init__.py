"""The config flow and the options, as a person goes through them."""
