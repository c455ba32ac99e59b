"""People, and assistants, speak to printers."""
