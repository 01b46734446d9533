"""The id of the request at hand: in its answer, in the score log, and in every line that is logged meanwhile."""

from __future__ import annotations

import re
import secrets
from contextvars import ContextVar
from itertools import count

HEADER = b"x-request-id"
_PLAIN = re.compile(rb"[A-Za-z0-9._:\-]{1,100}")
_CURRENT: ContextVar[str] = ContextVar("request_id", default="-")
_PATH: ContextVar[str] = ContextVar("path", default="")
_PROCESS = secrets.token_hex(6)
_NUMBERS = count(1)


def current_path() -> str:
    """The path that was asked for; empty outside any request."""
    return _PATH.get()


def current() -> str:
    """The id of the request that this code works for; `-` outside any."""
    return _CURRENT.get()


def begin(sent: bytes | None, path: str = "") -> bytes:
    """Take the caller's id when it is a plain one, or make one; it is `current()` from here on."""
    name = sent if sent is not None and _PLAIN.fullmatch(sent) else f"{_PROCESS}-{next(_NUMBERS):x}".encode()
    _CURRENT.set(name.decode())
    _PATH.set(path)
    return name
