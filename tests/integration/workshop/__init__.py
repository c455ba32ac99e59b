"""What stands around a Klipper printer: power, macros, offset, objects, spools, updates."""
