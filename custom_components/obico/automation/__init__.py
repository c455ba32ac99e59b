"""What `trigger.py` and `condition.py` are made of.

`trigger_base` and `condition_base` alone touch what Home Assistant has for entity triggers
and conditions. What a printer is and does belongs to `printer`.
"""
