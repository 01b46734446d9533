"""Simple rules that the lift model must beat: each has `fit(X, counts)` and `predict(X)`, a log lift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol, Self

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.boosting import Growth, Trees, grow
from models.counts import conditional_outcomes, measured_log_lift
from models.families import Floats

_LEAST_ROWS = 10


class Baseline(Protocol):
    """What every rule can do."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn from features and counts, as `models.lift.LiftModel.fit` takes them."""
        ...

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        ...


class ConstantLift:
    """The one log lift that makes all outcomes most likely."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn from counts alone; 0 without any."""
        outcomes = conditional_outcomes(counts)
        value = 0.0
        for _ in range(60):
            at = np.full(len(outcomes), value)
            score = float(np.sum(outcomes.weight * outcomes.residual(at)))
            # One unit of information at 0 keeps the answer finite when only one side converted.
            information = float(np.sum(outcomes.weight * outcomes.curvature(at))) + 1.0
            value += float(np.clip((score - value) / information, -1.0, 1.0))
        self.value_ = value
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """The same for all, shape (n,)."""
        return np.full(len(X), self.value_)


class _RuleOfOne:
    """Log lift as a straight line in one feature, weighted by what each outcome tells: a rule at its best."""

    columns: tuple[str, ...]

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn the line; without enough rows it is flat."""
        self.constant_ = ConstantLift().fit(X, counts)
        x = self._feature(X)
        value, variance = measured_log_lift(conditional_outcomes(counts))
        known = ~np.isnan(x)
        self.slope_, self.center_ = 0.0, 0.0
        if known.sum() >= _LEAST_ROWS and np.ptp(x[known]) > 0:
            w = 1.0 / variance[known]
            self.center_ = float(np.average(x[known], weights=w))
            away = x[known] - self.center_
            self.slope_ = float(np.sum(w * away * value[known]) / np.sum(w * away**2))
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """The line's log lift; the constant where the feature is missing. Shape (n,)."""
        away = self._feature(X) - self.center_
        return np.asarray(self.constant_.predict(X) + self.slope_ * np.where(np.isnan(away), 0.0, away))

    def _feature(self, X: pd.DataFrame) -> Floats:
        return np.asarray(X[list(self.columns)].to_numpy(dtype=np.float64)[:, 0])


class EngagementRule(_RuleOfOne):
    """The industry's favourite: the higher the engagement rate by followers, the better."""

    columns = ("engagement_rate_by_followers",)


class FollowersRule(_RuleOfOne):
    """The bigger, the better (or the smaller: the line decides)."""

    columns = ("log_followers",)


class RidgeLift:
    """Ridge regression of each row's measured log lift, weighted by inverse variance."""

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn; the constant lift when there are too few rows."""
        self.constant_ = ConstantLift().fit(X, counts)
        self.pipeline_: Pipeline | None = None
        if len(X) >= _LEAST_ROWS:
            value, variance = measured_log_lift(conditional_outcomes(counts))
            ridge = RidgeCV(alphas=np.logspace(0, 5, 16))
            self.pipeline_ = make_pipeline(
                SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler(), ridge
            )
            self.pipeline_.fit(X.to_numpy(dtype=np.float64), value, ridgecv__sample_weight=1.0 / (variance + 0.02))
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        if self.pipeline_ is None:
            return self.constant_.predict(X)
        return np.asarray(self.pipeline_.predict(X.to_numpy(dtype=np.float64)), dtype=np.float64)


class TwoArm:
    """A Poisson model of the rate in each arm; the log lift is their difference. The usual two-model learner."""

    growth = Growth(leaves=4, ridge=20.0, least_information=20.0)
    rounds = 100

    def fit(self, X: pd.DataFrame, counts: pd.DataFrame) -> Self:
        """Learn from rows with counts; the constant lift when there are too few."""
        self.constant_ = ConstantLift().fit(X, counts)
        people = counts[["exposed", "exposed_conversions", "holdout", "holdout_conversions"]].to_numpy(dtype=np.float64)
        told = ~np.isnan(people).any(axis=1)
        self.arms_: tuple[tuple[float, Trees | None], ...] = ()
        if told.sum() >= _LEAST_ROWS:
            values = X.to_numpy(dtype=np.float64)[told]
            self.arms_ = tuple(self._arm(values, people[told, c + 1], people[told, c]) for c in (0, 2))
        return self

    def _arm(self, X: Floats, events: Floats, exposure: Floats) -> tuple[float, Trees | None]:
        level = float(np.log((events.sum() + 0.5) / exposure.sum()))
        start = np.log(exposure) + level
        grown = grow(X, events, objective="poisson", rounds=self.rounds, growth=self.growth, seed=0, start=start)
        return level, grown

    def predict(self, X: pd.DataFrame) -> Floats:
        """Log lift, shape (n,)."""
        if not self.arms_:
            return self.constant_.predict(X)
        values = X.to_numpy(dtype=np.float64)
        exposed, holdout = (level + (trees.predict(values) if trees else 0.0) for level, trees in self.arms_)
        return np.asarray(exposed - holdout)


BASELINES: Mapping[str, Callable[[], Baseline]] = MappingProxyType({
    "constant lift": ConstantLift,
    "engagement-rate rule": EngagementRule,
    "followers rule": FollowersRule,
    "ridge": RidgeLift,
    "two-arm learner": TwoArm,
})  # fmt: skip
"""Every rule by the name it goes by in reports."""
