"""A catalogue's creators with their half of the features built ahead: written once, opened by every worker.

A snapshot is a folder of plain arrays that are memory-mapped, so that processes share one copy, and a manifest. It
belongs to what was fitted across creators (`features.reference.Reference`): another model may need another snapshot.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from data.errors import ArtifactError
from data.history import History
from features.asked import Asked
from features.catalog import NAMES as FEATURE_NAMES
from features.catalog import catalog_hash
from features.comments import read_comments
from features.creator_side import CreatorSide, creator_side
from features.grouped import Floats, Ints
from features.pairing import pair_features
from features.reference import Reference

__all__ = ["FEATURE_NAMES", "Asked", "Creators", "Reference", "catalog_hash", "reference_key"]
FORMAT = 1
MANIFEST = "manifest.json"
Progress = Callable[[int, int], None]


def learn_words() -> None:
    """Load the word lists that reading comments takes, half a second, which the first reading would do otherwise."""
    read_comments(pd.Series(["nice"]))


def reference_key(reference: Reference) -> str:
    """Names what a snapshot must have been built with: the fitted reference and the catalogue of features. Hex."""
    text = json.dumps([FORMAT, catalog_hash(), reference.to_json()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


class Creators:
    """Creators as of one time, for one reference. Asked for any campaign; the same bits as from the tables."""

    def __init__(self, side: CreatorSide, reference: Reference, newest_fact_at: pd.Timestamp, key: str) -> None:
        self.side = side
        self.reference = reference
        self.newest_fact_at = newest_fact_at
        """The latest fact about any of them; NaT without one."""
        self.key = key
        self.as_of = pd.Timestamp(int(side.as_of[0]), unit="us", tz="UTC").as_unit("us")
        """Strictly before this time they were seen."""
        self._maps: tuple[mmap.mmap, ...] = ()

    def forget(self) -> None:
        """Take what was read of the files off this process's memory; the machine may still hold it, for all."""
        for one in self._maps:
            one.madvise(mmap.MADV_DONTNEED)

    @classmethod
    def of(
        cls, history: History, as_of: pd.Timestamp, reference: Reference, progress: Progress | None = None
    ) -> Creators:
        """Built in memory, from every creator of a history that is visible."""
        side = creator_side(history, as_of, reference, progress)
        return cls(side, reference, history.newest_fact_at(), reference_key(reference))

    def __len__(self) -> int:
        return len(self.side)

    def positions(self, creator_ids: Sequence[str]) -> Ints:
        """Where these creators are, shape (n,); -1 where unknown."""
        return self.side.positions(list(creator_ids))

    def platforms(self, rows: Ints) -> list[str]:
        """Platform of the creators at these positions."""
        return [raw.decode() for raw in self.side.platform[rows]]

    def names(self, rows: Ints) -> list[str]:
        """Ids of the creators at these positions."""
        return [raw.decode() for raw in self.side.ids[rows]]

    def asked(self, history: History, campaign_id: str) -> Asked:
        """The campaign's half of the features; the campaign must be in `history`."""
        return Asked.of(history, campaign_id, self.as_of, self.reference)

    def features(self, rows: Ints, asked: Asked) -> Floats:
        """Features of the creators at some positions for a campaign, shape (len(rows), features)."""
        return pair_features(self.side, rows, asked)

    def write(self, folder: Path) -> None:
        """Write whole or not at all; a folder that is there already is left as it is."""
        part = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        try:
            for name, values in self.side.arrays().items():
                with (part / f"{name}.npy").open("wb") as file:
                    np.save(file, values, allow_pickle=False)
                    file.flush()
                    os.fsync(file.fileno())
            newest = None if pd.isna(self.newest_fact_at) else self.newest_fact_at.isoformat()
            manifest = {"format": FORMAT, "key": self.key, "creators": len(self), "newest_fact_at": newest,
                        "as_of": self.as_of.isoformat(), "arrays": sorted(self.side.arrays())}  # fmt: skip
            (part / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
            if not folder.exists():
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)

    @classmethod
    def open(cls, folder: Path, reference: Reference) -> Creators:
        """A written snapshot, memory-mapped. ArtifactError when it is not whole, or was built with something else."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
            if manifest["key"] != reference_key(reference):
                raise ArtifactError(f"the creators at {folder} were built with another model")
            arrays = {name: _mapped(folder / f"{name}.npy") for name in CreatorSide.names()}
            newest = pd.NaT if manifest["newest_fact_at"] is None else pd.Timestamp(manifest["newest_fact_at"])
            made = cls(CreatorSide.from_arrays(arrays), reference, newest, manifest["key"])
            made._maps = tuple(found for values in arrays.values() if (found := _map_of(values)) is not None)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactError(f"the creators at {folder} cannot be read: {error!r}") from error
        if len(made) != manifest["creators"]:
            raise ArtifactError(f"the creators at {folder} are not whole")
        return made


def _mapped(path: Path) -> np.ndarray:
    # An array without a value cannot be mapped.
    mode: Literal["r"] | None = "r" if path.stat().st_size > 128 else None
    return np.asarray(np.load(path, mmap_mode=mode, allow_pickle=False))


def _map_of(values: np.ndarray) -> mmap.mmap | None:
    """The file's map an array lies in; None in memory."""
    base = values.base
    while base is not None and not isinstance(base, mmap.mmap):
        base = base.base if isinstance(base, np.ndarray) else None
    return base
