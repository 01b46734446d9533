"""What was promised against what was measured, for collaborations whose test has ended.

A prediction counts when it was the last one answered for that creator and campaign as of a time not after the deal was
agreed, by a model whose training data ended before the outcome was known. Everything else would be hindsight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from data.frames import typed_or_raise
from data.history import ATTRIBUTION_WINDOW
from data.schemas import TABLES
from models.counts import conditional_outcomes, measured_log_lift

_TABLE = TABLES["collaborations"]
_COUNTS = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")
_NORMAL_95 = 1.959964
_FEWEST_TO_RANK = 10


@dataclass(frozen=True)
class Call:
    """One kind of call the tool made, and how often it was right; `low` to `high` is a 95 % interval."""

    n: int
    right: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Measured:
    """Promised against measured. Lifts are log lifts; None where there is too little to say."""

    outcomes: int
    """Outcomes that hold now."""
    measured: int
    """With a lift test."""
    compared: int
    """With a prediction from before: what all the figures below are about."""
    not_scored: int
    """Measured, but never scored as of a time before the deal."""
    hindsight: int
    """Measured, but scored only by models that had learned from that time already; left out."""
    bias: float | None
    """Measured less promised, weighted by how sure each is; above 0: promised too low."""
    bias_low: float | None
    bias_high: float | None
    rmse: float | None
    rank_correlation: float | None
    coverage: float | None
    """Share of measured lifts within their interval, noise of the measurement included."""
    level: float | None
    """The level those intervals were asked for."""
    promised_conversions: float | None
    """Incremental conversions promised to holdout tests, in total."""
    measured_conversions: float | None
    measured_low: float | None
    measured_high: float | None
    worth_it: Call
    """Deals with P(ROI > 0) of at least one half that did earn their cost."""
    not_worth_it: Call
    """Deals with less that did not."""
    hit_rate: Call
    """Both together: the hit rate of the tool."""
    expected_hit_rate: float | None
    """What it would be if every probability were exact: deals are uncertain even to one who knows."""
    brier: float | None
    """Mean squared error of P(ROI > 0); 0.25 is a coin."""
    versions: Mapping[str, int]
    """Compared deals by the version that predicted."""


def current_frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Stored outcomes as a typed table, with `known_time`: when each outcome was known, UTC."""
    names = [column.name for column in _TABLE.columns]
    frame = typed_or_raise(_TABLE, pd.DataFrame([dict(row) for row in rows], columns=names, dtype="object"))
    ended = frame["ended_at"].fillna(frame["agreed_at"])
    return frame.assign(known_time=frame["outcome_known_at"].fillna(ended + ATTRIBUTION_WINDOW))


def is_measured(deals: pd.DataFrame) -> np.ndarray:
    """Which deals have a lift test that says something; boolean, shape (n,)."""
    counted = (deals["measure"] == "holdout") & deals[list(_COUNTS)].notna().all(axis=1)
    counted &= (deals["exposed"] > 0) & (deals["holdout"] > 0)
    estimated = deals["measure"].isin(["geo", "on_off"]) & (deals["lift_estimate"] > -1) & (deals["lift_se"] > 0)
    return np.asarray(counted | estimated, dtype=bool)


