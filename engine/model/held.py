"""What a model's process holds of this machine's memory."""

from __future__ import annotations

import psutil

_LIBRARY = ".so"


def held_memory(process: psutil.Process) -> int:
    """Return the bytes that would be free again if a process ended, and with it all that use the same weights.

    Libraries that other processes use too are left out. Weights are not, even where another process has mapped the
    same file: whether one does is chance, and what they take of memory is the same.
    """
    try:
        own = int(process.memory_full_info().uss)
    except (psutil.AccessDenied, AttributeError):
        return int(process.memory_info().rss)
    try:
        mapped = process.memory_maps()
    except (psutil.AccessDenied, AttributeError, NotImplementedError):
        return own  # a system that does not tell what is mapped
    shared = (
        int(getattr(each, "shared_clean", 0) + getattr(each, "shared_dirty", 0))
        for each in mapped
        if each.path.startswith("/") and _LIBRARY not in each.path
    )
    return own + sum(shared)
