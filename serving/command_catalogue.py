"""`creatorlift catalogue`: build a workspace's creators ahead, for the model that answers or another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import WorkError
from serving.config import default_folder
from serving.snapshots import Snapshots, build_snapshot


def build_catalogue(
    workspace: Path, model: str, *, now: pd.Timestamp, folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Build and publish; a running service takes it up by itself. Plain facts: creators, as_of, folder, model.

    Raises WorkError when another process is building there or the folder cannot be written, and what
    `serving.snapshots.build_snapshot` raises.
    """
    place = folder or default_folder(workspace)
    try:
        with Snapshots(place).alone() as mine:
            if not mine:
                raise WorkError(f"another process is building the creators at {place}; wait for it")
            built = build_snapshot(workspace, place, model, now=now, progress=progress)
    except OSError as error:
        raise WorkError(f"the creators could not be written to {place}: {error.strerror or error}") from error
    return {"creators": len(built), "as_of": built.as_of.isoformat(), "folder": str(place), "model": model}
