"""Small invented worlds for the tests of the models: features straight from the generator, true lifts known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.priors import load_priors
from data.schemas import GOALS, PLATFORMS
from features.catalog import NAMES
from features.reference import Reference
from models.training_set import DEAL_COLUMNS, TrainingSet

COUNTS = ["exposed", "exposed_conversions", "holdout", "holdout_conversions"]


@dataclass(frozen=True)
class World:
    """Features (n, 12), counts of a lift test each, and what is true of each row."""

    X: pd.DataFrame
    counts: pd.DataFrame
    log_lift: np.ndarray
    explained: np.ndarray


def world(n: int, seed: int, *, heterogeneity: float = 1.0, tau: float = 0.1, conversions: float = 40.0) -> World:
    """Lift rises with a, has an inverted U in b, a U in c, a jump in d x e; the other columns are noise."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 12))
    step = (z[:, 3] > 0) & (z[:, 4] > 0)
    effect = 0.18 * z[:, 0] - 0.12 * (z[:, 1] ** 2 - 1) + 0.1 * (z[:, 2] ** 2 - 1) + 0.2 * (step - 0.25)
    explained = 0.1 + heterogeneity * effect
    log_lift = explained + heterogeneity * tau * rng.normal(size=n)
    X = pd.DataFrame(z, columns=[f"x{j}" for j in range(12)])
    X = X.mask(rng.random(X.shape) < 0.05)
    exposed = np.round(np.exp(rng.normal(8.3, 0.5, n)))
    holdout = np.maximum(np.round(exposed * rng.uniform(0.3, 0.9, n)), 20.0)
    rate = conversions / 8000.0 * np.exp(rng.normal(0.0, 0.4, n))
    counts = pd.DataFrame(
        {
            "exposed": exposed,
            "exposed_conversions": np.minimum(rng.poisson(exposed * rate * np.exp(log_lift)), exposed),
            "holdout": holdout,
            "holdout_conversions": np.minimum(rng.poisson(holdout * rate), holdout),
        },
        dtype="float64",
    )
    return World(X, counts, log_lift, explained)


def catalogue_features(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Features in the catalogue's columns, plausible in kind rather than in value; some missing."""
    X = pd.DataFrame(rng.normal(size=(n, len(NAMES))), columns=list(NAMES))
    X = X.mask(rng.random(X.shape) < 0.1)
    for names, choices in ((GOALS, "goal"), (PLATFORMS, "platform")):
        drawn = rng.integers(0, min(3, len(names)), n)
        for number, name in enumerate(names):
            X[f"{choices}_{name}"] = (drawn == number).astype(float)
    X["log_followers"] = rng.uniform(3.0, 6.0, n)
    X["audience_ships_to_share"] = rng.uniform(0.4, 1.0, n)
    X["n_posts"], X["n_comments"] = rng.integers(5, 60, n), rng.integers(20, 300, n)
    X["days_since_post"] = rng.uniform(0.0, 60.0, n)
    return X.astype("float64")


def deals_for(X: pd.DataFrame, rng: np.random.Generator, log_lift: np.ndarray) -> pd.DataFrame:
    """Deals of these pairings in the columns of a training set, each a holdout test."""
    n = len(X)
    goal = np.array(GOALS, dtype=object)[X[[f"goal_{g}" for g in GOALS]].to_numpy().argmax(axis=1)]
    exposed = np.round(np.exp(0.5 * np.log(10.0) * X["log_followers"].to_numpy() + rng.normal(3.2, 0.3, n)))
    holdout = np.maximum(np.round(0.4 * exposed), 50.0)
    brand = rng.integers(0, 12, n)
    rate = 0.006 * np.exp(0.4 * np.sin(brand) + rng.normal(0.0, 0.2, n))
    converted = np.minimum(rng.poisson(exposed * rate * np.exp(log_lift)), exposed)
    anyway = exposed * rate
    days = pd.to_timedelta(np.sort(rng.uniform(0.0, 500.0, n)), unit="D")
    as_of = pd.Series(pd.Timestamp("2024-01-01", tz="UTC") + days).astype("datetime64[us, UTC]")
    made = {
        "collaboration_id": [f"d{i:05d}" for i in range(n)],
        "creator_id": [f"c{i:05d}" for i in rng.integers(0, max(n // 2, 1), n)],
        "campaign_id": [f"m{i:03d}" for i in brand],
        "test_id": None,
        "measure": "holdout",
        "as_of": as_of,
        "known_at": as_of + pd.Timedelta(days=45),
        "exposed": exposed,
        "exposed_conversions": converted,
        "holdout": holdout,
        "holdout_conversions": np.minimum(rng.poisson(holdout * rate), holdout),
        "lift_estimate": np.nan,
        "lift_se": np.nan,
        "weight": 1.0,
        "impressions": np.round(exposed * 1.5),
        "clicks": np.round(exposed * 0.01),
        "attributed_conversions": rng.poisson(0.1 * anyway + 0.6 * anyway * np.maximum(np.expm1(log_lift), 0.0)),
        "attributed_revenue": np.nan,
        "code_uses_without_click": np.nan,
        "fee": np.round(rng.uniform(50.0, 900.0, n)),
        "commission_rate": np.where(rng.random(n) < 0.3, 0.1, np.nan),
        "product_cost": np.where(rng.random(n) < 0.5, 25.0, np.nan),
        "brand": [f"brand {b}" for b in brand],
        "goal": goal,
        "currency": "EUR",
        "order_value": 60.0,
        "gross_margin": 0.5,
        "return_rate": np.where(rng.random(n) < 0.5, 0.1, np.nan),
        "baseline_rate": np.where(brand < 3, 0.006 * np.exp(0.4 * np.sin(brand)), np.nan),
        "handling_cost": 8.0,
    }
    return pd.DataFrame(made)[list(DEAL_COLUMNS)]


def training_set(n: int, seed: int, *, heterogeneity: float = 1.0) -> tuple[TrainingSet, np.ndarray]:
    """A training set of n measured deals, and their true log lifts."""
    rng = np.random.default_rng(seed)
    X = catalogue_features(n, rng)
    seen = X.fillna(0.0)
    effect = 0.2 * seen["purchase_intent_share"] - 0.1 * (seen["sponsored_share"] ** 2 - 0.9)
    log_lift = 0.1 + heterogeneity * (effect.to_numpy() + 0.1 * rng.normal(size=n))
    deals = deals_for(X, rng, log_lift)
    cut = pd.Timestamp("2026-01-01", tz="UTC")
    known = TrainingSet(X, deals, cut, Reference(), "simulated", catalogue_features(50, rng), load_priors())
    return known, log_lift


def terms_for(index: pd.Index, fee: float = 300.0) -> pd.DataFrame:
    """Terms with one fee for all and nothing else given."""
    columns = ["commission_rate", "product_cost", "expected_exposed"]
    return pd.DataFrame({"fee": fee, **dict.fromkeys(columns, np.nan)}, index=index, dtype="float64")


def root_mean_square(values: np.ndarray) -> float:
    """Square root of the mean of squares."""
    return float(np.sqrt(np.mean(np.asarray(values) ** 2)))
