"""Checks of files: what no running code would notice."""
