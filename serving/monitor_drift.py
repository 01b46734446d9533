"""How what is asked now differs from what the model learned from: features, scores, and things never seen.

Both sides go through the model's own features: deals agreed before its training cut, and logged scores of creators the
workspace has, as of the time they were asked for. The measure is the population stability index over ten bins of the
training side and one for "missing"; it counts as drift above 0.2, or above what chance gives so few rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.history import History
from models.scorer import CreatorScorer
from serving.campaign_rows import campaign_tables

MOST_ROWS = 2_000
"""Rows of each side; more are drawn from at random."""
_BINS = 10
_DRIFT = 0.2
_CHANCE = 2.5
"""Times the index's mean under no drift, (bins - 1)(1/n + 1/m), that chance is taken to reach."""
_LEAST = 1e-4


@dataclass(frozen=True)
class FeatureDrift:
    """One feature: its index, and shares of rows where it is missing or beyond the training range (middle 98 %)."""

    feature: str
    psi: float
    missing_training: float
    missing_scored: float
    beyond: float


@dataclass(frozen=True)
class Drift:
    """Training against what was scored."""

    version: str
    n_training: int
    n_scored: int
    left_out: int
    """Logged scores of creators the workspace does not have: what came inline."""
    threshold: float
    features: tuple[FeatureDrift, ...]
    """Every feature, the most drifted first."""
    drifted: int
    fit_psi: float | None
    """The same index for fit scores of this version."""
    new_creators: float | None
    """Share of scored candidates whose creator the training deals do not have."""
    new_brands: float | None
    unseen: Mapping[str, float]
    """Share of scored candidates with a goal or platform no measured deal had."""


def psi(training: np.ndarray, scored: np.ndarray) -> float:
    """Population stability index of one feature, Σ (q - p) ln(q / p); NaN is a bin of its own."""
    known = training[~np.isnan(training)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1])) if len(known) else np.zeros(0)

    def shares(values: np.ndarray) -> np.ndarray:
        there = values[~np.isnan(values)]
        counts = np.bincount(np.searchsorted(edges, there, side="left"), minlength=len(edges) + 1)
        return np.maximum(np.append(counts, len(values) - len(there)) / max(len(values), 1), _LEAST)

    p, q = shares(training), shares(scored)
    return float(np.sum((q - p) * np.log(q / p)))


def drift_of(
    scorer: CreatorScorer, version: str, history: History, scores: pd.DataFrame,
    briefs: Mapping[str, Mapping[str, Any]], *, seed: int = 0,
) -> Drift:  # fmt: skip
    """From a model, a workspace and the score log (`read_scores`, `read_briefs`)."""
    rng = np.random.default_rng(seed)
    deals = history["collaborations"]
    learned = deals[(deals["agreed_at"] < pd.Timestamp(scorer.info["as_of"])).to_numpy()]
    known = scores["creator_id"].isin(history["creators"]["creator_id"]).to_numpy()
    asked = _some(scores[known], rng)
    training = _some(learned, rng)
    X = scorer.features(history, training.assign(as_of=training["agreed_at"])[["creator_id", "campaign_id", "as_of"]])
    Z = _scored_features(scorer, history, asked, briefs)
    n, m = len(X), len(Z)
    threshold = max(_DRIFT, _CHANCE * _BINS * (1.0 / max(n, 1) + 1.0 / max(m, 1)))
    features = _features(scorer, X, Z) if n and m else ()
    own = scores["fit_score"][(scores["model_version"] == version).to_numpy()].to_numpy(dtype=float)
    fitted = scorer.predict_features(X)["fit_score"].to_numpy(dtype=float) if n else np.zeros(0)
    brands = scores["brief"].map({digest: brief.get("brand") for digest, brief in briefs.items()})
    past = history["campaigns"].set_index("campaign_id")["brand"].reindex(learned["campaign_id"])
    return Drift(
        version=version, n_training=n, n_scored=m, left_out=int((~known).sum()), threshold=threshold,
        features=features, drifted=sum(feature.psi > threshold for feature in features),
        fit_psi=psi(fitted, own) if n and len(own) else None,
        new_creators=_share(~scores["creator_id"].isin(learned["creator_id"])),
        new_brands=_share(~brands.isin(past)), unseen=_unseen(scorer, Z),
    )  # fmt: skip


def _some(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    if len(frame) <= MOST_ROWS:
        return frame.reset_index(drop=True)
    return frame.iloc[np.sort(rng.choice(len(frame), MOST_ROWS, replace=False))].reset_index(drop=True)


def _scored_features(
    scorer: CreatorScorer, history: History, asked: pd.DataFrame, briefs: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Features of logged scores. Their briefs come in under their digest, so that no stored campaign is mixed up."""
    named = {digest: {**briefs[digest], "campaign_id": digest} for digest in asked["brief"].unique()}
    own = history.of_creators(asked["creator_id"].unique())
    pairings = asked[["creator_id", "brief", "as_of"]].rename(columns={"brief": "campaign_id"})
    return scorer.features(own.plus(campaign_tables(named.values())) if named else own, pairings)


def _features(scorer: CreatorScorer, X: pd.DataFrame, Z: pd.DataFrame) -> tuple[FeatureDrift, ...]:
    found = []
    for place, name in enumerate(X.columns):
        x, z = X[name].to_numpy(dtype=float), Z[name].to_numpy(dtype=float)
        beyond = (z < scorer.support.low[place]) | (z > scorer.support.high[place])
        missing = float(np.isnan(x).mean()), float(np.isnan(z).mean())
        found.append(FeatureDrift(str(name), psi(x, z), *missing, float(beyond.mean())))
    return tuple(sorted(found, key=lambda feature: -feature.psi))


def _unseen(scorer: CreatorScorer, Z: pd.DataFrame) -> dict[str, float]:
    never = [name for name, count in scorer.support.seen.items() if count == 0 and name in Z]
    shares = {name.replace("_", " ", 1): float((Z[name] == 1.0).mean()) for name in never} if len(Z) else {}
    return {name: share for name, share in shares.items() if share > 0}


def _share(rows: pd.Series) -> float | None:
    return float(rows.mean()) if len(rows) else None
