"""What real use broke, by its kind."""
