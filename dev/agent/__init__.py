"""The agents' side: simulated OctoPrint and Klipper machines with their webcams."""
