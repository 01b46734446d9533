"""`CreatorScorer`: from tables or features to lift, fit and ROI; the one thing that is saved and served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from data.errors import Fault, UsageError
from data.history import History, pairings_frame
from data.priors import Priors, load_priors
from data.schemas import GOALS
from features.build import build_features
from features.catalog import CATALOG, FAMILIES, NAMES
from features.reference import Reference
from models.after import AfterModel
from models.attribution import Attribution
from models.explain import Reason, reasons
from models.families import Floats
from models.fit import Benchmark, Fit, fit_scores
from models.lift import DEFAULT, LiftModel
from models.lift_and_orders import FOR_REACH, learn
from models.lift_of_deals import FOR_LIFT, masked, only, prior_log_lift
from models.lift_settings import LiftSettings
from models.rates import RateModel, Rates
from models.reach import ReachModel, published_reach
from models.roi import Beliefs, Wish, roi_columns
from models.selection import Selection
from models.support import Support
from models.terms import MONEY_COLUMNS as MONEY_COLUMNS
from models.terms import TERM_COLUMNS as TERM_COLUMNS
from models.terms import Context as Context
from models.terms import economics
from models.threads import one_thread
from models.together import Together
from models.training_set import CAMPAIGN_COLUMNS, DataKind, TrainingSet, floats

Progress = Callable[[int, int], None]
Columns = Mapping[str, Any]
"""Flat columns by name: arrays or lists of n values."""
LEVELS = (0.05, 0.99)
"""Interval levels that may be asked for."""
_FAMILY = [FAMILIES.index(feature.family) for feature in CATALOG]
_GIVEN_REACH_SD = 0.25
"""How far a stated number of exposed people is believed to be off (ln)."""
_STEPS = 5


@dataclass(frozen=True)
class CreatorScorer:
    """Everything a score needs. Fitted with `fit`, saved and loaded by `models.artifact`, never changed."""

    lift: LiftModel
    reach: ReachModel
    rates: RateModel
    attribution: Attribution
    benchmark: Benchmark
    support: Support
    reference: Reference
    data: DataKind
    """Whether it learned from a simulated market or from someone's own campaigns."""
    info: Mapping[str, Any] = field(default_factory=dict)
    """Training window, number of collaborations, measured skill: plain JSON values for people to read."""
    priors: Priors = field(default_factory=load_priors)
    selection: Selection = field(default_factory=Selection)
    after: AfterModel | None = None
    """What is known after a campaign by clicks and attributed orders; None with too few deals that have both those and
    a lift test."""

    @classmethod
    @one_thread
    def fit(
        cls, known: TrainingSet, seed: int = 0, progress: Progress | None = None, settings: LiftSettings = DEFAULT
    ) -> CreatorScorer:
        """Learn from past deals; with none it is the published figures with wide intervals.

        `progress(done, total)` is called after each part; `settings` are the lift model's. The same training set,
        settings and seed give the same scorer.
        """

        def step(done: int) -> None:
            if progress is not None:
                progress(done, _STEPS)

        deals = known.deals
        labels = np.flatnonzero(known.is_label)
        told = learn(known, seed, settings, step=step)
        lift, attribution, log_lift = told.lift, told.attribution, told.log_lift
        support = Support.of(known.X.iloc[labels])
        held_out = np.full(len(deals), np.nan)
        held_out[labels] = told.held_out
        together = Together.of(deals, held_out, told.baseline, lift.spread_.tau)
        selection = _selection(known, lift, log_lift, told.rates, together)
        benchmark = Benchmark.of(
            log_lift[labels], deals["goal"].iloc[labels].tolist(), prior_log_lift(pd.Series(GOALS), known.priors)
        )
        step(_STEPS)
        info = {
            "as_of": known.as_of.isoformat(),
            "n_collaborations": len(deals),
            "n_measured": len(labels),
            "n_read_from_attributed": told.n_read,
            "lift_spread_unexplained": lift.spread_.tau,
            "lift_settings": asdict(settings),
            "log_lift_lead_of_chosen": selection.lead,
            "log_rate_lead_of_chosen": selection.rate_lead,
            "log_lift_per_log_rate": {"slope": together.slope, "error": together.error},
            "attributed_to_incremental": {
                "factor": attribution.factor, "low": attribution.factor_low, "high": attribution.factor_high,
                "n": attribution.n_rows,
            },
        }  # fmt: skip
        return cls(
            lift=lift, reach=told.reach, rates=told.rates, attribution=attribution, benchmark=benchmark,
            support=support, reference=known.reference, data=known.data, info=info, priors=known.priors,
            selection=selection, after=told.after,
        )  # fmt: skip

    def with_info(self, info: Mapping[str, Any]) -> CreatorScorer:
        """This scorer with more told about it (merged over what `fit` told)."""
        return replace(self, info={**self.info, **info})

    def features(self, history: History, pairings: pd.DataFrame) -> pd.DataFrame:
        """The features the models see, in the catalogue's order; see `features.build.build_features`."""
        return build_features(history, pairings, self.reference)

    def predict_features(self, X: pd.DataFrame, level: float = 0.8) -> pd.DataFrame:
        """Columns log_lift, log_lift_low, log_lift_high, lift (relative) and fit_score, on the index of `X`.

        `X` has the catalogue's columns. The goal is read off its `goal_…` columns; unknown means sales.
        """
        values = np.ascontiguousarray(X.to_numpy(dtype=np.float64))
        told = self._lift(values, _goal_of(X), level, self.selection.unchosen(values))
        return pd.DataFrame(
            {
                "log_lift": told.log_lift,
                "log_lift_low": told.low,
                "log_lift_high": told.high,
                "lift": told.expected,
                "fit_score": told.fit.score,
            },
            index=X.index,
        )

    def score(
        self, history: History, pairings: pd.DataFrame, terms: pd.DataFrame, *,
        level: float = 0.8, target_roi: float = 0.0, safety: float = 0.8, explain: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """Scores of pairings.

        Parameters
        ----------
        history : tables that hold the pairings' creators and campaigns
        pairings : n rows with creator_id, campaign_id and as_of (UTC)
        terms : frame on the same index: fee, commission_rate, product_cost, expected_exposed; NaN is "not given"
        level : of every interval, 0.05 to 0.99
        target_roi, safety : the maximum fee is the one at which P(ROI >= target_roi) is `safety`
        explain : whether to give reasons

        Returns
        -------
        DataFrame on the index of `pairings`; see `score_features`.

        Raises
        ------
        UsageError
            When a campaign is unknown, `level` or `safety` is out of range, or the indices differ.
        """
        return self.score_seen(
            history, pairings, terms, level=level, target_roi=target_roi, safety=safety, explain=explain
        )[0]

    def score_seen(
        self, history: History, pairings: pd.DataFrame, terms: pd.DataFrame, *,
        level: float = 0.8, target_roi: float = 0.0, safety: float = 0.8, explain: bool = False,
    ) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
        """As `score`, and the features behind it, on the same index."""
        asked = pairings_frame(pairings)
        context = _context(history, asked)
        X = self.features(history, asked)
        told = self.score_features(
            X, context, terms, level=level, target_roi=target_roi, safety=safety, explain=explain
        )
        return told, X

    def score_features(
        self, X: pd.DataFrame, context: pd.DataFrame, terms: pd.DataFrame, *,
        level: float = 0.8, target_roi: float = 0.0, safety: float = 0.8, explain: bool = False,
    ) -> pd.DataFrame:  # fmt: skip
        """As `score`, from features; `context` has the columns brand, goal, order_value, gross_margin, return_rate,
        baseline_rate and handling_cost of each row's campaign, on the same index.

        Columns: fit_score, fit_low, fit_high (0 to 100), fit_benchmark (relative lift), fit_part_{family} (points,
        adding up to fit_score - 50); log_lift; lift_{expected, low, high} (relative, of the true lift);
        baseline_rate_{expected, low, high, source}; the columns of `models.roi.roi_columns`; support_level,
        support_reasons, flags (codes of `models.support.FLAGS`) and reasons (see `models.explain`; empty unless asked).
        """
        faults = _faults(level, target_roi, safety)
        faults += [
            Fault(f"terms, column {c}", "no such column", ", ".join(TERM_COLUMNS))
            for c in TERM_COLUMNS
            if c not in terms
        ]
        if list(X.columns) != list(NAMES):
            faults.append(Fault("features", "other columns", "the feature catalogue's, in its order"))
        for name, frame in (("terms", terms), ("context", context)):
            if not frame.index.equals(X.index):
                faults.append(Fault(name, "another index", "the index of the pairings"))
        if faults:
            raise UsageError(faults)
        numbers = {name: floats(context, name) for name in MONEY_COLUMNS}
        about = Context(context["brand"].tolist(), context["goal"].tolist(), numbers)
        asked = {name: floats(terms, name) for name in TERM_COLUMNS}
        values = np.ascontiguousarray(X.to_numpy(dtype=np.float64))
        columns = self.score_rows(
            values, about, asked, level=level, target_roi=target_roi, safety=safety, explain=explain
        )
        return pd.DataFrame(columns, index=X.index)

    def score_rows(
        self, values: Floats, about: Context, terms: Mapping[str, Floats], *,
        level: float = 0.8, target_roi: float = 0.0, safety: float = 0.8, explain: bool = False,
    ) -> Columns:  # fmt: skip
        """As `score_features`, from plain arrays, which for one row is most of the work saved.

        `values`: shape (n, features) in the catalogue's order, contiguous. `terms`: by name of `TERM_COLUMNS`, (n,).
        """
        faults = _faults(level, target_roi, safety)
        if faults:
            raise UsageError(faults)
        goal = about.goal
        for_lift = only(values, FOR_LIFT)
        unchosen = self.selection.unchosen(values)
        told = self._lift(values, goal, level, unchosen)
        rates = self.rates.predict(for_lift, about.brand, goal, about.money["baseline_rate"])
        rates = rates.moved(-self.selection.rate_lead * unchosen, self.selection.rate_variance(unchosen))
        reach_mean, reach_sd = self._reach(values, terms["expected_exposed"])
        slope = self.selection.together.slope
        beliefs = Beliefs(
            told.log_lift, told.sd, rates.log_mean, rates.log_sd, reach_mean, reach_sd, lift_by_rate=slope
        )
        outcome = roi_columns(beliefs, economics(about, terms), self.attribution, Wish(level, target_roi, safety))
        half = _half(level)
        levels, why = self.support.judge(values)
        columns: dict[str, Any] = {
            "fit_score": told.fit.score, "fit_low": told.fit.low, "fit_high": told.fit.high,
            "fit_benchmark": np.expm1(told.benchmark),
            **{f"fit_part_{name}": told.fit.parts[:, j] for j, name in enumerate(FAMILIES)},
            "log_lift": told.log_lift,
            "lift_expected": told.expected, "lift_low": np.expm1(told.low), "lift_high": np.expm1(told.high),
            "baseline_rate_expected": rates.expected,
            "baseline_rate_low": np.exp(rates.log_mean - half * rates.log_sd),
            "baseline_rate_high": np.minimum(np.exp(rates.log_mean + half * rates.log_sd), 1.0),
            "baseline_rate_source": rates.source,
            **outcome,
            "support_level": levels, "support_reasons": why, "flags": self.support.flags(values, self.data),
        }  # fmt: skip
        expected = outcome["incremental_conversions_expected"]
        columns["reasons"] = self._reasons(values, goal, expected) if explain else [[] for _ in range(len(values))]
        return columns

    def _lift(self, values: Floats, goal: Sequence[str], level: float, unchosen: Floats) -> _Lift:
        prior = prior_log_lift(goal, self.priors)
        told = self.lift.told(only(values, FOR_LIFT), prior, _FAMILY)
        correction, doubt = self.selection.correction(unchosen), self.selection.doubt(unchosen)
        log_lift, sd = told.log_lift + correction, np.sqrt(told.sd**2 + doubt**2)
        model_sd = np.sqrt(told.model_sd**2 + doubt**2)
        benchmark = self.benchmark.log_lift(goal)
        families = told.sums[:, :-1]
        # What is common to all, less the benchmark, is the campaign's doing: it differs by goal alone.
        families[:, FAMILIES.index("campaign")] += told.sums[:, -1] - benchmark
        families[:, FAMILIES.index("niche")] += correction
        half = _half(level)
        return _Lift(
            log_lift=log_lift,
            sd=sd,
            low=log_lift - half * sd,
            high=log_lift + half * sd,
            benchmark=benchmark,
            fit=fit_scores(log_lift, model_sd, self.lift.spread_.tau_at(log_lift), benchmark, families, level),
        )

    def expectations(self, X: pd.DataFrame, deals: pd.DataFrame) -> tuple[Floats, Rates]:
        """Expected people exposed, shape (n,), and baseline rates of deals (columns brand, goal, baseline_rate)."""
        values = X.to_numpy(dtype=np.float64)
        reach = self.reach.predict(only(values, FOR_REACH), published_reach(values, self.priors))
        brand, goal = deals["brand"].tolist(), deals["goal"].tolist()
        return reach, self.rates.predict(only(values, FOR_LIFT), brand, goal, floats(deals, "baseline_rate"))

    def _reasons(self, values: Floats, goal: Sequence[str], incremental: Floats) -> list[list[Reason]]:
        contributions = self.lift.contributions(only(values, FOR_LIFT), prior_log_lift(goal, self.priors))
        contributions[:, -1] += self.selection.correction(self.selection.unchosen(values))
        return reasons(values, contributions, incremental)

    def _reach(self, values: Floats, given: Floats) -> tuple[Floats, Floats]:
        """Mean and spread of ln(exposed), shape (n,) each; a stated number of people counts as the expectation."""
        told = given > 0
        mean = self.reach.log_mean(only(values, FOR_REACH), published_reach(values, self.priors))
        sd = np.full(len(values), self.reach.spread)
        stated = np.log(np.where(told, given, 1.0)) - 0.5 * _GIVEN_REACH_SD**2
        return np.where(told, stated, mean), np.where(told, _GIVEN_REACH_SD, sd)


@dataclass(frozen=True)
class _Lift:
    log_lift: Floats
    sd: Floats
    low: Floats
    high: Floats
    benchmark: Floats
    fit: Fit

    @property
    def expected(self) -> Floats:
        """Mean relative lift: the log-normal's, since conversions are counted in rates, not in logs."""
        return np.expm1(self.log_lift + 0.5 * self.sd**2)


@lru_cache(maxsize=64)
def _half(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2.0))


