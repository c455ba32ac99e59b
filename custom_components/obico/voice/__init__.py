"""What people say to printers.

Sentences for Assist, intents and LLM tools share one way to grant a request. What a
command does to a printer belongs to `printer`.
"""
