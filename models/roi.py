"""From lift, rate and reach to conversions, cost, profit, ROI and fees: plain arithmetic on joint draws.

Each row is worked out on the same fixed quasi-random normal points (Sobol's sequence), so that doubt about lift, rate,
reach, returns and counting luck enter together and a row's numbers do not depend on the batch. `incremental
conversions` are those among the exposed less those that would have come anyway, counting luck included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.attribution import Attribution
from models.families import Floats

POINTS = 512
"""Draws per row."""
_NOTHING = 1e-6
"""A smaller cost counts as nothing paid."""
_CHUNK = 64
"""Rows at a time: their draws fit the processor's cache."""
_RETURNS_SD = 0.2
"""Doubt about a brief's return rate (ln): our judgement; campaigns differ from the shop's average."""
_MOST_TOGETHER = 0.9
"""Highest correlation of lift and rate."""
_LIFT, _RATE, _REACH, _COUNT, _CODES, _RETURNS = range(6)


@lru_cache(maxsize=1)
def points() -> npt.NDArray[np.float64]:
    """Standard normal points, shape (6, POINTS): one row per source of doubt."""
    even = stats.qmc.Sobol(6, scramble=False).random(POINTS) + 0.5 / POINTS
    normal = np.ascontiguousarray(stats.norm.ppf(even).T)
    # Exactly centred and of unit variance, as a normal is.
    normal -= normal.mean(axis=1, keepdims=True)
    return np.asarray(normal / normal.std(axis=1, keepdims=True))


@dataclass(frozen=True)
class Beliefs:
    """What is believed of n pairings: normal on the log scale; arrays of shape (n,)."""

    lift_mean: Floats
    lift_sd: Floats
    rate_mean: Floats
    rate_sd: Floats
    reach_mean: Floats
    reach_sd: Floats
    lift_by_rate: float = field(default=0.0, kw_only=True)
    """By how much log lift is higher per ln by which the rate turns out higher; part of `lift_sd`."""

    def log_lift(self, rows: slice, z: Floats) -> Floats:
        """Draws of the rows' log lift, (rows, draws), from standard normal points of lift and rate."""
        sd = self.lift_sd[rows, None]
        most = _MOST_TOGETHER * sd
        along = np.clip(self.lift_by_rate * self.rate_sd[rows, None], -most, most)
        alone = self.lift_mean[rows, None] + np.sqrt(sd**2 - along**2) * z[_LIFT]
        return np.asarray(alone + along * z[_RATE] if self.lift_by_rate else alone)


@dataclass(frozen=True)
class Economics:
    """Money of n pairings in the campaign's currency; arrays of shape (n,)."""

    order_value: Floats
    gross_margin: Floats
    return_rate: Floats
    commission_rate: Floats
    product_cost: Floats
    handling_cost: Floats
    fee: Floats
    """NaN where none was given."""


@dataclass(frozen=True)
class Wish:
    """What is asked of the answer."""

    level: float = 0.8
    target_roi: float = 0.0
    safety: float = 0.8


def roi_columns(beliefs: Beliefs, economics: Economics, attribution: Attribution, wish: Wish) -> dict[str, Floats]:
    """Outcome columns of n pairings, each float64 of shape (n,).

    `{exposed, incremental_conversions, cost, profit, roi}_{expected, low, high}`, `cost_{fee, commission, product,
    handling}`, `roi_probability_positive`, `break_even_fee`, `maximum_fee`.

    `roi_expected` is the expected profit per expected money spent: it has the sign of the expected profit and adds up
    over a set of pairings, which the mean of ratios does not. Its interval and probability are those of the realised
    ratio. The break-even fee is where it is 0. Without a fee, `cost`, `profit` and `roi` are NaN while both fees are
    told. ROI is NaN where nothing is paid at all. A fee is never below 0: 0 means that even a free post is not worth
    its other costs.
    """
    n = len(beliefs.lift_mean)
    begins = range(0, max(n, 1), _CHUNK)
    parts = [_chunk(slice(at, min(at + _CHUNK, n)), beliefs, economics, attribution, wish) for at in begins]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def caused_columns(beliefs: Beliefs, level: float) -> dict[str, Floats]:
    """Conversions caused among the exposed of n finished pairings, `caused_{expected, low, high}`: about the expected
    number, without the luck of counting."""
    z = points()
    exposed = np.exp(beliefs.reach_mean[:, None] + beliefs.reach_sd[:, None] * z[_REACH])
    anyway = exposed * np.minimum(np.exp(beliefs.rate_mean[:, None] + beliefs.rate_sd[:, None] * z[_RATE]), 1.0)
    caused = anyway * np.expm1(beliefs.lift_mean[:, None] + beliefs.lift_sd[:, None] * z[_LIFT])
    return _told("caused", caused, level)


