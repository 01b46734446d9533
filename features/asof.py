"""Which rows a pairing may see. The one module of the features that compares times.

A row is visible to a pairing when its `visible_at` lies strictly before the pairing's `as_of`. Windows go by when a
thing happened: `happened >= as_of - window`. Visible rows come as ragged positions in one canonical order, so that
the order of rows in a table, and the company a pairing is asked in, can change no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa

from data.history import History
from features import grouped
from features.grouped import Floats, Ints, Mask
from features.words import NO_TEXTS, Strings, codes, distinct_of, filled, positions_in, ranks, strings, take

DAY = 86_400_000_000
"""Microseconds in a day; times are whole microseconds since 1970, UTC."""
MINUTE = 60_000_000
NO_TIME = np.iinfo(np.int64).min
"""A missing time."""

CANONICAL: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "creators": ("visible_at",),
    "posts": ("posted_at", "post_id"),
    "comments": ("posted_at", "comment_id"),
    "followers": ("observed_at",),
    "audience": ("observed_at", "dimension", "bucket"),
    "collaborations": ("agreed_at", "collaboration_id"),
    "campaign_audience": ("visible_at", "dimension", "bucket"),
})  # fmt: skip
"""The order of an owner's rows, by table: first a time, then what tells apart rows of the same time."""


_NO_NUMBERS, _NO_INTS = np.zeros(0), np.zeros(0, dtype=np.int64)


def microseconds(times: pd.Series) -> Ints:
    """UTC times as microseconds since 1970; `NO_TIME` where missing."""
    return np.asarray(times.array.asi8, dtype=np.int64)


def days_between(later: Ints, earlier: Ints) -> Floats:
    """Days from `earlier` to `later`, both in microseconds; NaN where either is missing."""
    missing = (later == NO_TIME) | (earlier == NO_TIME)
    gap = np.where(missing, 0, later) - np.where(missing, 0, earlier)
    return np.where(missing, np.nan, gap / DAY)


