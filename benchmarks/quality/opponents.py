"""What a careful analyst would use instead: rules of one number, ridge, and learners of heterogeneous effects.

All see the same features and the same lift tests; each predicts a log lift. The learners work on the two arms of each
test as counts of people and conversions, which is the same as one weighted row per arm and outcome: LightGBM with a
Poisson likelihood, few leaves, a strong ridge, and the number of trees chosen by five folds. Their stages are fitted
out of fold where the next stage learns from what is left over, and the level of each is that of the market, so that
none loses by its scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.baseline import ConstantLift, EngagementRule, FollowersRule, RidgeLift
from models.boosting import Growing, Growth, Trees
from models.counts import conditional_outcomes, measured_log_lift
from models.families import Floats

Ints = npt.NDArray[np.int64]
FOLDS = 5
STAGES = (0, 15, 30, 50, 75, 100, 150, 200, 300)
_ARM = Growth(leaves=5, ridge=20.0, least_information=20.0, columns=0.4)
_EFFECT = Growth(leaves=5, ridge=20.0, least_information=10.0, columns=0.4)
_PEOPLE = ["exposed", "exposed_conversions", "holdout", "holdout_conversions"]
_LEAST_ROWS = 40


class Opponent(Protocol):
    """What every opponent can do."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn from features and counts, as `models.lift.LiftModel.fit` takes them."""
        ...

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        ...


@dataclass(frozen=True)
class Boosted:
    """Trees whose number was chosen out of fold, and what they said of each training row when it was left out."""

    trees: Trees | None
    held_out: Floats

    def predict(self, X: Floats) -> Floats:
        """Sum of the trees, shape (n,)."""
        return np.zeros(len(X)) if self.trees is None else self.trees.predict(X)


def boosted(
    X: Floats, y: Floats, *, objective: str, growth: Growth, fold: Ints, start: Floats, weight: Floats | None = None
) -> Boosted:
    """`poisson` (y events, ln mean = start + trees) or `l2` (mean = start + trees), as many trees as do best."""
    w = np.ones(len(y)) if weight is None else weight

    def loss(added: Floats) -> float:
        line = start + added
        return float(np.sum(w * (np.exp(line) - y * line if objective == "poisson" else 0.5 * (y - line) ** 2)))

    def growing(rows: npt.NDArray[np.bool_]) -> Growing:
        return Growing(X[rows], y[rows], objective=objective, growth=growth, seed=0,
                       weight=None if weight is None else weight[rows], start=start[rows])  # fmt: skip

    parts = [growing(fold != f) for f in range(FOLDS)]
    best, best_at, best_loss, worse = np.zeros(len(y)), 0, loss(np.zeros(len(y))), 0
    added = best
    for before, after in pairwise(STAGES):
        added = added.copy()
        for f, part in enumerate(parts):
            added[fold == f] += part.between(X[fold == f], before, after)
        now = loss(added)
        worse = 0 if now < best_loss else worse + 1
        if now < best_loss:
            best, best_at, best_loss = added, after, now
        if worse == 2:
            break
    whole = growing(np.ones(len(y), dtype=bool)).trees(best_at) if best_at else None
    return Boosted(whole, best)


@dataclass(frozen=True)
class Arms:
    """The tests that were counted: features, people and conversions of both arms, a fold each."""

    X: Floats
    exposed: Floats
    caused: Floats
    holdout: Floats
    kept: Floats
    fold: Ints

    @cached_property
    def of_exposed(self) -> tuple[float, Boosted]:
        """Log rate of the exposed: its level, and trees on top. Made once for all learners that build on it."""
        return self._arm(self.caused, self.exposed)

    @cached_property
    def of_holdout(self) -> tuple[float, Boosted]:
        """Log rate of those held out."""
        return self._arm(self.kept, self.holdout)

    def _arm(self, events: Floats, exposure: Floats) -> tuple[float, Boosted]:
        level = float(np.log((events.sum() + 0.5) / exposure.sum()))
        start = np.log(exposure) + level
        return level, boosted(self.X, events, objective="poisson", growth=_ARM, fold=self.fold, start=start)


