"""How the service's log lines look: time, level, the request they belong to, and never a secret."""

from __future__ import annotations

import logging
import re

from serving import request_id

OURS = "creatorlift"
_SECRET = re.compile(r"(clk_[0-9a-f]{12}_)[A-Za-z0-9_-]+|(://[^:/@\s]+:)[^@\s]+(?=@)")


class Lines(logging.Formatter):
    """`2025-03-01T12:00:00 WARNING [request id] name: words`; API keys and passwords in addresses are masked."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s [%(request_id)s] %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        """The line, its traceback included."""
        record.request_id = request_id.current()
        return _SECRET.sub(lambda found: (found[1] or found[2]) + "***", super().format(record))


def set_up() -> None:
    """Give our log and the server's these lines. Handlers that somebody else has set up keep their place."""
    ours = logging.getLogger(OURS)
    if not ours.handlers and not logging.getLogger().handlers:
        ours.addHandler(logging.StreamHandler())
    for name in (OURS, "uvicorn", "uvicorn.error"):
        for handler in logging.getLogger(name).handlers:
            handler.setFormatter(Lines())
