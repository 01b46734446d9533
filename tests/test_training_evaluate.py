"""The report's tables on drawn outcomes: a right model, a flat one and an inverted one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.scorer import CreatorScorer
from tests.model_world import training_set
from training import evaluate
from training.config import TrainSettings
from training.effects import LITERATURE, Effect
from training.evaluate import CONSTANT, MODEL, Judged
from training.rules import RULES, check_gate
from training.story import sections
from training.study import Study, plots_of, view_of

DRAW = {"draws": 200, "seed": 3}
Z = float(stats.norm.ppf(0.9))


def judged(n: int = 1500, *, sign: float = 1.0, spread: float = 0.2, seed: int = 0) -> Judged:
    """Holdout tests whose true log lift is the model's mean (times `sign`) plus `spread`."""
    rng = np.random.default_rng(seed)
    mean = rng.normal(0.2, 0.35, n)
    true = 0.2 + sign * (mean - 0.2) + rng.normal(0.0, 0.2, n)
    exposed = np.full(n, 6000.0)
    labels = pd.DataFrame(
        {
            "collaboration_id": [f"d{i}" for i in range(n)],
            "creator_id": [f"c{i % 97}" for i in range(n)],
            "campaign_id": [f"k{i % 60}" for i in range(n)],
            "exposed": exposed,
            "exposed_conversions": rng.poisson(exposed * 0.01 * np.exp(true)).astype(float),
            "holdout": exposed / 2,
            "holdout_conversions": rng.poisson(exposed / 2 * 0.01).astype(float),
            "lift_estimate": np.nan,
            "lift_se": np.nan,
            "weight": 1.0,
            "fee": 100.0,
            "commission_rate": 0.1,
            "attributed_revenue": 500.0,
            "product_cost": np.nan,
            "handling_cost": 10.0,
            "order_value": 50.0,
            "gross_margin": 0.5,
            "return_rate": 0.1,
            "platform": np.where(np.arange(n) % 2 == 0, "tiktok", "youtube"),
            "tier": "micro",
            "goal": "sales",
        }
    )
    promised = exposed * 0.01 * np.expm1(mean)
    profit = promised * 22.5 - 155.0
    scores = pd.DataFrame(
        {
            "lift_low": np.expm1(mean - Z * spread),
            "lift_high": np.expm1(mean + Z * spread),
            "fit_benchmark": np.expm1(0.2),
            "roi_expected": profit / 155.0,
            "roi_probability_positive": stats.norm.cdf(profit / 300.0),
            "incremental_conversions_expected": promised,
        }
    )
    predictions = {MODEL: mean, CONSTANT: np.full(n, 0.22), "inverted": 0.4 - mean}
    return Judged(labels, predictions, scores, 0.8)


def test_a_right_model_beats_the_rules_with_intervals_that_exclude_nothing_true() -> None:
    table = evaluate.rule_table(judged(), **DRAW).set_index("name")
    assert list(table.index) == [MODEL, CONSTANT, "inverted"]
    assert table.loc[MODEL, "vs_constant_high"] < 0 < table.loc["inverted", "vs_constant_low"]
    assert table.loc[CONSTANT, ["vs_constant", "skill", "vs_constant_low"]].tolist() == [0.0, 0.0, 0.0]
    assert table.loc[CONSTANT, "vs_model_low"] > 0 and table.loc[MODEL, "vs_model"] == 0.0
    # The true share explained: 0.35² of 0.35² + 0.2².
    assert table.loc[MODEL, "skill"] == pytest.approx(0.35**2 / (0.35**2 + 0.2**2), abs=0.08)
    assert 0 < table.loc[MODEL, "skill_low"] < table.loc[MODEL, "skill"] < table.loc[MODEL, "skill_high"]
    assert table.loc[MODEL, "slope"] == pytest.approx(1.0, abs=0.1)
    assert table.loc["inverted", "slope"] == pytest.approx(-1.0, abs=0.1)


def test_coverage_is_the_asked_level_for_a_right_model_only() -> None:
    right = evaluate.coverage_table(judged(), **DRAW).set_index("level")
    assert (right["covered"] - right.index).abs().max() < 0.04
    assert right.loc[0.8, "covered_low"] < right.loc[0.8, "covered"] < right.loc[0.8, "covered_high"]
    narrow = evaluate.coverage_table(judged(spread=0.01), **DRAW).set_index("level")
    assert narrow.loc[0.8, "covered_high"] < 0.75


def test_bias_and_its_interval() -> None:
    figure = evaluate.bias_figure(judged(), **DRAW)
    assert -0.07 < figure["bias_low"] < figure["bias"] < figure["bias_high"] < 0.07


def test_probabilities_are_judged_on_what_was_measured() -> None:
    events = evaluate.probability_tables(judged())
    chance, happened = events["lift above benchmark"]
    assert np.mean(chance) == pytest.approx(np.mean(happened), abs=0.03)
    assert set(events) == {"lift above benchmark", "ROI above 0"}
    free = judged(200)
    free.labels["fee"] = np.nan
    assert set(evaluate.probability_tables(free)) == {"lift above benchmark"}


