"""What a prediction is worth: twenty creators chosen under a budget, and what they bring in truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.families import Floats

CHOSEN = 20
POOL = 60
"""Deals offered at a time where candidates look like past deals; questions of the catalogue come by campaign."""
PERFECT = "true lift"
"""A contestant that knows every lift: what it misses, no model of lift could have found."""
GIVEN_RATE = "log lift given the rate"
"""Column of what the model says of lift once it knows the baseline rate, as it does where this is given."""
_SUMS = ("predicted ", "true ", "predicted, reach given ", "true, reach given ")
"""What is added up of the chosen: incremental conversions predicted and true, without and with reach and rate given."""
_HALVINGS = 40
_HIGHEST = 1e9


def choose(value: Floats, cost: Floats, budget: float, k: int = CHOSEN) -> np.ndarray:
    """Positions of `k` items of large total value whose cost is within the budget; the k cheapest must be affordable.

    Lagrange's multiplier, the price of a unit of cost, is found by halving; what is then left of the budget goes into
    the exchange of one item for another that gains most, until none gains.
    """
    best = _top(value, k)
    if cost[best].sum() > budget:
        low, high, best = 0.0, 1.0, _top(-cost, k)
        while cost[_top(value - high * cost, k)].sum() > budget and high < _HIGHEST:
            low, high = high, 4.0 * high
        for _ in range(_HALVINGS):
            price = 0.5 * (low + high)
            picked = _top(value - price * cost, k)
            if cost[picked].sum() > budget:
                low = price
                continue
            high = price
            best = picked if value[picked].sum() > value[best].sum() else best
    return _exchanged(best, value, cost, budget)


def _exchanged(chosen: np.ndarray, value: Floats, cost: Floats, budget: float) -> np.ndarray:
    while True:
        others = np.setdiff1d(np.arange(len(value)), chosen)
        gain = value[others][None, :] - value[chosen][:, None]
        affordable = cost[chosen].sum() - cost[chosen][:, None] + cost[others][None, :] <= budget
        gain = np.where(affordable, gain, -np.inf)
        if not gain.size or gain.max() <= 0.0:
            return chosen
        out, into = np.unravel_index(int(gain.argmax()), gain.shape)
        chosen = chosen.copy()
        chosen[out] = others[into]


def _top(score: Floats, k: int) -> np.ndarray:
    return np.argsort(-score, kind="stable")[:k]


def decisions(rows: pd.DataFrame) -> tuple[dict[str, dict[str, float]], dict[str, float]]:
    """Regret of every contestant in one view of one market, and what chosen creators were promised and brought.

    A pool's budget is what 20 deals of its median cost take. Value is incremental conversions times their worth, less
    cost. Every contestant's log lift goes into the same economics: `regret` with reach and rate as the scorer expects
    them, `regret_lift` with the true ones, so that only the lift is judged; the model has learned how lift and rate
    hang together, and says what it expects at the true rate. Both are means over pools of what was missed, in units of
    the pool's budget. Promises of the model, the ceiling and whoever knows every lift: `_SUMS`.
    """
    names = [c.removeprefix("pred ") for c in rows.columns if c.startswith("pred ") and rows[c].notna().all()]
    names.append(PERFECT)
    # The mean of a log-normal lift, not its middle: the same correction for all.
    spread = (np.log1p(rows["lift_high"]) - np.log1p(rows["lift_low"])) / (2.0 * 1.2816)
    correction = 0.5 * float(np.median(spread)) ** 2
    regret: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    promised = dict.fromkeys([f"{stem}{name}" for name in ("model", "ceiling", PERFECT) for stem in _SUMS], 0.0)
    for pool in _pools(rows):
        at = {c: pool[c].to_numpy(dtype=np.float64) for c in pool.columns if pool[c].dtype.kind == "f"}
        base, cost = at["true_exposed"] * at["true_rate"], at["cost"]
        true = base * np.expm1(at["true_log_lift"])
        worth, budget = at["worth"], CHOSEN * float(np.median(cost))
        value = true * worth - cost
        best = value[choose(value, cost, budget)].sum()
        expected = at["exposed_expected"] * at["baseline_rate_expected"]
        for name in names:
            lift = np.expm1(at["true_log_lift"] if name == PERFECT else at[f"pred {name}"] + correction)
            told = at["incremental_conversions_expected"] if name == "model" else expected * lift
            one = choose(told * worth - cost, cost, budget)
            given = np.expm1(at.get(GIVEN_RATE, at["pred model"]) + correction) if name == "model" else lift
            other = choose(base * given * worth - cost, cost, budget)
            regret[name].append(((best - value[one].sum()) / budget, (best - value[other].sum()) / budget))
            if f"predicted {name}" in promised:
                sums = (told[one], true[one], (base * given)[other], true[other])
                for stem, part in zip(_SUMS, sums, strict=True):
                    promised[f"{stem}{name}"] += float(part.sum())
    means = {name: np.mean(pairs, axis=0) for name, pairs in regret.items() if pairs}
    return {name: {"regret": float(a), "regret_lift": float(b)} for name, (a, b) in means.items()}, promised


def _pools(rows: pd.DataFrame) -> list[pd.DataFrame]:
    if rows["view"].iloc[0] == "catalogue":
        pools = [part for _, part in rows.groupby("campaign_id", sort=True)]
    else:
        pools = [rows.iloc[at : at + POOL] for at in range(0, len(rows), POOL)]
    return [pool for pool in pools if len(pool) >= POOL]
