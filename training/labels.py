"""Which collaborations say what lift was, from when on, and with how much weight.

A label is a *measured* lift: a holdout test with at least one conversion, or a geo or on/off test with an estimate
and its standard error. Orders attributed by code or link are never labels: codes leak, and some would have bought
anyway.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.history import History

LABEL_COLUMNS = (
    "collaboration_id", "creator_id", "campaign_id", "as_of", "known_at", "measure", "test_id",
    "exposed", "exposed_conversions", "holdout", "holdout_conversions", "lift_estimate", "lift_se", "weight",
)  # fmt: skip
COUNT_COLUMNS = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")


def _from_counts(rows: pd.DataFrame) -> np.ndarray:
    """Holdout tests with people in both groups and at least one conversion; boolean, shape (n,)."""
    counts = rows[list(COUNT_COLUMNS)]
    people = (counts["exposed"] > 0) & (counts["holdout"] > 0)
    converted = counts["exposed_conversions"] + counts["holdout_conversions"] > 0
    told = (rows["measure"] == "holdout") & counts.notna().all(axis=1) & people & converted
    return np.asarray(told, dtype=bool)


def _from_estimate(rows: pd.DataFrame) -> np.ndarray:
    """Geo and on/off tests with a possible estimate and a positive standard error; boolean, shape (n,)."""
    told = (rows["lift_estimate"] > -1) & (rows["lift_se"] > 0)
    return np.asarray(rows["measure"].isin(["geo", "on_off"]) & told, dtype=bool)


def find_labels(history: History, cut: pd.Timestamp) -> pd.DataFrame:
    """The labels known strictly before `cut`, sorted by agreement time and id.

    Returns
    -------
    DataFrame, one row per label, index 0..n-1, columns `LABEL_COLUMNS`. `as_of` is when the deal was agreed (UTC),
    `known_at` when its outcome could first be seen (UTC). Counts are people and conversions, missing for geo and
    on/off rows; `lift_estimate` (relative) and `lift_se` (of ln(1 + lift)) are missing for holdout rows.
    `weight` is 1 divided by the number of labels that share the row's `test_id`, since one test measured once.
    """
    deals = history["collaborations"]
    rows = deals[(deals["outcome_visible_at"] < cut).to_numpy(dtype=bool)]
    counted, estimated = _from_counts(rows), _from_estimate(rows)
    rows, counted = rows[counted | estimated], counted[counted | estimated]
    out = rows.rename(columns={"agreed_at": "as_of"}).assign(known_at=rows["outcome_visible_at"])
    for name in COUNT_COLUMNS:
        out[name] = out[name].where(counted)
    for name in ("lift_estimate", "lift_se"):
        out[name] = out[name].where(~counted)
    test = out["test_id"].fillna("").mask(out["test_id"].isna(), "alone\0" + out["collaboration_id"])
    out["weight"] = 1.0 / test.groupby(test).transform("size").astype("float64")
    return out[list(LABEL_COLUMNS)].sort_values(["as_of", "collaboration_id"], ignore_index=True)


def label_census(history: History, cut: pd.Timestamp) -> dict[str, int]:
    """How many collaborations there are and why some are no label: counts by reason, for the report."""
    deals = history["collaborations"]
    known = (deals["outcome_visible_at"] < cut).to_numpy(dtype=bool)
    measure = deals["measure"]
    counted, estimated = _from_counts(deals), _from_estimate(deals)
    holdout = (measure == "holdout").to_numpy(dtype=bool)
    tests = measure.isin(["geo", "on_off"]).to_numpy(dtype=bool)
    return {
        "collaborations": len(deals),
        "labels": int(np.sum(known & (counted | estimated))),
        "attributed only": int(np.sum(known & (measure == "attributed").to_numpy(dtype=bool))),
        "running, or not known before the cut": int(np.sum(~known | measure.isna().to_numpy(dtype=bool))),
        "holdout without a conversion": int(np.sum(known & holdout & ~counted)),
        "geo or on/off without estimate or error": int(np.sum(known & tests & ~estimated)),
    }
