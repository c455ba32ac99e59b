"""The cards and the dashboard that browsers load.

`built` is made from `frontend/` of the repository by `scripts/build`.
"""
