"""Triggers, conditions and the activity, as automations and people see them."""
