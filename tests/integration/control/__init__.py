"""What is asked of printers, and what becomes of it."""
