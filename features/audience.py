"""Whether the people who follow a creator are the people a campaign wants, and whether they can buy at all.

Overlap in a dimension is the histogram intersection of the two: sum over buckets of min(share of the audience, share
wanted) / sum of the shares wanted. The latest visible snapshot of each dimension counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.schemas import DIMENSIONS
from features import grouped
from features.asof import View, Visible
from features.feature import Feature
from features.grouped import Floats, Ints, Mask
from features.words import Strings, codes, fold, joined, missing, ordered_codes, positions_in, strings

_NAMES = strings(DIMENSIONS)
_UNKNOWN = "the creator's audience or the campaign's wish is unknown in this dimension"
_FIT = "fit of audience and brand, an inverted U: Leung et al., J. Marketing 2022"


def _f(name: str, unit: str, high: float | None, missing: str, text: str, source: str = "") -> Feature:
    return Feature(name, "niche", unit, 0, high, missing, text, source)


FEATURES: tuple[Feature, ...] = (
    *(
        _f(f"audience_overlap_{dimension}", "share", 1, _UNKNOWN, f"overlap of audience and wish by {dimension}", _FIT)
        for dimension in DIMENSIONS
    ),
    _f("audience_overlap", "share", 1, "no dimension is known of both", "mean of the known overlaps", _FIT),
    _f("n_audience_dimensions", "dimensions", len(DIMENSIONS), "never", "dimensions known of both"),
    _f("audience_ships_to_share", "share", 1, "the audience's countries or the campaign are unknown",
       "audience in countries the campaign ships to; 1 when it ships everywhere"),
    _f("audience_age_days", "days", None, "no audience was observed", "age of the newest audience snapshot"),
    _f("creator_country_served", "0 or 1", 1, "the creator's country or the campaign is unknown",
       "the creator lives where the campaign ships to"),
    _f("creator_language_wanted", "0 or 1", 1, "the creator's language or the languages wanted are unknown",
       "the creator's language is among the languages wanted"),
)  # fmt: skip


@dataclass(frozen=True)
class _Shares:
    """Shares by pairing, dimension and folded name; one row per bucket, all of shape (m,)."""

    pair: Ints
    dimension: Ints
    name: Strings
    share: Floats

    @classmethod
    def of(cls, seen: Visible) -> _Shares:
        """From rows of an audience table; rows of no known dimension or share tell nothing."""
        share = seen.numbers("share")
        dimension = _dimension(seen)
        told = (dimension >= 0) & ~np.isnan(share)
        seen = seen.where(told)
        return cls(seen.pair, dimension[told], fold(seen.texts("bucket")), share[told])

    def totals(self, n: int) -> Floats:
        """Sum of the shares, shape (n, dimensions); NaN where a dimension has no row."""
        cell = self.pair * len(DIMENSIONS) + self.dimension
        size = n * len(DIMENSIONS)
        sums = np.bincount(cell, weights=self.share, minlength=size)
        out: Floats = np.where(np.bincount(cell, minlength=size) > 0, sums, np.nan)
        return out.reshape(n, len(DIMENSIONS))


def audience_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    latest = view.audience.where(_is_latest(view.audience))
    audience, target, ships = _Shares.of(latest), _Shares.of(view.target), _ships_to(view)
    return {
        **_overlaps(audience, target, view.n),
        "audience_ships_to_share": _can_buy(view, audience, ships),
        "audience_age_days": grouped.last(view.audience.pair, view.audience.age_days("observed_at"), view.n),
        "creator_country_served": _served(view, ships),
        "creator_language_wanted": _language_wanted(view, target),
    }


def _dimension(seen: Visible) -> Ints:
    """Position in `DIMENSIONS` of each row; -1 for anything else."""
    return positions_in(seen.texts("dimension"), _NAMES)


def _is_latest(audience: Visible) -> Mask:
    """Which rows belong to the latest snapshot of their dimension."""
    return audience.at_latest("observed_at", within=_dimension(audience) + 1)


def _common(audience: _Shares, target: _Shares, n: int) -> Floats:
    """Sum over buckets of the smaller of the two shares, shape (n, dimensions); 0 where nothing is shared."""
    name = ordered_codes(joined(audience.name, target.name))
    split = len(audience.pair)
    width = int(name.max(initial=0)) + 1
    cells = [side.pair * len(DIMENSIONS) + side.dimension for side in (audience, target)]
    keys, place = np.unique(np.concatenate(cells) * width + name, return_inverse=True)
    here = np.bincount(place[:split], weights=audience.share, minlength=len(keys))
    there = np.bincount(place[split:], weights=target.share, minlength=len(keys))
    size = n * len(DIMENSIONS)
    sums: Floats = np.bincount(keys // width, weights=np.minimum(here, there), minlength=size).astype(np.float64)
    return sums.reshape(n, len(DIMENSIONS))


def _overlaps(audience: _Shares, target: _Shares, n: int) -> dict[str, Floats]:
    wanted = target.totals(n)
    both = ~np.isnan(audience.totals(n)) & (wanted > 0)
    overlap = np.where(both, _common(audience, target, n) / np.where(both, wanted, 1.0), np.nan)
    known = both.sum(axis=1).astype(np.float64)
    total = np.zeros(n)
    for d in range(len(DIMENSIONS)):
        total = total + np.where(both[:, d], overlap[:, d], 0.0)
    return {
        **{f"audience_overlap_{name}": overlap[:, d].copy() for d, name in enumerate(DIMENSIONS)},
        "audience_overlap": grouped.ratio(total, known),
        "n_audience_dimensions": known,
    }


@dataclass(frozen=True)
class _Ships:
    """Where each pairing's campaign ships to: `everywhere` (shape (n,)), or the countries as target shares of 1."""

    everywhere: Mask
    known: Mask
    countries: _Shares


