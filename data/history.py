"""What was known when: the tables of a workspace with, on each row, the time from which it may be seen.

Two times per fact: when it happened and when it was known. A row is visible to a pairing strictly after both
(`visible_at < as_of`). Missing `known_at` means "when it happened"; for a creator's profile, "always".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from data import frames
from data.errors import Fault, TableError
from data.schemas import TABLES, Column

COUNTS_FINAL_AFTER = pd.Timedelta(days=7)
"""A post's counts without a reading time count as final this long after posting, and as unseen before."""
ATTRIBUTION_WINDOW = pd.Timedelta(days=30)
"""An outcome without `outcome_known_at` counts as known this long after the collaboration (or its campaign) ended."""
ALWAYS = pd.Timestamp("1900-01-01", tz="UTC")
"""Stands for "always known" in `visible_at`."""

OUTCOME_COLUMNS = (
    "impressions", "exposed", "exposed_conversions", "holdout", "holdout_conversions", "lift_estimate", "lift_se",
    "clicks", "attributed_conversions", "attributed_revenue", "code_uses_without_click",
)  # fmt: skip
"""Columns of `collaborations` that nobody can know before `outcome_visible_at`."""
COUNT_COLUMNS = ("likes", "comments_count", "shares", "saves", "views")
"""Columns of `posts` that nobody can know before `counts_visible_at`."""


def _later(a: pd.Series, b: pd.Series) -> pd.Series:
    """The later of two times, row by row; a missing one, being the smallest number, gives way to the other."""
    later = np.maximum(a.array.asi8, b.array.asi8).view("datetime64[us]")
    return pd.Series(pd.DatetimeIndex(later, tz="UTC"), index=a.index)


def _with_visibility(name: str, frame: pd.DataFrame, campaigns: pd.DataFrame) -> pd.DataFrame:
    happened = TABLES[name].happened_at
    known = frame["known_at"]
    if name in ("campaigns", "campaign_audience"):
        # A brief is the question, not a fact about the past: it is always there.
        visible = pd.Series(ALWAYS, index=frame.index, dtype=frames.TIME_DTYPE)
    elif happened is None:
        visible = known.fillna(ALWAYS)
    else:
        visible = _later(frame[happened], known)
    frame = frame.assign(visible_at=visible)
    if name == "posts":
        read_at = frame["counts_known_at"].fillna(frame["posted_at"] + COUNTS_FINAL_AFTER)
        frame = frame.assign(counts_visible_at=_later(visible, read_at))
    if name == "collaborations":
        frame = frame.assign(outcome_visible_at=_later(visible, outcome_known_at(frame, campaigns)))
    return frame


@cache
def _no_rows(name: str) -> pd.DataFrame:
    """A table without rows, with its visibility; shared by every history that lacks the table."""
    return _with_visibility(name, frames.empty(name), frames.empty("campaigns"))


def outcome_known_at(collaborations: pd.DataFrame, campaigns: pd.DataFrame) -> pd.Series:
    """When each collaboration's outcome is known; UTC times, shape (n,), never missing.

    `outcome_known_at` where given; otherwise `ATTRIBUTION_WINDOW` after `ended_at`, or after the campaign's
    `ends_on`, or after `agreed_at`, whichever is the first that is there.
    """
    ends_on = campaigns.drop_duplicates("campaign_id").set_index("campaign_id")["ends_on"]
    campaign_end = ends_on.reindex(collaborations["campaign_id"]).set_axis(collaborations.index)
    ended = collaborations["ended_at"].fillna(campaign_end).fillna(collaborations["agreed_at"])
    return collaborations["outcome_known_at"].fillna(ended + ATTRIBUTION_WINDOW)


