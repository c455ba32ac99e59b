"""Ports to listen on."""

import socket


def free_port(host: str, wanted: int = 0) -> int:
    """Return the wanted port if it is free, or else any free one."""
    for port in (wanted, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((host, port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError(f"no free port at {host}")
