"""The scorer as a whole: columns that hold together, any company, any amount of data."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import special

from data.errors import NotEnoughData, UsageError
from data.priors import load_priors
from features.catalog import FAMILIES, NAMES
from features.reference import Reference
from models.explain import OTHERS, TYPICAL
from models.fit import Benchmark, chance_ahead, fit_scores
from models.lift_of_deals import prior_log_lift
from models.scorer import CreatorScorer
from models.support import FLAGS, Support
from models.training_set import TrainingSet
from tests.model_world import catalogue_features, deals_for, root_mean_square, terms_for, training_set


@cache
def fitted(n: int = 700, heterogeneity: float = 1.0) -> CreatorScorer:
    return CreatorScorer.fit(training_set(n, 1, heterogeneity=heterogeneity)[0], seed=3)


@cache
def asked(n: int = 300, heterogeneity: float = 1.0) -> tuple[TrainingSet, np.ndarray]:
    return training_set(n, 2, heterogeneity=heterogeneity)


def scores(scorer: CreatorScorer, fee: float = 300.0, explain: bool = False, rows: slice = slice(None)) -> pd.DataFrame:
    known, _ = asked()
    X = known.X.iloc[rows]
    return scorer.score_features(X, known.deals.iloc[rows], terms_for(X.index, fee), explain=explain)


def test_lifts_are_predicted_and_covered() -> None:
    told, (_, true) = scores(fitted()), asked()
    assert root_mean_square(told["log_lift"] - true) < 0.8 * np.std(true)
    covered = np.mean((true > np.log1p(told["lift_low"])) & (true < np.log1p(told["lift_high"])))
    assert 0.7 < covered < 0.9
    happened = true > np.log1p(told["fit_benchmark"])
    assert np.mean(told["fit_score"]) / 100 == pytest.approx(np.mean(happened), abs=0.1)
    good = (told["fit_score"] > told["fit_score"].median()).to_numpy()
    assert np.mean(happened[good]) > np.mean(happened[~good]) + 0.2


def test_columns_hold_together() -> None:
    told = scores(fitted())
    for name in ("lift", "baseline_rate", "exposed", "incremental_conversions", "cost", "profit", "roi"):
        assert (told[f"{name}_low"] <= told[f"{name}_high"]).all()
    assert told["fit_score"].between(0, 100).all()
    assert ((told["fit_low"] <= told["fit_score"]) & (told["fit_score"] <= told["fit_high"])).all()
    parts = told[[f"fit_part_{f}" for f in FAMILIES]].sum(axis=1)
    assert np.allclose(50.0 + parts, told["fit_score"], atol=1e-9)
    assert np.allclose(told["profit_expected"] / told["cost_expected"], told["roi_expected"])
    assert told["roi_probability_positive"].between(0, 1).all()
    assert (told["break_even_fee"] >= told["maximum_fee"] - 1e-9).mean() > 0.95
    assert told.index.equals(asked()[0].X.index)
    unknown_fee = scores(fitted(), fee=np.nan)
    assert unknown_fee["roi_expected"].isna().all()
    assert np.array_equal(unknown_fee["break_even_fee"], told["break_even_fee"])


def test_explaining_changes_no_number() -> None:
    plain, told = scores(fitted()), scores(fitted(), explain=True)
    pd.testing.assert_frame_equal(plain.drop(columns="reasons"), told.drop(columns="reasons"), check_exact=True)
    assert all(reasons == [] for reasons in plain["reasons"])


def test_reasons_add_up_to_the_expected_conversions() -> None:
    told = scores(fitted(), explain=True)
    for reasons, expected in zip(told["reasons"], told["incremental_conversions_expected"], strict=True):
        assert sum(r["incremental_conversions"] for r in reasons) == pytest.approx(expected, abs=1e-9)
        assert [r["feature"] for r in reasons[-2:]] == [OTHERS, TYPICAL]
        assert all(r["feature"] in NAMES for r in reasons[:-2])
        assert all(r["text"].endswith(".") for r in reasons)
    first = pd.Series([reasons[0]["feature"] for reasons in told["reasons"]])
    assert first.isin(["purchase_intent_share", "sponsored_share"]).mean() > 0.5


def test_a_pairing_alone_is_the_same_bits_as_in_a_batch() -> None:
    together = scores(fitted(), explain=True)
    for row in (0, 5, 299):
        alone = scores(fitted(), explain=True, rows=slice(row, row + 1))
        pd.testing.assert_frame_equal(alone, together.iloc[[row]], check_exact=True)


def test_the_same_seed_gives_the_same_scorer() -> None:
    known, _ = training_set(120, 1)
    first, again = (CreatorScorer.fit(known, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(scores(first), scores(again), check_exact=True)


@pytest.mark.parametrize("n", [0, 1, 5, 30, 120])
def test_any_number_of_deals_gives_sensible_scores(n: int) -> None:
    told = scores(fitted(n))
    numbers = told.select_dtypes("float64")
    assert np.isfinite(numbers.to_numpy()).all()
    assert told["lift_expected"].between(-0.3, 1.0).all()
    # Little is known, so the intervals are wide.
    assert (told["lift_high"] - told["lift_low"]).mean() > 0.2
    if n < 40:
        assert all("prior_only" in flags for flags in told["flags"])
        assert set(told["support_level"]) <= {"edge", "out"}


def test_without_deals_the_published_figures_answer() -> None:
    known, _ = asked()
    told = scores(fitted(0))
    assert told["log_lift"].to_numpy() == pytest.approx(prior_log_lift(known.deals["goal"], load_priors()))
    assert set(told["baseline_rate_source"]) == {"given", "prior"}


def test_where_all_lifts_are_equal_all_fit_about_equally() -> None:
    known, _ = asked(300, 0.0)
    told = fitted(700, 0.0).score_features(known.X, known.deals, terms_for(known.X.index))
    assert np.std(told["log_lift"]) < 0.03
    assert told["fit_score"].between(38, 62).all()


def test_feature_frames_alone_can_be_scored() -> None:
    known, _ = asked()
    told, whole = fitted().predict_features(known.X), scores(fitted())
    for name in ("log_lift", "fit_score"):
        assert np.array_equal(told[name], whole[name])
    assert np.array_equal(told["lift"], whole["lift_expected"])
    assert np.array_equal(np.expm1(told["log_lift_low"]), whole["lift_low"])


def test_a_stated_reach_is_taken() -> None:
    known, _ = asked()
    terms = terms_for(known.X.index).assign(expected_exposed=5_000.0)
    told = fitted().score_features(known.X, known.deals, terms)
    assert told["exposed_expected"].to_numpy() == pytest.approx(5_000.0, rel=0.01)


def test_wrong_questions_are_named_together() -> None:
    known, _ = asked()
    terms = terms_for(known.X.index).drop(columns="fee")
    with pytest.raises(UsageError) as told:
        fitted().score_features(known.X, known.deals, terms, level=0.02, target_roi=-1.0, safety=1.0)
    words = str(told.value)
    for part in ("level", "target_roi", "safety", "terms, column fee"):
        assert part in words
    with pytest.raises(UsageError, match="catalogue"):
        fitted().score_features(known.X[known.X.columns[::-1]], known.deals, terms_for(known.X.index))
    with pytest.raises(UsageError, match="index"):
        fitted().score_features(known.X, known.deals, terms_for(known.X.index + 1))


def test_no_rows_are_no_scores() -> None:
    known, _ = asked()
    whole = scores(fitted(), explain=True)
    none = fitted().score_features(known.X[:0], known.deals[:0], terms_for(known.X.index[:0]), explain=True)
    assert len(none) == 0
    assert list(none.columns) == list(whole.columns)


def test_progress_is_told() -> None:
    seen: list[tuple[int, int]] = []
    CreatorScorer.fit(training_set(0, 1)[0], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 5) for i in range(1, 6)]


def test_more_can_be_told_about_a_scorer() -> None:
    scorer = fitted(5).with_info({"skill": 0.3})
    assert scorer.info["skill"] == 0.3
    assert scorer.info["n_measured"] == 5
    assert "skill" not in fitted(5).info


def test_fit_scores_are_probabilities_and_their_parts_add_up() -> None:
    families = np.array([[0.1, 0.0], [-0.2, 0.1], [0.0, 0.0]])
    told = fit_scores(families.sum(axis=1) + 0.05, np.full(3, 0.1), np.full(3, 0.1), np.full(3, 0.05), families, 0.8)
    assert told.score[2] == pytest.approx(50.0)
    assert told.score[0] == pytest.approx(76.0, abs=0.1)
    assert told.score[1] == pytest.approx(100.0 - told.score[0])
    assert 50.0 + told.parts.sum(axis=1) == pytest.approx(told.score)
    wide = fit_scores(np.array([0.2]), np.array([0.3]), np.array([0.1]), np.array([0.1]), np.array([[0.1]]), 0.8)
    narrow = fit_scores(np.array([0.2]), np.array([0.01]), np.array([0.1]), np.array([0.1]), np.array([[0.1]]), 0.8)
    assert wide.high - wide.low > narrow.high - narrow.low
    assert narrow.score > wide.score > 50.0


def test_differences_that_do_not_matter_are_ties_however_sure_they_are() -> None:
    ahead = np.array([0.02, -0.03, 0.06, 0.2])
    told = fit_scores(ahead, np.full(4, 0.005), np.full(4, 0.005), np.zeros(4), ahead[:, None], 0.8)
    assert np.abs(told.score[:2] - 50.0).max() < 12.0, "0.02 alone would be 83 and 7"
    assert told.score[2] < told.score[3]
    assert told.score[3] > 99.0
    assert (told.low <= told.score).all()
    assert (told.score <= told.high).all()
    assert 50.0 + told.parts[:, 0] == pytest.approx(told.score)


def test_where_doubt_is_as_large_as_a_tie_the_chance_is_the_plain_one() -> None:
    ahead = np.linspace(-0.4, 0.4, 81)
    for sd in (0.05, 0.2):
        assert chance_ahead(ahead, np.full(81, sd)) == pytest.approx(special.ndtr(ahead / sd), abs=1e-12)


@pytest.mark.parametrize(("low", "high"), [(0.02, 0.03), (0.02, 0.2), (0.06, 0.2)])
def test_a_chance_between_two_spreads_is_bounded(low: float, high: float) -> None:
    ahead = np.linspace(-0.4, 0.4, 81)
    most = chance_ahead(ahead, np.full(81, high), other=np.full(81, low))
    for sd in np.linspace(low, high, 9):
        told = chance_ahead(ahead, np.full(81, sd))
        assert (told <= most + 1e-15).all()
        assert 1.0 - chance_ahead(-ahead, np.full(81, sd)) == pytest.approx(told, abs=1e-12)
    assert (np.diff(most) >= 0.0).all()


def test_a_benchmark_is_the_goals_own_where_it_has_enough() -> None:
    lift = np.concatenate([np.full(40, 0.1), np.full(10, 0.5)])
    made = Benchmark.of(lift, ["sales"] * 40 + ["leads"] * 10, np.array([0.06]))
    assert made.log_lift(["sales", "leads", "signups"]).tolist() == pytest.approx([0.1, 0.1, 0.1])
    assert set(made.goals) == {"sales"}
    assert Benchmark.of(np.zeros(0), [], np.array([0.06, 0.08])).overall == pytest.approx(0.07)
    assert Benchmark.from_json(made.to_json()) == made


def test_support_tells_what_is_unlike_the_training_data() -> None:
    rng = np.random.default_rng(1)
    X = catalogue_features(300, rng)
    support = Support.of(X)
    odd = catalogue_features(4, rng)
    odd.loc[0, ["platform_instagram", "platform_tiktok", "platform_youtube", "platform_other"]] = [0, 0, 0, 1]
    odd.loc[1, ["n_posts", "n_comments"]] = 0.0
    odd.loc[2, list(NAMES[:40])] = 99.0
    level, why = support.judge(odd)
    assert level[:3] == ["out", "out", "out"]
    assert "no measured collaboration with platform other" in why[0]
    assert "nothing is known" in why[1][-1] or "nothing is known" in why[1][0]
    assert any("outside the usual range" in reason for reason in why[2])
    assert np.mean(np.array(support.judge(X)[0]) == "in") > 0.9
    assert Support.from_json(support.to_json()).judge(odd) == (level, why)


def test_flags_say_what_a_person_should_know() -> None:
    X = catalogue_features(3, np.random.default_rng(1))
    X.loc[0, ["n_posts", "n_comments", "sponsored_share"]] = [0.0, 0.0, 0.9]
    X.loc[1, ["n_posts", "n_comments", "days_since_post", "pod_share"]] = [3.0, 5.0, 200.0, 0.6]
    X.loc[2, list(NAMES)] = X.loc[2, list(NAMES)].clip(-0.2, 0.2)
    X.loc[2, ["n_posts", "n_comments", "understood_share", "audience_ships_to_share"]] = [50.0, 100.0, 0.9, 0.9]
    X.loc[2, ["audience_age_days", "profanity_post_share", "scam_post_share", "controversy_post_share"]] = [
        3.0,
        0.0,
        0.0,
        0.0,
    ]
    told = Support.of(catalogue_features(100, np.random.default_rng(2))).flags(X, "own")
    assert {"no_posts", "no_comments", "high_sponsored_share"} <= set(told[0])
    assert {"few_posts", "few_comments", "stale_posts", "pod_like_comments"} <= set(told[1])
    assert told[2] == []
    assert all(flag in FLAGS for flags in told for flag in flags)
    assert Support.of(X).flags(X, "simulated")[2] == ["prior_only", "simulated_model"]


def test_a_training_set_is_checked() -> None:
    rng = np.random.default_rng(1)
    X = catalogue_features(5, rng)
    deals = deals_for(X, rng, np.zeros(5))
    cut = pd.Timestamp("2026-01-01", tz="UTC")
    with pytest.raises(NotEnoughData, match="catalogue"):
        TrainingSet(X[X.columns[::-1]], deals, cut, Reference(), "own")
    with pytest.raises(NotEnoughData, match="lack weight"):
        TrainingSet(X, deals.drop(columns="weight"), cut, Reference(), "own")
    with pytest.raises(NotEnoughData, match="same rows"):
        TrainingSet(X[:3], deals, cut, Reference(), "own")
    with pytest.raises(NotEnoughData, match="order"):
        TrainingSet(X, deals[::-1].reset_index(drop=True), cut, Reference(), "own")
