"""An account and its devices: what is remembered, forgotten and complained of."""
