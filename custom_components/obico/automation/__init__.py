"""What triggers and conditions share.

`trigger.py` and `condition.py` name them for Home Assistant; this package implements them.
"""
