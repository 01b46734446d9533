"""What the report says in plain words follows from its figures."""

from __future__ import annotations

import pandas as pd
import pytest

from models.scorer import CreatorScorer
from tests.model_world import training_set
from training.trust import trust

FIGURES = {
    "time.n_test": 200.0, "time.skill": 0.4, "time.skill_low": 0.2, "time.skill_high": 0.6,
    "time.vs_best_rule.deviance": -0.05, "time.coverage_80": 0.8, "time.coverage_80_low": 0.75,
    "time.coverage_80_high": 0.85, "time.bias": 0.0, "time.bias_low": -0.1, "time.bias_high": 0.1,
    "after.skill": 0.6, "after.skill_low": 0.5, "after.skill_high": 0.7,
}  # fmt: skip
GROUPS = pd.DataFrame(
    [("platform", "instagram", 90, -0.1, 0.0, 0.8), ("platform", "tiktok", 60, 0.05, -0.3, 0.5)],
    columns=["group", "value", "n", "vs_constant", "bias", "coverage"],
)


@pytest.fixture(scope="module")
def scorer() -> CreatorScorer:
    return CreatorScorer.fit(training_set(0, 1)[0])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "explains 40 % of the true differences in lift (20 % to 60 %)"),
        ({}, "does better than every named rule"),
        ({"time.vs_best_rule.deviance": 0.01}, "use it instead"),
        ({"time.skill_low": -0.5, "time.skill_high": 1.4}, "too few tests to be sure of it at all"),
        ({"time.skill": float("nan")}, "nothing is there to be predicted"),
        ({"time.coverage_80": 0.6, "time.coverage_80_high": 0.7}, "take its ranges as too narrow"),
        ({"time.coverage_80": 0.9, "time.coverage_80_low": 0.85}, "take its ranges as wide"),
        ({"time.bias": -0.2, "time.bias_low": -0.3, "time.bias_high": -0.1}, "promises too much lift"),
        ({}, "for looking back, not for choosing"),
        ({"time.n_test": 10.0}, "rest on published figures"),
    ],
)
def test_figures_are_told_in_words(scorer: CreatorScorer, changed: dict[str, float], words: str) -> None:
    assert words in " ".join(trust(FIGURES | changed, scorer, GROUPS))


def test_weak_and_untested_groups_are_named(scorer: CreatorScorer) -> None:
    told = " ".join(trust(FIGURES, scorer, GROUPS))
    assert (
        "Do not lean on it for: platform tiktok (no better than a constant, ranges hold 50 %, promises too much" in told
    )
    assert "platform youtube, other" in told and "instagram (" not in told
