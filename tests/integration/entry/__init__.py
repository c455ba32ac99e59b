"""A config entry, from its set-up to its removal, and who is told of changes."""
