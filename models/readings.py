"""Attributed orders as readings of lift, so that deals without a lift test teach the lift model, too.

Where tests and attributed orders exist together, the model after the campaign (`models.after`) has learned what
orders say of the true lift. A prediction with error p² that orders bring down to r² has got from them a measurement of
variance p² r² / (p² - r²): the same for a deal with a test and for one without. Few orders are mostly luck, so the
share of the error that orders take off, (p² - r²) / p², goes with what in a deal's orders is no luck. Surrogates
that an experiment has shown to be good stand in for its outcome (Prentice 1989; Athey, Chetty, Imbens & Kang 2019, "The
surrogate index"). Where orders say little the variance is large, and they are not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.after import AfterModel, Finished
from models.families import Floats
from models.training_set import LABEL_COLUMNS

_FEWEST = 200
"""Deals with a test and attributed orders below which what orders say is not known well enough."""
_LEAST = 0.1
"""Share of the prediction's error that orders must take off to be read at all. Below it a reading is mostly the error
of the model that reads, the same for all deals of like features: more deals do not average it away."""
_WEAKEST = 0.6
"""A deal whose orders take off less than this part of the usual share is not read: in magnifying what they say, small
errors of the model that reads are magnified, too."""
_MOST = 0.9


@dataclass(frozen=True)
class Readings:
    """One reading each of m deals: `rows` are their positions, `log_lift` (m,) what was read, `se` (m,) its error."""

    rows: npt.NDArray[np.intp]
    log_lift: Floats
    se: Floats

    def tests(self, prior: Floats) -> pd.DataFrame:
        """The readings as lift tests with an estimate of their own; `prior` of all deals."""
        told = {"lift_estimate": np.expm1(self.log_lift), "lift_se": self.se, "weight": 1.0, "prior": prior[self.rows]}
        told |= {"test_id": None, "reading": True}
        return pd.DataFrame(dict.fromkeys(LABEL_COLUMNS, np.nan) | told, index=self.rows)


def read_attributed(
    finished: Finished, labels: npt.NDArray[np.intp], held_out: Floats, sd: Floats, after: AfterModel | None
) -> Readings | None:
    """Readings of all deals with attributed orders; None where these say too little.

    Parameters
    ----------
    finished : all deals, with predictions before the campaign
    labels : positions of those with a lift test, of which `after` was learned
    held_out : their predictions by folds they were not in, NaN where a test told nothing
    sd : of the true log lift about each deal's prediction, shape (n,)
    """
    if after is None or after.n_rows < _FEWEST:
        return None
    told = np.isfinite(held_out)
    tested = labels[told]
    before = finished.log_lift.copy()
    before[tested] = held_out[told]
    asked = finished.take(np.arange(len(before)), before)
    found = after.predict(asked)[0]
    found[tested] = after.luck.without(before[tested], after.lift.held_out_)
    off = found - before
    usual = float(np.var(off[tested]) / np.mean(sd[tested] ** 2))
    if not usual >= _LEAST:
        return None
    share = _shares(off, sd, after.weight_of_orders(asked), tested)
    rows = np.flatnonzero(np.isfinite(off) & (share >= _WEAKEST * min(usual, _MOST)))
    share = share[rows]
    read = np.clip(before[rows] + off[rows] / share, -2.0, 3.0)
    return Readings(rows, read, np.sqrt(np.mean(sd[tested] ** 2) * (1.0 - share) / share))


def _shares(off: Floats, sd: Floats, weight: Floats, tested: npt.NDArray[np.intp]) -> Floats:
    """Share of each prediction's error that its orders take off, in proportion to `weight`; 0 without orders."""
    weight = np.where(np.isfinite(weight), weight, 0.0)
    told = tested[weight[tested] > 0.0]
    per_weight = float(np.sum(off[told] ** 2) / max(float(np.sum(weight[told] * sd[told] ** 2)), 1e-12))
    return np.clip(per_weight * weight, 0.0, _MOST)
