"""The truth of the server in `dev`: it answers as the recorded server does."""
