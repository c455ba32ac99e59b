"""What a printer is and what it can be told.

Its status from flags and texts, its heaters, commands with their preconditions and
effects, and its webcam picture. No polling, no sockets, no entities.
"""