def arms_of(X: pd.DataFrame, counts: pd.DataFrame) -> Arms:
    """The arms of a training frame; rows without counts are left out."""
    people = counts[_PEOPLE].to_numpy(dtype=np.float64)
    told = ~np.isnan(people).any(axis=1)
    fold = np.random.default_rng(0).permutation(int(told.sum())) % FOLDS
    exposed, caused, holdout, kept = people[told].T
    return Arms(X.to_numpy(dtype=np.float64)[told], exposed, caused, holdout, kept, fold)


class Learner:
    """A learner of the two arms; the constant lift where there are too few tests."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame, arms: Arms | None = None) -> Self:
        """Learn from tests with counts; `arms`: theirs, where other learners have made use of them."""
        self.constant_ = ConstantLift().fit(X, counts)
        arms = arms_of(X, counts) if arms is None else arms
        self.fitted_ = len(arms.X) >= _LEAST_ROWS
        if self.fitted_:
            self._learn(arms)
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        return self._effect(X.to_numpy(dtype=np.float64)) if self.fitted_ else self.constant_.predict(X)

    def _learn(self, arms: Arms) -> None:
        raise NotImplementedError

    def _effect(self, X: Floats) -> Floats:
        raise NotImplementedError


class SLearner(Learner):
    """One model of the rate with the arm as a feature; its start already holds the market's lift."""

    def _learn(self, arms: Arms) -> None:
        n = len(arms.X)
        X = np.vstack([_with_arm(arms.X, 1.0), _with_arm(arms.X, 0.0)])
        events, exposure = np.concatenate([arms.caused, arms.kept]), np.concatenate([arms.exposed, arms.holdout])
        lift = np.repeat([self.constant_.value_, 0.0], n)
        level = float(np.log((events.sum() + 0.5) / np.sum(exposure * np.exp(lift))))
        start, fold = np.log(exposure) + level + lift, np.concatenate([arms.fold, arms.fold])
        self.model_ = boosted(X, events, objective="poisson", growth=_ARM, fold=fold, start=start)

    def _effect(self, X: Floats) -> Floats:
        with_post, without = (self.model_.predict(_with_arm(X, arm)) for arm in (1.0, 0.0))
        return np.asarray(self.constant_.value_ + with_post - without)


def _with_arm(X: Floats, arm: float) -> Floats:
    return np.column_stack([X, np.full(len(X), arm)])


class TLearner(Learner):
    """A model of the rate for each arm."""

    def _learn(self, arms: Arms) -> None:
        self.exposed_, self.holdout_ = arms.of_exposed, arms.of_holdout

    def _effect(self, X: Floats) -> Floats:
        one, other = (level + model.predict(X) for level, model in (self.exposed_, self.holdout_))
        return np.asarray(one - other)


class XLearner(Learner):
    """Kuenzel et al. 2019, on the log scale: each arm's conversions against what the other arm's model expects."""

    def _learn(self, arms: Arms) -> None:
        (one, exposed), (zero, holdout) = arms.of_exposed, arms.of_holdout
        lift = self.constant_.value_
        of_exposed = np.log(arms.exposed) + zero + holdout.held_out
        of_holdout = np.log(arms.holdout) + one + exposed.held_out
        shared = {"objective": "poisson", "growth": _EFFECT, "fold": arms.fold}
        self.on_exposed_ = boosted(arms.X, arms.caused, start=of_exposed + lift, **shared)  # type: ignore[arg-type]
        self.on_holdout_ = boosted(arms.X, arms.kept, start=of_holdout - lift, **shared)  # type: ignore[arg-type]
        self.share_ = float(arms.exposed.sum() / (arms.exposed.sum() + arms.holdout.sum()))

    def _effect(self, X: Floats) -> Floats:
        # The model of the holdout arm leans on the exposed arm's rates, which more people told.
        mixed = self.share_ * -self.on_holdout_.predict(X) + (1.0 - self.share_) * self.on_exposed_.predict(X)
        return np.asarray(self.constant_.value_ + mixed)


