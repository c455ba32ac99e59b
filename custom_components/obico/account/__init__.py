"""The account on the server.

HTTP sessions, credentials, devices, repairs, storage, permissions and error messages.
Nothing about what a printer does.
"""
