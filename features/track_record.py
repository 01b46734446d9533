"""What a creator's earlier collaborations brought, as far as it was known by then.

A collaboration counts from when it was agreed; its outcome only from when that was known. Measured lifts are pooled
by precision and shrunk towards a sceptical prior.
"""

from __future__ import annotations

import numpy as np

from data.priors import load_priors
from features import grouped
from features.asof import View, Visible
from features.feature import Feature
from features.grouped import Floats, Mask
from features.words import codes, equal, fold, missing, positions_in

LIFT_SPREAD = 0.3
"""How far true log lifts of one creator's collaborations differ, and how far creators differ (standard deviations)."""
YEAR = 365.0

_NONE = "no measured collaboration known by then"
_SHRUNK = "past lifts are noisy, so they are weighted by precision and shrunk: DerSimonian & Laird 1986"
_CODES = "codes leak, and some would have bought anyway: attributed is not incremental"
_REPEAT = "repeated exposure: Evans et al. 2022"


def _f(name: str, unit: str, low: float | None, high: float | None, missing: str, text: str, source: str = "",
       *, lift: bool = True, reach: bool = False) -> Feature:  # fmt: skip
    return Feature(name, "engagement", unit, low, high, missing, text, source, lift, reach)


FEATURES: tuple[Feature, ...] = (
    _f("n_collaborations", "collaborations", 0, None, "never", "agreed before"),
    _f("n_collaborations_365d", "collaborations", 0, None, "never", "agreed in 365 days"),
    _f("n_collaborations_running", "collaborations", 0, None, "never", "agreed before and without a known outcome"),
    _f("n_collaborations_measured", "collaborations", 0, None, "never", "with a measured lift known by then"),
    _f("days_since_collaboration", "days", 0, None, "no collaboration before", "since the latest was agreed"),
    _f("n_collaborations_with_brand", "collaborations", 0, None, "the campaign is unknown",
       "agreed before with this campaign's brand", _REPEAT),
    _f("days_since_brand", "days", 0, None, "none with this brand before", "since the latest with this brand", _REPEAT),
    _f("past_log_lift", "ln(1 + lift)", None, None, _NONE, "pooled lift of measured collaborations, shrunk", _SHRUNK),
    _f("past_log_lift_weight", "1 / variance", 0, None, "never", "precision behind it; 0 without one", _SHRUNK),
    _f("past_log_lift_goal", "ln(1 + lift)", None, None, "none measured for this goal", "the same for this goal",
       _SHRUNK),
    _f("past_log_lift_brand", "ln(1 + lift)", None, None, "none measured with this brand", "the same with this brand",
       _SHRUNK),
    _f("attributed_per_1000_reached", "conversions per 1000", 0, None,
       "no known outcome with attributed conversions and exposed people or impressions",
       "attributed conversions per 1000 exposed people (impressions where those are unknown)", _CODES),
    _f("clicks_per_1000_impressions", "clicks per 1000", 0, None, "no known outcome with clicks and impressions",
       "clicks per 1000 impressions"),
    _f("code_leak_share", "share", 0, None, "no known outcome tells code uses without a click",
       "code uses without a click per attributed conversion", _CODES),
    _f("past_log_exposed", "log10 people", 0, None, "no known outcome tells exposed people",
       "median exposed people of earlier collaborations", lift=False, reach=True),
)  # fmt: skip


def track_record_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    deals = view.collaborations
    brand_known = ~missing(view.campaign_text("brand"))
    if not len(deals):  # so it is for most requests
        none = {f.name: np.full(view.n, 0.0 if f.missing == "never" else np.nan) for f in FEATURES}
        return {**none, "n_collaborations_with_brand": np.where(brand_known, 0.0, np.nan)}
    outcome = deals.known("outcome_visible_at") & ~missing(deals.texts("measure"))
    same_brand, same_goal = (_same_as_campaign(view, name) for name in ("brand", "goal"))
    known = deals.where(outcome)
    log_lift, weight = _measured(known)
    return {
        "n_collaborations": deals.count(),
        "n_collaborations_365d": deals.where(deals.within("agreed_at", YEAR)).count(),
        "n_collaborations_running": deals.where(~outcome).count(),
        "n_collaborations_measured": known.where(weight > 0).count(),
        "days_since_collaboration": _since(deals),
        "n_collaborations_with_brand": np.where(brand_known, deals.where(same_brand).count(), np.nan),
        "days_since_brand": _since(deals.where(same_brand)),
        "past_log_lift": _pooled(known, log_lift, weight),
        "past_log_lift_weight": grouped.total(known.pair, weight, known.n),
        "past_log_lift_goal": _pooled_among(known, log_lift, weight, same_goal[outcome]),
        "past_log_lift_brand": _pooled_among(known, log_lift, weight, same_brand[outcome]),
        **_attributed(known),
    }


