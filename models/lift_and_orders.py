"""What a scorer learns of past deals in its order: lift from tests, rates, reach, what attributed orders say, and lift
once more with these orders read (`models.readings`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.catalog import NAMES, REACH_NAMES
from models.after import AfterModel, Finished, fit_after
from models.attribution import Attribution, fit_attribution
from models.families import Floats
from models.lift import DEFAULT, LiftModel
from models.lift_of_deals import FOR_LIFT, fit_lift, lift_tests, masked, only, prior_log_lift
from models.lift_settings import LiftSettings
from models.rates import RateModel, Rates, fit_rates
from models.reach import ReachModel, published_reach
from models.readings import read_attributed
from models.training_set import TrainingSet, floats

FOR_REACH = np.isin(
    NAMES, (*REACH_NAMES, "audience_ships_to_share", "creator_country_served", "creator_language_wanted")
)
"""Reach counts those who can buy, so what tells who can is for it, too."""


@dataclass(frozen=True)
class Learned:
    """Models of lift, rates, reach and orders of a training set with n deals, m of them with a lift test."""

    lift: LiftModel
    log_lift: Floats
    """Of every deal by `lift`, shape (n,)."""
    held_out: Floats
    """Of the deals with a test by models that had not seen them, shape (m,), NaN where a test told nothing."""
    rates: RateModel
    baseline: Rates
    """Of every deal."""
    reach: ReachModel
    attribution: Attribution
    after: AfterModel | None
    n_read: int
    """Deals whose attributed orders were read."""


def learn(
    known: TrainingSet,
    seed: int,
    settings: LiftSettings = DEFAULT,
    seen: pd.DataFrame | None = None,
    step: Callable[[int], None] | None = None,
) -> Learned:
    """Learn from past deals; with none these are the published figures.

    `seen`: what the lift model sees of each deal, (n, any columns), instead of the features it may see. `step` is
    called with 1 to 4 as the parts get done.
    """

    def done(number: int) -> None:
        if step is not None:
            step(number)

    X, deals = known.X.to_numpy(dtype=np.float64), known.deals
    seen = masked(known.X, FOR_LIFT) if seen is None else seen
    labels = np.flatnonzero(known.is_label)
    prior = prior_log_lift(deals["goal"], known.priors)
    lift = fit_lift(known, seen, seed, settings)
    done(1)
    log_lift = lift.predict(seen, prior)
    for_lift, for_reach = only(X, FOR_LIFT), only(X, FOR_REACH)
    rates = fit_rates(for_lift, deals, log_lift, known.priors, seed)
    done(2)
    reach = ReachModel(prior_sd=max(p.sd for p in known.priors.reach.values()), seed=seed)
    exposed = floats(deals, "exposed")
    published = published_reach(X, known.priors)
    reach.fit(for_reach, exposed, published, deals["creator_id"].tolist())
    done(3)
    baseline = rates.predict(for_lift, deals["brand"].tolist(), deals["goal"].tolist(), floats(deals, "baseline_rate"))
    anyway = exposed * baseline.expected
    attribution = fit_attribution(
        floats(deals, "attributed_conversions"), anyway, anyway * np.expm1(log_lift), known.priors
    )
    finished = Finished.of(deals, log_lift, reach.predict(for_reach, published), baseline.expected)
    tests, creators = lift_tests(known, labels), deals["creator_id"].iloc[labels].tolist()
    held_out = lift.held_out_
    after = fit_after(finished.take(labels, held_out), tests, attribution, lift.spread_.tau, seed, creators)
    readings = read_attributed(finished, labels, held_out, lift.spread(seen, prior)[1], after)
    if readings is not None:
        lift = fit_lift(known, seen, seed, settings, readings)
        log_lift, held_out = lift.predict(seen, prior), lift.held_out_[: len(labels)]
        after = fit_after(finished.take(labels, held_out), tests, attribution, lift.spread_.tau, seed, creators)
    done(4)
    n_read = 0 if readings is None else len(readings.rows)
    return Learned(lift, log_lift, held_out, rates, baseline, reach, attribution, after, n_read)
