"""What real use broke, one kind of fault a file."""
