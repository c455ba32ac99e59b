"""The demo: an Obico server and a real Home Assistant that shows its printers."""
