"""Extra outcome per person from a randomised experiment: several learners of one pseudo-outcome, weighed together.

Differences in uplift are small against the noise of people's outcomes, so the luck of one learner decides much. Rates
of both groups, curves, forests and slow boosted trees are fitted out of fold (`models.people_learners`). Their mixture
is the one that does best on people held out, drawn towards believed shares as by a prior (stacking: Wolpert 1992; van
der Laan, Polley & Hubbard 2007, "Super Learner"). Without a signal it goes flat: everybody gets the average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from data.errors import NotEnoughData
from models.families import Floats
from models.people import Cells
from models.people_arms import Arms
from models.people_folds import dealt
from models.people_learners import Candidate, Fitted, learn
from models.people_rate import Rate, fit_rate
from models.people_signal import Signal, propensity_of, signal_of

LEAST_OUTCOMES = 10.0
"""With fewer outcomes in all (in units) everybody gets the average."""
_SAME = 1e-9
"""Pseudo-outcomes closer than this part of what people do anyway do not differ: everybody has the same outcome."""
_SHARE_SD = 0.2
"""How far a learner's share may be from the believed one."""
_TRUST = 0.9
"""What the shares are believed to add up to."""
_LOWEST = -0.98
"""No predicted uplift takes more than this part of the expected outcome."""


@dataclass(frozen=True)
class Part:
    """One learner of the mixture, about its mean over the people who taught it."""

    learner: Fitted | Arms
    share: float
    middle: float


@dataclass(frozen=True)
class Uplift:
    """Extra outcome per person when treated: the average, and what the parts say of a person beside it."""

    rate: Rate
    average: float
    parts: tuple[Part, ...]
    unit: float
    """Of the outcome; `average` and `rate` are in it."""
    gain: float
    """How much better than the average for all it did on people held out: fall in deviance (squared error over noise
    variance). The mixture was chosen to do well there, so up to a few units are chance."""

    def predict(self, X: Floats) -> Floats:
        """Extra outcome per person, shape (n,)."""
        expected = self.rate.predict(X)
        wide = _with_rate(X, expected)
        total = np.full(len(X), self.average)
        for part in self.parts:
            total += part.share * (part.learner.predict(wide, expected) - part.middle)
        return np.asarray(self.unit * np.maximum(total, _LOWEST * expected))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        parts = [{"learner": p.learner.to_json(), "share": p.share, "middle": p.middle} for p in self.parts]
        own = {"average": self.average, "unit": self.unit, "gain": self.gain}
        return own | {"rate": self.rate.to_json(), "parts": parts}

    @property
    def texts(self) -> list[str]:
        """The texts of all trees, the rate's first."""
        return [trees.text for trees in self.rate.trees] + [t for part in self.parts for t in part.learner.texts]

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: Sequence[str]) -> Uplift:
        """The model saved by `to_json`, with the texts of its trees."""
        left = list(trees)

        def taken(n: int) -> list[str]:
            some, left[:] = left[:n], left[n:]
            return some

        rate = Rate.from_json(saved["rate"], taken(int(saved["rate"]["trees"])))
        parts = []
        for part in saved["parts"]:
            made = Arms if part["learner"]["kind"] == Arms.kind else Fitted
            learner = made.from_json(part["learner"], taken(int(part["learner"]["trees"])))
            parts.append(Part(learner, float(part["share"]), float(part["middle"])))
        return cls(rate, float(saved["average"]), tuple(parts), float(saved["unit"]), float(saved["gain"]))


def _with_rate(X: Floats, expected: Floats) -> Floats:
    """Features with ln of what people do anyway as one more."""
    return np.ascontiguousarray(np.column_stack([X, np.log(expected)]))


def fit_uplift(cells: Cells, seed: int) -> Uplift:
    """Fit to the cells of a randomised experiment.

    Raises
    ------
    NotEnoughData
        Without people in both groups.
    """
    if not (cells.treated.sum() > 0 and cells.control.sum() > 0):
        raise NotEnoughData("uplift needs people in both groups, treated and untreated")
    dealing = dealt(cells, propensity_of(cells), seed)
    cells, folds = dealing.cells, dealing.folds
    rate, expected = fit_rate(cells.X, cells.outcome, cells.people, folds, seed)
    signal = signal_of(cells, dealing.propensity, expected)
    few = cells.outcome.sum() < LEAST_OUTCOMES or len(np.unique(folds)) < 2
    if few or np.ptp(signal.scaled(0.0)[0]) < _SAME * signal.expected.max():
        # Where nobody had the outcome, the average would be that of the believed rates.
        return Uplift(rate, signal.average if cells.outcome.sum() > 0 else 0.0, (), cells.unit, 0.0)
    wide = _with_rate(cells.X, expected)
    candidates: list[Candidate] = []
    for shaped in (False, True) if cells.amounts else (False,):
        told_by = signal_of(cells, dealing.propensity, expected, shaped=True) if shaped else signal
        candidates += learn(wide, cells, told_by, folds, seed, shaped=shaped)
    candidates = [c for c in candidates if np.ptp(c.told) > 0.0]
    judge = _Judge.of(signal)
    believed = np.array([c.believed for c in candidates])
    shares = judge.shares([c.told for c in candidates], _TRUST * believed / max(believed.sum(), 1.0))
    parts = tuple(
        Part(c.learner, float(share), float(np.average(c.told, weights=signal.information)))
        for c, share in zip(candidates, shares, strict=True)
        if share > 1e-6
    )
    return Uplift(rate, signal.average, parts, cells.unit, judge.gain([c.told for c in candidates], shares))


@dataclass(frozen=True)
class _Judge:
    """Squared error of uplift on people held out, each by what it can tell."""

    value: Floats
    """Pseudo-outcome about the average."""
    weight: Floats
    """Precision; noise variance is 1 / weight."""

    @classmethod
    def of(cls, signal: Signal) -> _Judge:
        value, _ = signal.scaled(0.0)
        # Halfway between an equal say for all people and one by how little noise they have.
        precision = signal.information / np.sqrt(signal.expected)
        centred = value - np.average(value, weights=precision)
        return cls(centred, precision / np.mean(precision * centred**2))

    def _columns(self, told: Sequence[Floats]) -> Floats:
        return np.column_stack(
            [t - np.average(t, weights=self.weight) for t in told] or [np.zeros((len(self.value), 0))]
        )

    def shares(self, told: Sequence[Floats], believed: Floats) -> Floats:
        """Shares of at least 0 that are most probable: as believed unless people held out disagree."""
        columns = self._columns(told)
        precision = 1.0 / _SHARE_SD**2
        gram = (columns * self.weight[:, None]).T @ columns + precision * np.eye(len(told))
        target = columns.T @ (self.weight * self.value) + precision * believed
        # The normal equations as least squares, for shares held at 0 or above.
        root = np.linalg.cholesky(gram)
        shares, _ = optimize.nnls(root.T, np.linalg.solve(root, target))
        return np.asarray(shares)

    def gain(self, told: Sequence[Floats], shares: Floats) -> float:
        """Fall in deviance against the average for all."""
        fitted = self._columns(told) @ shares
        return float(np.sum(self.weight * (self.value**2 - (self.value - fitted) ** 2)))