def _selection(
    known: TrainingSet, lift: LiftModel, log_lift: Floats, rates: RateModel, together: Together
) -> Selection:
    """What past deals were ahead of the catalogue by; nothing without a sample of it."""
    drawn = known.catalogue_X
    if drawn is None or not known.is_label.any():
        return Selection(together=together)
    told = lift.predict(masked(drawn, FOR_LIFT), prior_log_lift(pd.Series(_goal_of(drawn)), known.priors))
    deals, others = (frame.to_numpy(dtype=np.float64) for frame in (known.X, drawn))
    lead = rates.lead(only(deals, FOR_LIFT), only(others, FOR_LIFT))
    return Selection.of(deals, others, log_lift, told).with_rates(lead, together)


def _goal_of(X: pd.DataFrame) -> list[str]:
    flags = X[[f"goal_{g}" for g in GOALS]].to_numpy(dtype=np.float64)
    flags = np.where(np.isnan(flags), 0.0, flags)
    return [GOALS[int(place)] for place in flags.argmax(axis=1)] if len(X) else []


def _context(history: History, asked: pd.DataFrame) -> pd.DataFrame:
    campaigns = history["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")
    unknown = sorted(set(asked["campaign_id"]) - set(campaigns.index))
    if unknown:
        raise UsageError([Fault("pairings, column campaign_id", name, "a campaign of the tables") for name in unknown])
    return campaigns.loc[asked["campaign_id"], list(CAMPAIGN_COLUMNS)].set_axis(asked.index)


def _faults(level: float, target_roi: float, safety: float) -> list[Fault]:
    faults = []
    if not LEVELS[0] <= level <= LEVELS[1]:
        faults.append(Fault("level", f"{level:g}", f"{LEVELS[0]:g} to {LEVELS[1]:g}"))
    if not 0.0 < safety < 1.0:
        faults.append(Fault("safety", f"{safety:g}", "strictly between 0 and 1"))
    if not target_roi > -1.0:
        faults.append(Fault("target_roi", f"{target_roi:g}", "above -1"))
    return faults
