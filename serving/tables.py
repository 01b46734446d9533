"""An answer as a flat table: one row per candidate, the scored ones in rank order, then those without a score."""

from __future__ import annotations

from typing import Any

import pandas as pd

from serving.answers import ItemError, ScoreResponse, ScoreResult

COLUMNS = (
    "campaign_id", "creator_id", "rank", "fit_score", "fit_low", "fit_high", "lift_expected", "lift_low", "lift_high",
    "level", "baseline_rate", "exposed_expected", "incremental_conversions_expected", "incremental_conversions_low",
    "incremental_conversions_high", "cost", "profit", "roi_expected", "roi_low", "roi_high",
    "roi_probability_positive", "break_even_fee", "maximum_fee", "support", "flags", "error",
)  # fmt: skip
_TEXT = ("campaign_id", "creator_id", "support", "flags", "error")


def results_table(response: ScoreResponse) -> pd.DataFrame:
    """The answer as a table with `COLUMNS`, shape (n_candidates, 26).

    Numbers are those of the answer, unrounded; `level` is the level of the intervals, `cost` and `profit` are
    expected values, `flags` are joined by "; ". A missing number is unknown (no fee: no cost, profit or ROI). A
    candidate without a score has its `error` filled and nothing else but its id.
    """
    rows = [_scored(response, result) for result in response.results]
    rows += [_refused(response, error) for error in response.errors]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    types = {name: "str" if name in _TEXT else "Int64" if name == "rank" else "float64" for name in COLUMNS}
    return frame.astype(types)


def _scored(response: ScoreResponse, result: ScoreResult) -> dict[str, Any]:
    orders, roi = result.incremental_conversions, result.roi
    return {
        "campaign_id": response.campaign_id, "creator_id": result.creator_id, "rank": result.rank,
        "fit_score": result.fit.score, "fit_low": result.fit.low, "fit_high": result.fit.high,
        "lift_expected": result.lift.expected, "lift_low": result.lift.low, "lift_high": result.lift.high,
        "level": response.level, "baseline_rate": result.baseline_rate.expected,
        "exposed_expected": result.exposed.expected, "incremental_conversions_expected": orders.expected,
        "incremental_conversions_low": orders.low, "incremental_conversions_high": orders.high,
        "cost": result.cost.expected, "profit": result.profit.expected,
        "roi_expected": roi and roi.expected, "roi_low": roi and roi.low, "roi_high": roi and roi.high,
        "roi_probability_positive": roi and roi.probability_positive, "break_even_fee": result.break_even_fee,
        "maximum_fee": result.maximum_fee, "support": result.support.level, "flags": "; ".join(result.flags),
    }  # fmt: skip


def _refused(response: ScoreResponse, error: ItemError) -> dict[str, Any]:
    message = f"{error.code}: {error.message}"
    return {
        "campaign_id": response.campaign_id,
        "creator_id": error.creator_id,
        "level": response.level,
        "error": message,
    }
