"""A whole evaluation as figures (for the registry), tables and plots (for a reader)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from features.catalog import CATALOG, LIFT_NAMES, NAMES
from training import evaluate, metrics, plots
from training.config import TrainSettings
from training.effects import Effect
from training.evaluate import CONSTANT, MODEL, Judged

if TYPE_CHECKING:
    from models.scorer import CreatorScorer

_SHOWN = 12


@dataclass(frozen=True)
class View:
    """One view (`time` or `unseen`): every table of it and its figures by name, without the view's prefix."""

    rules: pd.DataFrame
    deciles: pd.DataFrame
    coverage: pd.DataFrame
    reliability: Mapping[str, pd.DataFrame]
    promises: pd.DataFrame
    groups: pd.DataFrame
    misses: pd.DataFrame
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Study:
    """What the evaluation found. A view is None where no fold had enough labels."""

    time: View | None = None
    unseen: View | None = None
    after: View | None = None
    """The other mode: what is known once clicks and attributed orders are in."""
    growth: pd.DataFrame | None = None
    """As `training.growth.growth_table` gives it."""
    extra: Mapping[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, float]:
        """All figures by name: `time.skill`, `unseen.skill`, …"""
        views = {"time": self.time, "unseen": self.unseen, "after": self.after}
        found = {f"{name}.{key}": v for name, view in views.items() if view for key, v in view.figures.items()}
        return found | dict(self.extra)


def view_of(judged: Judged | None, settings: TrainSettings) -> View | None:
    """Every table and figure of one view; None when nothing was judged."""
    if judged is None:
        return None
    draws = {"draws": settings.bootstrap, "seed": settings.seed}
    rules = evaluate.rule_table(judged, **draws)
    coverage = evaluate.coverage_table(judged, **draws)
    events = evaluate.probability_tables(judged)
    promises = evaluate.promise_table(judged, settings.top_k, **draws)
    figures = {"n_test": float(len(judged.labels)), **_rule_figures(rules), **_coverage_figures(coverage)}
    figures |= evaluate.bias_figure(judged, **draws)
    for name, (chance, happened) in events.items():
        figures[f"calibration_error.{slug(name)}"] = metrics.calibration_error(chance, happened)
    for row, key in zip(promises.to_dict("records"), ("top", "all"), strict=False):
        for end in ("", "_low", "_high"):
            figures[f"measured_per_promised.{key}{end}"] = row[f"ratio{end}"]
    return View(
        rules=rules,
        deciles=metrics.decile_table(judged.predictions[MODEL], judged.outcomes, level=judged.level),
        coverage=coverage,
        reliability={name: metrics.reliability_table(*event) for name, event in events.items()},
        promises=promises,
        groups=evaluate.group_table(judged),
        misses=evaluate.worst_misses(judged),
        figures=figures,
    )


def slug(name: str) -> str:
    """A name as part of a figure's name: `engagement-rate rule` is `engagement_rate_rule`."""
    return "_".join(re.findall(r"[a-z0-9]+", name.lower()))


def _rule_figures(rules: pd.DataFrame) -> dict[str, float]:
    by_name = rules.set_index("name")
    figures = {}
    for name in by_name.index.drop(MODEL):
        for column in ("deviance", "skill", "true_rmse", "rank_correlation", "qini", "vs_model"):
            figures[f"rule.{slug(name)}.{column}"] = float(by_name.loc[name, column])
    model = by_name.loc[MODEL]
    plain = ("deviance", "skill", "skill_low", "skill_high", "rmse", "true_rmse", "rank_correlation", "qini", "slope")
    figures |= {column: float(model[column]) for column in plain}
    for end in ("", "_low", "_high"):
        figures[f"vs_constant.deviance{end}"] = float(model[f"vs_constant{end}"])
    others = by_name.drop(index=[MODEL, CONSTANT])
    if len(others):
        figures["vs_best_rule.deviance"] = float(model["deviance"] / others["deviance"].min() - 1.0)
    return figures


def _coverage_figures(coverage: pd.DataFrame) -> dict[str, float]:
    figures: dict[str, float] = {}
    for row in coverage.to_dict("records"):
        name = f"coverage_{100 * row['level']:.0f}"
        figures |= {f"{name}{end}": row[f"covered{end}"] for end in ("", "_low", "_high")}
    return figures


def importance(scorer: CreatorScorer, X: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How much each family, and each feature, moves the predicted log lift: mean absolute contribution.

    Returns two frames with columns name and value (log lift), largest first: all families, then the first features.
    """
    # Features that are only for reach are hidden from the lift model, here as in a score.
    seen = pd.DataFrame(np.where(np.isin(NAMES, LIFT_NAMES), X, np.nan), index=X.index, columns=X.columns)
    parts = scorer.lift.contributions(seen)[:, : len(NAMES)]
    family = np.array([f.family for f in CATALOG])
    families = sorted(set(family))
    by_family = [float(np.mean(np.abs(parts[:, family == name].sum(axis=1)))) for name in families]
    by_feature = np.mean(np.abs(parts), axis=0)
    order = np.argsort(-by_feature, kind="stable")[:_SHOWN]
    one = pd.DataFrame({"name": families, "value": by_family}).sort_values("value", ascending=False, ignore_index=True)
    two = pd.DataFrame({"name": [NAMES[i] for i in order], "value": by_feature[order]})
    return one, two


def plots_of(
    found: Study, families: pd.DataFrame, features: pd.DataFrame, curves: Sequence[Effect]
) -> dict[str, bytes]:
    """PNG bytes by file name; what was not judged leaves out its plots."""
    view = found.time
    made = {
        "importance_by_family.png": plots.bars(
            families, title="What moves predicted lift, by family", x="mean absolute log lift"
        ),
        "importance_by_feature.png": plots.bars(
            features, title="What moves predicted lift, by feature", x="mean absolute log lift"
        ),
    }
    made |= {f"effect_{c.feature}.png": plots.effect(c.curve, title=c.title, x=c.unit) for c in curves}
    if found.growth is not None:
        made["data_size.png"] = plots.data_size(found.growth)
    if view is not None:
        skill = view.rules.rename(columns={"skill": "value", "skill_low": "low", "skill_high": "high"})
        made |= {
            "lift_by_decile.png": plots.lift_by_decile(view.deciles),
            "interval_coverage.png": plots.interval_coverage(view.coverage),
            "calibration.png": plots.reliability(view.reliability),
            "skill_by_rule.png": plots.bars(
                skill[["name", "value", "low", "high"]].dropna(),
                title="Explained differences in true lift",
                x="skill (1 = the true lift, 0 = a constant)",
            ),
        }
    return made
