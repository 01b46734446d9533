"""The chosen set is the best there is: compared with every set, under every rule."""

from __future__ import annotations

from itertools import pairwise, product
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from scipy import stats

from data.errors import UsageError
from models.plan import Mask, Offers, Rules, choose, kept_shares, outcome
from models.plan_totals import budget_curve, largest_alone, totals


def offers(n: int, seed: int, *, overlap: float = 0.1) -> Offers:
    rng = np.random.default_rng(seed)
    exposed = np.exp(rng.normal(8.0, 1.0, n))
    conversions = exposed * 0.01 * rng.normal(0.15, 0.15, n)
    shared = np.minimum.outer(exposed, exposed) * rng.uniform(0.0, 2 * overlap, (n, n))
    shared = np.triu(shared, 1) + np.triu(shared, 1).T
    return Offers(
        creator_ids=tuple(f"c{i}" for i in range(n)),
        cost=exposed * 0.01 * rng.uniform(1.0, 6.0, n),
        value=conversions * 40.0,
        value_sd=np.abs(conversions) * 40.0 * rng.uniform(0.3, 1.5, n),
        conversions=conversions,
        conversions_sd=np.abs(conversions) * rng.uniform(0.3, 1.5, n),
        rate_sd=np.full(n, 0.2),
        exposed=exposed,
        shared=shared,
        niche=tuple(rng.choice(["food", "travel", ""], n)),
        untried=rng.random(n) < 0.4,
    )


def rules(some: Offers, **more: Any) -> Rules:
    none = np.zeros(len(some), dtype=bool)
    return Rules(**{"budget": 0.35 * float(some.cost.sum()), "must": none, "never": none, **more})


def permitted(some: Offers, wanted: Rules, chosen: Mask) -> bool:
    cost = float(some.cost[chosen].sum())
    niche = np.array(some.niche)[chosen]
    counts = [(int((niche == name).sum()), low, high) for name, (low, high) in wanted.niches.items()]
    return bool(
        cost <= wanted.budget + 1e-9
        and chosen[wanted.must].all()
        and not chosen[wanted.never].any()
        and chosen.sum() >= wanted.fewest
        and (wanted.most is None or chosen.sum() <= wanted.most)
        and float(some.cost[chosen & some.untried].sum()) >= wanted.explore * cost - 1e-9
        and all(low <= count and (high is None or count <= high) for count, low, high in counts)
    )


def best_of_all(some: Offers, wanted: Rules) -> float:
    z = float(stats.norm.ppf(wanted.safety)) if wanted.mode == "safe" else 0.0
    found = -np.inf
    for bits in product((False, True), repeat=len(some)):
        chosen = np.array(bits)
        if permitted(some, wanted, chosen):
            mean, sd = outcome(some, chosen, wanted.aim)
            found = max(found, mean - z * sd)
    return found


_RULES: list[dict[str, Any]] = [
    {},
    {"aim": "conversions"},
    {"fewest": 4},
    {"most": 2},
    {"explore": 0.4},
    {"niches": MappingProxyType({"food": (1, 1), "travel": (1, None)})},
    {"must": np.arange(9) == 3, "never": np.arange(9) == 1},
]


@pytest.mark.parametrize("more", _RULES)
@pytest.mark.parametrize("overlap", [0.0, 0.1, 0.9])
def test_no_permitted_set_is_better(more: dict[str, Any], overlap: float) -> None:
    some = offers(9, 1, overlap=overlap)
    wanted = rules(some, **more)
    found = choose(some, wanted)
    assert permitted(some, wanted, found.chosen)
    assert found.objective == pytest.approx(best_of_all(some, wanted), rel=2e-4, abs=1e-6)
    assert found.gap < 1e-3


@pytest.mark.parametrize("seed", range(6))
def test_the_safe_plan_is_near_the_best_and_its_bound_holds(seed: int) -> None:
    some = offers(9, seed)
    wanted = rules(some, mode="safe")
    found, best = choose(some, wanted), best_of_all(some, wanted)
    assert permitted(some, wanted, found.chosen)
    assert best <= found.bound + 1e-6
    assert found.objective >= best - 0.03 * abs(best) - 1e-6


def test_a_shared_person_counts_once_and_with_the_larger() -> None:
    some = offers(3, 0, overlap=0.3)
    big, small = np.argsort(-some.exposed)[[0, 2]]
    chosen = np.isin(np.arange(3), [big, small])
    kept = kept_shares(some, chosen)
    assert kept[big] == 1.0
    assert kept[small] == pytest.approx(1.0 - some.shared[small, big] / some.exposed[small])
    told = totals(some, chosen, 0.8)
    assert told.exposed == pytest.approx(some.exposed[chosen].sum() - some.shared[small, big])
    assert told.profit.low < told.profit.expected < told.profit.high


def test_impossible_rules_are_named() -> None:
    some = offers(9, 1)
    everybody = np.ones(9, dtype=bool)
    for more, word in (
        ({"must": everybody}, "must-have creators cost"),
        ({"must": everybody, "never": everybody}, "never list"),
        ({"niches": {"food": (20, None)}}, "candidates of this niche"),
        ({"fewest": 9}, "looser rules"),
        ({"budget": 0.0}, "above 0"),
    ):
        with pytest.raises(UsageError, match=word):
            choose(some, rules(some, **more))


def test_more_money_never_buys_less() -> None:
    some = offers(12, 4)
    wanted = rules(some, aim="conversions")
    points = budget_curve(some, wanted, [wanted.budget * share for share in (0.25, 0.5, 1.0, 2.0)])
    assert len(points) == 4
    assert all(one.conversions <= two.conversions + 1e-6 for one, two in pairwise(points))
    assert all(point.cost <= point.budget + 1e-6 for point in points)


def test_the_largest_creator_the_money_buys() -> None:
    some = offers(9, 2)
    place = largest_alone(some, rules(some))
    assert place is not None
    affordable = some.cost <= rules(some).budget
    assert some.exposed[place] == some.exposed[affordable].max()
    assert largest_alone(some, rules(some, budget=1e-6)) is None
