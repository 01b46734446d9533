"""What randomised people tell about extra outcome: a pseudo-outcome per cell whose mean is the uplift.

With m the expected outcome whoever is treated and e the probability of treatment, (y - m) / (t - e) has the uplift as
its mean when rows count by (t - e)^2 (Robinson 1988; Nie & Wager 2021, "Quasi-oracle estimation of heterogeneous
treatment effects"). Summed over a cell, numerator and weight add up, so persons and cells tell the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.families import Floats
from models.people import Cells

_OWN_SPLIT = 100.0
"""People that the share treated of everybody is worth against a cell's own."""


@dataclass(frozen=True)
class Signal:
    """Pseudo-outcomes of n cells; arrays of shape (n,)."""

    gap: Floats
    """Sum over people of (t - e) (y - m)."""
    information: Floats
    """Sum over people of (t - e)^2; 0 where a cell tells nothing."""
    expected: Floats
    """m: expected outcome per person of the cell, as told without the cell itself; above 0."""

    def take(self, rows: npt.NDArray[np.bool_]) -> Signal:
        """The cells at these positions."""
        return replace(self, gap=self.gap[rows], information=self.information[rows], expected=self.expected[rows])

    def scaled(self, power: float) -> tuple[Floats, Floats]:
        """Uplift over m^power, one noisy value per cell, and its precision (up to a factor common to all).

        Outcomes vary about as counts do, in proportion to m. At power 0 people gain alike, at 1 in proportion to
        what they do anyway; at 1/2 the noise is the same for all.
        """
        value = self.gap / (self.information * self.expected**power)
        return value, self.information * self.expected ** (2.0 * power - 1.0)

    @property
    def average(self) -> float:
        """Average uplift of all people."""
        return float(np.sum(self.gap) / np.sum(self.information))


def propensity_of(cells: Cells) -> Floats:
    """Probability of treatment per cell: as given, else the cell's own share drawn to that of all, shape (n,)."""
    if cells.propensity is not None:
        return cells.propensity
    overall = float(cells.treated.sum() / (cells.treated.sum() + cells.control.sum()))
    return np.asarray((cells.treated + _OWN_SPLIT * overall) / (cells.treated + cells.control + _OWN_SPLIT))


def signal_of(cells: Cells, propensity: Floats, expected: Floats, *, shaped: bool = False) -> Signal:
    """The pseudo-outcomes of cells.

    Parameters
    ----------
    propensity : of each cell, (n,)
    expected : m of each cell, (n,)
    shaped : of the shaped outcomes, whose amounts differ less
    """
    treated, control = cells.outcome_sums(shaped=shaped)
    e = propensity
    gap = (1.0 - e) * (treated - cells.treated * expected) - e * (control - cells.control * expected)
    information = cells.treated * (1.0 - e) ** 2 + cells.control * e**2
    return Signal(gap, np.maximum(information, 1e-12), expected)
