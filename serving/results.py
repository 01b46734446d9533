"""From the scorer's flat columns to the nested results of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from serving.answers import BaselineRate, Cost, Fit, Interval, MoneyInterval, Parts, Roi, ScoreResult, Support


def results_of(
    columns: Mapping[str, Any], rows: Sequence[int], creator_ids: Sequence[str], ranks: Sequence[int] | None = None
) -> list[ScoreResult]:
    """Results of some rows; an unknown or infinite number becomes None.

    Parameters
    ----------
    columns : the flat columns of `CreatorScorer.score_rows`, arrays or lists
    rows : positions, best first
    creator_ids : the ids of these rows as the answer names them
    ranks : theirs; None: from 1 on
    """
    chosen = np.asarray(rows, dtype=np.int64)
    taken = {name: _values(values, chosen) for name, values in columns.items()}
    ranks = range(1, len(rows) + 1) if ranks is None else ranks
    return [_result(taken, row, *one) for row, one in enumerate(zip(creator_ids, ranks, strict=True))]


def _values(column: Any, rows: np.ndarray) -> list[Any]:
    if isinstance(column, list):
        return [column[row] for row in rows.tolist()]
    values = column[rows]
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [
        value if known else None for value, known in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
    ]


def _result(columns: dict[str, list[Any]], row: int, creator_id: str, rank: int) -> ScoreResult:
    def of(name: str) -> Any:
        return columns[name][row]

    def three(name: str) -> tuple[Any, Any, Any]:
        return columns[f"{name}_expected"][row], columns[f"{name}_low"][row], columns[f"{name}_high"][row]

    parts = Parts(*(of(f"fit_part_{family}") for family in ("niche", "engagement", "sentiment", "campaign")))
    unknown_roi = of("roi_expected") is None
    return ScoreResult(
        creator_id=creator_id,
        rank=rank,
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
