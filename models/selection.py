"""The choice brands made: past deals are better than their features tell, since brands saw more than is on record.

What the features tell of the choice is known: how far past deals lie ahead of pairings drawn evenly from the catalogue.
What they do not tell cannot be known without outcomes of pairings nobody chose. Oster (2019), "Unobservable selection
and coefficient stability", after Altonji, Elder & Taber (2005): take selection on what is unseen to be as strong as on
what is seen, and what is unseen and could be told to be worth 0.3 of what features tell (her bound R²max = 1.3 R²).
A candidate that nobody chose is therefore expected to lie 0.3 of that lead below what past deals of like features did.

Of baseline rates more is known: briefs tell the rate of people at large, and tests by how much audiences that brands
chose exceed it. What features explain of that lead is in the prediction; the rest a creator nobody chose does not have.
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
from models.together import ALONE, Together

_UNSEEN = 0.3
"""Worth of what brands saw and features do not tell, in parts of what features tell (Oster 2019)."""
_CHOSEN = 0.2
"""Share of candidates taken to be a brand's own choice, before looking at one: our judgement."""
HIDDEN = 0.4
"""Variance that choosing takes away, in squares of the lead it brings, when the best fifth is chosen of a normal
distribution: (m - a) / m with a its 80 % point and m the mean beyond (Heckman 1979)."""
_RIDGE = 200.0
_FEWEST = 30
"""Deals or drawn pairings below which nothing is learned of the choice."""
_STEPS = 25
_RECORD = ("n_", "past_", "days_since_", "attributed_", "clicks_", "code_leak_")
_CHOICES = (
    "n_collaborations", "n_collaborations_365d", "n_collaborations_with_brand", "days_since_collaboration",
    "days_since_brand",
)  # fmt: skip
SEEN = tuple(
    f.name
    for f in CATALOG
    if f.name in LIFT_NAMES
    and (f.name in _CHOICES or (f.family in ("niche", "sentiment") and not f.name.startswith(_RECORD)))
)
"""What tells a brand's choice: how well creator and brief go together, how the audience talks, and whom brands chose
before; not how much else is on record of a creator."""
_SEEN = np.isin(NAMES, SEEN)


@dataclass(frozen=True)
class Selection:
    """`lead`: log lift by which past deals exceed pairings of the same features that nobody chose; `rate_lead`: the
    same of ln baseline rates; `together`: how lift follows these. The rest tells a past deal from a pairing drawn
    evenly: logit = `intercept` + `coefficients` @ columns, even odds before."""

    lead: float = 0.0
    intercept: float = 0.0
    coefficients: tuple[float, ...] = ()
    basis: Basis | None = None
    rate_lead: float = 0.0
    together: Together = ALONE

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
        # Both sides weigh the same, and together as many rows as the smaller one can be compared with.
        worth = 1.0 / (1.0 / len(deals) + 1.0 / len(drawn))
        weight = worth / np.where(chosen > 0.0, len(deals), len(drawn))
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

    def correction(self, unchosen: Floats) -> Floats:
        """What to add to the log lift learned from past deals of pairings nobody chose by this chance, shape (n,):
        less by the lead of those chosen, and what goes with the lower baseline rate of the others."""
        return np.asarray(-(self.lead + self.together.slope * self.rate_lead) * unchosen)

    def doubt(self, unchosen: Floats) -> Floats:
        """Standard deviation that this adds, shape (n,): of the slope, and of lift as far as rates vary more."""
        of_slope = (self.together.error * self.rate_lead * unchosen) ** 2
        return np.sqrt(of_slope + self.together.slope**2 * self.rate_variance(unchosen))

    def rate_variance(self, unchosen: Floats) -> Floats:
        """Variance that ln baseline rates have beside that of past deals, shape (n,): choosing narrows it (`HIDDEN`),
        and whether a pairing is chosen is known by chance alone."""
        return np.asarray(self.rate_lead**2 * unchosen * (HIDDEN + 1.0 - unchosen))

    def with_rates(self, rate_lead: float, together: Together) -> Selection:
        """The same with what is known of baseline rates: `rate_lead` counts from 0 on, where a choice was learned."""
        return replace(self, rate_lead=max(rate_lead, 0.0) if self.basis is not None else 0.0, together=together)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        basis = None if self.basis is None else self.basis.to_json()
        return {"lead": self.lead, "intercept": self.intercept, "coefficients": [*self.coefficients], "basis": basis,
                "rate_lead": self.rate_lead, "together": self.together.to_json()}  # fmt: skip

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Selection:
        """The selection saved by `to_json`."""
        basis = None if saved["basis"] is None else Basis.from_json(saved["basis"])
        coefficients = tuple(map(float, saved["coefficients"]))
        together = Together(**saved["together"])
        return cls(
            float(saved["lead"]), float(saved["intercept"]), coefficients, basis, float(saved["rate_lead"]), together
        )  # fmt: skip


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
