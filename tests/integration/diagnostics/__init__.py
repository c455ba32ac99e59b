"""What can be downloaded and seen of an account, and that no secret is in it."""
