"""The memory of this process."""

import ctypes
import gc

import psutil


def used_memory() -> int:
    """Return the bytes that this process has for itself alone."""
    gc.collect()
    # Memory that the allocator keeps for later use is not counted.
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)
    used: int = psutil.Process().memory_full_info().uss
    return used
