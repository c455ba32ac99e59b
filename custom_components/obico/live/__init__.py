"""What the server tells by itself.

The push connection of each printer, all connections of an account, and the feed of
printer events. Everything here makes updates quicker; the poll of the coordinator works
without it.
"""
