"""One market: the model, its ceiling and every opponent learn before the cut and are asked about what came after."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from data.priors import load_priors
from data.synthetic_truth import REACH_SD
from data.synthetic_world import CURRENCIES, PER_DOLLAR
from features.catalog import BY_NAME, FAMILIES, NAMES
from models.families import Floats
from models.finished import after_campaign
from models.lift_and_orders import learn
from models.lift_of_deals import prior_log_lift
from models.scorer import CreatorScorer
from models.training_set import CAMPAIGN_COLUMNS, TrainingSet
from quality.decisions import GIVEN_RATE
from quality.markets import Asked, Prepared
from quality.opponents import OPPONENTS, attributed_per_follower
from quality.others import by_library, lift_tests, opposed
from training.dataset import groups_of

MODEL, CEILING, FEWER = "model", "ceiling", "without attributed"
LEVEL = 0.8
Predict = Callable[[Asked], Floats]
_TOLD = (
    "log_lift", "fit_score", "fit_benchmark", "lift_low", "lift_high", "baseline_rate_expected", "exposed_expected",
    "lift_expected", "incremental_conversions_expected", "incremental_conversions_low", "incremental_conversions_high",
    "roi_expected", "roi_low", "roi_high", "roi_probability_positive",
)  # fmt: skip


def contest(prepared: Prepared, seed: int, *, peer: str | None = None) -> tuple[pd.DataFrame, dict[str, Any]]:
    """`scored`, beside what every opponent says: columns `pred <name>` (log lift).

    `peer`: interpreter with a library of learners, None to leave those out.
    """
    parts = [scored(prepared, seed), opposed(prepared)]
    if peer is not None:
        parts.append(by_library(prepared, peer))
    return joined(parts)


def joined(parts: Sequence[tuple[pd.DataFrame, dict[str, Any]]]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Several parts of one contest, rows alike, beside each other; their seconds in one."""
    frames, facts = zip(*parts, strict=True)
    rows = pd.concat([frames[0], *(frame.drop(columns="view") for frame in frames[1:])], axis=1)
    seconds = {name: s for one in facts for name, s in one["seconds"].items()}
    return rows, {**facts[0], "seconds": seconds}