def _since(deals: Visible) -> Floats:
    return grouped.last(deals.pair, deals.age_days("agreed_at"), deals.n)


def _same_as_campaign(view: View, name: str) -> Mask:
    """Which collaborations' campaigns equal the pairing's campaign in this column, shape (m,); unknown is not equal."""
    place = positions_in(view.collaborations.texts("campaign_id"), view.campaigns.texts("campaign_id"))
    kinds = np.append(codes(fold(view.campaigns.texts(name))), -1)
    theirs, ours = kinds[place], kinds[view.campaign][view.collaborations.pair]
    return np.asarray((theirs >= 0) & (theirs == ours))


def _measured(known: Visible) -> tuple[Floats, Floats]:
    """Log lift of each known outcome (NaN where it was not measured) and its weight (0 there), shape (m,).

    holdout: ln of (k₁ + ½) / n₁ over (k₀ + ½) / n₀ with variance 1 / (k₁ + ½) + 1 / (k₀ + ½). geo and on_off: the
    estimate and its standard error. Weight: 1 / (variance + LIFT_SPREAD²), shared among the rows of one test.
    """
    k1, n1 = known.numbers("exposed_conversions"), known.numbers("exposed")
    k0, n0 = known.numbers("holdout_conversions"), known.numbers("holdout")
    measure = known.texts("measure")
    counted = equal(measure, "holdout") & (n1 > 0) & (n0 > 0)
    relative, se = known.numbers("lift_estimate"), known.numbers("lift_se")
    told = (equal(measure, "geo") | equal(measure, "on_off")) & (relative > -1) & (se > 0)
    from_counts = np.log((k1 + 0.5) / np.where(counted, n1, 1.0)) - np.log((k0 + 0.5) / np.where(counted, n0, 1.0))
    from_test = np.log1p(np.where(told, relative, 0.0))
    log_lift = np.where(counted, from_counts, np.where(told, from_test, np.nan))
    variance = np.where(counted, 1.0 / (k1 + 0.5) + 1.0 / (k0 + 0.5), se * se)
    weight = np.where(np.isnan(log_lift), 0.0, 1.0 / (variance + LIFT_SPREAD**2))
    return log_lift, weight / _rows_of_test(known, weight > 0)


def _rows_of_test(known: Visible, measured: Mask) -> Floats:
    """How many measured rows of the pairing share a row's test, itself included; 1 where it names none. Shape (m,)."""
    test = np.where(measured, known.codes("test_id"), -1)
    named = test >= 0
    out = np.ones(len(known))
    if named.any():
        both = known.pair[named] * (int(test.max()) + 1) + test[named]
        _, place, rows = np.unique(both, return_inverse=True, return_counts=True)
        out[named] = rows[place]
    return out


def pooled(pair: grouped.Ints, log_lift: Floats, weight: Floats, n: int) -> Floats:
    """Weighted mean of the log lifts and the prior of a sale's lift, shape (n,); NaN where nothing was measured."""
    prior_weight = 1.0 / LIFT_SPREAD**2
    prior = load_priors().lift["sales"].median
    told = weight > 0
    pair = pair[told]
    above = grouped.total(pair, log_lift[told] * weight[told], n) + prior * prior_weight
    below = grouped.total(pair, weight[told], n) + prior_weight
    return np.where(grouped.count(pair, n) > 0, above / below, np.nan)


def _pooled(known: Visible, log_lift: Floats, weight: Floats) -> Floats:
    return pooled(known.pair, log_lift, weight, known.n)


def _pooled_among(known: Visible, log_lift: Floats, weight: Floats, kept: Mask) -> Floats:
    return _pooled(known.where(kept), log_lift[kept], weight[kept])


def _attributed(known: Visible) -> dict[str, Floats]:
    n, pair = known.n, known.pair
    exposed, impressions = known.numbers("exposed"), known.numbers("impressions")
    attributed, clicks = known.numbers("attributed_conversions"), known.numbers("clicks")
    leaked = known.numbers("code_uses_without_click")
    reached = np.where(np.isnan(exposed), impressions, exposed)
    return {
        "attributed_per_1000_reached": 1000.0 * _rate(pair, attributed, reached, n),
        "clicks_per_1000_impressions": 1000.0 * _rate(pair, clicks, impressions, n),
        "code_leak_share": _rate(pair, leaked, attributed, n),
        "past_log_exposed": np.log10(np.maximum(grouped.median(pair, exposed, n), 1.0)),
    }


def _rate(pair: grouped.Ints, above: Floats, below: Floats, n: int) -> Floats:
    """Sum of `above` over sum of `below`, over rows where both are known; NaN where the latter is 0 or nothing is."""
    both = ~(np.isnan(above) | np.isnan(below))
    return grouped.ratio(grouped.total(pair[both], above[both], n), grouped.total(pair[both], below[both], n))