class Columns:
    """The columns of one table as arrays; each is taken out of the frame once, which for a request is half the work.

    Most tables of a request have no rows: those are not asked at all.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._empty = not len(frame)
        self._numbers: dict[str, Floats] = {}
        self._times: dict[str, Ints] = {}
        self._texts: dict[str, Strings] = {}
        self._distinct: dict[str, tuple[Strings, Ints]] = {}

    def numbers(self, name: str) -> Floats:
        """A number, count or flag column: float64, NaN = missing."""
        if self._empty:
            return _NO_NUMBERS
        if name not in self._numbers:
            self._numbers[name] = np.asarray(self.frame[name].to_numpy(), dtype=np.float64)
        return self._numbers[name]

    def times(self, name: str) -> Ints:
        """A time column in microseconds."""
        if self._empty:
            return _NO_INTS
        if name not in self._times:
            self._times[name] = microseconds(self.frame[name])
        return self._times[name]

    def texts(self, name: str) -> Strings:
        """A text column."""
        if self._empty:
            return NO_TEXTS
        if name not in self._texts:
            self._texts[name] = strings(self.frame[name])
        return self._texts[name]

    def distinct(self, name: str) -> tuple[Strings, Ints]:
        """The distinct texts of a column, a missing one as "", and for each row which one it has."""
        if name not in self._distinct:
            encoded = filled(self.texts(name)).dictionary_encode()
            self._distinct[name] = encoded.dictionary, codes(encoded)
        return self._distinct[name]


@dataclass(frozen=True)
class Visible:
    """The rows of one table that each pairing may see, as ragged positions.

    `pair` (ascending) and `row`, int64 of one shape (m,): pairing `pair[i]` sees row `row[i]` of `frame`; the rows of
    a pairing stand in canonical order. `as_of`: microseconds, shape (n,).
    """

    columns: Columns
    pair: Ints
    row: Ints
    as_of: Ints

    @property
    def frame(self) -> pd.DataFrame:
        """The table."""
        return self.columns.frame

    @property
    def n(self) -> int:
        """How many pairings were asked."""
        return len(self.as_of)

    def __len__(self) -> int:
        return len(self.pair)

    def numbers(self, name: str) -> Floats:
        """A number, count or flag column of the visible rows: float64, shape (m,), NaN = missing."""
        return self.columns.numbers(name)[self.row]

    def times(self, name: str) -> Ints:
        """A time column of the visible rows: microseconds, shape (m,)."""
        return self.columns.times(name)[self.row]

    @cached_property
    def _rows(self) -> pa.Array:
        return pa.array(self.row)

    def texts(self, name: str) -> Strings:
        """A text column of the visible rows, shape (m,)."""
        return self.columns.texts(name).take(self._rows)

    def distinct(self, name: str) -> tuple[Strings, Ints]:
        """The distinct texts of a column among the visible rows, a missing one as "", and which one each row has.

        What is read of a text is read once, however many rows and pairings have it; no text unseen is among them.
        """
        texts, code = self.columns.distinct(name)
        return distinct_of(texts, code[self.row])

    def codes(self, name: str) -> Ints:
        """A text column of the visible rows as numbers good for equality alone; -1 where missing. Shape (m,)."""
        return codes(self.texts(name))

    def known(self, at: str) -> Mask:
        """Which visible rows have the fact that becomes visible at column `at`, strictly before `as_of`; shape (m,)."""
        times = self.times(at)
        return np.asarray((times != NO_TIME) & (times < self.as_of[self.pair]))

    def age_days(self, name: str) -> Floats:
        """Days from the time in column `name` to `as_of`, shape (m,); NaN = missing, negative = planned for later."""
        return days_between(self.as_of[self.pair], self.times(name))

    def within(self, name: str, days: float) -> Mask:
        """Which rows happened (column `name`) in the last `days` before `as_of`, the edge included; shape (m,)."""
        times = self.times(name)
        return np.asarray((times != NO_TIME) & (times >= self.as_of[self.pair] - round(days * DAY)))

    def where(self, mask: Mask) -> Visible:
        """Only the rows where `mask` (shape (m,)) is true."""
        return replace(self, pair=self.pair[mask], row=self.row[mask])

    def at_latest(self, name: str, within: Ints | None = None) -> Mask:
        """Which rows carry the latest time of column `name` in their pairing, shape (m,).

        With `within` (a code ≥ 0 per row) the latest of each code in the pairing, such as an audience dimension.
        """
        times = self.times(name)
        group = self.pair if within is None else self.pair * (int(within.max(initial=0)) + 1) + within
        order = np.lexsort((times, group))
        sorted_group = group[order]
        ends = np.append(sorted_group[1:] != sorted_group[:-1], True) if len(group) else np.zeros(0, bool)
        newest = np.repeat(times[order][ends], np.diff(np.flatnonzero(ends), prepend=-1))
        out = np.zeros(len(times), dtype=bool)
        out[order] = times[order] == newest
        return out

    def count(self) -> Floats:
        """Rows seen by each pairing, shape (n,)."""
        return grouped.count(self.pair, self.n)


def _canonical(columns: Columns, key: tuple[str, ...], owner: Ints) -> Ints:
    """Positions of the rows whose `owner` is ≥ 0, ordered by owner, then by the columns of `key`."""
    rows = np.flatnonzero(owner >= 0)
    times = columns.times(key[0])[rows]
    owner = owner[rows]
    order = np.lexsort((times, owner))
    if len(key) > 1 and len(rows) > 1:
        same = (np.diff(times[order]) == 0) & (np.diff(owner[order]) == 0)
        tied = np.flatnonzero(np.append(same, False) | np.append(False, same))
        if len(tied):
            among = order[tied]
            keys = [ranks(columns.texts(name).take(pa.array(rows[among]))) for name in reversed(key[1:])]
            order[tied] = among[np.lexsort((*keys, times[among], owner[among]))]
    return rows[order]


@dataclass(frozen=True)
class Asked:
    """Pairings as numbers: who or what is asked about, and as of when."""

    by: str
    """Which id decides whose rows a pairing sees: `creator_id` or `campaign_id`."""
    ids: Strings
    """The distinct ids, in order of first appearance."""
    position: Ints
    """Position in `ids` of each pairing's id, shape (n,)."""
    as_of: Ints
    """Microseconds, shape (n,)."""

    @classmethod
    def of(cls, pairings: pd.DataFrame, by: str = "creator_id") -> Asked:
        """From typed pairings (see `data.history.pairings_frame`)."""
        ids = strings(pairings[by]).unique()
        return cls(by, ids, positions_in(strings(pairings[by]), ids), microseconds(pairings["as_of"]))

    def see(self, frame: pd.DataFrame, key: tuple[str, ...], at: str = "visible_at") -> Visible:
        """See `visible`."""
        columns = Columns(frame)
        if not len(frame):
            none = np.zeros(0, dtype=np.int64)
            return Visible(columns, none, none, self.as_of)
        owner = positions_in(columns.texts(self.by), self.ids)
        order = _canonical(columns, key, owner)
        sizes = np.bincount(owner[order], minlength=len(self.ids))
        starts = np.cumsum(sizes) - sizes
        mine = sizes[self.position]
        pair = np.repeat(np.arange(len(self.as_of)), mine)
        offset = np.arange(len(pair)) - np.repeat(np.cumsum(mine) - mine, mine)
        row = order[np.repeat(starts[self.position], mine) + offset]
        everything = Visible(columns, pair, row, self.as_of)
        return everything.where(everything.known(at))


