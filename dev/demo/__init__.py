"""The demo: a simulated Obico server, and a real Home Assistant with its printers."""
