"""The best of a catalogue without scoring it whole: who may be among the first is scored exactly, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from models.scorer import TERM_COLUMNS, Columns
from models.screen_seen import Seen
from serving.handler import rank_order
from serving.inputs import about, asked_of
from serving.live import Live
from serving.shortlist_request import ShortlistRequest

AT_ONCE = 256
"""Creators scored exactly at a time."""
WHOLE = 1_000
"""Where fewer pass the filters, all are scored: the first look would take longer."""
_FARTHEST = 7.0
"""Fit scores this many spreads from 50 are all but 0 or 100, and digits run out."""
_NOTHING = 1e-6
"""As in `models.roi`: a smaller cost counts as nothing paid."""


@dataclass(frozen=True)
class Key:
    """What the order goes by, (n,) each: those with `unknown` come last; then higher `first`, then lower `row`."""

    unknown: np.ndarray
    first: np.ndarray
    row: np.ndarray

    def order(self) -> np.ndarray:
        """Positions from best to worst."""
        return np.lexsort((self.row, -self.first, self.unknown))

    def ahead_of(self, other: Key, at: int) -> np.ndarray:
        """Who comes before one of another."""
        unknown, first, row = other.unknown[at], other.first[at], other.row[at]
        better = (self.first > first) | ((self.first == first) & (self.row < row))
        return np.asarray(np.where(self.unknown == unknown, better, self.unknown < unknown), dtype=bool)


@dataclass(frozen=True)
class Order:
    """How a request orders creators. `fees` are those of all creators of the catalogue, NaN where unknown."""

    request: ShortlistRequest
    fees: np.ndarray

    @property
    def by_fit(self) -> bool:
        """Whether it goes by fit, else by money."""
        return self.request.rank_by == "fit"

    def key(self, rows: np.ndarray, value: np.ndarray) -> Key:
        """Of creators with these (largest possible) values, as `Seen` has them."""
        handling = self.request.campaign.handling_cost or 0.0
        cost = self.fees[rows] + handling
        # What cannot be told must not be left out.
        value = np.where(np.isnan(value), np.inf, value)
        if self.by_fit:
            return Key(np.zeros(len(rows), dtype=bool), value, rows)
        worth = np.maximum(value - handling, 0.0)
        if self.request.rank_by == "profit":
            unknown = np.isnan(cost)
            return Key(unknown, np.where(unknown, worth, value - cost), rows)
        unknown = ~(cost > _NOTHING)
        return Key(unknown, np.where(unknown, worth, (value - cost) / np.where(unknown, 1.0, cost)), rows)

    def exact_key(self, rows: np.ndarray, columns: Columns) -> Key:
        """Of creators that were scored exactly."""
        name = {"profit": "profit_expected", "roi": "roi_expected", "fit": "fit_score"}[self.request.rank_by]
        first = np.asarray(columns[name], dtype=np.float64)
        if self.by_fit:
            ahead = np.clip(special.ndtri(np.clip(first / 100.0, 0.0, 1.0)), -np.inf, _FARTHEST)
            return Key(np.zeros(len(rows), dtype=bool), ahead, rows)
        unknown = np.isnan(first)
        return Key(unknown, np.where(unknown, np.asarray(columns["break_even_fee"]), first), rows)


class Scored:
    """Creators scored exactly so far, and whether they may be chosen."""

    def __init__(self, order: Order, live: Live) -> None:
        assert live.catalogue is not None and live.catalogue.built is not None  # noqa: S101 - asked where there are
        self.order = order
        self.rows = np.zeros(0, dtype=np.int64)
        self.allowed = np.zeros(0, dtype=bool)
        self._live = live
        self._built = live.catalogue.built
        self._parts: list[Columns] = []
        self._keys: list[Key] = []

    def add(self, rows: np.ndarray) -> None:
        """Score some more."""
        request, built = self.order.request, self._built
        unwanted, asked = set(request.filters.without_flags), asked_of(request.campaign, built)
        for at in range(0, max(len(rows), 1), AT_ONCE):
            here = rows[at : at + AT_ONCE]
            terms = {name: np.full(len(here), np.nan) for name in TERM_COLUMNS} | {"fee": self.order.fees[here]}
            columns = self._live.scorer.score_rows(
                built.features(here, asked), about(request.campaign, len(here)), terms, level=request.level,
                target_roi=request.campaign.target_roi, safety=request.campaign.safety, explain=request.explain,
            )  # fmt: skip
            out = [request.abstain and level == "out" for level in columns["support_level"]]
            flagged = [bool(unwanted & set(flags)) for flags in columns["flags"]]
            self.allowed = np.append(self.allowed, ~(np.array(out, dtype=bool) | np.array(flagged, dtype=bool)))
            self.rows = np.append(self.rows, here)
            self._parts.append(columns)
            self._keys.append(self.order.exact_key(here, columns))

    def last(self) -> tuple[Key, int] | None:
        """The last of the first `k` of those that may be chosen; None while there are fewer."""
        k, may = self.order.request.k, np.flatnonzero(self.allowed)
        if len(may) < k:
            return None
        found = [
            np.concatenate([getattr(key, name) for key in self._keys])[may] for name in ("unknown", "first", "row")
        ]
        key = Key(*found)
        return key, int(key.order()[k - 1])

    def first(self) -> tuple[Columns, np.ndarray, np.ndarray]:
        """Columns of everybody scored, the positions in them of the first `k`, best first, and their rows."""
        columns = {name: _end_to_end([part[name] for part in self._parts]) for name in self._parts[0]}
        may = np.flatnonzero(self.allowed)
        may = may[np.argsort(self.rows[may], kind="stable")]
        best = may[rank_order(columns, self.order.request.rank_by, may)][: self.order.request.k]
        return columns, best, self.rows[best]


def _end_to_end(parts: list[Any]) -> Any:
    return [value for part in parts for value in part] if isinstance(parts[0], list) else np.concatenate(parts)


def best_of(rows: np.ndarray, order: Order, live: Live) -> Scored:
    """Score so many of the creators `rows` (ascending) that nobody else can be among the first `k`: whoever is not
    scored comes, with the most it could have, after the last of them."""
    scored = Scored(order, live)
    if len(rows) <= WHOLE:
        scored.add(rows)
        return scored
    campaign = order.request.campaign
    assert live.catalogue is not None and live.catalogue.built is not None  # noqa: S101 - asked where there are
    seen = Seen.of(live.screen, asked_of(campaign, live.catalogue.built), about(campaign, 1))
    middle, most = seen.at_most(order.by_fit)
    start = order.key(rows, middle[rows]).order()[: max(AT_ONCE, 4 * order.request.k)]
    scored.add(rows[start])
    rest = np.delete(rows, start)
    rest = rest[_may(scored)(rest, most[rest])]
    values = most[rest] if len(rest) <= AT_ONCE else seen.closer(rest, order.by_fit, _may(scored))
    by = order.key(rest, values).order()
    rest, values = rest[by], values[by]
    for at in range(0, len(rest), AT_ONCE):
        here = slice(at, at + AT_ONCE)
        ahead = _may(scored)(rest[here], values[here])
        if not ahead.any():
            # They are in order: nobody after them can be ahead either.
            break
        scored.add(rest[here][ahead])
    return scored


def _may(scored: Scored) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Who, with so much at most, could still be among the first `k`."""
    last = scored.last()

    def may(rows: np.ndarray, most: np.ndarray) -> np.ndarray:
        return np.ones(len(rows), dtype=bool) if last is None else scored.order.key(rows, most).ahead_of(*last)

    return may
