"""Tests of Obico for Home Assistant."""
