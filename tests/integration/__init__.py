"""Tests of the integration, against a server in the same process."""
