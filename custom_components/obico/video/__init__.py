"""Live video for the card.

`commands` has the websocket commands by which a browser talks with the agent's Janus.
"""