def test_realised_money_by_hand() -> None:
    one = judged(1)
    money = evaluate.realised_money(one)
    row = one.labels.iloc[0]
    incremental = row["exposed_conversions"] - 2 * row["holdout_conversions"]
    cost = 100 + 10 + 0.1 * 500 * 0.9
    assert money["cost"][0] == pytest.approx(cost)
    assert money["profit"][0] == pytest.approx(incremental * 50 * 0.9 * 0.5 - cost)


def test_promises_of_the_best_are_kept_by_a_right_model() -> None:
    table = evaluate.promise_table(judged(3000), 300, **DRAW).set_index("chosen")
    best = table.loc["best 300 by expected ROI"]
    assert best["n"] == 300 and best["ratio"] == pytest.approx(1.0, abs=0.12)
    assert best["ratio_low"] < best["ratio"] < best["ratio_high"]
    assert best["promised"] > 0.1 * table.loc["all test deals", "promised"]
    inverted = evaluate.promise_table(judged(3000, sign=-1.0), 300, **DRAW).set_index("chosen")
    assert inverted.loc["best 300 by expected ROI", "ratio"] < 0.5


def test_groups_below_thirty_rows_are_left_out() -> None:
    table = evaluate.group_table(judged(100))
    assert set(zip(table["group"], table["value"], strict=True)) == {
        ("platform", "tiktok"), ("platform", "youtube"), ("tier", "micro"), ("goal", "sales"),
    }  # fmt: skip
    assert evaluate.group_table(judged(20)).empty


def test_the_worst_miss_comes_first() -> None:
    some = judged(200)
    some.labels.loc[17, ["exposed_conversions", "holdout_conversions"]] = [500.0, 5.0]
    misses = evaluate.worst_misses(some)
    assert misses.loc[0, "collaboration_id"] == "d17" and misses["chance"].is_monotonic_increasing
    assert len(misses) == 10


def test_a_view_has_a_figure_for_every_rule_of_the_gate() -> None:
    figures = Study(view_of(judged(), TrainSettings()), None).figures()
    wanted = {rule.metric for rule in RULES if rule.metric.startswith("time.")}
    assert wanted <= set(figures)
    assert figures["time.n_test"] == 1500
    assert figures["time.vs_best_rule.deviance"] < 0


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        (judged(400), set()),
        (judged(400, sign=-1.0), {"not clearly worse than a constant lift", "not worse than a constant lift by much"}),
        (judged(400, spread=0.01), {"80 % intervals cover enough"}),
        (judged(400, spread=2.0), {"80 % intervals do not cover too much"}),
    ],
    ids=["right", "inverted", "too sure", "too shy"],
)
def test_the_gate_tells_a_right_model_from_broken_ones(model: Judged, refused: set[str]) -> None:
    sound = {"artifact.repeats_example": 1.0, "sanity.finite_share": 1.0, "sanity.largest_log_lift": 1.0}
    report = check_gate(sound | Study(view_of(model, TrainSettings()), None).figures())
    assert {r.name for r in report.failed} >= refused
    assert report.passed == (not refused)


def test_sections_and_plots_cover_both_views_and_none() -> None:
    view = view_of(judged(300), TrainSettings(bootstrap=50))
    names = pd.DataFrame({"name": ["niche", "campaign"], "value": [0.2, 0.1]})
    growth = pd.DataFrame({"n": [30, 100], "vs_constant": [-0.1, -0.2]})
    growth = growth.assign(vs_constant_low=growth["vs_constant"] - 0.05, vs_constant_high=growth["vs_constant"] + 0.05)
    curve = pd.DataFrame({"value": [0.0, 1.0, 2.0], "effect": [0.0, 3.0, 1.0]})
    curve = curve.assign(low=curve["effect"] - 1.0, high=curve["effect"] + 1.0)
    effect = Effect("sponsored_share", curve, "inverted U", LITERATURE["sponsored_share"])
    found = Study(view, view, view, growth)
    images = plots_of(found, names, names, [effect])
    assert all(png.startswith(b"\x89PNG") for png in images.values()) and len(images) == 8
    assert images == plots_of(found, names, names, [effect])
    scorer = CreatorScorer.fit(training_set(0, 1)[0])
    titles = [s.title for s in sections(found, images, [effect], scorer)]
    assert "Out of time, on creators never seen" in titles and titles[-1] == "Largest surprises"
    assert "After the campaign: with clicks, codes and attributed orders" in titles
    rules = sections(found, images, [effect], scorer)[0].tables[0].set_index("name")
    assert rules.loc[MODEL, "vs_model"] == "–" and rules.loc["inverted", "vs_model"].endswith("]")
    shown = {name for s in sections(found, images, [effect], scorer) for name in s.plots}
    assert {f"{name}.png" for name in shown} == set(images)
    bare = sections(Study(), plots_of(Study(), names, names, []), [], scorer)
    assert [s.title for s in bare] == ["What moves predicted lift", "Attributed and incremental"]


@pytest.mark.parametrize("n", [1, 2, 9])
def test_very_few_test_labels_are_no_error(n: int) -> None:
    view = view_of(judged(n), TrainSettings(bootstrap=50))
    assert view is not None and view.figures["n_test"] == n
