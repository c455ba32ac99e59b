"""The history of prints: the last one, and its pictures."""
