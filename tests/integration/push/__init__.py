"""Tests of the push connections, in simulated time."""
