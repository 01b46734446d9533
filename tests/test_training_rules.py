"""The gate's rules: a sceptical beginner's model passes, a broken one does not."""

from __future__ import annotations

import math

import pytest

from training.rules import GateReport, Rule, apply_rule, check_gate

SOUND = {"artifact.repeats_example": 1.0, "sanity.finite_share": 1.0, "sanity.largest_log_lift": 0.6}
JUDGED = SOUND | {
    "time.n_test": 400.0,
    "time.vs_constant.deviance": -0.03,
    "time.vs_constant.deviance_low": -0.05,
    "time.coverage_80_low": 0.77,
    "time.coverage_80_high": 0.83,
    "time.bias_low": -0.03,
    "time.bias_high": 0.04,
    "time.skill": 0.3,
    "time.skill_high": 0.4,
}


def failed(report: GateReport) -> set[str]:
    return {r.name for r in report.failed}


def test_a_beginner_without_test_labels_may_promote_a_sound_model() -> None:
    report = check_gate(SOUND)
    assert report.passed and report.prior_only
    assert "prior only" in str(report)


def test_a_good_model_passes_and_is_not_called_prior_only() -> None:
    report = check_gate(JUDGED)
    assert report.passed and not report.prior_only


@pytest.mark.parametrize("missing", sorted(SOUND))
def test_a_model_whose_soundness_was_not_logged_is_refused(missing: str) -> None:
    assert not check_gate({k: v for k, v in SOUND.items() if k != missing}).passed


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"artifact.repeats_example": 0.0}, "the saved model loads and repeats its own example"),
        ({"sanity.finite_share": 0.99}, "every prediction is a number"),
        ({"sanity.largest_log_lift": 9.0}, "no predicted log lift is absurd"),
        ({"time.vs_constant.deviance_low": 0.01}, "not clearly worse than a constant lift"),
        ({"time.vs_constant.deviance": 0.2}, "not worse than a constant lift by much"),
        ({"time.coverage_80_high": 0.60}, "80 % intervals cover enough"),
        ({"time.coverage_80_low": 0.95}, "80 % intervals do not cover too much"),
        ({"time.bias_high": -0.2}, "lift is not promised too high on average"),
        ({"time.bias_low": 0.3}, "lift is not promised too low on average"),
    ],
)
def test_each_fault_is_refused_by_its_rule(change: dict[str, float], rule: str) -> None:
    assert failed(check_gate(JUDGED | change)) == {rule}


def test_a_wide_interval_around_the_bound_is_no_evidence() -> None:
    few = {"time.coverage_80_low": 0.60, "time.coverage_80_high": 0.95, "time.bias_low": -0.4, "time.bias_high": 0.4}
    assert check_gate(JUDGED | few | {"time.n_test": 12.0}).passed


def test_a_champion_is_compared_on_new_labels_where_there_are_any() -> None:
    worse = JUDGED | {"champion.deviance": 0.02, "champion.deviance_low": 0.01}
    assert failed(check_gate(worse, JUDGED)) == {"not clearly worse than the champion on new labels"}
    assert check_gate(JUDGED | {"champion.deviance": 0.0, "champion.deviance_low": -0.01}, JUDGED).passed


def test_without_new_labels_the_champions_own_report_is_the_bar() -> None:
    assert failed(check_gate(JUDGED | {"time.skill_high": 0.1}, JUDGED)) == {"not far below the champion's own report"}
    assert check_gate(JUDGED | {"time.skill_high": 0.2}, JUDGED).passed


def test_simulated_data_never_replaces_own_data_and_is_no_bar_for_it() -> None:
    assert "learned from data as real as the champion's" in failed(
        check_gate(JUDGED, JUDGED, data="simulated", champion_data="own")
    )
    weaker = JUDGED | {"time.skill": 0.0, "time.skill_high": 0.05}
    assert check_gate(weaker, JUDGED, data="own", champion_data="simulated").passed


def test_a_rule_tells_its_figure_and_its_bound() -> None:
    rule = Rule("coverage", "x", low=0.7, high=0.9)
    assert str(apply_rule(rule, {"x": 0.65})) == "FAIL  coverage: 0.65, 0.7 to 0.9"
    assert apply_rule(rule, {}).passed and math.isnan(apply_rule(rule, {}).figure)
