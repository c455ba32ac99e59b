"""The card and the dashboard that browsers load.

`obico.js` is built from `frontend/` of the repository by `scripts/build`.
"""
