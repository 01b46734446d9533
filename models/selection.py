"""The choice brands made: past deals are better than their features tell, since brands saw more than is on record.

What the features tell of the choice is known: how far past deals lie ahead of pairings drawn evenly from the catalogue.
What they do not tell cannot be known without outcomes of pairings nobody chose. Oster (2019), "Unobservable selection
and coefficient stability", after Altonji, Elder & Taber (2005): take selection on what is unseen to be as strong as on
what is seen, and what is unseen and could be told to be worth 0.3 of what features tell (her bound R²max = 1.3 R²).
A candidate that nobody chose is therefore expected to lie 0.3 of that lead below what past deals of like features did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import linalg, special

from features.catalog import CATALOG, LIFT_NAMES, NAMES
from models.basis import Basis
from models.families import Floats

_UNSEEN = 0.3
"""Worth of what brands saw and features do not tell, in parts of what features tell (Oster 2019)."""
_CHOSEN = 0.2
"""Share of candidates taken to be a brand's own choice, before looking at one: our judgement."""
_RIDGE = 100.0
_FEWEST = 30
"""Deals or drawn pairings below which nothing is learned of the choice."""
_STEPS = 25
SEEN = tuple(
    f.name for f in CATALOG if f.family == "niche" and f.name in LIFT_NAMES and not f.name.startswith("n_")
)  # fmt: skip
"""What tells a brand's choice: how well creator and brief go together, not how much is on record of a creator."""
_SEEN = np.isin(NAMES, SEEN)


@dataclass(frozen=True)
class Selection:
    """`lead`: log lift by which past deals exceed pairings of the same features that nobody chose; `doubt`: standard
    deviation of what else sets those apart. The rest tells a past deal from a pairing drawn evenly: logit = `intercept`
    + `coefficients` @ columns, even odds before."""

    lead: float = 0.0
    intercept: float = 0.0
    coefficients: tuple[float, ...] = ()
    basis: Basis | None = None
    doubt: float = 0.0

    @classmethod
    def of(cls, deals: Floats, drawn: Floats, log_lift: Floats, drawn_log_lift: Floats) -> Selection:
        """Learn from features (n, p) and expected log lift (n,) of past deals and of pairings drawn from the catalogue
        for the same campaigns, features in the catalogue's columns."""
        if min(len(deals), len(drawn)) < _FEWEST:
            return cls()
        lead = _UNSEEN * max(float(np.mean(log_lift) - np.mean(drawn_log_lift)), 0.0)
        X = np.vstack([deals, drawn])[:, _SEEN]
        basis = Basis.of(X)
        chosen = np.repeat([1.0, 0.0], [len(deals), len(drawn)])
        weight = len(X) / 2.0 / np.where(chosen > 0.0, len(deals), len(drawn))
        beta = _logistic(basis.columns(X), chosen, weight)
        return cls(lead, float(beta[-1]), tuple(beta[:-1].tolist()), basis)

    def chance(self, X: Floats) -> Floats:
        """Probability that a pairing is a brand's own choice, shape (n,), from all features."""
        logit = np.full(len(X), self.intercept + float(special.logit(_CHOSEN)))
        if self.basis is not None:
            columns = self.basis.columns(X[:, _SEEN])
            # One column after another, so that a row's bits do not depend on the batch.
            for j, coefficient in enumerate(self.coefficients):
                logit += coefficient * columns[:, j]
        return np.asarray(special.expit(logit))

    def unchosen(self, X: Floats) -> Floats:
        """Probability that a pairing is no brand's own choice, shape (n,); 0 where nothing was learned of choices."""
        return np.zeros(len(X)) if self.basis is None else 1.0 - self.chance(X)

    def correction(self, X: Floats) -> Floats:
        """What to add to the log lift learned from past deals, at most 0, shape (n,)."""
        return np.zeros(len(X)) if self.lead == 0.0 else -self.lead * self.unchosen(X)

    def doubting(self, rate_lead: float, rate_sd: float, lift_sd: float) -> Selection:
        """The same with the doubt that a lead in baseline rates raises.

        Whatever made brands choose creators whose baseline rate is up to `rate_lead` higher (ln) moved that rate by up
        to that many of its own spreads `rate_sd`. It may have moved lift by as many of `lift_sd`, times a correlation
        of which nothing is known: -1 to 1. Lead and correlation even over their ranges, each has a mean square of 1/3.
        """
        return replace(self, doubt=lift_sd * rate_lead / max(rate_sd, 1e-6) / 3.0)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        basis = None if self.basis is None else self.basis.to_json()
        return {"lead": self.lead, "intercept": self.intercept, "coefficients": [*self.coefficients], "basis": basis,
                "doubt": self.doubt}  # fmt: skip

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Selection:
        """The selection saved by `to_json`."""
        basis = None if saved["basis"] is None else Basis.from_json(saved["basis"])
        coefficients = tuple(map(float, saved["coefficients"]))
        return cls(float(saved["lead"]), float(saved["intercept"]), coefficients, basis, float(saved["doubt"]))


def _logistic(columns: Floats, y: Floats, weight: Floats) -> Floats:
    """Ridge logistic regression by Newton's method; coefficients, the free intercept last."""
    design = np.column_stack([columns, np.ones(len(columns))])
    penalty = np.append(np.full(columns.shape[1], _RIDGE), 1e-6)
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = special.expit(design @ beta)
        slope = design.T @ (weight * (y - p)) - penalty * beta
        curvature = (design * (weight * p * (1.0 - p))[:, None]).T @ design + np.diag(penalty)
        step = linalg.solve(curvature, slope, assume_a="pos")
        beta = beta + step
        if np.max(np.abs(step)) < 1e-8:
            break
    return np.asarray(beta)
