"""Do intervals cover and probabilities hold? Rows of all seeds pooled, since one market has too few of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from models.families import Floats
from quality.intervals import mean_and_interval

LEAST_GROUP = 200
BINS = 10
_DRAWS = 400


def coverage(rows: pd.DataFrame) -> dict[str, Any]:
    """Share of true lifts, and of realised incremental conversions and ROI, inside their 80 % intervals; by seed for
    the interval, and of true lifts in each platform × tier group of 200 or more."""
    inside = _inside(rows)
    out: dict[str, Any] = {}
    for name, values in inside.items():
        told = values.notna()
        by_seed = values[told].groupby(rows["seed"][told]).mean()
        out[name] = {"n": int(told.sum()), "covered": mean_and_interval(by_seed.to_numpy())}
    groups = rows.assign(inside=inside["true lift"]).groupby(["platform", "tier"], observed=True)["inside"]
    sizes = groups.agg(["size", "mean"])
    sizes = sizes[sizes["size"] >= LEAST_GROUP]
    out["groups"] = {
        f"{platform}, {tier}": {"n": int(size), "covered": round(float(mean), 4)}
        for (platform, tier), size, mean in zip(sizes.index, sizes["size"], sizes["mean"], strict=True)
    }
    out["worst_group"] = round(float(sizes["mean"].min()), 4) if len(sizes) else None
    return out


def _inside(rows: pd.DataFrame) -> dict[str, pd.Series]:
    def within(value: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
        inside = ((low <= value) & (value <= high)).astype("float64")
        return inside.where(value.notna() & low.notna())

    return {
        "true lift": within(np.expm1(rows["true_log_lift"]), rows["lift_low"], rows["lift_high"]),
        "realised incremental conversions": within(
            rows["realised_incremental"], rows["incremental_conversions_low"], rows["incremental_conversions_high"]
        ),
        "realised ROI": within(rows["realised_roi"], rows["roi_low"], rows["roi_high"]),
    }


def probabilities(rows: pd.DataFrame) -> dict[str, Any]:
    """Expected calibration error of fit as the chance that the true lift exceeds the benchmark, and of P(ROI > 0)."""
    above = (rows["true_log_lift"] > np.log1p(rows["fit_benchmark"])).to_numpy(dtype=np.float64)
    paid = rows["realised_roi"].notna() & rows["roi_probability_positive"].notna()
    return {
        "fit": calibration_error(rows["fit_score"].to_numpy() / 100.0, above),
        "P(ROI > 0)": calibration_error(
            rows["roi_probability_positive"][paid].to_numpy(),
            (rows["realised_roi"][paid] > 0).to_numpy(dtype=np.float64),
        ),
    }


def calibration_error(chance: Floats, happened: Floats) -> dict[str, Any]:
    """Expected calibration error over ten equally wide bins, with the part that chance alone would bring, and the bins.

    `by_chance` is the mean error of events drawn from the probabilities themselves.
    """
    bins = np.minimum((chance * BINS).astype(int), BINS - 1)

    def total(values: Floats) -> Floats:
        return np.bincount(bins, weights=values, minlength=BINS).astype(np.float64)

    n, told, seen = total(np.ones(len(chance))), total(chance), total(happened)
    rng = np.random.default_rng(0)
    lucky = [_error(told, total((rng.random(len(chance)) < chance).astype(np.float64)), n) for _ in range(_DRAWS)]
    table = [
        {"n": int(m), "predicted": round(float(a / m), 4), "happened": round(float(b / m), 4)}
        for m, a, b in zip(n, told, seen, strict=True)
        if m
    ]
    return {
        "n": len(chance), "error": round(_error(told, seen, n), 4), "by_chance": round(float(np.mean(lucky)), 4),
        "bins": table,
    }  # fmt: skip


def _error(told: Floats, seen: Floats, n: Floats) -> float:
    return float(np.sum(np.abs(told - seen)) / max(n.sum(), 1.0))