def pair(deals: pd.DataFrame, scores: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Each deal with its prediction (columns of the log, prefixed `said_`), and how many had only hindsight."""
    said = scores.rename(columns={name: f"said_{name}" for name in scores.columns}).rename(
        columns={"said_creator_id": "creator_id", "said_campaign_id": "campaign_id"}
    )
    both = deals.merge(said, on=["creator_id", "campaign_id"], how="inner")
    both = both[(both["said_as_of"] <= both["agreed_at"]).to_numpy()]
    fair = both[~(both["said_model_as_of"] > both["known_time"]).to_numpy()]
    last = fair.sort_values(["said_as_of", "said_answered_at", "said_number"]).drop_duplicates(
        "collaboration_id", keep="last"
    )
    return last.sort_values("collaboration_id", ignore_index=True), both["collaboration_id"].nunique() - len(last)


def measured_of(
    rows: Sequence[Mapping[str, Any]], scores: pd.DataFrame, briefs: Mapping[str, Mapping[str, Any]]
) -> Measured:
    """From what holds of every outcome, the score log (`read_scores`) and its briefs (`read_briefs`)."""
    every = current_frame(rows)
    deals = every[is_measured(every)].reset_index(drop=True)
    pairs, hindsight = pair(deals, scores)
    roi = _roi(pairs, briefs)
    return Measured(
        outcomes=len(every), measured=len(deals), compared=len(pairs),
        not_scored=len(deals) - len(pairs) - hindsight, hindsight=hindsight,
        **_lift_figures(pairs), **_conversions(pairs), **_calls(roi),
        versions={str(k): int(v) for k, v in pairs["said_model_version"].value_counts().items()},
    )  # fmt: skip


def _lift_figures(pairs: pd.DataFrame) -> dict[str, Any]:
    names = ("bias", "bias_low", "bias_high", "rmse", "rank_correlation", "coverage", "level")
    if pairs.empty:
        return dict.fromkeys(names)
    counted = (pairs["measure"] == "holdout").to_numpy()
    counts = pairs[[*_COUNTS, "lift_estimate", "lift_se"]].copy()
    counts.loc[counted, ["lift_estimate", "lift_se"]] = np.nan
    measured, noise = measured_log_lift(conditional_outcomes(counts))
    low, high = np.log1p(pairs["said_lift_low"].to_numpy()), np.log1p(pairs["said_lift_high"].to_numpy())
    half = stats.norm.ppf(0.5 + pairs["said_level"].to_numpy() / 2.0)
    promised, sd = (low + high) / 2.0, (high - low) / 2.0 / half
    miss, spread = measured - promised, np.sqrt(sd**2 + noise)
    weight = 1.0 / spread**2
    bias, error = float(np.average(miss, weights=weight)), float(1.0 / np.sqrt(weight.sum()))
    ranked = len(pairs) >= _FEWEST_TO_RANK
    return {
        "bias": bias, "bias_low": bias - _NORMAL_95 * error, "bias_high": bias + _NORMAL_95 * error,
        "rmse": float(np.sqrt(np.mean(miss**2))),
        "rank_correlation": float(stats.spearmanr(promised, measured).statistic) if ranked else None,
        "coverage": float(np.mean(np.abs(miss) <= half * spread)), "level": float(pairs["said_level"].mean()),
    }  # fmt: skip


def _incremental(pairs: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Measured incremental conversions of holdout tests and their variance; NaN for others."""
    n1, k1, n0, k0 = (pairs[name].to_numpy(dtype=float) for name in _COUNTS)
    holdout = (pairs["measure"] == "holdout").to_numpy()
    ratio = np.divide(n1, n0, out=np.full(len(pairs), np.nan), where=holdout & (n0 > 0))
    return k1 - ratio * k0, k1 + ratio**2 * k0


def _conversions(pairs: pd.DataFrame) -> dict[str, Any]:
    found, variance = _incremental(pairs)
    known = ~np.isnan(found) & pairs["said_incremental_expected"].notna().to_numpy()
    if not known.any():
        return dict.fromkeys(("promised_conversions", "measured_conversions", "measured_low", "measured_high"))
    total, error = float(found[known].sum()), float(np.sqrt(variance[known].sum()))
    return {
        "promised_conversions": float(pairs["said_incremental_expected"][known].sum()), "measured_conversions": total,
        "measured_low": total - _NORMAL_95 * error, "measured_high": total + _NORMAL_95 * error,
    }  # fmt: skip


def _roi(pairs: pd.DataFrame, briefs: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """`said`: P(ROI > 0) as answered, and `earned`: whether the deal earned its cost; where both are known."""
    told = pd.DataFrame([briefs.get(digest, {}) for digest in pairs["said_brief"]], index=pairs.index)

    def money(name: str) -> pd.Series:
        column = told[name] if name in told else pd.Series(np.nan, index=pairs.index)
        return pd.to_numeric(column, errors="coerce").fillna(0.0)

    found, _ = _incremental(pairs)
    kept = 1.0 - money("return_rate")
    commission = pairs["commission_rate"].fillna(0.0) * pairs["attributed_revenue"].fillna(0.0) * kept
    cost = pairs["fee"] + commission + pairs["product_cost"].fillna(0.0) + money("handling_cost")
    gain = found * money("order_value") * kept * money("gross_margin")
    said = pairs["said_roi_probability_positive"]
    known = said.notna() & ~np.isnan(found) & (cost > 0) & (money("order_value") > 0)
    return pd.DataFrame({"said": said[known], "earned": (gain > cost)[known].astype(float)})


def _calls(roi: pd.DataFrame) -> dict[str, Any]:
    said, earned = roi["said"].to_numpy(dtype=float), roi["earned"].to_numpy(dtype=float)
    go = said >= 0.5
    right = np.where(go, earned, 1.0 - earned)
    return {
        "worth_it": _call(right[go]), "not_worth_it": _call(right[~go]), "hit_rate": _call(right),
        "expected_hit_rate": float(np.mean(np.maximum(said, 1.0 - said))) if len(said) else None,
        "brier": float(np.mean((said - earned) ** 2)) if len(said) else None,
    }  # fmt: skip


def _call(right: np.ndarray) -> Call:
    """A share with its Wilson interval (Wilson 1927)."""
    n = len(right)
    if n == 0:
        return Call(0, None, None, None)
    share, z2 = float(right.mean()), _NORMAL_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _NORMAL_95 * np.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return Call(n, share, float(middle - half), float(middle + half))
