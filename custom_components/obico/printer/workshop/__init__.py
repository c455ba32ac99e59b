"""What stands around a Klipper printer: power, macros, objects, spools, updates, the host."""
