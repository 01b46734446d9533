"""Settings of the service: from the environment, overridden by the command line, checked once, frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data.errors import ConfigError, Fault, shorten

PREFIX = "CREATORLIFT_"
_MIB = 1024 * 1024


@dataclass(frozen=True)
class ServeSettings:
    """How to serve. The registry's address is `MLFLOW_TRACKING_URI`, as for every command."""

    workspace: Path | None = None
    """The catalogue; None answers inline candidates only."""
    model: str = "champion"
    """Alias or version, resolved once at start."""
    host: str = "127.0.0.1"
    """Loopback by default: there are no keys, so whoever reaches the port may ask."""
    port: int = 3000
    """0 takes any free port."""
    workers: int = 1
    """Processes; each holds its own copy of the model and the catalogue."""
    max_body_bytes: int = 32 * _MIB
    built: Path | None = None
    """Folder of the creators built ahead; None: `.creatorlift/catalogue` in the workspace."""
    refresh_hours: int = 24
    """Creators older than this, or than the workspace's files, are built anew; 0: only by `creatorlift catalogue`."""
    poll_seconds: int = 5
    """How often to look for another champion or newer creators; 0: never."""
    most_waiting: int = 256
    """Requests that may wait at once; more are refused with 503, so that nobody waits for long."""
    longest_wait: int = 10
    """Seconds after which a waiting request is refused."""

    @classmethod
    def from_env(
        cls,
        environment: Mapping[str, str],
        *,
        workspace: Path | None = None,
        model: str | None = None,
        host: str | None = None,
        port: int | None = None,
        workers: int | None = None,
    ) -> ServeSettings:
        """Settings from `CREATORLIFT_WORKSPACE`, `_MODEL`, `_HOST`, `_PORT`, `_WORKERS`, `_MAX_BODY_MIB`, `_CATALOGUE`,
        `_REFRESH_HOURS`, `_POLL_SECONDS`, `_MOST_WAITING` and `_LONGEST_WAIT`.

        An argument that is not None wins over the environment, which wins over the default. Raises ConfigError
        naming every setting that cannot be.
        """
        told = {key.removeprefix(PREFIX): value for key, value in environment.items() if key.startswith(PREFIX)}
        told = {key: value.strip() for key, value in told.items() if value.strip()}
        faults: list[Fault] = []

        def whole(name: str, default: int, low: int, high: int) -> int:
            text = told.get(name, str(default))
            if text.isascii() and text.isdigit() and low <= int(text) <= high:
                return int(text)
            faults.append(Fault(PREFIX + name, shorten(text), f"a whole number from {low} to {high}"))
            return default

        folder = workspace or (Path(told["WORKSPACE"]) if "WORKSPACE" in told else None)
        if folder is not None and not folder.is_dir():
            faults.append(Fault(f"workspace {folder}", "no such folder", "a folder with the tables of a workspace"))
        settings = cls(
            workspace=folder,
            model=model or told.get("MODEL", cls.model),
            host=host or told.get("HOST", cls.host),
            port=port if port is not None else whole("PORT", cls.port, 0, 65_535),
            workers=workers if workers is not None else whole("WORKERS", cls.workers, 1, 64),
            max_body_bytes=whole("MAX_BODY_MIB", cls.max_body_bytes // _MIB, 1, 1_024) * _MIB,
            built=Path(told["CATALOGUE"]) if "CATALOGUE" in told else None,
            refresh_hours=whole("REFRESH_HOURS", cls.refresh_hours, 0, 24 * 365),
            poll_seconds=whole("POLL_SECONDS", cls.poll_seconds, 0, 3_600),
            most_waiting=whole("MOST_WAITING", cls.most_waiting, 1, 100_000),
            longest_wait=whole("LONGEST_WAIT", cls.longest_wait, 1, 600),
        )
        if faults:
            raise ConfigError(faults)
        return settings

    @property
    def catalogue_folder(self) -> Path | None:
        """Where the creators built ahead are; None without a workspace."""
        return self.built if self.built is not None or self.workspace is None else default_folder(self.workspace)

    def to_env(self) -> dict[str, str]:
        """The variables from which `from_env` makes these settings again, for worker processes."""
        values = {
            "MODEL": self.model, "HOST": self.host, "PORT": str(self.port), "WORKERS": str(self.workers),
            "MAX_BODY_MIB": str(self.max_body_bytes // _MIB),
            "REFRESH_HOURS": str(self.refresh_hours), "POLL_SECONDS": str(self.poll_seconds),
            "MOST_WAITING": str(self.most_waiting), "LONGEST_WAIT": str(self.longest_wait),
            **({"WORKSPACE": str(self.workspace.resolve())} if self.workspace else {}),
            **({"CATALOGUE": str(self.built.resolve())} if self.built else {}),
        }  # fmt: skip
        return {PREFIX + key: value for key, value in values.items()}


def default_folder(workspace: Path) -> Path:
    """Where a workspace's creators are built ahead unless told otherwise."""
    return workspace / ".creatorlift" / "catalogue"
