"""What a set of creators brings together, what one large creator would, and how the plan changes with the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from data.errors import UsageError
from models.plan import Aim, Mask, Offers, Rules, choose, kept_shares, outcome

_CURVE_SECONDS = 2.0


@dataclass(frozen=True)
class Range:
    """An expected value and its interval."""

    expected: float
    low: float
    high: float


@dataclass(frozen=True)
class Totals:
    """Of a whole set. `roi` and `probability_positive` are None where nothing is paid."""

    creators: int
    cost: float
    conversions: Range
    profit: Range
    roi: float | None
    probability_positive: float | None
    exposed: float
    """Distinct people."""
    conversions_lost: float
    """Expected extra conversions that overlap takes away."""


@dataclass(frozen=True)
class Point:
    """The best plan at one budget."""

    budget: float
    cost: float
    conversions: float
    profit: float
    creators: int
    conversions_per_100: float | None
    """Extra conversions per 100 of money more, since the point before; None where no more is spent."""


def totals(offers: Offers, chosen: Mask, level: float) -> Totals:
    """What a set brings; intervals by the normal approximation of a sum, shared doubt about the rate included."""
    cost = float(offers.cost[chosen].sum())
    conversions, profit = (_range(offers, chosen, aim, level) for aim in ("conversions", "profit"))
    kept = kept_shares(offers, chosen)
    _, sd = outcome(offers, chosen, "profit")
    paid = cost > 0.0
    return Totals(
        creators=int(chosen.sum()),
        cost=cost,
        conversions=conversions,
        profit=profit,
        roi=profit.expected / cost if paid else None,
        probability_positive=float(stats.norm.cdf(profit.expected / max(sd, 1e-9))) if paid else None,
        exposed=float(np.sum((offers.exposed * kept)[chosen])),
        conversions_lost=float(np.sum((np.maximum(offers.conversions, 0.0) * (1.0 - kept))[chosen])),
    )


def _range(offers: Offers, chosen: Mask, aim: Aim, level: float) -> Range:
    mean, sd = outcome(offers, chosen, aim)
    half = float(stats.norm.ppf(0.5 + level / 2.0)) * sd
    return Range(mean, mean - half, mean + half)


def largest_alone(offers: Offers, rules: Rules) -> int | None:
    """Place of the creator who reaches most people among those the budget pays for alone; None if there is none."""
    affordable = np.flatnonzero((offers.cost <= rules.budget) & ~rules.never)
    if not len(affordable):
        return None
    return int(affordable[np.lexsort((offers.cost[affordable], -offers.exposed[affordable]))[0]])


def budget_curve(offers: Offers, rules: Rules, budgets: Sequence[float]) -> list[Point]:
    """The best plan at each budget, ascending; budgets at which nothing keeps to the rules are left out."""
    points: list[Point] = []
    for budget in sorted(budgets):
        try:
            chosen = choose(offers, replace(rules, budget=budget), _CURVE_SECONDS).chosen
        except UsageError:
            continue
        cost = float(offers.cost[chosen].sum())
        conversions, _ = outcome(offers, chosen, "conversions")
        profit, _ = outcome(offers, chosen, "profit")
        before = (points[-1].cost, points[-1].conversions) if points else (0.0, 0.0)
        more = cost - before[0]
        per_100 = 100.0 * (conversions - before[1]) / more if more > 1e-6 else None
        points.append(Point(budget, cost, conversions, profit, int(chosen.sum()), per_100))
    return points
