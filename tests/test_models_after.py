"""The estimate after a campaign: better than the one before where attributed orders tell something, else the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.priors import load_priors
from models import artifact
from models.after import AfterModel, Finished, fit_after
from models.attribution import fit_attribution
from models.finished import after_campaign
from models.scorer import CreatorScorer
from tests.model_world import root_mean_square, training_set

COUNTS = ["exposed", "exposed_conversions", "holdout", "holdout_conversions"]


def finished(
    n: int, seed: int, *, telling: bool = True, rate: float = 0.006
) -> tuple[Finished, pd.DataFrame, np.ndarray]:
    """Deals whose true log lift lies about the prediction before; orders are attributed by capture 0.6, leak 0.08.

    They are among the conversions that the lift test counted, unless they tell nothing."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0.2, 0.15, n)
    true = before + rng.normal(0.0, 0.2, n)
    exposed = np.full(n, 20_000.0)
    anyway = exposed * rate
    brand = rng.integers(0, 10, n)
    own = np.exp(0.3 * np.sin(brand))
    counts = pd.DataFrame(
        {
            "exposed": exposed,
            "exposed_conversions": rng.poisson(anyway * np.exp(true)).astype(float),
            "holdout": exposed / 2,
            "holdout_conversions": rng.poisson(anyway / 2).astype(float),
        }
    )
    told = np.maximum(true, 0.0) if telling else np.full(n, 0.2)
    caught = np.minimum(own * (0.08 + 0.6 * np.expm1(told)) * np.exp(-told), 1.0)
    sold = counts["exposed_conversions"].to_numpy(dtype=np.int64) if telling else rng.poisson(anyway * np.exp(told))
    attributed = rng.binomial(sold, caught).astype(float)
    clicks = rng.poisson(200.0, n).astype(float)
    asked = Finished(before, anyway, exposed, clicks, attributed, np.full(n, np.nan), [f"b{b}" for b in brand])
    return asked, counts, true


def learn(asked: Finished, counts: pd.DataFrame) -> AfterModel | None:
    caused = asked.anyway * np.expm1(asked.log_lift)
    attribution = fit_attribution(asked.attributed, asked.anyway, caused, load_priors())
    return fit_after(asked, counts, attribution, 0.2, 0, [str(i) for i in range(len(counts))])


@pytest.mark.parametrize("telling", [True, False])
def test_attributed_orders_help_exactly_where_they_tell_something(telling: bool) -> None:
    model = learn(*finished(500, 1, telling=telling)[:2])
    asked, _, true = finished(500, 2, telling=telling)
    assert model is not None
    predicted, sd = model.predict(asked)
    before, after = (root_mean_square(p - true) for p in (asked.log_lift, predicted))
    assert after < 0.8 * before if telling else after < 1.06 * before
    inside = np.mean(np.abs(predicted - true) <= 1.2816 * sd)
    assert 0.68 < inside < 0.94


def test_luck_that_test_and_attributed_orders_share_is_taken_off() -> None:
    model = learn(*finished(1_500, 1, rate=0.001)[:2])
    asked, _, true = finished(1_500, 2, rate=0.001)
    assert model is not None and 0.4 < model.luck.kept < 0.9
    predicted, sd = model.predict(asked)
    assert 0.76 < np.mean(np.abs(predicted - true) <= 1.2816 * sd) < 0.92


def test_too_few_deals_leave_the_estimate_before() -> None:
    asked, counts, _ = finished(30, 1)
    assert learn(asked, counts) is None
    known, _ = training_set(20, 3)
    scorer = CreatorScorer.fit(known)
    assert scorer.after is None
    told = after_campaign(scorer, known.X, known.deals)
    assert told["log_lift_after"].tolist() == told["log_lift_before"].tolist()
    assert (told["caused_low"] <= told["caused_high"]).all() and np.isfinite(told.to_numpy()).all()


def test_it_is_saved_and_read_back_bit_for_bit_and_needs_no_attributed_orders(tmp_path: Path) -> None:
    known, _ = training_set(160, 4)
    scorer = CreatorScorer.fit(known)
    assert scorer.after is not None
    again = artifact.load(artifact.save(scorer, tmp_path / "scorer"))
    asked = known.deals.assign(attributed_conversions=np.nan, clicks=np.nan, code_uses_without_click=np.nan)
    for deals in (known.deals, asked):
        told = after_campaign(scorer, known.X, deals)
        assert np.isfinite(told.to_numpy()).all()
        assert np.array_equal(told.to_numpy(), after_campaign(again, known.X, deals).to_numpy())
