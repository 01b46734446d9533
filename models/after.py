"""Lift after the campaign: what clicks, codes and attributed orders add to the prediction made before it.

Two modes, never mixed: a score before the campaign knows creator and brief only; this estimate also knows what was
attributed, and says what a finished collaboration without a lift test has probably caused. It is learned where both a
test and attributed orders exist, on top of predictions the lift model made of deals it was not fitted on (Gordon,
Moakler & Zettelmeyer, "Predicted Incrementality by Experimentation": lift from campaign features and last-click
conversions as proxies).

The orders attributed are among the conversions the test counted, so both share their luck: a deal that happened to
sell well shows a higher lift and more attributed orders, and rows held out share it, too. The covariance of the
estimate with the test's own noise is worked out and taken off (attenuation as for an error in the regressor, with the
sign turned round: Fuller 1987, "Measurement Error Models", section 1.1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from models.attribution import Attribution
from models.families import Floats
from models.lift import LiftModel

AFTER_NAMES = ("clicks_per_exposed", "attributed_above_expected", "attributed_above_brand", "code_share")
"""ln of clicks per exposed person; ln of attributed orders over those expected before the campaign, shrunk by their
counting noise; the same less what is usual for the brand; share of attributed orders by code without a click."""
FEWEST = 40
"""Deals with a lift test and attributed orders below which the estimate before the campaign stands."""
_BRAND_ORDERS = 10.0
"""Attributed orders that the belief in a brand like all others is worth."""


@dataclass(frozen=True)
class Luck:
    """What of the learned deviation from the prediction before is no luck that test and attributed orders share:
    deviation = `middle` + `kept` * (learned deviation - `middle`)."""

    kept: float = 1.0
    middle: float = 0.0

    def without(self, before: Floats, after: Floats) -> Floats:
        """The estimate after the campaign without it, shape (n,)."""
        return np.asarray(before + self.middle + self.kept * (after - before - self.middle))


@dataclass(frozen=True)
class Finished:
    """Finished deals as they are asked about; arrays of shape (n,)."""

    log_lift: Floats
    """Predicted before the campaign, by a model that did not learn from the deal."""
    anyway: Floats
    """Conversions expected without the post among the people exposed."""
    exposed: Floats
    """People exposed: counted, or expected where nobody counted."""
    clicks: Floats
    attributed: Floats
    code_uses: Floats
    """Uses of the code without a click. NaN where not known, as for clicks and attributed."""
    brand: Sequence[str]

    @classmethod
    def of(cls, deals: pd.DataFrame, log_lift: Floats, exposed: Floats, rate: Floats) -> Finished:
        """From rows of a training set's deals; `exposed` and `rate` (conversions per person) as expected before, the
        former giving way to what was counted."""
        counted = deals["exposed"].to_numpy(dtype=np.float64)
        people = np.where(counted > 0, counted, exposed)
        told = {
            name: deals[column].to_numpy(dtype=np.float64)
            for name, column in (
                ("clicks", "clicks"), ("attributed", "attributed_conversions"), ("code_uses", "code_uses_without_click")
            )
        }  # fmt: skip
        return cls(log_lift, people * rate, people, brand=deals["brand"].astype("str").tolist(), **told)

    def take(self, rows: np.ndarray, log_lift: Floats) -> Finished:
        """The deals at these positions, with another prediction for them."""
        arrays = {
            name: getattr(self, name)[rows] for name in ("anyway", "exposed", "clicks", "attributed", "code_uses")
        }
        return Finished(log_lift=log_lift, brand=[self.brand[i] for i in rows.tolist()], **arrays)


@dataclass(frozen=True)
class AfterModel:
    """What attributed orders and clicks say beyond the prediction before the campaign."""

    lift: LiftModel
    attribution: Attribution
    brands: Mapping[str, float]
    """ln of attributed over expected attributed orders by brand, shrunk to 0."""
    n_rows: int
    """Deals with a test and attributed orders that it learned from."""
    luck: Luck = Luck()

    def predict(self, asked: Finished) -> tuple[Floats, Floats]:
        """Log lift after the campaign and the standard deviation of the true one about it, shape (n,) each.

        Deals without attributed orders and clicks on record are missing values, not zeros.
        """
        Z = self._features(asked)
        log_lift = self.luck.without(asked.log_lift, self.lift.predict(Z, asked.log_lift))
        return log_lift, self.lift.spread(Z, asked.log_lift)[1]

    def weight_of_orders(self, asked: Finished) -> Floats:
        """How far attributed orders are no counting noise, 0 to 1, shape (n,); NaN where there are none on record."""
        kept = _no_noise(_expected(asked, self.attribution), self.attribution)
        return np.where(np.isfinite(asked.attributed), kept, np.nan)

    def _features(self, asked: Finished) -> pd.DataFrame:
        usual = np.array([self.brands.get(name, 0.0) for name in asked.brand], dtype=np.float64)
        return _features(asked, self.attribution, usual)

    def state(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """As plain JSON values, and the texts of its trees."""
        lift, trees = self.lift.state()
        plain = {
            "lift": lift, "attribution": self.attribution.to_json(), "brands": dict(sorted(self.brands.items())),
            "n_rows": self.n_rows, "luck": asdict(self.luck),
        }  # fmt: skip
        return plain, trees

    @classmethod
    def from_state(cls, saved: Mapping[str, Any], trees: tuple[str, ...]) -> AfterModel:
        """The model that `state` described."""
        return cls(
            LiftModel.from_state(saved["lift"], trees), Attribution.from_json(saved["attribution"]),
            {str(name): float(value) for name, value in saved["brands"].items()}, int(saved["n_rows"]),
            Luck(**saved["luck"]),
        )  # fmt: skip


def fit_after(
    known: Finished, counts: pd.DataFrame, attribution: Attribution, before_tau: float, seed: int, groups: Sequence[str]
) -> AfterModel | None:
    """Learn from deals with a lift test; None below `FEWEST` that have attributed orders, too.

    Parameters
    ----------
    known : the deals; their `log_lift` comes from folds they were not in, NaN leaves one out
    counts : their lift tests, as `models.lift.LiftModel.fit` takes them
    before_tau : spread of true log lifts about the prediction before the campaign
    groups : rows of one group are held out together when the model judges itself
    """
    told = np.flatnonzero(np.isfinite(known.log_lift))
    known, counts, groups = (
        known.take(told, known.log_lift[told]),
        counts.iloc[told],
        [groups[i] for i in told.tolist()],
    )
    n = int(np.sum(np.isfinite(known.attributed)))
    if n < FEWEST:
        return None
    brands, usual = _brand_levels(known, attribution)
    lift = LiftModel(0.0, max(before_tau, 0.05) * np.sqrt(2.0), rates=False, seed=seed)
    lift.fit(_features(known, attribution, usual), counts.assign(prior=known.log_lift), groups=groups)
    return AfterModel(lift, attribution, brands, n, _without_luck(lift, known, counts, attribution, usual))


def _without_luck(
    lift: LiftModel, known: Finished, counts: pd.DataFrame, attribution: Attribution, usual: Floats
) -> Luck:
    """How much of the deviation is luck shared with the tests; widens the spread of `lift` by as much.

    A test's ln ratio has the luck e of its exposed conversions k, of variance 1 / k. Orders attributed with a click are
    among these k and have the same e. With c the mean covariance of e and the deviation d, D the variance of d: the
    share of d that tells of true lift is kept = 1 - c / D, and true lifts vary about it by (1 - kept²) D more than
    tests suggest, since a residual of a test is too small by 2 c.
    """
    conversions = counts["exposed_conversions"].to_numpy(dtype=np.float64)
    # An estimate of its own (regions, weeks) has the luck of all sales there, of which attributed ones are few.
    own = counts["lift_se"].isna().to_numpy() if "lift_se" in counts else np.ones(len(counts), dtype=np.bool_)
    told = own & (conversions > 0) & (known.attributed > 0) & np.isfinite(lift.held_out_)
    deviation = lift.held_out_ - known.log_lift
    if not told.any():
        return Luck()
    sd = 1.0 / np.sqrt(np.where(told, conversions, 1.0))
    orders = np.where(told, known.attributed, 1.0)
    clicked = 1.0 - np.clip(np.nan_to_num(known.code_uses) / orders, 0.0, 1.0)
    more, fewer = (
        lift.predict(
            _features(replace(known, attributed=known.attributed * np.exp(sign * sd)), attribution, usual),
            known.log_lift,
        )
        for sign in (1.0, -1.0)
    )
    shared = np.where(told, clicked * 0.5 * (more - fewer) * sd, 0.0)
    counted = np.isfinite(deviation)
    weight = 1.0 / (sd[counted] ** 2 + lift.spread_.tau**2)
    middle = float(np.average(deviation[counted], weights=weight))
    variance = float(np.average((deviation[counted] - middle) ** 2, weights=weight))
    kept = float(np.clip(1.0 - np.average(shared[counted], weights=weight) / max(variance, 1e-12), 0.0, 1.0))
    lift.spread_ = replace(lift.spread_, tau=float(np.sqrt(lift.spread_.tau**2 + (1.0 - kept**2) * variance)))
    return Luck(kept, middle)


def _expected(asked: Finished, attribution: Attribution) -> Floats:
    return np.asarray(attribution.expected(asked.anyway, asked.anyway * np.expm1(asked.log_lift)) + 1e-9)


def _brand_levels(known: Finished, attribution: Attribution) -> tuple[dict[str, float], Floats]:
    """Level of each brand over all its deals; and, for learning, each deal's brand level without the deal itself."""
    expected = _expected(known, attribution)
    told = np.isfinite(known.attributed)
    rows = pd.DataFrame({"brand": list(known.brand), "seen": np.where(told, known.attributed, 0.0),
                         "expected": np.where(told, expected, 0.0)})  # fmt: skip
    sums = rows.groupby("brand")[["seen", "expected"]].sum()
    level = np.log((sums["seen"] + _BRAND_ORDERS) / (sums["expected"] + _BRAND_ORDERS))
    others = sums.loc[rows["brand"]].to_numpy() - rows[["seen", "expected"]].to_numpy()
    usual = np.log((others[:, 0] + _BRAND_ORDERS) / (others[:, 1] + _BRAND_ORDERS))
    return {str(name): float(value) for name, value in level.items()}, np.asarray(usual)


def _no_noise(expected: Floats, attribution: Attribution) -> Floats:
    return np.asarray(expected / (expected + 1.0 / max(attribution.noise**2, 0.01)))


def _features(asked: Finished, attribution: Attribution, usual: Floats) -> pd.DataFrame:
    expected = _expected(asked, attribution)
    people = np.maximum(asked.exposed, 1.0)
    above = np.log((asked.attributed + 0.5) / (expected + 0.5))
    # A ratio of few orders is mostly luck: it counts as far as orders differ by more than their counting noise.
    kept = _no_noise(expected, attribution)
    return pd.DataFrame(
        {
            "clicks_per_exposed": np.log((asked.clicks + 0.5) / people),
            "attributed_above_expected": kept * above,
            "attributed_above_brand": kept * (above - usual),
            "code_share": np.minimum(asked.code_uses / np.maximum(asked.attributed, 1.0), 1.0),
        }
    )
