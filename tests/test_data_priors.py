"""The published figures: complete, sourced, and used as they were published."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from data.errors import ConfigError
from data.priors import PRIORS_FILE, SURE, EngagementPrior, Priors, Sourced, load_priors, read_priors
from data.schemas import GOALS, PLATFORMS

PRIORS = load_priors()


def figures(priors: Priors) -> Iterator[Sourced]:
    for field in dataclasses.fields(priors):
        value = getattr(priors, field.name)
        for entry in value.values() if hasattr(value, "values") else [value]:
            if isinstance(entry, Sourced):
                yield entry


def test_every_figure_has_source_year_and_how_sure() -> None:
    found = list(figures(PRIORS))
    assert len(found) == 2 * len(GOALS) + 2 * len(PLATFORMS) + 3 + 2
    for entry in found:
        assert len(entry.source) > 20
        assert 2000 < entry.year <= 2026
        assert entry.sure in SURE


def test_lift_is_sceptical_and_by_stage_of_the_funnel() -> None:
    lift = {goal: round(math.expm1(PRIORS.lift[goal].median), 6) for goal in GOALS}
    assert lift == {
        "sales": 0.06,
        "leads": 0.06,
        "signups": 0.06,
        "traffic": 0.19,
        "awareness": 0.28,
        "followers": 0.28,
    }
    for prior in PRIORS.lift.values():
        # Wide enough that no lift is well within what is thought possible.
        assert prior.sd > 0.8 * prior.median
    assert set(PRIORS.baseline_rate) == set(GOALS)
    assert PRIORS.return_rate.default == 0


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_engagement_curve_goes_through_its_points(platform: str) -> None:
    prior = PRIORS.engagement[platform]
    sizes, rates = np.array(prior.points).T
    np.testing.assert_allclose(prior.log_rate(sizes), np.log(rates), atol=0.06)
    assert prior.b > 0
    top = prior.flat_above
    assert prior.log_rate(np.array([top, 10 * top])).tolist() == [prior.log_rate(np.array([top]))[0]] * 2
    assert np.isnan(prior.log_rate(np.array([0, -1, np.nan]))).all()


def test_instagram_engagement_nearly_halves_per_decade_and_lands_near_the_published_top() -> None:
    rate = np.exp(PRIORS.engagement["instagram"].log_rate(np.array([1e3, 1e4, 3e6])))
    assert 0.5 < rate[1] / rate[0] < 0.65
    assert rate[2] == pytest.approx(0.0166, rel=0.15)


def test_reach_agrees_with_both_published_shares() -> None:
    prior = PRIORS.reach["instagram"]
    sizes = np.array([22_361, 707_107])
    assert (prior.expected(sizes) / sizes).tolist() == pytest.approx([0.157, 0.032], rel=0.02)
    assert PRIORS.reach["tiktok"].elasticity == 0.10
    for each in PRIORS.reach.values():
        assert 0 <= each.elasticity <= 1
    assert np.isnan(prior.expected(np.array([0, np.nan]))).all()


def test_the_incremental_share_is_six_in_ten_and_wide() -> None:
    share = PRIORS.incremental_share
    assert share.mean == 0.6
    low, high = stats.beta(share.alpha, share.beta).ppf([0.05, 0.95])
    assert (round(low, 2), round(high, 2)) == (0.25, 0.9)


def test_tiers_and_fees() -> None:
    followers = [0, 999, 1_000, 99_999, 100_000, 999_999, 1e6, 1e9]
    assert [PRIORS.tier(n) for n in followers] == [
        "starter",
        "starter",
        "nano",
        "micro",
        "mid",
        "macro",
        "mega",
        "mega",
    ]
    assert PRIORS.tier(math.nan) is None
    fees = PRIORS.fees["instagram"].by_tier
    assert fees["micro"] == (100, 500)
    assert fees["mega"] == (10_000, math.inf)
    assert "mega" not in PRIORS.fees["tiktok"].by_tier


def test_figures_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRIORS.lift["sales"].sd = 1.0  # type: ignore[misc]  # that it is refused is the point
    with pytest.raises(TypeError):
        PRIORS.lift["sales"] = PRIORS.lift["leads"]  # type: ignore[index]  # likewise


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[lift.leads]", "[lift.fame]", "lift.fame: got an unknown key; allowed: sales, leads"),
        ("sd = 0.35", "spread = 0.35", "lift.awareness.spread: got an unknown key; allowed: source, year, sure"),
        ("sd = 0.35", "sd = 0", "lift.awareness.sd: got 0; allowed: a number above 0"),
        ("relative = 0.28", "relative = -1.0", "lift.awareness.relative: got -1.0; allowed: a number above -1"),
        ('sure = "high"', 'sure = "very"', "lift.awareness.sure: got very; allowed: high, mid, low, own"),
        ("year = 2022", "year = 22", "lift.awareness.year: got 22; allowed: a year"),
        ("share = 0.157", "share = 15.7", "reach.instagram.share: got 15.7; allowed: a share from 0 to 1"),
        ("flat_above = 100000", "flat_above = 5000", "engagement.instagram: got fewer than two points"),
        ("nano = 1000\n", "nano = 0\n", "tiers: got"),
        ("nano = [10, 100]", "nano = [100, 10]", "fees.instagram.nano: got [100, 10]; allowed: [low] or [low, high]"),
        ("nano = [10, 100]", "huge = [10, 100]", "fees.instagram.huge: got an unknown key"),
        ("[incremental_share]", "[other]", "priors.toml.other: got an unknown key"),
        ("alpha = 3.0", "", "incremental_share.alpha: got nothing; allowed: this key"),
        ("[return_rate]", "[return_rate", "Expected"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = PRIORS_FILE.read_text("utf-8")
    assert old in text
    (tmp_path / "priors.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigError) as error:
        read_priors(tmp_path / "priors.toml")
    assert message in str(error.value)


def test_an_engagement_curve_is_a_least_squares_line() -> None:
    prior = EngagementPrior(
        source="s", year=2025, sure="own", points=((10, math.e**-1), (100, math.e**-2), (1000, math.e**-3)),
        flat_above=1e9, sd=1, definition="d",
    )  # fmt: skip
    assert [prior.a, prior.b] == pytest.approx([0, 1])
