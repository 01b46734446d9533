"""Measured outcomes as conditional counts: what is left of a lift test once its unknown baseline has cancelled.

With exposed n1, k1 and holdout n0, k0, k1 given k = k1 + k0 is Binomial(k, p) with logit p = log lift + ln(n1 / n0)
(Przyborowski & Wilenski 1940). A geo or on/off estimate enters as the counts that carry its information:
k = 1 / (se² p (1 - p)) of which the share p converted, where logit p = ln(1 + lift).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from data.errors import Fault, TableError
from models.families import Floats, Outcomes
from models.lift_inputs import numbers

COUNTS = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")
ESTIMATES = ("lift_estimate", "lift_se")
_HALF = 0.5


def _columns(counts: pd.DataFrame) -> dict[str, Floats]:
    """Every column that is asked for, NaN or its default where it is absent."""
    if not isinstance(counts, pd.DataFrame):
        raise TableError(Fault("counts", f"a {type(counts).__name__}", f"a DataFrame with columns {', '.join(COUNTS)}"))
    faults: list[Fault] = []
    missing = {**dict.fromkeys((*COUNTS, *ESTIMATES), np.nan), "weight": 1.0, "prior": 0.0}
    found = {
        name: numbers(counts[name], f"counts, column {name}", faults) if name in counts else np.full(len(counts), value)
        for name, value in missing.items()
    }
    lacking = [name for name in COUNTS if name not in counts]
    if lacking and (np.isnan(found["lift_se"]).any() or not len(counts.columns)):
        allowed = f"columns {', '.join(COUNTS)}, or {' and '.join(ESTIMATES)} in every row"
        faults += [Fault(f"counts, column {name}", "no such column", allowed) for name in lacking]
    if faults:
        raise TableError(faults)
    return found


def conditional_outcomes(counts: pd.DataFrame) -> Outcomes:
    """The binomial outcomes of a frame of counts, one row each.

    Parameters
    ----------
    counts : DataFrame
        Columns `exposed`, `exposed_conversions`, `holdout`, `holdout_conversions` (people and conversions), and where
        a row has an estimate instead: `lift_estimate` (relative) and `lift_se` (of ln(1 + lift), above 0), which win
        over counts. Optional `weight` (share of a row that counts, default 1) and `prior` (log lift expected before
        seeing any outcome, default 0), which is added to the offset.

    Raises
    ------
    TableError
        Naming a column that is absent or holds no numbers, and every row with a missing, negative or non-finite number,
        an empty group, more conversions than people, an estimate of -1 or below, or a standard error or weight that
        cannot be.
    """
    get = _columns(counts)
    weight, prior = get.pop("weight"), get.pop("prior")
    estimated = ~np.isnan(get["lift_se"])
    _raise_faults(get, weight, prior, estimated)
    share = special.expit(np.log1p(np.where(estimated, get["lift_estimate"], 0.0)))
    pseudo = 1.0 / (np.where(estimated, get["lift_se"], 1.0) ** 2 * share * (1.0 - share))
    both = get["exposed_conversions"] + get["holdout_conversions"]
    ratio = np.where(estimated, 1.0, get["exposed"]) / np.where(estimated, 1.0, get["holdout"])
    return Outcomes(
        family="binomial",
        y=np.where(estimated, pseudo * share, get["exposed_conversions"]),
        size=np.where(estimated, pseudo, both),
        offset=np.log(ratio) + prior,
        weight=weight,
        counted=~estimated,
    )


def _raise_faults(get: dict[str, Floats], weight: Floats, prior: Floats, estimated: np.ndarray) -> None:
    faults: list[Fault] = []

    def note(bad: np.ndarray, name: str, values: Floats, allowed: str) -> None:
        rows = np.flatnonzero(bad)
        faults.extend(Fault(f"counts, column {name}, row {r + 1}", f"{values[r]:g}", allowed) for r in rows)

    counted = ~estimated
    for name in COUNTS:
        note(counted & ~(get[name] >= 0), name, get[name], "a number of at least 0")
    for name in ("exposed", "holdout"):
        note(counted & (get[name] == 0), name, get[name], "at least one person")
        conversions = get[f"{name}_conversions"]
        note(counted & (conversions > get[name]), f"{name}_conversions", conversions, f"at most {name}")
    note(estimated & ~(get["lift_estimate"] > -1), "lift_estimate", get["lift_estimate"], "a relative lift above -1")
    note(estimated & ~(get["lift_se"] > 0), "lift_se", get["lift_se"], "a standard error above 0")
    note(~((weight >= 0) & np.isfinite(weight)), "weight", weight, "a finite number of at least 0")
    note(~np.isfinite(prior), "prior", prior, "a finite log lift")
    for name, values in get.items():
        note(np.isinf(values), name, values, "a finite number")
    if faults:
        raise TableError(faults)


def measured_log_lift(outcomes: Outcomes) -> tuple[Floats, Floats]:
    """Each row's own log lift (prior not taken off) and its variance from counting, half a conversion added to each
    side; shape (n,) each."""
    others = outcomes.size - outcomes.y
    value = np.log((outcomes.y + _HALF) / (others + _HALF)) - outcomes.offset
    return np.asarray(value), np.asarray(1.0 / (outcomes.y + _HALF) + 1.0 / (others + _HALF))
