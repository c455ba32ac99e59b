"""Tests of the server in `dev`: it must answer like the recorded server."""
