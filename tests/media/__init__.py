"""Live video with a real Janus, ffmpeg and Chromium, where these are to be had."""
