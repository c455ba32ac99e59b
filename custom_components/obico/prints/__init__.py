"""Ended prints: the last one of each printer, and values derived from a print.

The current print is part of `printer`.
"""
