"""Whether features tell anything of an outcome: the out-of-fold gain over an average for all, with its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.people_rate import fit_rate, log_likelihood

FloatArray = npt.NDArray[np.float64]
LEVEL = 0.95
"""A gain is a signal when chance alone would stay below it this often."""


@dataclass(frozen=True)
class Gain:
    """Fall in Poisson deviance per row on rows held out, against the average for all."""

    mean: float
    error: float
    rows: int

    @property
    def is_signal(self) -> bool:
        """Whether the gain is too large for chance: one-sided at `LEVEL`."""
        return self.mean > float(stats.norm.ppf(LEVEL)) * self.error

    @property
    def words(self) -> str:
        """One line for a report."""
        figure = f"deviance per row falls by {self.mean:.4f} ± {self.error:.4f} on {self.rows} rows held out"
        return f"signal: {figure}" if self.is_signal else f"no signal: {figure}; the average for all does as well"


@dataclass(frozen=True)
class Told:
    """What was expected of each row when its fold was held out, and by the average of the other folds; (n,) each."""

    expected: FloatArray
    average: FloatArray

    def gain(self, outcome: FloatArray) -> Gain:
        """The gain of the one over the other."""
        by_row = 2.0 * (log_likelihood(outcome, self.expected) - log_likelihood(outcome, self.average))
        return Gain(float(by_row.mean()), float(by_row.std(ddof=1) / np.sqrt(len(by_row))), len(by_row))


def told_out_of_fold(
    X: FloatArray, outcome: FloatArray, exposure: FloatArray, folds: npt.NDArray[np.int64], seed: int
) -> Told:
    """Expected outcomes of rows held out.

    Everything is chosen without the rows that are told: in each fold a rate is fitted, with folds of its own, to the
    others (nested cross-validation).

    Parameters
    ----------
    X : (n, p); outcome : (n,) at least 0; exposure : (n,) above 0
    folds : (n,); rows of one unit (a creator) belong in one fold
    """
    expected, average = np.zeros(len(X)), np.zeros(len(X))
    for fold in np.unique(folds):
        out, into = folds == fold, folds != fold
        # The other folds serve as the inner ones, so that a unit's rows stay together there, too.
        rate, _ = fit_rate(X[into], outcome[into], exposure[into], folds[into], seed)
        expected[out] = exposure[out] * rate.predict(X[out])
        average[out] = exposure[out] * outcome[into].sum() / exposure[into].sum()
    return Told(expected, average)
