"""The workspace's creators, asked about by id.

Two ways lead to the same numbers. Creators whose half of the features is built ahead (`models.creators`, memory-mapped
and shared by workers) answer as of the time they were built. Any other time is answered from the tables, indexed so
that a request takes the rows of a few creators without scanning the rest; they are loaded when first needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.history import History
from models.creators import Creators, Reference, reference_key


@dataclass(frozen=True)
class RowIndex:
    """Where the rows of each key are: `order[starts[code]:starts[code + 1]]` for the key's code."""

    codes: Mapping[str, int]
    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, keys: pd.Series) -> RowIndex:
        """An index over a column of ids, shape (n_rows,); rows without an id belong to nobody."""
        code, names = pd.factorize(keys)
        order = np.argsort(code, kind="stable")
        counts = np.bincount(code[code >= 0], minlength=len(names))
        missing = int((code < 0).sum())
        starts = missing + np.concatenate([[0], np.cumsum(counts)])
        return cls({str(name): number for number, name in enumerate(names)}, order, starts)

    def rows(self, keys: Iterable[str]) -> np.ndarray:
        """Row positions of these keys in the table's own order; an unknown key has none."""
        known = [self.codes[key] for key in keys if key in self.codes]
        parts = [self.order[self.starts[code] : self.starts[code + 1]] for code in known]
        return np.sort(np.concatenate(parts)) if parts else np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Indexed:
    """A history with an index by creator; never changed in place."""

    history: History
    platforms: Mapping[str, str]
    """creator_id → platform of the newest profile."""
    _by_creator: Mapping[str, RowIndex]
    _by_campaign: Mapping[str, RowIndex]

    @classmethod
    def of(cls, history: History) -> Indexed:
        """Index a history; takes about a second per few million rows."""
        by_creator = {name: RowIndex.of(f["creator_id"]) for name, f in history.tables.items() if "creator_id" in f}
        profiles = (
            history["creators"].sort_values("visible_at", kind="stable").drop_duplicates("creator_id", keep="last")
        )
        platforms = dict(zip(profiles["creator_id"].tolist(), profiles["platform"].tolist(), strict=True))
        by_campaign = {name: RowIndex.of(history[name]["campaign_id"]) for name in ("campaigns", "campaign_audience")}
        return cls(history, MappingProxyType(platforms), by_creator, by_campaign)

    def rows_of(self, creator_ids: Iterable[str]) -> History:
        """Only the rows of these creators, and the campaigns their collaborations were for."""
        wanted = list(dict.fromkeys(creator_ids))
        cut = {name: _take(self.history[name], index.rows(wanted)) for name, index in self._by_creator.items()}
        past = cut["collaborations"]["campaign_id"].unique().tolist()
        cut |= {name: _take(self.history[name], index.rows(past)) for name, index in self._by_campaign.items()}
        return History(MappingProxyType(cut))


class Catalogue:
    """A workspace's creators; never changed in place. `built`: their features built ahead, where there are any."""

    def __init__(self, load: Callable[[], History], built: Creators | None = None) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._indexed: Indexed | None = None
        self.built = built

    @classmethod
    def of(cls, history: History, built: Creators | None = None) -> Catalogue:
        """From a history in memory, indexed at once."""
        made = cls(lambda: history, built)
        made._tables()
        return made

    def with_built(self, built: Creators | None) -> Catalogue:
        """The same tables with other creators built ahead."""
        made = Catalogue(self._load, built)
        made._indexed = self._indexed
        return made

    def for_reference(self, reference: Reference) -> Catalogue:
        """The same creators for another model: those built ahead only where it would have built the same."""
        fits = self.built is None or self.built.key == reference_key(reference)
        return self if fits else self.with_built(None)

    def _tables(self) -> Indexed:
        with self._lock:
            if self._indexed is None:
                self._indexed = Indexed.of(self._load())
            return self._indexed

    @property
    def history(self) -> History:
        """All tables; loaded when first asked for."""
        return self._tables().history

    def __len__(self) -> int:
        return len(self._tables().platforms) if self.built is None else len(self.built)

    @property
    def newest_fact_at(self) -> pd.Timestamp:
        """The latest fact about any creator; NaT in an empty workspace."""
        return self.history.newest_fact_at() if self.built is None else self.built.newest_fact_at

    def platform_of(self, creator_id: str) -> str | None:
        """The creator's platform, or None when the catalogue has no such creator."""
        if self.built is not None:
            row = self.built.positions([creator_id])
            return self.built.platforms(row)[0] if row[0] >= 0 else None
        return self._tables().platforms.get(creator_id)

    def platforms_of(self, creator_ids: Sequence[str]) -> dict[str, str]:
        """Platform by id of those creators that the catalogue has."""
        if self.built is None:
            known = self._tables().platforms
            return {one: known[one] for one in creator_ids if one in known}
        rows = self.built.positions(creator_ids) if creator_ids else np.zeros(0, dtype=np.int64)
        there = [one for one, row in zip(creator_ids, rows.tolist(), strict=True) if row >= 0]
        return dict(zip(there, self.built.platforms(rows[rows >= 0]), strict=True))

    def history_of(self, creator_ids: Iterable[str]) -> History:
        """Only the rows of these creators, and the campaigns their collaborations were for."""
        return self._tables().rows_of(creator_ids)


def _take(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    return frame.take(rows).reset_index(drop=True)
