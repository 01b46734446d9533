"""From the scorer's flat columns to the nested results of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
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

    def three(name: str) -> tuple[list[Any], list[Any], list[Any]]:
        return taken[f"{name}_expected"], taken[f"{name}_low"], taken[f"{name}_high"]

    # Kind of part by kind of part, from whole columns: a thousand results are put together three times faster so.
    parts = map(Parts, *(taken[f"fit_part_{family.name}"] for family in fields(Parts)))
    fits = map(Fit, taken["fit_score"], taken["fit_low"], taken["fit_high"], taken["fit_benchmark"], parts)
    lifts, exposed, caused = (map(Interval, *three(name)) for name in ("lift", "exposed", "incremental_conversions"))
    rates = map(BaselineRate, *three("baseline_rate"), taken["baseline_rate_source"])
    paid = (taken[f"cost_{part}"] for part in ("fee", "commission", "product", "handling"))
    costs, profits = map(Cost, *three("cost"), *paid), map(MoneyInterval, *three("profit"))
    rois = [None if expected is None else Roi(expected, low, high, chance) for expected, low, high, chance in
            zip(*three("roi"), taken["roi_probability_positive"], strict=True)]  # fmt: skip
    support = map(Support, taken["support_level"], map(list, taken["support_reasons"]))
    return list(map(
        ScoreResult, creator_ids, ranks, fits, lifts, rates, exposed, caused, costs, profits, rois,
        taken["break_even_fee"], taken["maximum_fee"], support, map(list, taken["flags"]), map(list, taken["reasons"]),
    ))  # fmt: skip


def _values(column: Any, rows: np.ndarray) -> list[Any]:
    if isinstance(column, list):
        return [column[row] for row in rows.tolist()]
    values = column[rows]
    if values.dtype.kind != "f":
        return list(values.tolist())
    return [
        value if known else None for value, known in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
    ]
