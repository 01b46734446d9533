"""The workspace's creators, indexed so that a request takes the rows of a few of them without scanning the rest.

In memory in this version. A request asks for `history_of(ids)`, `platform_of(id)` and nothing else, so that
features of all creators built ahead can later answer behind the same door.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.history import History


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
class Catalogue:
    """A workspace's history with an index by creator; never changed in place."""

    history: History
    platforms: Mapping[str, str]
    """creator_id → platform of the newest profile."""
    _by_creator: Mapping[str, RowIndex]
    _by_campaign: Mapping[str, RowIndex]
    newest_fact_at: pd.Timestamp
    """The latest fact about any creator; NaT in an empty workspace."""

    @classmethod
    def of(cls, history: History) -> Catalogue:
        """Index a history; takes about a second per few million rows."""
        by_creator = {name: RowIndex.of(f["creator_id"]) for name, f in history.tables.items() if "creator_id" in f}
        profiles = (
            history["creators"].sort_values("visible_at", kind="stable").drop_duplicates("creator_id", keep="last")
        )
        platforms = dict(zip(profiles["creator_id"].tolist(), profiles["platform"].tolist(), strict=True))
        by_campaign = {name: RowIndex.of(history[name]["campaign_id"]) for name in ("campaigns", "campaign_audience")}
        return cls(history, MappingProxyType(platforms), by_creator, by_campaign, history.newest_fact_at())

    def __len__(self) -> int:
        return len(self.platforms)

    def platform_of(self, creator_id: str) -> str | None:
        """The creator's platform, or None when the catalogue has no such creator."""
        return self.platforms.get(creator_id)

    def history_of(self, creator_ids: Iterable[str]) -> History:
        """Only the rows of these creators, and the campaigns their collaborations were for."""
        wanted = list(dict.fromkeys(creator_ids))
        cut = {name: _take(self.history[name], index.rows(wanted)) for name, index in self._by_creator.items()}
        past = cut["collaborations"]["campaign_id"].unique().tolist()
        cut |= {name: _take(self.history[name], index.rows(past)) for name, index in self._by_campaign.items()}
        return History(MappingProxyType(cut))


def _take(frame: pd.DataFrame, rows: np.ndarray) -> pd.DataFrame:
    return frame.take(rows).reset_index(drop=True)