def _ships_to(view: View) -> _Ships:
    listed = view.campaigns.texts("ships_to")
    places, position = np.unique(view.campaign, return_inverse=True)
    lists = [_countries(listed[int(place)].as_py()) if place >= 0 else () for place in places]
    sizes = np.array([len(countries) for countries in lists], dtype=np.int64)
    mine = sizes[position]
    names = [name for at in position for name in lists[at]]
    pair = np.repeat(np.arange(view.n), mine)
    known = np.asarray(view.campaign >= 0)
    country = np.full(len(pair), DIMENSIONS.index("country"), dtype=np.int64)
    shares = _Shares(pair, country, strings(names), np.ones(len(pair)))
    return _Ships(known & (mine == 0), known, shares)


def _countries(ships_to: object) -> tuple[str, ...]:
    """The distinct folded countries of a comma-separated list, sorted; none where it is missing."""
    if not isinstance(ships_to, str):
        return ()
    return tuple(sorted({name.strip().lower() for name in ships_to.split(",")} - {""}))


def _can_buy(view: View, audience: _Shares, ships: _Ships) -> Floats:
    country = DIMENSIONS.index("country")
    told = ~np.isnan(audience.totals(view.n)[:, country]) & ships.known
    share = _common(audience, ships.countries, view.n)[:, country]
    return np.where(ships.everywhere, 1.0, np.where(told, np.minimum(share, 1.0), np.nan))


def _among(view: View, name: Strings, listed: _Shares) -> Mask:
    """Whether the pairing's `name` (shape (n,)) is among its listed names; false where missing."""
    both = codes(joined(fold(name), listed.name))
    found = grouped.match(np.arange(view.n), both[: view.n], listed.pair, both[view.n :])
    return np.asarray(found >= 0)


def _served(view: View, ships: _Ships) -> Floats:
    country = view.profile_text("country")
    inside = ships.everywhere | _among(view, country, ships.countries)
    return np.where(missing(country) | ~ships.known, np.nan, inside.astype(np.float64))


def _language_wanted(view: View, target: _Shares) -> Floats:
    spoken = view.profile_text("language")
    is_language = (target.dimension == DIMENSIONS.index("language")) & (target.share > 0)
    wanted = _Shares(
        target.pair[is_language],
        target.dimension[is_language],
        target.name.filter(pa.array(is_language)),
        target.share[is_language],
    )
    asked = grouped.count(wanted.pair, view.n) > 0
    return np.where(missing(spoken) | ~asked, np.nan, _among(view, spoken, wanted).astype(np.float64))
