"""Uplift as one group's expected outcome less the other's, each learned from its own people alone (T-learner).

What the groups are expected to do is told by curves and trees of a rate (`models.people_rate`), so a chance difference
is drawn towards none where outcomes are rare, and effects in proportion to what people do anyway come by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy.typing as npt

from models.families import Floats
from models.people import Cells
from models.people_rate import Rate, fit_rate


@dataclass(frozen=True)
class Arms:
    """Expected outcome of the treated and of the others."""

    kind: ClassVar[Literal["arms"]] = "arms"
    treated: Rate
    control: Rate

    def predict(self, X: Floats, expected: Floats) -> Floats:
        """Uplift, shape (n,). `X`: features with ln m as the last, which is not asked; nor is `expected`."""
        known = X[:, :-1]
        return self.treated.predict(known) - self.control.predict(known)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        treated, control = self.treated.to_json(), self.control.to_json()
        return {"kind": self.kind, "treated": treated, "control": control, "trees": len(self.texts)}

    @property
    def texts(self) -> list[str]:
        """The texts of its trees, those of the treated first."""
        return [trees.text for rate in (self.treated, self.control) for trees in rate.trees]

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: Sequence[str]) -> Arms:
        """The learner saved by `to_json`, with the texts of its trees."""
        first = int(saved["treated"]["trees"])
        return cls(Rate.from_json(saved["treated"], trees[:first]), Rate.from_json(saved["control"], trees[first:]))


def fit_arms(cells: Cells, folds: npt.NDArray[Any], seed: int, *, shaped: bool) -> tuple[Arms, Floats]:
    """Fit to cells, out of fold: the learner, and the uplift of each cell when its fold was held out, shape (n,)."""
    of_treated, of_control = cells.outcome_sums(shaped=shaped)
    treated, with_ = fit_rate(cells.X, of_treated, cells.treated, folds, seed)
    control, without = fit_rate(cells.X, of_control, cells.control, folds, seed)
    return Arms(treated, control), with_ - without
