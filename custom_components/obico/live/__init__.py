"""Data that arrives between polls: push connections and printer events.

The push connection of each printer, all connections of an account, and the feed of
printer events. Polls work without the push connections, which only make updates faster.
"""
