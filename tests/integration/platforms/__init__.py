"""Entities, platform by platform, and what they are called."""