@dataclass(frozen=True)
class History:
    """All tables, typed, completed and with `visible_at`; absent tables have no rows. Never changed in place."""

    tables: Mapping[str, pd.DataFrame]

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame]) -> History:
        """A history of raw or typed frames by table name; TableError names every unreadable value and unknown table."""
        unknown = sorted(set(tables) - set(TABLES))
        if unknown:
            allowed = ", ".join(TABLES)
            raise TableError([Fault(f"table {name}", "an unknown table name", allowed) for name in unknown])
        made: dict[str, pd.DataFrame] = {}
        faults: list[Fault] = []
        for name, table in TABLES.items():
            if name in tables:
                made[name], found = frames.typed(table, tables[name])
                faults += found
            else:
                made[name] = _no_rows(name)
        if faults:
            raise TableError(faults)
        return cls._of_typed(made)

    @classmethod
    def _of_typed(cls, made: Mapping[str, pd.DataFrame]) -> History:
        campaigns = made["campaigns"]
        return cls(
            MappingProxyType({n: f if f is _no_rows(n) else _with_visibility(n, f, campaigns) for n, f in made.items()})
        )

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def plus(self, tables: Mapping[str, pd.DataFrame]) -> History:
        """This history with more rows appended."""
        more = History.of(tables)
        joined = {}
        for name in TABLES:
            parts = [f for f in (self[name], more[name]) if len(f)]
            joined[name] = pd.concat(parts, ignore_index=True) if parts else self[name]
        return History._of_typed(joined)

    def up_to(self, as_of: pd.Timestamp) -> History:
        """Only what was visible strictly before `as_of`: later rows gone, later counts and outcomes emptied."""
        cut = {
            name: frame[(frame["visible_at"] < as_of).to_numpy()].reset_index(drop=True)
            for name, frame in self.tables.items()
        }
        posts, deals = cut["posts"], cut["collaborations"]
        unseen = (posts["counts_visible_at"] >= as_of).to_numpy()
        cut["posts"] = posts.assign(**{c: posts[c].mask(unseen) for c in COUNT_COLUMNS})
        running = (deals["outcome_visible_at"] >= as_of).to_numpy()
        cut["collaborations"] = deals.assign(**{c: deals[c].mask(running) for c in (*OUTCOME_COLUMNS, "measure")})
        return History(MappingProxyType(cut))

    def of_creators(self, creator_ids: Iterable[str]) -> History:
        """Only the rows of these creators; campaigns stay whole."""
        wanted = set(creator_ids)
        kept = {
            name: frame[frame["creator_id"].isin(wanted).to_numpy()].reset_index(drop=True)
            if "creator_id" in frame
            else frame
            for name, frame in self.tables.items()
        }
        return History(MappingProxyType(kept))

    def newest_fact_at(self) -> pd.Timestamp:
        """The latest `visible_at` of a post, comment, follower count or audience; NaT for an empty history."""
        newest = [self[name]["visible_at"].max() for name in ("posts", "comments", "followers", "audience")]
        known = [time for time in newest if not pd.isna(time)]
        return max(known) if known else pd.NaT


_PAIRING = {name: Column(name, "time" if name == "as_of" else "id") for name in ("creator_id", "campaign_id", "as_of")}


def pairings_frame(pairings: pd.DataFrame) -> pd.DataFrame:
    """Pairings with typed columns creator_id, campaign_id, as_of (UTC); the index and other columns are kept.

    Raises TableError naming each missing column, each missing value and each `as_of` without a time zone.
    """
    faults: list[Fault] = []
    out = pairings.copy()
    if list(pairings.columns) == list(_PAIRING) and all(map(frames.settled, _PAIRING.values(), map(out.get, _PAIRING))):
        return out
    for name in _PAIRING:
        if name not in pairings.columns:
            faults.append(Fault(f"pairings, column {name}", "no such column", "creator_id, campaign_id, as_of"))
            continue
        converted = frames.convert(_PAIRING[name], pairings[name])
        out[name] = converted.values
        for row in np.flatnonzero(converted.values.isna().to_numpy()):
            got = repr(pairings[name].iloc[row])
            allowed = "a UTC time such as 2025-03-01T00:00:00Z" if name == "as_of" else "an id"
            faults.append(Fault(f"pairings, column {name}, row {row + 1}", got, allowed))
    if faults:
        raise TableError(faults)
    return out
