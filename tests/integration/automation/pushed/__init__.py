"""A printer with its machine, followed by push."""