def _chunk(
    rows: slice, beliefs: Beliefs, economics: Economics, attribution: Attribution, wish: Wish
) -> dict[str, Floats]:
    z = points()

    def at(values: Floats) -> Floats:
        return values[rows, None]

    exposed = np.exp(at(beliefs.reach_mean) + at(beliefs.reach_sd) * z[_REACH])
    anyway = exposed * np.minimum(np.exp(at(beliefs.rate_mean) + at(beliefs.rate_sd) * z[_RATE]), 1.0)
    among_exposed = anyway * np.exp(beliefs.log_lift(rows, z))
    caused = among_exposed - anyway
    # Normal with Poisson's skew (Cornish & Fisher): how the count falls out, given its mean.
    luck = np.sqrt(among_exposed) * z[_COUNT] + (z[_COUNT] ** 2 - 1.0) / 6.0
    incremental = caused + luck
    returned = np.minimum(at(economics.return_rate) * np.exp(_RETURNS_SD * z[_RETURNS] - _RETURNS_SD**2 / 2), 1.0)
    kept = at(economics.order_value) * (1.0 - returned)
    # No commission: other costs are certain, so profit, ROI and bearable fee have the order of the value.
    certain = not economics.commission_rate[rows].any()
    if certain:
        commission = np.zeros_like(incremental)
    else:
        noise = attribution.noise
        codes = attribution.expected(anyway, caused) * np.exp(noise * z[_CODES] - noise**2 / 2)
        commission = at(economics.commission_rate) * kept * codes
    value = incremental * kept * at(economics.gross_margin)
    fixed = at(economics.product_cost) + at(economics.handling_cost)
    ordered = np.sort(value, axis=1) if certain else None
    return {
        **_of_reach(exposed, wish.level),
        **_told("incremental_conversions", incremental, wish.level),
        **_with_fee(value, commission, fixed, at(economics.fee), wish.level, ordered),
        "cost_fee": economics.fee[rows],
        "cost_commission": commission.mean(axis=1),
        "cost_product": economics.product_cost[rows],
        "cost_handling": economics.handling_cost[rows],
        "break_even_fee": np.maximum((value - commission - fixed).mean(axis=1), 0.0),
        "maximum_fee": _maximum(value if ordered is None else ordered, commission + fixed, wish),
    }


@lru_cache(maxsize=1)
def _by_reach() -> npt.NDArray[np.int64]:
    """The draws from the smallest reach to the largest, the same for every row."""
    return np.argsort(points()[_REACH], kind="stable")


def _of_reach(exposed: Floats, level: float) -> dict[str, Floats]:
    tail = (1.0 - level) / 2.0
    ordered = {share: exposed[:, _by_reach()[list(_places(share, POINTS))]] for share in (tail, 1.0 - tail)}
    low, high = (_between(pair[:, 0], pair[:, 1], share, POINTS) for share, pair in ordered.items())
    return {"exposed_expected": exposed.mean(axis=1), "exposed_low": low, "exposed_high": high}


def _place(share: float, draws: int) -> float:
    return min(max(share * draws - 0.5, 0.0), draws - 1.0)


def _places(share: float, draws: int) -> tuple[int, int]:
    """The two draws, counted from the smallest, between which a quantile lies."""
    low = int(_place(share, draws))
    return low, min(low + 1, draws - 1)


def quantile(ordered: Floats, share: float) -> Floats:
    """The `share` quantile of each row, shape (n,): between the two nearest draws (Hazen's rule).

    A row is ascending, or partitioned at least at those two.
    """
    low, high = _places(share, ordered.shape[1])
    return _between(ordered[:, low], ordered[:, high], share, ordered.shape[1])


def _between(low: Floats, high: Floats, share: float, draws: int) -> Floats:
    place = _place(share, draws)
    return np.asarray(low + (place - int(place)) * (high - low))


def _told(name: str, draws: Floats, level: float, ordered: Floats | None = None) -> dict[str, Floats]:
    tail = (1.0 - level) / 2.0
    ordered = np.sort(draws, axis=1) if ordered is None else ordered
    return {
        f"{name}_expected": draws.mean(axis=1),
        f"{name}_low": quantile(ordered, tail),
        f"{name}_high": quantile(ordered, 1.0 - tail),
    }


def _with_fee(
    value: Floats, commission: Floats, fixed: Floats, fee: Floats, level: float, ordered: Floats | None
) -> dict[str, Floats]:
    """Cost, profit and ROI: NaN without a fee, ROI also where nothing is paid. `ordered`: the value ascending, where
    cost is the same in every draw."""
    cost = commission + fixed + fee
    profit = value - cost
    paid = np.all(cost > _NOTHING, axis=1)
    paying = np.where(paid[:, None], cost, 1.0)

    def roi_of(gained: Floats) -> Floats:
        return np.asarray(np.where(paid[:, None], gained, np.nan) / paying)

    in_order = None if ordered is None else ordered - cost
    out = {
        **_told("cost", cost, level, None if ordered is None else cost),
        **_told("profit", profit, level, in_order),
        **_told("roi", roi_of(profit), level, None if in_order is None else roi_of(in_order)),
    }
    out["roi_expected"] = np.where(paid, out["profit_expected"], np.nan) / np.where(paid, out["cost_expected"], 1.0)
    out["roi_probability_positive"] = np.where(paid, (profit > 0.0).mean(axis=1), np.nan)
    return out


def _maximum(value: Floats, other: Floats, wish: Wish) -> Floats:
    """The fee at which P(ROI >= target) is the asked safety; at least 0. `value` in any order where `other` is certain.
    ROI >= t means fee <= value / (1 + t) - other
    cost, so it is a quantile of the right-hand side."""
    bearable = np.sort(value / (1.0 + wish.target_roi) - other, axis=1)
    return np.maximum(quantile(bearable, 1.0 - wish.safety), 0.0)
