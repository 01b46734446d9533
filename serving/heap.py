"""Memory that the C library holds for later is given back to the system.

Threads that make large arrays leave holes in the heap, which glibc keeps: a service that answers all day would hold its
busiest moments for good.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


@cache
def _trim() -> Callable[[int], int] | None:
    """glibc's `malloc_trim`; None on systems with another C library."""
    if sys.platform != "linux":
        return None
    trim: Callable[[int], int] | None = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim


def give_back() -> bool:
    """Give back what is free; whether anything was. Takes some milliseconds, other threads go on (the lock is off)."""
    trim = _trim()
    return trim is not None and trim(0) == 1
