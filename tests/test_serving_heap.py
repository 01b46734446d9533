"""Memory that is free is given back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serving.heap import give_back

_MEASURED = """
import ctypes
from pathlib import Path
from serving.heap import give_back

def resident():
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) // 1024

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
blocks = [libc.malloc(100_000) for _ in range(2_000)]
for block in blocks:
    ctypes.memset(block, 1, 100_000)
for block in blocks[:-1]:  # the last one keeps the heap's end where it is
    libc.free(block)
before = resident()
print(give_back(), before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc holds free memory back so")
def test_free_memory_below_used_memory_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", _MEASURED], capture_output=True, text=True, check=True)
    gave, mebibytes = done.stdout.split()
    assert gave == "True" and int(mebibytes) > 100
    assert isinstance(give_back(), bool)
