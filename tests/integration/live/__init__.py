"""What is live: printers that are followed by push, and those that are not."""
