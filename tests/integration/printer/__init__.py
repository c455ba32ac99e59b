"""What is known of a printer: its state, its heaters, the failures of its prints."""
