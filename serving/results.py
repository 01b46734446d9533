"""From the scorer's flat columns to the nested results of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from serving.answers import BaselineRate, Cost, Fit, Interval, MoneyInterval, Parts, Roi, ScoreResult, Support


def results_of(scores: pd.DataFrame, creator_ids: Sequence[str]) -> list[ScoreResult]:
    """Results in the order of the rows, rank 1 first; an unknown or infinite number becomes None.

    Parameters
    ----------
    scores : DataFrame, n rows
        The flat columns of `CreatorScorer.score`, best row first.
    creator_ids : n ids as the answer names them
    """
    columns = {name: _values(scores[name]) for name in scores.columns}
    return [_result(columns, row, creator_id) for row, creator_id in enumerate(creator_ids)]


def _values(column: pd.Series) -> list[Any]:
    if pd.api.types.is_float_dtype(column.dtype):
        numbers = column.to_numpy(dtype="float64")
        finite = np.isfinite(numbers)
        return [value if known else None for value, known in zip(numbers.tolist(), finite.tolist(), strict=True)]
    return list(column)


def _result(columns: dict[str, list[Any]], row: int, creator_id: str) -> ScoreResult:
    def of(name: str) -> Any:
        return columns[name][row]

    def three(name: str) -> tuple[Any, Any, Any]:
        return columns[f"{name}_expected"][row], columns[f"{name}_low"][row], columns[f"{name}_high"][row]

    parts = Parts(*(of(f"fit_part_{family}") for family in ("niche", "engagement", "sentiment", "campaign")))
    unknown_roi = of("roi_expected") is None
    return ScoreResult(
        creator_id=creator_id,
        rank=row + 1,
        fit=Fit(of("fit_score"), of("fit_low"), of("fit_high"), of("fit_benchmark"), parts),
        lift=Interval(*three("lift")),
        baseline_rate=BaselineRate(*three("baseline_rate"), of("baseline_rate_source")),
        exposed=Interval(*three("exposed")),
        incremental_conversions=Interval(*three("incremental_conversions")),
        cost=Cost(*three("cost"), of("cost_fee"), of("cost_commission"), of("cost_product"), of("cost_handling")),
        profit=MoneyInterval(*three("profit")),
        roi=None if unknown_roi else Roi(*three("roi"), of("roi_probability_positive")),
        break_even_fee=of("break_even_fee"),
        maximum_fee=of("maximum_fee"),
        support=Support(of("support_level"), list(of("support_reasons"))),
        flags=list(of("flags")),
        reasons=list(of("reasons")),
    )
