"""Failure drills: whatever goes wrong, all comes back, and no event is lost or doubled."""
