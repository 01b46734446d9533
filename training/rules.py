"""May this model be promoted, and if not, why: rules as data, judged on the figures its training run logged.

A rule fails only on evidence. Figures from a test window come with intervals, and it is the interval that must
reach the bound: a first-time user with thirty collaborations may promote a sceptical model, whose intervals are
wide and honest, while a broken one is refused as soon as there is data enough to see it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

PRIOR_ONLY_BELOW = 40
"""With fewer judged test labels than this, skill is unproven and a promoted model is marked `prior only`."""
Figures = Mapping[str, float]


@dataclass(frozen=True)
class Rule:
    """One bound on one logged figure, both ends inclusive; `against` names what the figure is compared with."""

    name: str
    metric: str
    low: float = -math.inf
    high: float = math.inf
    against: str = ""
    if_missing: Literal["fail", "skip"] = "skip"
    """What it means when the run has no such figure."""

    def bound(self) -> str:
        """The bound in words."""
        if math.isinf(self.low):
            return f"at most {self.high:g}"
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"{self.low:g} to {self.high:g}"


RULES = (
    Rule("the saved model loads and repeats its own example", "artifact.repeats_example", low=1.0, if_missing="fail"),
    Rule("every prediction is a number", "sanity.finite_share", low=1.0, if_missing="fail"),
    Rule("no predicted log lift is absurd", "sanity.largest_log_lift", high=2.5, if_missing="fail"),
    # Lower end of the interval of (model's deviance - constant's) / constant's: above 0 is clearly worse.
    Rule("not clearly worse than a constant lift", "time.vs_constant.deviance_low", high=0.0, against="constant lift"),
    Rule("not worse than a constant lift by much", "time.vs_constant.deviance", high=0.05, against="constant lift"),
    Rule("80 % intervals cover enough", "time.coverage_80_high", low=0.72),
    Rule("80 % intervals do not cover too much", "time.coverage_80_low", high=0.90),
    Rule("lift is not promised too high on average", "time.bias_high", low=-0.10),
    Rule("lift is not promised too low on average", "time.bias_low", high=0.15),
)
CHAMPION_RULES = (
    # On labels that neither of the two had seen, where there are enough of them.
    Rule("not clearly worse than the champion on new labels", "champion.deviance_low", high=0.0, against="champion"),
)
SKILL_LOSS_ALLOWED = 0.15
"""How far the upper end of the challenger's skill may lie below the champion's own figure."""


@dataclass(frozen=True)
class RuleResult:
    """What became of one rule."""

    name: str
    passed: bool
    figure: float
    bound: str
    note: str = ""

    def __str__(self) -> str:
        told = "no figure" if math.isnan(self.figure) else f"{self.figure:.4g}"
        note = f" ({self.note})" if self.note else ""
        return f"{'pass' if self.passed else 'FAIL'}  {self.name}: {told}, {self.bound}{note}"


@dataclass(frozen=True)
class GateReport:
    """Every rule with its outcome; `prior_only` when too few test labels exist to show skill."""

    results: tuple[RuleResult, ...]
    prior_only: bool

    @property
    def passed(self) -> bool:
        """Whether every rule passed."""
        return all(r.passed for r in self.results)

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        """The rules that did not pass."""
        return tuple(r for r in self.results if not r.passed)

    def __str__(self) -> str:
        lines = [str(r) for r in self.results]
        if self.prior_only:
            lines.append(f"note  prior only: fewer than {PRIOR_ONLY_BELOW} test labels, so skill is not shown yet")
        return "\n".join(lines)


def apply_rule(rule: Rule, figures: Figures) -> RuleResult:
    """The outcome of one rule on a run's figures."""
    figure = figures.get(rule.metric, math.nan)
    if math.isnan(figure):
        passed = rule.if_missing == "skip"
        note = "too few test labels to judge" if passed else "the run logged no such figure"
        return RuleResult(rule.name, passed, math.nan, rule.bound(), note)
    note = f"against {rule.against}" if rule.against else ""
    return RuleResult(rule.name, rule.low <= figure <= rule.high, figure, rule.bound(), note)


def _skill_against(champion: Figures, figures: Figures) -> RuleResult | None:
    """Compares the two reports where no common new labels exist; None when either shows no skill figure."""
    before, reach = champion.get("time.skill", math.nan), figures.get("time.skill_high", math.nan)
    if math.isnan(before) or math.isnan(reach) or "champion.deviance" in figures:
        return None
    bound = before - SKILL_LOSS_ALLOWED
    note = f"upper end of its skill; the champion reported {before:.3g} on its own test labels"
    return RuleResult("not far below the champion's own report", reach >= bound, reach, f"at least {bound:.3g}", note)


def _same_kind(data: str, champion_data: str) -> RuleResult:
    """A model of simulated data must not replace one that learned from real outcomes."""
    worse = data == "simulated" and champion_data == "own"
    note = f"challenger: {data} data, champion: {champion_data} data"
    return RuleResult("learned from data as real as the champion's", not worse, float(not worse), "at least 1", note)


def check_gate(
    figures: Figures, champion: Figures | None = None, *, data: str = "own", champion_data: str = "own"
) -> GateReport:
    """Judge a challenger by its run's figures, and against the champion's where there is one.

    Figures of a champion of the other kind of data (`simulated` or `own`) are not compared with.
    """
    results = [apply_rule(rule, figures) for rule in RULES]
    if champion is not None:
        results.append(_same_kind(data, champion_data))
        if data == champion_data:
            results += [apply_rule(rule, figures) for rule in CHAMPION_RULES]
            compared = _skill_against(champion, figures)
            results += [compared] if compared else []
    return GateReport(tuple(results), figures.get("time.n_test", 0.0) < PRIOR_ONLY_BELOW)
