"""The domain logic of a printer.

Its status from flags and texts, its heaters, commands with their preconditions and
effects, and its webcam picture. Polling, push connections and entities are elsewhere.
"""