class DRLearner(Learner):
    """Kennedy 2023, on the log scale: the models' log lift corrected by what each arm of a test had left over."""

    def _learn(self, arms: Arms) -> None:
        (one, exposed), (zero, holdout) = arms.of_exposed, arms.of_holdout
        log_exposed, log_holdout = one + exposed.held_out, zero + holdout.held_out
        expected, anyway = arms.exposed * np.exp(log_exposed), arms.holdout * np.exp(log_holdout)
        pseudo = log_exposed - log_holdout + (arms.caused - expected) / expected - (arms.kept - anyway) / anyway
        variance = 1.0 / expected + 1.0 / anyway
        self.level_, self.model_ = _weighted(arms.X, pseudo, variance, arms.fold)

    def _effect(self, X: Floats) -> Floats:
        return np.asarray(self.level_ + self.model_.predict(X))


class InverseVariance:
    """Boosted regression of each test's own log lift, weighted by inverse variance (counting noise and spread)."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn from every test, geo and on/off ones included."""
        self.constant_ = ConstantLift().fit(X, counts)
        self.model_: Boosted | None = None
        if len(X) >= _LEAST_ROWS:
            value, variance = measured_log_lift(conditional_outcomes(counts))
            shared = counts["weight"].to_numpy(dtype=np.float64)
            fold = np.random.default_rng(0).permutation(len(X)) % FOLDS
            self.level_, self.model_ = _weighted(X.to_numpy(dtype=np.float64), value, variance / shared, fold)
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        if self.model_ is None:
            return self.constant_.predict(X)
        return np.asarray(self.level_ + self.model_.predict(X.to_numpy(dtype=np.float64)))


def _weighted(X: Floats, value: Floats, variance: Floats, fold: Ints) -> tuple[float, Boosted]:
    """Level and trees for noisy values of known variance; what they differ by beyond it (DerSimonian & Laird) joins."""
    w = 1.0 / variance
    centre = float(np.average(value, weights=w))
    spare = float(np.sum(w) - np.sum(w**2) / np.sum(w))
    tau2 = max(0.0, (float(np.sum(w * (value - centre) ** 2)) - (len(value) - 1)) / spare)
    weight = 1.0 / (variance + tau2)
    level = float(np.average(value, weights=weight))
    start = np.full(len(value), level)
    return level, boosted(X, value, objective="l2", growth=_EFFECT, fold=fold, start=start, weight=weight)


class AttributedRule(FollowersRule):
    """The more attributed orders per follower a creator brought before, the better."""

    def _feature(self, X: pd.DataFrame) -> Floats:
        return attributed_per_follower(X)


def attributed_per_follower(X: pd.DataFrame) -> Floats:
    """ln of attributed conversions per 1,000 followers and deal so far; NaN without any deal that told. Shape (n,)."""
    per_reached = X["attributed_per_1000_reached"].to_numpy(dtype=np.float64)
    reached = X["past_log_exposed"].to_numpy(dtype=np.float64) - X["log_followers"].to_numpy(dtype=np.float64)
    return np.asarray(np.log(0.01 + per_reached * 10.0**reached))


OPPONENTS: Mapping[str, Callable[[], Opponent]] = MappingProxyType({
    "constant lift": ConstantLift,
    "engagement rate": EngagementRule,
    "followers": FollowersRule,
    "attributed per follower": AttributedRule,
    "ridge": RidgeLift,
    "inverse-variance boosting": InverseVariance,
    "S-learner": SLearner,
    "T-learner": TLearner,
    "X-learner": XLearner,
    "DR-learner": DRLearner,
})  # fmt: skip
RULES = ("engagement rate", "followers", "attributed per follower")
"""Opponents that look at one number; they see it even where the lift model may not."""
