"""Randomised person-level data as counts: people with equal features become one row of a lift test.

Among those with an outcome, the odds of having been treated over the odds of treatment are the rate ratio (Piegorsch,
Weinberg & Taylor 1994, case-only design), so persons and cells hold the same information about lift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.errors import Fault, TableError
from models.families import Floats, Outcomes
from models.lift_inputs import as_column


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
    unit: float = 1.0
    """Outcomes are divided by this, so that their sums vary about as counts do: sum of squares over sum (1 for 0/1)."""
    propensity: Floats | None = None
    """Probability of treatment, where it was given."""
    treated_shaped: Floats | None = None
    """Sum of their shaped outcomes: square roots of amounts, brought to the same total. None: 0/1, nothing to shape."""
    control_shaped: Floats | None = None

    @property
    def outcomes(self) -> Outcomes:
        """The binomial rows: which of the outcomes came from the treated."""
        return Outcomes("binomial", self.treated_outcome, self.outcome, self.log_odds, np.ones(len(self.X)))

    @property
    def outcome(self) -> Floats:
        """Sum of outcomes of all, in units of `unit`."""
        return self.treated_outcome + self.control_outcome

    @property
    def people(self) -> Floats:
        """Everybody in the cell."""
        return self.treated + self.control

    @property
    def amounts(self) -> bool:
        """Whether outcomes are amounts, not 0/1."""
        return self.treated_shaped is not None

    def outcome_sums(self, *, shaped: bool) -> tuple[Floats, Floats]:
        """Sums of outcomes, or of shaped outcomes: of the treated, of the others."""
        if shaped and self.treated_shaped is not None and self.control_shaped is not None:
            return self.treated_shaped, self.control_shaped
        return self.treated_outcome, self.control_outcome


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
    if not X.shape[1]:
        raise TableError(Fault("X", "no feature", "one feature or more"))
    y, t, e = _checked(len(X), outcome, treated, propensity)
    unit = float(np.sum(y * y) / np.sum(y)) if np.sum(y) > 0 else 1.0
    y = y / unit
    sums = [t, 1.0 - t, y * t, y * (1.0 - t)]
    amounts = bool(np.any((y > 0) & (y != 1.0)))
    if amounts:
        shaped = np.sqrt(y)
        shaped *= np.sum(y) / np.sum(shaped)
        sums += [shaped * t, shaped * (1.0 - t)]
    keys, sums = _summed(X if e is None else np.column_stack([X, e]), sums)
    people, control = sums[0], sums[1]
    if e is not None:
        given = keys[:, -1]
        keys, log_odds = np.ascontiguousarray(keys[:, :-1]), np.log(given / (1.0 - given))
    else:
        given, log_odds = None, _own_log_odds(people, control)
    return Cells(keys, people, control, sums[2], sums[3], log_odds, unit, given, *(sums[4:] if amounts else ()))


def cells_of_counts(X: Floats, counts: Floats) -> Cells:
    """Rows of counts with equal features summed: exposed, exposed conversions, holdout, holdout conversions, (n, 4)."""
    n1, k1, n0, k0 = counts.T
    keys, (people, with_, control, without) = _summed(X, [n1, k1, n0, k0])
    return Cells(keys, people, control, with_, without, _own_log_odds(people, control))


def _own_log_odds(treated: Floats, control: Floats) -> Floats:
    split = (treated > 0) & (control > 0)
    overall = np.log(max(treated.sum(), 1.0) / max(control.sum(), 1.0))
    own = np.log(np.where(split, treated, 1.0) / np.where(split, control, 1.0))
    return np.asarray(np.where(split, own, overall))


def _summed(keys: Floats, columns: list[Floats]) -> tuple[Floats, list[Floats]]:
    """Columns summed by equal rows of `keys`, in the order of their bytes: the order of the rows plays no part."""
    keys = np.ascontiguousarray(keys) + 0.0
    keys[np.isnan(keys)] = np.nan
    as_bytes = keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1]))).ravel()
    _, first, cell = np.unique(as_bytes, return_index=True, return_inverse=True)
    return keys[first], [np.bincount(cell, weights=c, minlength=len(first)).astype(np.float64) for c in columns]


def _checked(
    n: int, outcome: object, treated: object, propensity: object | None
) -> tuple[Floats, Floats, Floats | None]:
    faults: list[Fault] = []

    def column(name: str, values: object, allowed: str) -> Floats:
        return as_column(values, name, n, faults, allowed)

    def note(name: str, bad: np.ndarray, values: Floats, allowed: str) -> None:
        faults.extend(Fault(f"{name}, row {r + 1}", f"{values[r]:g}", allowed) for r in np.flatnonzero(bad)[:20])

    y = column("outcome", outcome, "numbers of at least 0")
    note("outcome", ~((y >= 0) & np.isfinite(y)), y, "a finite number of at least 0")
    t = column("treated", treated, "0 or 1")
    note("treated", ~np.isin(t, (0.0, 1.0)), t, "0 or 1")
    e = None
    if propensity is not None:
        before = len(faults)
        # Any object has a number of dimensions, whatever its type is called.
        each = pd.Series([propensity] * n) if np.ndim(propensity) == 0 else propensity  # type: ignore[arg-type]
        e = column("propensity", each, "between 0 and 1")
        if len(faults) == before:
            note("propensity", ~((e > 0) & (e < 1)), e, "strictly between 0 and 1")
    elif n and not faults and not 0 < t.sum() < n:
        group = "treated" if t.sum() > 0 else "untreated"
        faults.append(Fault("treated", f"only one group: everybody is {group}", "people of both groups"))
    if faults:
        raise TableError(faults)
    return y, t, e
