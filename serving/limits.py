"""How many requests a key may make: a rate that refills evenly, shared by the workers of one machine.

The generic cell rate algorithm (ITU-T I.371): per key one number, the time at which its quota would be whole again.
The numbers lie in one small file that all workers map into memory, each under a lock of its own, so that a limit of
600 a minute is 600 however many workers answer. The clock is the machine's monotonic one, which they share.
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_FLOAT = struct.Struct("<d")
_SLOTS = 8_192
"""Keys beyond that many share slots, which only makes their limits stricter."""
WINDOW = 60.0


@dataclass(frozen=True)
class Taken:
    """What became of one request: `retry_after` is 0 when it may go on, else seconds until it may."""

    quota: int
    remaining: int
    reset: int
    """Seconds until the whole quota is there again."""
    retry_after: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10), and `Retry-After`."""
        found = [
            (b"ratelimit-policy", b'"minute";q=%d;w=%d' % (self.quota, WINDOW)),
            (b"ratelimit", b'"minute";r=%d;t=%d' % (self.remaining, self.reset)),
        ]
        return [*found, (b"retry-after", b"%d" % self.retry_after)] if self.retry_after else found


class Limits:
    """The limits of one machine, in a file."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._clock = clock
        self._file = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(self._file).st_size < _SLOTS * _FLOAT.size:
            os.ftruncate(self._file, _SLOTS * _FLOAT.size)
        self._map = mmap.mmap(self._file, _SLOTS * _FLOAT.size)

    def take(self, number: int, per_minute: int) -> Taken:
        """Count one request of the key with this number against its limit."""
        place = (number % _SLOTS) * _FLOAT.size
        step = WINDOW / per_minute
        fcntl.lockf(self._file, fcntl.LOCK_EX, _FLOAT.size, place)
        try:
            now = self._clock()
            whole_at = float(_FLOAT.unpack_from(self._map, place)[0])
            # A time from before the machine was started anew, or of a larger limit.
            whole_at = now if not now < whole_at <= now + WINDOW else whole_at
            after = whole_at + step
            allowed = after <= now + WINDOW + 1e-9
            if allowed:
                _FLOAT.pack_into(self._map, place, after)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, _FLOAT.size, place)
        used_until = after if allowed else whole_at
        remaining = max(int((now + WINDOW - used_until) / step + 1e-6), 0)
        wait = 0 if allowed else max(math.ceil(after - now - WINDOW), 1)
        return Taken(per_minute, remaining, max(math.ceil(used_until - now), 0), wait)

    def close(self) -> None:
        """Let the file go."""
        self._map.close()
        os.close(self._file)
