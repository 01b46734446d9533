"""What the fitted lift model believes of one feature: its effect as a curve, with the model's own doubt.

Partial dependence (Friedman 2001): the mean prediction over training rows when one feature is set to a value for all of
them, less the mean prediction as the rows are. The interval holds the posterior of the curves and, for the trees, the
delete-a-group jackknife over the folds they were grown without.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.blend import Blend
from models.families import Floats
from models.lift import LiftModel

POINTS = 11
_ENDS = (0.02, 0.98)
_CLOSE = 0.01
"""Share of the range within which two values count as one."""


def grid_of(values: Floats, points: int = POINTS) -> Floats:
    """Values at which a feature's effect is asked for: its known quantiles from 2 to 98 %, none twice or all but twice;
    empty without a known value."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.zeros(0)
    grid = np.unique(np.quantile(known, np.linspace(*_ENDS, points)))
    apart = np.diff(grid, prepend=-np.inf) > _CLOSE * (grid[-1] - grid[0])
    return np.asarray(grid[apart])


def effect_curve(model: LiftModel, X: pd.DataFrame, feature: str, prior: Floats, grid: Floats) -> pd.DataFrame:
    """Effect of a feature at each value of `grid`, over the rows of `X` (the columns it was fitted on).

    Returns
    -------
    DataFrame with columns value, effect (log lift against the rows as they are), sd (of the model's error in it).
    """
    values = X.to_numpy(dtype=np.float64)
    at = list(X.columns).index(feature)
    usual = float(model.predict(values, prior).mean())
    rows = []
    for value in grid:
        moved = values.copy()
        moved[:, at] = value
        effect = float(model.predict(moved, prior).mean()) - usual
        rows.append((float(value), effect, _doubt(model, moved, values)))
    return pd.DataFrame(rows, columns=["value", "effect", "sd"])


def _doubt(model: LiftModel, moved: Floats, values: Floats) -> float:
    blend: Blend = model.blend_
    variance = 0.0
    if blend.curves is not None:
        basis = blend.curves.basis
        own = blend.curves.variance_of_difference(basis.columns(moved), basis.columns(values))
        variance += (1.0 - blend.tree_share) ** 2 * model.spread_.scale * own
    folds = len(blend.trees)
    if folds > 1:
        apart = np.array([float((trees.predict(moved) - trees.predict(values)).mean()) for trees in blend.trees])
        variance += blend.tree_share**2 * (folds - 1) / folds * float(np.sum((apart - apart.mean()) ** 2))
    return float(np.sqrt(variance))
