"""A candidate's features as few bytes: what the score log keeps of them, and what comes out again, bit for bit."""

from __future__ import annotations

import zlib

import numpy as np

_LEVEL = 1
"""Of compression: most of what can be saved, in a few microseconds."""
_TYPE = "<f8"


def packed(values: np.ndarray) -> bytes:
    """Numbers (float64, NaN = missing), shape (features,), as bytes."""
    # Byte by byte of all numbers: signs and exponents are alike and pack well.
    planes = np.ascontiguousarray(values, dtype=_TYPE).view(np.uint8).reshape(len(values), 8).T
    return zlib.compress(planes.tobytes(), _LEVEL)


def unpacked(raw: bytes) -> np.ndarray:
    """The numbers that `packed` was given."""
    planes = np.frombuffer(zlib.decompress(raw), dtype=np.uint8).reshape(8, -1)
    return np.ascontiguousarray(planes.T).view(_TYPE)[:, 0].astype(np.float64)
