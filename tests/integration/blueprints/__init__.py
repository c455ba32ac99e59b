"""The blueprints, as automations in a home whose printers are on a server."""
