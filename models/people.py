"""Randomised person-level data as counts: people with equal features become one row of a lift test.

Among those with an outcome, the odds of having been treated over the odds of treatment are the rate ratio (Piegorsch,
Weinberg & Taylor 1994, case-only design), so persons and cells hold the same information about lift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.errors import Fault, TableError
from models.families import Floats, Outcomes


@dataclass(frozen=True)
class Cells:
    """People summed by equal features (and propensity). Arrays of shape (cells,)."""

    X: Floats
    treated: Floats
    """People treated."""
    control: Floats
    treated_outcome: Floats
    """Sum of their outcomes, in units of `unit`."""
    control_outcome: Floats
    log_odds: Floats
    """ln of the odds of treatment."""
    unit: float
    """Outcomes are divided by this, so that their sums vary about as counts do: sum of squares over sum (1 for 0/1)."""

    @property
    def outcomes(self) -> Outcomes:
        """The binomial rows: which of the outcomes came from the treated."""
        both = self.treated_outcome + self.control_outcome
        return Outcomes("binomial", self.treated_outcome, both, self.log_odds, np.ones(len(both)))


def cells_of(X: Floats, outcome: object, treated: object, propensity: object | None) -> Cells:
    """Sum people into cells.

    Parameters
    ----------
    X : (n, p), NaN = missing
    outcome : (n,), 0 or above; treated : (n,), 0 or 1
    propensity : probability of treatment, a number or (n,), strictly between 0 and 1. None: each cell's own split,
        exactly as a lift test's counts are read, and the share treated of all where a cell holds one group alone.

    Raises
    ------
    TableError
        Naming every faulty argument.
    """
    y, t, e = _checked(len(X), outcome, treated, propensity)
    keys = np.ascontiguousarray(X if e is None else np.column_stack([X, e])) + 0.0
    keys[np.isnan(keys)] = np.nan
    as_bytes = keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1]))).ravel()
    _, first, cell = np.unique(as_bytes, return_index=True, return_inverse=True)
    n = len(first)
    unit = float(np.sum(y * y) / np.sum(y)) if np.sum(y) > 0 else 1.0

    def total(values: Floats) -> Floats:
        return np.bincount(cell, weights=values, minlength=n).astype(np.float64)

    people, control = total(t), total(1.0 - t)
    if e is not None:
        log_odds = np.log(e / (1.0 - e))[first]
    else:
        split = (people > 0) & (control > 0)
        overall = np.log(max(t.sum(), 1.0) / max(len(t) - t.sum(), 1.0))
        log_odds = np.where(split, np.log(np.where(split, people, 1.0) / np.where(split, control, 1.0)), overall)
    return Cells(X[first], people, control, total(y * t) / unit, total(y * (1.0 - t)) / unit, log_odds, unit)


def _checked(
    n: int, outcome: object, treated: object, propensity: object | None
) -> tuple[Floats, Floats, Floats | None]:
    faults: list[Fault] = []

    def column(name: str, values: object, allowed: str) -> Floats:
        array = np.asarray(values, dtype=np.float64)
        if array.shape != (n,):
            faults.append(Fault(name, f"shape {array.shape}", f"shape ({n},), a row per person: {allowed}"))
            return np.zeros(n)
        return array

    def note(name: str, bad: np.ndarray, values: Floats, allowed: str) -> None:
        faults.extend(Fault(f"{name}, row {r + 1}", f"{values[r]:g}", allowed) for r in np.flatnonzero(bad)[:20])

    y = column("outcome", outcome, "numbers of at least 0")
    note("outcome", ~((y >= 0) & np.isfinite(y)), y, "a finite number of at least 0")
    t = column("treated", treated, "0 or 1")
    note("treated", ~np.isin(t, (0.0, 1.0)), t, "0 or 1")
    e = None
    if propensity is not None:
        given = np.asarray(propensity, dtype=np.float64)
        e = np.full(n, float(given)) if given.ndim == 0 else column("propensity", given, "between 0 and 1")
        note("propensity", ~((e > 0) & (e < 1)), e, "strictly between 0 and 1")
    elif n and not faults and not 0 < t.sum() < n:
        faults.append(Fault("treated", "only one group", "people of both groups"))
    if faults:
        raise TableError(faults)
    return y, t, e
