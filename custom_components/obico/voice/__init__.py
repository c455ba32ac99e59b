"""Requests by voice and by assistants.

Sentences for Assist, intents and LLM tools share one way to carry out a request. What a
command does to a printer belongs to `printer`.
"""