def visible(frame: pd.DataFrame, pairings: pd.DataFrame, *, key: tuple[str, ...], at: str = "visible_at") -> Visible:
    """The rows of `frame` that each pairing may see: its creator's rows with column `at` strictly before its `as_of`.

    Parameters
    ----------
    frame : a table of a History, any order
        Columns `creator_id`, `at` and those of `key`.
    pairings : typed pairings, n rows, any order, repeats allowed
    key : columns of the canonical order within a creator, first a time (`CANONICAL` has them by table)

    Returns
    -------
    Visible with n pairings; a pairing whose creator is unknown or new has no rows.
    """
    return Asked.of(pairings).see(frame, key, at)


class View:
    """A history as a set of pairings may see it; each table is looked up once, when first needed."""

    def __init__(self, history: History, pairings: pd.DataFrame) -> None:
        self.history = history
        self.pairings = pairings
        self.asked = Asked.of(pairings)
        self.n = len(pairings)

    def _see(self, name: str) -> Visible:
        return self.asked.see(self.history[name], CANONICAL[name])

    @cached_property
    def creators(self) -> Visible:
        """Profile versions, at most one for each pairing: the latest visible."""
        seen = self._see("creators")
        if not len(seen):
            return seen
        return seen.where(np.append(seen.pair[1:] != seen.pair[:-1], True))

    @cached_property
    def posts(self) -> Visible:
        """Posts; their counts only where `counts_known`."""
        return self._see("posts")

    @cached_property
    def counted(self) -> Visible:
        """Posts whose counts are known."""
        return self.posts.where(self.posts.known("counts_visible_at"))

    @cached_property
    def comments(self) -> Visible:
        """Comments, the creator's own included."""
        return self._see("comments")

    @cached_property
    def followers(self) -> Visible:
        """Follower counts over time."""
        return self._see("followers")

    @cached_property
    def audience(self) -> Visible:
        """Audience shares, older snapshots included."""
        return self._see("audience")

    @cached_property
    def collaborations(self) -> Visible:
        """Collaborations agreed before; their outcomes only where known by then."""
        return self._see("collaborations")

    @cached_property
    def target(self) -> Visible:
        """The audience each pairing's campaign wants."""
        frame = self.history["campaign_audience"]
        return Asked.of(self.pairings, "campaign_id").see(frame, CANONICAL["campaign_audience"])

    @cached_property
    def campaigns(self) -> Columns:
        """The campaigns table."""
        return Columns(self.history["campaigns"])

    @cached_property
    def campaign(self) -> Ints:
        """Position of each pairing's campaign in the campaigns table, shape (n,); -1 where unknown."""
        return positions_in(strings(self.pairings["campaign_id"]), self.campaigns.texts("campaign_id"))

    def profile(self, name: str) -> Floats:
        """A number of the creator's profile, shape (n,); NaN = missing or no profile."""
        return np.append(self.creators.columns.numbers(name), np.nan)[self._profile]

    def profile_text(self, name: str) -> Strings:
        """A text of the creator's profile, shape (n,); missing where there is no profile."""
        return take(self.creators.columns.texts(name), self._profile)

    def campaign_text(self, name: str) -> Strings:
        """A text of the campaign, shape (n,); missing where the campaign is unknown."""
        return take(self.campaigns.texts(name), self.campaign)

    @cached_property
    def _profile(self) -> Ints:
        """Row of each pairing's profile, shape (n,); -1 where there is none."""
        rows = np.full(self.n, -1, dtype=np.int64)
        rows[self.creators.pair] = self.creators.row
        return rows

    @cached_property
    def follower_count(self) -> Floats:
        """Followers, shape (n,): the latest observed count, else the profile's; NaN where neither is known."""
        observed = grouped.last(self.followers.pair, self.followers.numbers("followers"), self.n)
        return np.where(np.isnan(observed), self.profile("followers"), observed)
