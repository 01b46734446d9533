"""Settings of what the service remembers and whom it answers: from the environment, checked once, frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL

from data.errors import ConfigError, Fault, shorten
from serving.config import PREFIX
from serving.store import state_folder, store_url

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(?::\d{1,5})?|https?://\[[0-9a-fA-F:]+\](?::\d{1,5})?")
_MIB = 1024 * 1024


def _default_url() -> URL:
    return store_url({})


@dataclass(frozen=True)
class MemorySettings:
    """Where things are kept, how much, and what a caller may take."""

    url: URL = field(default_factory=_default_url)
    """The store's database."""
    state: Path = Path("creatorlift_state")
    """The folder of uploads and results; shared by all machines that share a database."""
    score_log_rows: int = 1_000_000
    """Candidates kept in the score log; 0 keeps none."""
    score_log_days: int = 365
    score_log_features: int = 100_000
    """Of how many of the newest candidates the log keeps the features they were scored with, a kilobyte at most each;
    0 keeps none."""
    per_minute: int = 0
    """Requests a minute of one key that has no limit of its own; 0 is no limit."""
    origins: tuple[str, ...] = ()
    """Web origins whose pages may call the API; none: browsers let no other page do so."""
    seconds: int = 60
    """The longest a request may take, its body included."""
    job_workers: int = 1
    """Jobs worked on at once; 0: jobs are taken in and left to another process."""
    job_bytes: int = 100 * _MIB
    """The largest upload."""
    job_rows: int = 1_000_000
    """The most candidates of a job."""
    job_memory: int = 0
    """Bytes of address space a job may take; 0 is no limit of ours."""
    job_hours: int = 72
    """How long a finished job can be downloaded."""

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> MemorySettings:
        """Settings from `CREATORLIFT_STATE`, `_STORE_URL`, `_SCORE_LOG_ROWS`, `_SCORE_LOG_DAYS`,
        `_SCORE_LOG_FEATURES`, `_RATE_PER_MINUTE`, `_CORS_ORIGINS`, `_MAX_SECONDS`, `_JOB_WORKERS`, `_JOB_MAX_MIB`,
        `_JOB_MAX_ROWS`, `_JOB_MEMORY_GIB` and `_JOB_HOURS`.

        Raises ConfigError naming every setting that cannot be.
        """
        faults: list[Fault] = []

        def told(name: str) -> str:
            return environment.get(PREFIX + name, "").strip()

        def whole(name: str, default: int, low: int, high: int) -> int:
            text = told(name) or str(default)
            if text.isascii() and text.isdigit() and low <= int(text) <= high:
                return int(text)
            faults.append(Fault(PREFIX + name, shorten(text), f"a whole number from {low:,} to {high:,}"))
            return default

        origins = tuple(part.strip().rstrip("/") for part in told("CORS_ORIGINS").split(",") if part.strip())
        wrong = [origin for origin in origins if not _ORIGIN.fullmatch(origin)]
        allowed = "origins such as https://shop.example, comma-separated; `*` is none"
        faults += [Fault(PREFIX + "CORS_ORIGINS", shorten(origin), allowed) for origin in wrong]
        try:
            url = store_url(environment)
        except ConfigError as error:
            faults += error.faults
            url = _default_url()
        settings = cls(
            url=url,
            state=state_folder(environment),
            score_log_rows=whole("SCORE_LOG_ROWS", cls.score_log_rows, 0, 1_000_000_000),
            score_log_days=whole("SCORE_LOG_DAYS", cls.score_log_days, 1, 36_500),
            score_log_features=whole("SCORE_LOG_FEATURES", cls.score_log_features, 0, 1_000_000_000),
            per_minute=whole("RATE_PER_MINUTE", cls.per_minute, 0, 10_000_000),
            origins=origins,
            seconds=whole("MAX_SECONDS", cls.seconds, 1, 3_600),
            job_workers=whole("JOB_WORKERS", cls.job_workers, 0, 64),
            job_bytes=whole("JOB_MAX_MIB", cls.job_bytes // _MIB, 1, 10_240) * _MIB,
            job_rows=whole("JOB_MAX_ROWS", cls.job_rows, 1, 100_000_000),
            job_memory=whole("JOB_MEMORY_GIB", 0, 0, 1_024) * 1024 * _MIB,
            job_hours=whole("JOB_HOURS", cls.job_hours, 1, 10_000),
        )
        if faults:
            raise ConfigError(faults)
        return settings

    def to_env(self) -> dict[str, str]:
        """The variables a job's process needs to find the same store and files, and to keep the same limits."""
        values = {
            "STATE": str(self.state.resolve()), "STORE_URL": self.url.render_as_string(hide_password=False),
            "SCORE_LOG_ROWS": str(self.score_log_rows), "SCORE_LOG_FEATURES": str(self.score_log_features),
            "JOB_MAX_ROWS": str(self.job_rows),
            "JOB_MEMORY_GIB": str(self.job_memory // (1024 * _MIB)),
        }  # fmt: skip
        return {PREFIX + name: value for name, value in values.items()}
