"""Live video: go2rtc's way, and the card's."""
