"""Candidates' features as few bytes: what the score log keeps of them, and what comes out again, bit for bit."""

from __future__ import annotations

import numpy as np

_COUNT, _TYPE = np.dtype("<u4"), np.dtype("<f8")


def packed(values: np.ndarray) -> bytes:
    """Numbers (float64, NaN = missing), shape (n,), as bytes: how many, which are known, and those."""
    known = ~np.isnan(values)
    count = np.array(len(values), dtype=_COUNT)
    return b"".join([count.tobytes(), np.packbits(known).tobytes(), values[known].astype(_TYPE).tobytes()])


def unpacked(raw: bytes) -> np.ndarray:
    """The numbers that `packed` was given."""
    count = int(np.frombuffer(raw, dtype=_COUNT, count=1)[0])
    start = _COUNT.itemsize + (count + 7) // 8
    known = np.unpackbits(np.frombuffer(raw[_COUNT.itemsize : start], dtype=np.uint8), count=count).astype(bool)
    out = np.full(count, np.nan)
    out[known] = np.frombuffer(raw[start:], dtype=_TYPE)
    return out
