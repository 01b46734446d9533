"""Snapshots of a workspace's creators on disk: built whole, published by one rename, opened by every worker.

A snapshot's folder is named by what it was built with and when: `<key>-<microseconds>`. The newest of a key counts.

    python -P -m serving.snapshots WORKSPACE FOLDER VERSION    # build one for a version of the model
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pandas as pd

from data.clock import utc_now
from data.errors import ArtifactError, CreatorLiftError
from data.sources import load_history
from models.creators import Creators, Reference, reference_key
from models.registry import load_scorer

_ROOT = Path(__file__).parent.parent
_NAME = re.compile(r"([0-9a-f]{24})-([0-9]{1,19})")
_KEPT = 2
"""Snapshots kept of each model's: one that answers, and the one before, which a slower worker may still open."""
_MODELS_KEPT = 3
Progress = Callable[[int, int], None]


class Snapshots:
    """The snapshots in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _found(self) -> list[tuple[str, int, Path]]:
        """Key, time in microseconds and place of each, the newest first."""
        if not self.folder.is_dir():
            return []
        named = [(_NAME.fullmatch(place.name), place) for place in self.folder.iterdir()]
        return sorted(((m[1], int(m[2]), place) for m, place in named if m), key=lambda one: -one[1])

    def newest(self, reference: Reference, than: Creators | None = None) -> Creators | None:
        """The newest whole snapshot for a model's reference, if newer than `than`; a damaged one is passed over."""
        key = reference_key(reference)
        for found, micros, place in self._found():
            if found == key and (than is None or than.key != key or micros > int(than.side.as_of[0])):
                try:
                    return Creators.open(place, reference)
                except ArtifactError:
                    continue
        return None

    def publish(self, creators: Creators) -> Path:
        """Write a snapshot, then remove those that nobody needs any more."""
        place = self.folder / f"{creators.key}-{int(creators.side.as_of[0])}"
        self.folder.mkdir(parents=True, exist_ok=True)
        creators.write(place)
        self._prune()
        return place

    def _prune(self) -> None:
        """Keep the two newest of the three keys used last. A mapped file stays readable after its name is gone."""
        seen: dict[str, int] = {}
        for key, _, place in self._found():
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > _KEPT or len(seen) > _MODELS_KEPT:
                # Out of sight in one step first: half of a snapshot must never be seen, whenever this is killed.
                part = place.with_name(f".{place.name}.{os.getpid()}.part")
                with suppress(OSError):
                    place.rename(part)
                    shutil.rmtree(part, ignore_errors=True)
        for part in self.folder.glob(".*.part"):
            owner = part.name.split(".")[-2]
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                shutil.rmtree(part, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether this process is the only one that builds here; held until the block ends, or the process does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
                return
            yield True


def changed_at(workspace: Path) -> float:
    """When a file of the workspace's tables was last written, seconds since 1970; 0 for an empty one."""
    hidden = re.compile(r"(^|/)\.")
    times = [
        path.stat().st_mtime
        for path in workspace.rglob("*")
        if path.is_file() and not hidden.search(str(path.relative_to(workspace)))
    ]
    return max(times, default=0.0)


def build_snapshot(
    workspace: Path, folder: Path, model: str, *, now: pd.Timestamp, progress: Progress | None = None
) -> Creators:
    """Build and publish the creators of a workspace for a model, as of `now`.

    Raises NoModel when there is no such model, TableError naming every fault of the workspace, and OSError when the
    folder cannot be written; what was there before then stays.
    """
    scorer, _ = load_scorer(model)
    creators = Creators.of(load_history(workspace), now, scorer.reference, progress)
    Snapshots(folder).publish(creators)
    return creators


def start_building(workspace: Path, folder: Path, version: str) -> subprocess.Popen[bytes]:
    """Build in a process of its own, so that answering is not held up."""
    path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
        [sys.executable, "-P", "-m", "serving.snapshots", str(workspace), str(folder), version],
        env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL,
        # Whoever reads the service's output must not wait for a builder that outlives it.
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def main(argv: Sequence[str]) -> int:
    """Build one snapshot unless another process is at it."""
    workspace, folder, version = argv
    os.nice(10)
    with Snapshots(Path(folder)).alone() as mine:
        if not mine:
            return 0
        try:
            build_snapshot(Path(workspace), Path(folder), version, now=utc_now())
        except (CreatorLiftError, OSError) as error:
            sys.stderr.write(f"the creators could not be built ahead: {error}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
