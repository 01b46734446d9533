"""The peer curve: interpolation, groups, saving, and a fit that leaves no trace of size."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from data.errors import ArtifactError
from data.history import History
from data.priors import load_priors
from features.build import build_features
from features.peers import PeerCurve
from features.reference import Reference
from features.words import strings
from models.reference import FEWEST_CREATORS, fit_peers, fit_reference
from tests.histories import START

AS_OF = START + pd.Timedelta(days=300)
CURVE = PeerCurve(
    (3.0, 4.0, 6.0), {"any": (-2.0, -3.0, -4.0), "tiktok": (-1.0, -1.0, -1.0), "tiktok/food": (0.0, 1.0, 2.0)}, 0.7, 0.5
)


def test_interpolates_is_flat_outside_and_falls_back_on_the_wider_group() -> None:
    size = np.array([2.0, 3.5, 5.0, 9.0, 3.5, 3.5, 3.5, np.nan])
    platform = strings(["youtube", "youtube", None, "other", "tiktok", "tiktok", "tiktok", "tiktok"])
    niche = strings([None, "food", "food", "x", "Pets", " FOOD", None, "food"])
    found = CURVE.expected(size, platform, niche)
    assert found[:7].tolist() == [-2.0, -2.5, -3.5, -4.0, -1.0, 0.5, -1.0]
    assert np.isnan(found[7])


def test_saving_changes_nothing() -> None:
    assert PeerCurve.from_json(CURVE.to_json()) == CURVE
    reference = Reference(peers=CURVE)
    assert Reference.from_json(reference.to_json()) == reference
    assert Reference.from_json({}) == Reference()


@pytest.mark.parametrize(
    "broken",
    [{"knots": [3.0]}, {"curves": {"any": [1.0]}}, {"curves": {"tiktok": [1.0, 2.0, 3.0]}}, {"spread": "wide"}],
)
def test_a_broken_curve_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ArtifactError, match="peer curve"):
        PeerCurve.from_json({**CURVE.to_json(), **broken})


def market(n: int, seed: int, followers: tuple[float, float] = (3.0, 6.5)) -> History:
    """Creators whose engagement falls with size along a known bend, apart by platform and niche, some outliers."""
    rng = np.random.default_rng(seed)
    size = rng.uniform(*followers, n)
    platform, niche = rng.choice(["instagram", "tiktok"], n), rng.choice(["food", "pets", "travel"], n)
    rate = (
        -2.5
        - 0.6 * (size - 3)
        + 0.1 * (size - 4) ** 2
        + np.where(platform == "tiktok", 0.9, 0)
        + np.where(niche == "pets", 0.3, 0)
    )
    rate = rate + rng.standard_t(3, n) * 0.5
    people = np.round(10**size)
    creators = pd.DataFrame({
        "creator_id": [f"c{i}" for i in range(n)], "platform": platform, "category": niche, "followers": people,
    })  # fmt: skip
    twice = creators.loc[creators.index.repeat(rng.integers(1, 4, n))]
    at = twice.index.to_numpy()
    posts = pd.DataFrame({
        "post_id": [f"p{i}" for i in range(len(at))], "creator_id": twice["creator_id"].to_numpy(),
        "posted_at": START + pd.to_timedelta(rng.integers(0, 200, len(at)), unit="D"),
        "likes": np.round(np.exp(rate[at] + rng.normal(0, 0.4, len(at))) * people[at]), "comments_count": 0,
    })  # fmt: skip
    return History.of({"creators": creators, "posts": posts})


def residuals(history: History, reference: Reference | None) -> pd.DataFrame:
    ids = history["creators"]["creator_id"]
    return build_features(history, pd.DataFrame({"creator_id": ids, "campaign_id": "k", "as_of": AS_OF}), reference)


def test_the_residual_carries_no_trace_of_size() -> None:
    history = market(1500, 1)
    peers = fit_peers(history, AS_OF)
    assert peers is not None
    fitted, published = residuals(history, Reference(peers)), residuals(history, None)
    size = fitted["log_followers"]
    assert abs(spearmanr(fitted["engagement_vs_peers"], size)[0]) < 0.02
    for low in (3, 4, 5):
        tier = (size >= low) & (size < low + 1)
        assert abs(spearmanr(fitted["engagement_vs_peers"][tier], size[tier])[0]) < 0.06
    assert abs(spearmanr(published["engagement_vs_peers"], size)[0]) > 0.05
    is_tiktok = (history["creators"]["platform"] == "tiktok").to_numpy()
    medians = [fitted["engagement_vs_peers"][here].median() for here in (is_tiktok, ~is_tiktok)]
    np.testing.assert_allclose(medians, 0, atol=0.05)


def test_the_curve_is_near_the_truth_on_creators_it_has_not_seen() -> None:
    peers = fit_peers(market(1500, 2), AS_OF)
    assert peers is not None
    size = np.linspace(3.3, 6.2, 30)
    for platform, niche, shift in (("instagram", "food", 0.0), ("tiktok", "pets", 1.2)):
        found = peers.expected(size, strings([platform] * 30), strings([niche] * 30))
        truth = -2.5 - 0.6 * (size - 3) + 0.1 * (size - 4) ** 2 + shift
        assert np.mean(np.abs(found - truth)) < 0.12
    assert 0.5 < peers.spread < 1.0
    assert 0.05 < peers.noise < 1.0


def test_the_future_is_not_fitted() -> None:
    history = market(200, 3)
    later = history["posts"].assign(
        posted_at=AS_OF + pd.Timedelta(days=1), likes=1e6, post_id="late " + history["posts"]["post_id"]
    )
    assert fit_peers(history.plus({"posts": later}), AS_OF) == fit_peers(history, AS_OF)


def test_the_same_history_gives_the_same_curve() -> None:
    assert fit_peers(market(150, 4), AS_OF) == fit_peers(market(150, 4), AS_OF)


def test_few_creators_leave_the_published_curve() -> None:
    history = market(FEWEST_CREATORS - 1, 5)
    assert fit_reference(history, AS_OF, seed=0).peers is None
    row = residuals(history, None).iloc[0]
    first = history["creators"].iloc[0]
    own = history["posts"].query("creator_id == 'c0'")["likes"].median()
    expected = load_priors().engagement[first["platform"]].log_rate(first["followers"])
    assert row["engagement_vs_peers"] == pytest.approx(np.log((own + 0.5) / first["followers"]) - float(expected))


@pytest.mark.parametrize("spread", [(4.0, 4.0), (3.0, 3.02)])
def test_creators_of_one_size_are_no_trouble(spread: tuple[float, float]) -> None:
    peers = fit_peers(market(120, 6, spread), AS_OF)
    assert peers is not None
    assert np.isfinite(np.array(list(peers.curves.values()))).all()
