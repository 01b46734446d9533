"""Conversion lift of a pairing: cross-fitted curves and boosted trees on the conditional likelihood of lift tests.

For one collaboration with exposed n1, k1 conversions and holdout n0, k0: k1 ~ Poisson(n1 b e^f), k0 ~ Poisson(n0 b).
Given k = k1 + k0 the baseline b cancels exactly: k1 | k ~ Binomial(k, p), logit p = f(x) + ln(n1 / n0) (Przyborowski &
Wilenski 1940). Randomised person-level data are the same problem: among those who converted, the odds of having been
treated over the odds of treatment are the rate ratio (Piegorsch, Weinberg & Taylor 1994, case-only design).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from data.errors import ConfigError, Fault, TableError
from models.additive import Start
from models.blend import Blend, Look
from models.common_lift import LEFT, PRIOR_ROWS, Common, fit_common
from models.counts import COUNTS, conditional_outcomes
from models.crossfit import CrossFit, Jury, Search, cross_fit, fold_of
from models.families import Floats, Outcomes
from models.lift_inputs import as_features
from models.lift_settings import LiftSettings
from models.people import Cells, cells_of, cells_of_counts
from models.people_uplift import Uplift, fit_uplift
from models.threads import one_thread
from models.uncertainty import Spread, fit_spread, interval
from models.units import Units

DEFAULT = LiftSettings()


@dataclass(frozen=True)
class Told:
    """What is told of n rows: `sums` has shape (n, groups + 1), the last column common to all; others (n,)."""

    log_lift: Floats
    sums: Floats
    model_sd: Floats
    sd: Floats


class LiftModel(BaseEstimator):  # type: ignore[misc]  # sklearn ships no types
    """Log lift ln(1 + lift) from features: sklearn-compatible, with counts in place of a target.

    Parameters
    ----------
    prior_log_lift : log lift believed before any outcome, where rows bring no prior of their own
    prior_sd : how sure that is: standard deviation of a pairing's true log lift about it
    rates : also learn the extra outcome per person, which `predict_uplift` tells
    seed : folds and trees; the same seed and data give the same model
    settings : how trees grow and how large effects are believed to be

    Attributes
    ----------
    blend_ : Blend, what features add to the common log lift
    common_ : Common
    spread_ : Spread of true log lifts about the prediction
    n_rows_ : rows that carried information
    gain_ : out-of-fold gain in log-likelihood over the common log lift
    uplift_ : Uplift, extra outcome per person, where `rates` are asked for
    held_out_ : log lift of each row when it was left out, NaN where it carried no information; after `fit`, not saved
    """

    def __init__(
        self,
        prior_log_lift: float = 0.0,
        prior_sd: float = 0.5,
        rates: bool = True,
        seed: int = 0,
        settings: LiftSettings = DEFAULT,
    ) -> None:
        self.prior_log_lift = prior_log_lift
        self.prior_sd = prior_sd
        self.rates = rates
        self.seed = seed
        self.settings = settings

    @one_thread
    def fit(self, X: pd.DataFrame | Floats, counts: pd.DataFrame, groups: Sequence[object] | None = None) -> Self:
        """Learn from measured outcomes.

        Parameters
        ----------
        X : DataFrame or array, shape (n, p)
            Features: numbers or booleans, also pandas' nullable ones and categories that are numbers; missing (NaN) is
            a value of its own. Anything else must be turned into numbers first.
        counts : DataFrame, n rows
            See `models.counts.conditional_outcomes`: exposed, exposed_conversions, holdout, holdout_conversions;
            optionally lift_estimate and lift_se, weight (share of a row that counts), test_id, prior (log lift
            believed of each row before any outcome; give the same to `predict`) and reading (True: an estimate that
            was itself predicted: it teaches, but does not judge). Rows with the same test_id were measured together:
            their one outcome is that of their mean, weighted by `exposed`, and counts with the sum of their weights.
            Rows without a conversion say nothing and are left out. No row at all leaves the prior.
        groups : rows of one group (a creator) are held out together when the model judges itself

        Raises
        ------
        TableError
            Naming every column of `X` that holds no numbers, every faulty row of `counts`, or what differs in length.
        ConfigError
            Naming a parameter out of range.
        """
        values = self._features(X, fitting=True)
        outcomes = conditional_outcomes(counts)
        if len(outcomes) != len(values):
            raise TableError(Fault("counts", f"{len(outcomes)} rows", f"{len(values)} rows, as X has"))
        if groups is not None and len(groups) != len(values):
            raise TableError(Fault("groups", f"{len(groups)} values", f"{len(values)}, one per row of X"))
        if "prior" in counts.columns:
            own = np.asarray(counts["prior"].to_numpy(dtype=np.float64))
        else:
            own = np.full(len(values), float(self.prior_log_lift))
            outcomes = outcomes.moved(own)
        told = (outcomes.size > 0) & (outcomes.weight > 0)
        kept = counts.loc[told]
        units = _units(kept)
        group = None if groups is None else pd.Series(list(groups), dtype="object").astype("str")[told]
        judges = ~kept["reading"].to_numpy(dtype=np.bool_)[units.first] if "reading" in kept else None
        held_out = self._learn(values[told], _of_units(outcomes.take(told), units), own[told], units, group, judges)
        self.held_out_ = np.full(len(values), np.nan)
        self.held_out_[told] = held_out
        if self.rates:
            people = counts.reindex(columns=list(COUNTS)).to_numpy(dtype=np.float64, na_value=np.nan)
            counted = ~np.isnan(people).any(axis=1) & (outcomes.weight > 0)
            if values.shape[1]:
                self._learn_uplift(cells_of_counts(values[counted], people[counted]))
        return self

    @one_thread
    def fit_people(
        self, X: pd.DataFrame | Floats, outcome: object, treated: object, propensity: object | None = None
    ) -> Self:
        """Learn from a randomised experiment with one row per person.

        Parameters
        ----------
        X : DataFrame or array, shape (n, p), as for `fit`
        outcome : 0/1, or any amount of at least 0 (money spent), shape (n,)
        treated : 0 or 1, shape (n,)
        propensity : see `models.people.cells_of`

        People of equal features are summed first, so the same data in rows or in cells (`fit`) give the same model.
        """
        values = self._features(X, fitting=True)
        cells = cells_of(values, outcome, treated, propensity)
        prior = np.full(len(cells.X), float(self.prior_log_lift))
        outcomes = cells.outcomes.moved(prior)
        told = outcomes.size > 0
        self._learn(cells.X[told], outcomes.take(told), prior[told], Units.single(int(told.sum())), None)
        if self.rates:
            self._learn_uplift(cells)
        return self

    def _learn_uplift(self, cells: Cells) -> None:
        """Sets `uplift_`, or takes it away where no group can be compared."""
        if cells.treated.sum() > 0 and cells.control.sum() > 0:
            self.uplift_ = fit_uplift(cells, self.seed)
        elif hasattr(self, "uplift_"):
            del self.uplift_

    def _learn(
        self,
        X: Floats,
        outcomes: Outcomes,
        prior: Floats,
        units: Units,
        groups: pd.Series | None,
        judges: npt.NDArray[np.bool_] | None = None,
    ) -> Floats:
        """From features and priors of rows, and outcomes of units with their prior in the offset; `judges` of units.

        Returns the log lift of each row when it was left out."""
        believed = Spread(tau=self.prior_sd / np.sqrt(2.0), scale=1.0)
        of_unit = units.mean(prior)
        common, tau = fit_common(outcomes, of_unit, self.prior_sd, believed.tau)
        rest = outcomes.moved(common.predict(of_unit) - of_unit)
        # The level is the common one's to learn; what is left of it is what features take off or add.
        effect = self.settings.effect * self.prior_sd
        start = Start(intercept=0.0, intercept_sd=LEFT * self.prior_sd, tau=tau, effect=effect)
        first = units.first
        group = None if groups is None else groups.iloc[first]
        folds = fold_of(X[first], group, self.seed)
        jury = Jury.everyone(units.size)
        jury = replace(jury, judges=jury.judges if judges is None else judges)
        jury = jury if group is None else replace(jury, group=pd.factorize(group)[0].astype(np.int64))
        fitted = cross_fit(X, rest, units, folds, Search(start, self.settings.growth, self.seed), jury)
        self.common_ = common
        self.blend_ = fitted.blend
        self.gain_ = fitted.gain
        self.n_rows_ = len(prior)
        self.spread_ = _spread(rest, fitted, common, of_unit, believed, jury.judges)
        return np.asarray((common.predict(of_unit) + fitted.eta)[units.of_row])

    def _features(self, X: pd.DataFrame | Floats, *, fitting: bool = False) -> Floats:
        """X as float64 (n, p), checked against what was fitted."""
        if fitting:
            self._check_parameters()
        if isinstance(X, pd.DataFrame):
            names = [str(c) for c in X.columns]
            if fitting:
                self.feature_names_in_ = np.array(names, dtype=object)
            elif hasattr(self, "feature_names_in_") and names != list(self.feature_names_in_):
                raise TableError(_column_faults(names, list(self.feature_names_in_)))
        elif fitting and hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        values = as_features(X)
        if fitting:
            self.n_features_in_ = values.shape[1]
        elif values.shape[1] != self.n_features_in_:
            raise TableError(Fault("X", f"{values.shape[1]} features", f"{self.n_features_in_}, as were fitted"))
        return values

    def _check_parameters(self) -> None:
        wrong = []
        for name, least in (("prior_log_lift", -np.inf), ("prior_sd", 0.0)):
            value = getattr(self, name)
            if not (isinstance(value, (int, float, np.number)) and np.isfinite(value) and value > least):
                wrong.append(Fault(name, repr(value), f"a finite number{' above 0' if least == 0.0 else ''}"))
        if not (isinstance(self.seed, (int, np.integer)) and 0 <= self.seed < 2**31):
            wrong.append(Fault("seed", repr(self.seed), "a whole number from 0 to 2147483647"))
        if wrong:
            raise ConfigError(wrong)

    def _prior(self, n: int, prior: Floats | None) -> Floats:
        if prior is None:
            return np.full(n, float(self.prior_log_lift))
        given = np.asarray(prior, dtype=np.float64)
        if given.shape != (n,):
            raise TableError(Fault("prior", f"shape {given.shape}", f"shape ({n},), a log lift per row of X"))
        return given

    def predict(self, X: pd.DataFrame | Floats, prior: Floats | None = None) -> Floats:
        """Expected log lift, shape (n,). `prior`: as given to `fit`, shape (n,)."""
        check_is_fitted(self, "blend_")
        values = self._features(X)
        return np.asarray(self.common_.predict(self._prior(len(values), prior)) + self.blend_.predict(values))

    def contributions(
        self, X: pd.DataFrame | Floats, prior: Floats | None = None, group: Sequence[int] | None = None
    ) -> Floats:
        """What each feature adds to the log lift, shape (n, p + 1); the last column is what is common to all. Rows add
        up to `predict`. Curves add their own values, trees their TreeSHAP values.

        `group` (p whole numbers from 0) sums features of one group: shape (n, groups + 1).
        """
        check_is_fitted(self, "blend_")
        values = self._features(X)
        of = np.arange(values.shape[1]) if group is None else np.asarray(group, dtype=np.int64)
        sums, common = self.blend_.sums(values, of, int(of.max(initial=-1)) + 1)
        return np.column_stack([sums, self.common_.predict(self._prior(len(values), prior)) + common])

    def told(self, X: Floats, prior: Floats, group: Sequence[int]) -> Told:
        """Everything a score needs in one look, bit for bit as `predict`, `contributions` and `spread` have it."""
        check_is_fitted(self, "blend_")
        values = self._features(X)
        look = Look(self.blend_, values)
        common = self.common_.predict(prior)
        of = np.asarray(group, dtype=np.int64)
        sums, level = look.sums(of, int(of.max(initial=-1)) + 1)
        variance = look.variance + self.common_.variance(prior)
        log_lift = np.asarray(common + look.eta)
        return Told(
            log_lift=log_lift,
            sums=np.column_stack([sums, common + level]),
            model_sd=self.spread_.model_sd(log_lift, variance),
            sd=self.spread_.sd(log_lift, variance),
        )

    def variance(self, X: pd.DataFrame | Floats, prior: Floats | None = None) -> Floats:
        """The model's own variance of `predict`, shape (n,), before `spread_` corrects it."""
        check_is_fitted(self, "blend_")
        values = self._features(X)
        return self.blend_.variance(values) + self.common_.variance(self._prior(len(values), prior))

    def predict_uplift(self, X: pd.DataFrame | Floats) -> Floats:
        """Extra outcome per person when treated, shape (n,), in the outcome's own unit; see `models.people_uplift`.

        Its mean over the people fitted is their average effect. It is learned beside `predict`, on differences instead
        of ratios, and needs people counted in both groups.
        """
        check_is_fitted(self, "blend_")
        if not hasattr(self, "uplift_"):
            raise NotFittedError("predict_uplift needs a model fitted with rates=True to people counted in both groups")
        return self.uplift_.predict(self._features(X))

    def spread(self, X: pd.DataFrame | Floats, prior: Floats | None = None) -> tuple[Floats, Floats]:
        """Standard deviations of the true log lift about `predict`: (of the model's error alone, in all); (n,) each."""
        log_lift, variance = self.predict(X, prior), self.variance(X, prior)
        return self.spread_.model_sd(log_lift, variance), self.spread_.sd(log_lift, variance)

    def predict_interval(self, X: pd.DataFrame | Floats, level: float = 0.8, prior: Floats | None = None) -> Floats:
        """Interval of the *true* log lift (not of a measured one), shape (n, 2); `level` between 0 and 1."""
        return interval(self.predict(X, prior), self.spread(X, prior)[1], level)

    def state(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The fitted model as plain JSON values and the texts of its trees."""
        check_is_fitted(self, "blend_")
        plain = {
            "parameters": {**self.get_params(deep=False), "settings": asdict(self.settings)},
            "n_features": self.n_features_in_,
            "names": [str(n) for n in getattr(self, "feature_names_in_", [])],
            "common": asdict(self.common_),
            "spread": self.spread_.to_json(),
            "blend": self.blend_.to_json(),
            "gain": self.gain_,
            "n_rows": self.n_rows_,
        }
        trees = [trees.text for trees in self.blend_.trees]
        if hasattr(self, "uplift_"):
            plain |= {"uplift": self.uplift_.to_json(), "lift_trees": len(trees)}
            trees += self.uplift_.texts
        return plain, tuple(trees)

    @classmethod
    def from_state(cls, saved: Mapping[str, Any], trees: tuple[str, ...]) -> LiftModel:
        """The model that `state` described."""
        parameters = dict(saved["parameters"])
        model = cls(**{**parameters, "settings": LiftSettings(**parameters.get("settings", {}))})
        model.n_features_in_ = int(saved["n_features"])
        if saved["names"]:
            model.feature_names_in_ = np.array(saved["names"], dtype=object)
        common = saved["common"]
        (a, b), (c, d) = common["covariance"]
        model.common_ = Common(common["shift"], common["slope"], common["center"], ((a, b), (c, d)))
        model.spread_ = Spread.from_json(saved["spread"])
        of_lift = saved.get("lift_trees", len(trees))
        model.blend_ = Blend.from_json(saved["blend"], trees[:of_lift])
        if "uplift" in saved:
            model.uplift_ = Uplift.from_json(saved["uplift"], trees[of_lift:])
        model.gain_, model.n_rows_ = float(saved["gain"]), int(saved["n_rows"])
        return model


def _units(counts: pd.DataFrame) -> Units:
    if "test_id" not in counts.columns:
        return Units.single(len(counts))
    people = counts["exposed"] if "exposed" in counts.columns else pd.Series(np.nan, index=counts.index)
    return Units.of_tests(counts["test_id"].reset_index(drop=True), people.to_numpy(dtype=np.float64))


def _of_units(outcomes: Outcomes, units: Units) -> Outcomes:
    """Outcomes of units: that of the first row, which all of a unit share; the offset's prior is their mean."""
    if units.plain:
        return outcomes
    first = outcomes.take(units.first)
    return replace(first, weight=units.sum(outcomes.weight), offset=units.mean(outcomes.offset), alike=units.alike)


def _column_faults(got: list[str], wanted: list[str]) -> list[Fault]:
    faults = [
        Fault(f"X, column {name}", "no such column", "the columns that were fitted")
        for name in wanted
        if name not in got
    ]
    faults += [
        Fault(f"X, column {name}", "a column that was not fitted", "the columns that were fitted")
        for name in got
        if name not in wanted
    ]
    return faults or [Fault("X", "columns in another order", "the order that was fitted")]


def _spread(
    outcomes: Outcomes, fitted: CrossFit, common: Common, prior: Floats, believed: Spread, judges: npt.NDArray[np.bool_]
) -> Spread:
    if not judges.any():
        return believed
    at = common.predict(prior) + fitted.eta
    variance = fitted.variance + common.variance(prior)
    return fit_spread(outcomes.take(judges), fitted.eta[judges], variance[judges], believed, PRIOR_ROWS, at[judges])