def scored(prepared: Prepared, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Everything the scorer said of every judged pairing beside what is true, the ceiling, and facts of the run.

    Rows: `view`, the true values, `pred model` and `pred ceiling` (log lift), what the scorer told (`_TOLD`), money,
    and what was realised: from the tables for counted deals, by the simulator's own draws for the catalogue.
    """
    started = time.process_time()
    scorer = CreatorScorer.fit(prepared.known, seed)
    seconds = {MODEL: time.process_time() - started}
    views = {name: _judged(scorer, asked, seed) for name, asked in prepared.views.items()}
    started = time.process_time()
    best = ceiling(prepared, seed)
    for view, asked in prepared.views.items():
        views[view][f"pred {CEILING}"] = best(asked)
    seconds[CEILING] = time.process_time() - started
    rows = pd.concat([frame.assign(view=view) for view, frame in views.items()], ignore_index=True)
    facts = {
        "known": len(prepared.known.X), "labels": int(prepared.known.is_label.sum()),
        "tau": scorer.lift.spread_.tau, "gain": scorer.lift.gain_, "tree_share": scorer.lift.blend_.tree_share,
        "factor": scorer.info["attributed_to_incremental"], "seconds": seconds,
    }  # fmt: skip
    return rows, facts


def ceiling(prepared: Prepared, seed: int) -> Predict:
    """The same model given the true latents instead of features: it reads attributed orders, too."""
    model = learn(prepared.known, seed, seen=prepared.past.latents).lift
    priors = load_priors()
    return lambda asked: model.predict(asked.latents, prior_log_lift(asked.rows["goal"], priors))


def growth(prepared: Prepared, seed: int) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The model, the same without collaborations known by attributed orders alone, the constant and the ceiling, on
    the future view: columns `true_log_lift`, `pred …`, lift_low, lift_high; and of the model with and without those
    collaborations, `true_log_base`, `base …` (ln of the conversions to be had anyway) and `after …` (log lift once the
    campaign is over, NaN where nothing is told)."""
    known, asked = prepared.known, prepared.views["future"]
    scorer = CreatorScorer.fit(known, seed)
    told = _judged(scorer, asked, seed)
    rows = told[["true_log_lift", "lift_low", "lift_high", f"pred {MODEL}"]].copy()
    rows["true_log_base"] = np.log(told["true_exposed"] * told["true_rate"])
    counted = without_attributed(known)
    fewer = told if len(counted.X) == len(known.X) else _judged(CreatorScorer.fit(counted, seed), asked, seed)
    rows[f"pred {FEWER}"] = fewer[f"pred {MODEL}"]
    for name, one in ((MODEL, told), (FEWER, fewer)):
        rows[f"base {name}"] = np.log(one["exposed_expected"] * one["baseline_rate_expected"])
        rows[f"after {name}"] = one["after"]
    X, counts, labels = lift_tests(known)
    rows["pred constant lift"] = OPPONENTS["constant lift"]().fit(X, counts).predict(asked.X)
    rows[f"pred {CEILING}"] = ceiling(prepared, seed)(asked)
    facts = {"known": len(known.X), "labels": len(labels), "factor": scorer.info["attributed_to_incremental"]}
    return rows, facts


def ablation_rows(prepared: Prepared, seed: int) -> pd.DataFrame:
    """Predictions for the future view with feature families left out, and with one family beside the campaign's."""
    asked, priors = prepared.views["future"], load_priors()
    found = {"true_log_lift": asked.true}
    for name, kept in _families().items():
        model = learn(prepared.known, seed, seen=_only(prepared.known.X, kept)).lift
        found[f"pred {name}"] = model.predict(_only(asked.X, kept), prior_log_lift(asked.rows["goal"], priors))
    return pd.DataFrame(found)


def _families() -> dict[str, tuple[str, ...]]:
    content = [family for family in FAMILIES if family != "campaign"]
    kept: dict[str, tuple[str, ...]] = {"every family": tuple(FAMILIES), "campaign alone": ("campaign",)}
    kept |= {f"without {family}": tuple(f for f in FAMILIES if f != family) for family in content}
    return kept | {f"campaign and {family}": ("campaign", family) for family in content}


def _only(X: pd.DataFrame, families: tuple[str, ...]) -> pd.DataFrame:
    return X[[n for n in NAMES if BY_NAME[n].for_lift and BY_NAME[n].family in families]]


def without_attributed(known: TrainingSet) -> TrainingSet:
    """The same deals without those known by attributed orders alone."""
    return known.take(np.flatnonzero((known.deals["measure"] != "attributed").to_numpy()))


def _judged(scorer: CreatorScorer, asked: Asked, seed: int) -> pd.DataFrame:
    rows, priors = asked.rows, load_priors()
    terms = rows[["fee", "commission_rate", "product_cost"]].assign(expected_exposed=np.nan).astype("float64")
    told = scorer.score_features(asked.X, rows[list(CAMPAIGN_COLUMNS)], terms, level=LEVEL)
    groups = groups_of(asked.X, rows, priors)
    out = pd.DataFrame(
        {
            "campaign_id": rows["campaign_id"],
            **{name: groups[name] for name in ("platform", "tier", "goal")},
            **{name: rows[name] for name in ("true_log_lift", "true_rate", "true_exposed")},
            "attributed_per_follower": attributed_per_follower(asked.X),
            "log_followers": asked.X["log_followers"],
            "engagement_rate": asked.X["engagement_rate_by_followers"],
            **{name: told[name] for name in _TOLD},
            f"pred {MODEL}": told["log_lift"],
            GIVEN_RATE: _given_rate(scorer, told, rows["true_rate"]),
        }
    )
    return out.join(_money(rows)).join(_realised(rows, seed)).join(_after(scorer, asked))


def _given_rate(scorer: CreatorScorer, told: pd.DataFrame, rate: pd.Series) -> pd.Series:
    """Expected log lift once the baseline rate is known."""
    middle = 0.5 * (np.log(told["baseline_rate_low"]) + np.log(told["baseline_rate_high"]))
    return told["log_lift"] + scorer.selection.together.slope * (np.log(rate) - middle)


def _after(scorer: CreatorScorer, asked: Asked) -> pd.DataFrame:
    """Log lift of finished deals once clicks and attributed orders are known: `after`, after_low, after_high; NaN for
    questions, and where the scorer has no such model."""
    columns = {"after": "log_lift_after", "after_low": "log_lift_after_low", "after_high": "log_lift_after_high"}
    if scorer.after is None or "attributed_conversions" not in asked.rows:
        return pd.DataFrame(np.nan, index=asked.rows.index, columns=list(columns))
    told = after_campaign(scorer, asked.X, asked.rows, LEVEL).reset_index(drop=True)
    return pd.DataFrame({name: told[column] for name, column in columns.items()})


def _money(rows: pd.DataFrame) -> pd.DataFrame:
    """In dollars, so that deals of several currencies can be compared: worth of one incremental conversion, cost."""
    rate = dict(zip(CURRENCIES, PER_DOLLAR, strict=True))
    dollars = rows["currency"].map(rate).astype("float64")
    worth = rows["order_value"] * (1.0 - rows["return_rate"].fillna(0.0)) * rows["gross_margin"]
    cost = rows["fee"] + rows["product_cost"].fillna(0.0) + rows["handling_cost"].fillna(0.0)
    return pd.DataFrame({"worth": worth / dollars, "cost": cost / dollars}).astype("float64")


def _realised(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Columns realised_incremental and realised_roi; NaN where the deal was not counted.

    Incremental conversions are those among the exposed less those that the true baseline rate would have brought.
    """
    if "exposed_conversions" in rows:
        exposed, converted = rows["exposed"], rows["exposed_conversions"]
        kept = rows["attributed_revenue"] * (1.0 - rows["return_rate"].fillna(0.0))
    else:
        rng = np.random.default_rng(seed)
        luck = np.exp(rng.normal(0.0, REACH_SD, len(rows)) - REACH_SD**2 / 2)
        exposed = np.maximum(np.round(rows["true_exposed"] * luck), 10.0)
        chance = np.minimum(rows["true_rate"] * np.exp(rows["true_log_lift"]), 0.9)
        converted = pd.Series(rng.binomial(exposed.astype(int), chance), index=rows.index, dtype="float64")
        kept = pd.Series(0.0, index=rows.index)
    incremental = converted - exposed * rows["true_rate"]
    worth = rows["order_value"] * (1.0 - rows["return_rate"].fillna(0.0)) * rows["gross_margin"]
    cost = rows["fee"] + rows["product_cost"].fillna(0.0) + rows["handling_cost"].fillna(0.0)
    cost = cost + (rows["commission_rate"] * kept).fillna(0.0)
    roi = (incremental * worth - cost) / cost.where(cost > 0)
    return pd.DataFrame({"realised_incremental": incremental, "realised_roi": roi}).astype("float64")


def figures_of_view(rows: pd.DataFrame) -> Mapping[str, dict[str, float]]:
    """RMSE, bias, explained share of variance, rank correlation and spread of every contestant of one view."""
    true = rows["true_log_lift"].to_numpy()
    return {
        column.removeprefix("pred "): lift_figures(rows[column].to_numpy(), true)
        for column in rows.columns
        if column.startswith("pred ") and rows[column].notna().all()
    }


def lift_figures(predicted: Floats, true: Floats) -> dict[str, float]:
    """RMSE, bias, explained share of variance (1 - MSE about its bias over variance), rank correlation, spread."""
    error, spread = predicted - true, float(np.std(true))
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "bias": float(np.mean(error)),
        "explained": 1.0 - float(np.var(error)) / spread**2 if spread > 1e-9 else 0.0,
        "rank_correlation": rank_correlation(predicted, true),
        "spread": float(np.std(predicted)),
    }


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's; 0 where one of them is the same for all."""
    if min(float(np.ptp(one)), float(np.ptp(other))) < 1e-9:
        return 0.0
    return float(stats.spearmanr(one, other).statistic)
