"""How many people a post will expose: a log-normal about published reach per follower, corrected by past deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from data.priors import Priors
from data.schemas import PLATFORMS
from features.catalog import NAMES
from models.additive import Start
from models.blend import Blend, Look
from models.boosting import Growth
from models.crossfit import Search, cross_fit, fold_of
from models.families import Floats, Outcomes
from models.uncertainty import Spread, fit_spread
from models.units import Units

_SURE = 400.0
"""Precision at which exposed people are counted (ln, sd 0.05)."""
_PRIOR_ROWS = 4.0
_UNKNOWN_FOLLOWERS = 10_000.0
_AT = {name: at for at, name in enumerate(NAMES)}
_GROWTH = Growth(ridge=5.0, least_information=20.0)


class ReachModel:
    """ln(exposed people) = ln(published reach) + what past deals teach about accounts like this one.

    `prior_sd` is the published figure's log-scale spread: how sure one is without a single deal. Residuals get less
    sure than that only as deals show it.
    """

    def __init__(self, prior_sd: float = 0.8, seed: int = 0) -> None:
        self.prior_sd = prior_sd
        self.seed = seed
        self.blend = Blend(0, 0.0, None, (), 0.0)
        self.spread_ = prior_sd
        self.n_rows = 0

    def fit(self, X: Floats, exposed: Floats, prior: Floats, groups: Sequence[object] | None = None) -> Self:
        """Learn from deals whose reach is known.

        Parameters
        ----------
        X : (n, p) features, NaN = missing; exposed : people, shape (n,), rows with NaN or 0 are left out
        prior : published number of people reached, shape (n,), above 0
        groups : rows of one group (a creator) are held out together
        """
        told = np.asarray(exposed > 0)
        n = int(told.sum())
        y = np.log(np.where(told, exposed, 1.0))[told]
        rows = Outcomes("normal", y, np.full(n, _SURE), np.log(prior[told]), np.ones(n))
        start = Start(intercept=0.0, intercept_sd=self.prior_sd, tau=self.prior_sd, effect=0.5 * self.prior_sd)
        group = None if groups is None else pd.Series(list(groups), dtype="object").astype("str")[told]
        search = Search(start, _GROWTH, self.seed, bagged=False)
        fitted = cross_fit(X[told], rows, Units.single(n), fold_of(X[told], group, self.seed), search)
        self.blend, self.n_rows = fitted.blend, n
        self.spread_ = fit_spread(rows, fitted.eta, np.zeros(n), Spread(self.prior_sd, 1.0), _PRIOR_ROWS).tau
        return self

    def log_mean(self, X: Floats, prior: Floats) -> Floats:
        """Expected ln(exposed), shape (n,)."""
        if self.blend.n_features == 0:
            return np.log(prior)
        return np.asarray(np.log(prior) + Look(self.blend, X).eta)

    @property
    def spread(self) -> float:
        """Standard deviation of ln(exposed) of a post about `log_mean`, as found on deals held out."""
        return self.spread_

    def predict(self, X: Floats, prior: Floats) -> Floats:
        """Expected exposed people, shape (n,): the mean of the log-normal."""
        return np.asarray(np.exp(self.log_mean(X, prior) + 0.5 * self.spread_**2))

    def state(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The fitted model as plain JSON values and the texts of its trees."""
        plain = {
            "prior_sd": self.prior_sd,
            "seed": self.seed,
            "n_rows": self.n_rows,
            "spread": self.spread_,
            "blend": self.blend.to_json(),
        }
        return plain, tuple(trees.text for trees in self.blend.trees)

    @classmethod
    def from_state(cls, saved: Mapping[str, Any], trees: tuple[str, ...]) -> ReachModel:
        """The model that `state` described."""
        model = cls(float(saved["prior_sd"]), int(saved["seed"]))
        model.n_rows = int(saved["n_rows"])
        model.spread_ = float(saved["spread"])
        model.blend = Blend.from_json(saved["blend"], trees)
        return model


def published_reach(values: Floats, priors: Priors) -> Floats:
    """People a post reaches by published figures: followers, platform and the share that can buy; from features in the
    catalogue's columns, shape (n,)."""
    followers = np.power(10.0, values[:, _AT["log_followers"]])
    followers = np.where(followers >= 1.0, followers, _UNKNOWN_FOLLOWERS)
    out = priors.reach["other"].expected(followers)
    for platform in PLATFORMS:
        on = values[:, _AT[f"platform_{platform}"]] == 1.0
        out = np.where(on, priors.reach[platform].expected(followers), out)
    can_buy = values[:, _AT["audience_ships_to_share"]]
    return np.asarray(np.maximum(out * np.clip(np.where(np.isnan(can_buy), 1.0, can_buy), 0.02, 1.0), 1.0))
