"""How much to trust a model, and where not: what its figures mean, in words that need no statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from models.scorer import CreatorScorer
from training.rules import PRIOR_ONLY_BELOW

Figures = Mapping[str, float]
_ALL = {"platform": ("instagram", "tiktok", "youtube", "other"),
        "tier": ("starter", "nano", "micro", "mid", "macro", "mega"),
        "goal": ("sales", "leads", "signups", "traffic", "awareness", "followers")}  # fmt: skip
_LEAST_COVERED = 0.70
_LARGE_BIAS = 0.10


def trust(figures: Figures, scorer: CreatorScorer, groups: pd.DataFrame | None) -> list[str]:
    """Sentences for the top of a report, most important first.

    `figures` are those of `training.study.Study.figures`; `groups` is the table of `training.evaluate.group_table`.
    """
    if not figures.get("time.n_test", 0.0) >= PRIOR_ONLY_BELOW:
        told = ["There are too few lift tests to show skill: scores rest on published figures, with wide intervals."]
        return told + _attributed(scorer)
    told = [*_skill(figures), *_intervals(figures), *_level(figures), *_choice(figures), *_unseen(figures)]
    return told + _after(figures) + _attributed(scorer) + ([] if groups is None else _where_not(groups))


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _range(figures: Figures, name: str) -> str:
    """The interval of a share, kept to what can be; words where it says nothing."""
    low, high = figures.get(f"{name}_low", math.nan), figures.get(f"{name}_high", math.nan)
    if math.isnan(low) or math.isnan(high):
        return ""
    if low <= 0.0 and high >= 1.0:
        return " (too few tests to be sure of it at all)"
    return f" ({_percent(max(low, 0.0))} to {_percent(min(high, 1.0))})"


def _skill(figures: Figures) -> list[str]:
    skill = figures.get("time.skill", math.nan)
    n = f"{figures['time.n_test']:.0f} lift tests that came after everything the model knew"
    if math.isnan(skill):
        return [f"On {n}, measured lifts differ no more than luck makes them: nothing is there to be predicted."]
    told = f"On {n}, it explains {_percent(skill)} of the true differences in lift{_range(figures, 'time.skill')}."
    rest = f" The rest, {_percent(1.0 - skill)}, no score shows." if 0.0 < skill < 1.0 else ""
    gap = figures.get("time.vs_best_rule.deviance", math.nan)
    against = ""
    if not math.isnan(gap):
        against = " It does better than every named rule." if gap < 0 else " A named rule does as well: use it instead."
    return [told + rest + against]


def _intervals(figures: Figures) -> list[str]:
    covered = figures.get("time.coverage_80", math.nan)
    if math.isnan(covered):
        return []
    low, high = (figures.get(f"time.coverage_80_{end}", covered) for end in ("low", "high"))
    verdict = "as they should"
    if high < 0.8:
        verdict = "less than they should: take its ranges as too narrow"
    elif low > 0.8:
        verdict = "more than they need: take its ranges as wide"
    share = f"{_percent(covered)} of tests{_range(figures, 'time.coverage_80')}"
    return [f"Its 80 % ranges held the measured lift in {share}, {verdict}."]


def _level(figures: Figures) -> list[str]:
    low, high = figures.get("time.bias_low", math.nan), figures.get("time.bias_high", math.nan)
    if math.isnan(low) or low <= 0.0 <= high:
        return []
    word = "too little" if low > 0 else "too much"
    factor = math.exp(abs(figures["time.bias"]))
    return [f"On average it promises {word} lift, by a factor of {factor:.2f} in conversions."]


def _choice(figures: Figures) -> list[str]:
    ratio = figures.get("time.measured_per_promised.top", math.nan)
    if math.isnan(ratio):
        return []
    low, high = (figures.get(f"time.measured_per_promised.top_{end}", math.nan) for end in ("low", "high"))
    told = f"The deals it would have chosen brought {ratio:.2f} times the extra orders it promised"
    if math.isnan(low):
        return [f"{told}."]
    sure = ": it may be luck" if low <= 1.0 <= high else ", which is more than luck"
    return [f"{told} ({max(low, 0.0):.2f} to {high:.2f}){sure}."]


def _unseen(figures: Figures) -> list[str]:
    skill = figures.get("unseen.skill", math.nan)
    if math.isnan(skill):
        return []
    return [f"On creators it never met, it explains {_percent(skill)}{_range(figures, 'unseen.skill')}."]


def _after(figures: Figures) -> list[str]:
    skill = figures.get("after.skill", math.nan)
    if math.isnan(skill):
        return []
    told = f"{_percent(skill)}{_range(figures, 'after.skill')}"
    return [f"Once clicks and attributed orders are in, it explains {told}: for looking back, not for choosing."]


def _attributed(scorer: CreatorScorer) -> list[str]:
    a = scorer.attribution
    if not a.n_rows:
        return [f"How much an attributed order is worth is taken from published figures: {a.factor:.2f} extra orders."]
    return [
        f"One attributed order stands for {a.factor:.2f} extra orders ({a.factor_low:.2f} to {a.factor_high:.2f}, "
        f"80 %), learned from {a.n_rows} deals: never read attributed orders as extra ones."
    ]


def _where_not(groups: pd.DataFrame) -> list[str]:
    """Groups in which the model does not do well, and those in which it was not tested."""
    weak = []
    for row in groups.to_dict("records"):
        faults = []
        if row["vs_constant"] > 0:
            faults.append("no better than a constant")
        if row["coverage"] < _LEAST_COVERED:
            faults.append(f"ranges hold {_percent(row['coverage'])}")
        if abs(row["bias"]) > _LARGE_BIAS:
            faults.append(f"promises {'too little' if row['bias'] > 0 else 'too much'}")
        if faults:
            weak.append(f"{row['group']} {row['value']} ({', '.join(faults)}; {row['n']} tests)")
    told = [f"Do not lean on it for: {'; '.join(weak)}."] if weak else []
    gaps = {kind: _untested(groups, kind, names) for kind, names in _ALL.items()}
    missing = [f"{kind} {', '.join(names)}" for kind, names in gaps.items() if names]
    return told + ([f"Not tested (fewer than 30 tests): {'; '.join(missing)}."] if missing else [])


def _untested(groups: pd.DataFrame, kind: str, names: Sequence[str]) -> list[str]:
    tested = set(groups["value"][(groups["group"] == kind).to_numpy()])
    return [name for name in names if name not in tested]
