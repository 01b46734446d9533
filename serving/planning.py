"""From a plan request to a plan: scores, offers, the best set, and what it is compared with. No HTTP, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from data.errors import Fault, UsageError
from data.history import History
from models.creators import Creators
from models.families import Floats
from models.overlap import shared_people
from models.plan import Choice, Mask, Offers, Rules, choose, kept_shares
from models.plan_totals import Totals, budget_curve, largest_alone, totals
from models.registry import ModelInfo
from serving.answers import Interval, ItemError, MoneyInterval, ScoreResult
from serving.catalogue import Catalogue
from serving.handler import Scorer, abstained, ahead_of, asked_at, columns_of, model_of, sorted_out, time_text
from serving.inputs import Questions, about, asked_of, questions, terms_of
from serving.plan_schemas import (
    PlanChoice,
    PlanLeft,
    PlanOverlap,
    PlanPoint,
    PlanProof,
    PlanRequest,
    PlanResponse,
    PlanSingle,
    PlanTotals,
    Reason,
)
from serving.problems import unknown_version
from serving.results import results_of
from serving.schemas import Candidate

_CURVE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
_MOST_OVERLAPS = 20


def plan(
    request: PlanRequest, scorer: Scorer, info: ModelInfo, catalogue: Catalogue | None, *, now: pd.Timestamp
) -> PlanResponse:
    """Answer a plan request; parameters as in `serving.handler.score`.

    Raises
    ------
    Problem
        404 when the request pins another model version.
    UsageError
        When no set of the candidates keeps to the rules, or a rule names somebody who is no usable candidate.
    """
    return planned(request, offered(request, scorer, info, catalogue, now=now), info)


@dataclass(frozen=True)
class Offered:
    """What a plan chooses from: it depends on the brief, the candidates and the time, on no rule and no budget."""

    as_of: pd.Timestamp
    offers: Offers
    results: list[ScoreResult]
    refused: list[ItemError]


def offered(
    request: PlanRequest, scorer: Scorer, info: ModelInfo, catalogue: Catalogue | None, *, now: pd.Timestamp
) -> Offered:
    """The candidates scored, with what they have in common; raises as `plan`."""
    if request.model_version not in (None, info.version):
        raise unknown_version(str(request.model_version), info.version)
    usable, refused = sorted_out(request, catalogue)
    usable, unusable = _priced(usable)
    refused += unusable
    labels = {place: candidate.label or f"inline-{place}" for place, candidate in usable}
    if not usable:
        raise UsageError(Fault("candidates", "none that can be planned with", _first_reason(refused)))
    built = ahead_of(request, [candidate for _, candidate in usable], catalogue)
    as_of = asked_at(request, now) if built is None else built.as_of
    asking = questions(request.campaign, usable, catalogue, as_of)
    scores = _scores(request, usable, asking, scorer, built)
    if request.abstain:
        kept = (scores["support_level"] != "out").to_numpy()
        outside = scores.loc[~kept, "support_reasons"]
        refused += [abstained(place, labels[place], reasons) for place, reasons in outside.items()]
        if not kept.any():
            raise UsageError(Fault("candidates", "none within what the model has seen", "others, or `abstain`: false"))
        scores = scores[kept]
    ids = tuple(labels[place] for place in scores.index)
    offers = _offers(scores, asking, ids, as_of, request.level)
    return Offered(as_of, offers, results_of(columns_of(scores), range(len(ids)), ids), refused)


def planned(request: PlanRequest, found: Offered, info: ModelInfo, *, curve: bool = True) -> PlanResponse:
    """The best set of `found` under the request's budget and rules; without `curve`, no other budgets are tried."""
    rules = _rules(request, found.offers)
    return _answer(request, info, found, rules, choose(found.offers, rules), _CURVE if curve else ())


def _scores(
    request: PlanRequest, usable: Sequence[tuple[int, Candidate]], asking: Questions, scorer: Scorer,
    built: Creators | None,
) -> pd.DataFrame:  # fmt: skip
    """Scores of the candidates on the index of `asking`: of the creators built ahead where they know all of them."""
    campaign = request.campaign
    wish: dict[str, Any] = {"level": request.level, "target_roi": campaign.target_roi, "safety": campaign.safety}
    if built is not None:
        rows = built.positions([str(candidate.creator_id) for _, candidate in usable])
        if (rows >= 0).all():
            values = built.features(rows, asked_of(campaign, built))
            columns = scorer.score_rows(values, about(campaign, len(usable)), terms_of(usable), **wish)
            return pd.DataFrame(columns, index=asking.pairings.index)
    return scorer.score(asking.history, asking.pairings, asking.terms, **wish)


def _priced(usable: list[tuple[int, Candidate]]) -> tuple[list[tuple[int, Candidate]], list[ItemError]]:
    """Candidates with a fee, the first of each id, and an error for each of the others."""
    kept: list[tuple[int, Candidate]] = []
    refused: list[ItemError] = []
    seen: set[str] = set()
    for place, candidate in usable:
        label = candidate.label or f"inline-{place}"
        if candidate.fee is None:
            message = "fee: got nothing; allowed: the asked fee, 0 for a free post"
            refused.append(ItemError(place, candidate.label, "no_fee", message))
        elif label in seen:
            message = f"creator_id: {label} a second time; a creator is hired once"
            refused.append(ItemError(place, candidate.label, "repeated_candidate", message))
        else:
            seen.add(label)
            kept.append((place, candidate))
    return kept, refused


def _first_reason(refused: list[ItemError]) -> str:
    return f"at least one; the first fault: {refused[0].message}" if refused else "at least one with a fee"


def _offers(scores: pd.DataFrame, asking: Questions, ids: tuple[str, ...], as_of: pd.Timestamp, level: float) -> Offers:
    """What the planner needs of each scored candidate.

    The doubt of an outcome is read off its interval; what comes from the baseline rate is common to all candidates.
    """

    def column(name: str) -> Floats:
        return np.asarray(scores[name], dtype=np.float64)

    half = float(stats.norm.ppf(0.5 + level / 2.0))
    conversions, cost = column("incremental_conversions_expected"), column("cost_expected")
    value = column("profit_expected") + cost
    rate_sd = np.log(column("baseline_rate_high") / column("baseline_rate_low")) / (2.0 * half)

    def own(name: str, expected: Floats) -> Floats:
        whole = (column(f"{name}_high") - column(f"{name}_low")) / (2.0 * half)
        return np.asarray(np.sqrt(np.maximum(whole**2 - (expected * rate_sd) ** 2, 0.01 * whole**2)))

    stored = asking.pairings.loc[scores.index, "creator_id"].tolist()
    exposed = np.maximum(column("exposed_expected"), 1.0)
    return Offers(
        creator_ids=ids,
        cost=cost,
        value=value,
        value_sd=own("profit", value),
        conversions=conversions,
        conversions_sd=own("incremental_conversions", conversions),
        rate_sd=rate_sd,
        exposed=exposed,
        shared=shared_people(asking.history, stored, exposed, as_of),
        niche=_niches(asking.history, stored, as_of),
        untried=~np.isin(stored, _measured(asking.history, as_of)),
    )


def _niches(history: History, creator_ids: list[str], as_of: pd.Timestamp) -> tuple[str, ...]:
    profiles = history["creators"]
    profiles = profiles[(profiles["visible_at"] < as_of).to_numpy()].sort_values("visible_at", kind="stable")
    newest = profiles.drop_duplicates("creator_id", keep="last").set_index("creator_id")["category"]
    return tuple("" if pd.isna(name) else str(name) for name in newest.reindex(creator_ids))


def _measured(history: History, as_of: pd.Timestamp) -> list[str]:
    """Creators with a lift test whose result was known."""
    deals = history["collaborations"]
    tested = deals["measure"].isin(["holdout", "geo", "on_off"]) & (deals["outcome_visible_at"] < as_of)
    return [str(name) for name in deals.loc[tested.to_numpy(dtype=bool), "creator_id"].unique()]


def _rules(request: PlanRequest, offers: Offers) -> Rules:
    known, there = set(offers.creator_ids), sorted({niche for niche in offers.niche if niche})
    usable, categories = (
        "a candidate of this request that can be scored and has a fee",
        ", ".join(there) or "none is known",
    )
    faults = [Fault("must_have", name, usable) for name in request.must_have if name not in known]
    faults += [
        Fault(f"niches.{name}", "a category no candidate has", categories)
        for name in request.niches
        if name not in there
    ]
    if faults:
        raise UsageError(faults)
    return Rules(
        budget=request.budget,
        must=np.isin(offers.creator_ids, request.must_have),
        never=np.isin(offers.creator_ids, request.never),
        mode=request.mode,
        aim=request.maximise,
        safety=request.campaign.safety,
        niches={name: (rule.min, rule.max) for name, rule in request.niches.items()},
        explore=request.explore_share,
        fewest=request.min_creators,
        most=request.max_creators,
    )


def _answer(
    request: PlanRequest, info: ModelInfo, found: Offered, rules: Rules, choice: Choice, shares: Sequence[float]
) -> PlanResponse:
    offers, refused = found.offers, found.refused
    alone = largest_alone(offers, rules)
    single = None if alone is None else np.arange(len(offers)) == alone
    points = budget_curve(offers, rules, [request.budget * share for share in shares])
    return PlanResponse(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(info),
        as_of=time_text(found.as_of),
        level=request.level,
        budget=request.budget,
        mode=request.mode,
        maximise=request.maximise,
        chosen=_chosen(offers, rules, choice, found.results),
        totals=_totals(totals(offers, choice.chosen, request.level)),
        one_large_creator=None
        if single is None
        else PlanSingle(offers.creator_ids[int(np.argmax(single))], _totals(totals(offers, single, request.level))),
        overlaps=_overlaps(offers, choice.chosen),
        curve=[PlanPoint(p.budget, p.cost, p.conversions, p.profit, p.creators, p.conversions_per_100) for p in points],
        proof=PlanProof(choice.objective, max(choice.bound, choice.objective) + 0.0, choice.gap),
        not_chosen=_left(offers, rules, choice.chosen),
        errors=sorted(refused, key=lambda error: error.index),
    )


def _chosen(offers: Offers, rules: Rules, choice: Choice, results: list[ScoreResult]) -> list[PlanChoice]:
    """The chosen, the most profitable first."""
    kept = kept_shares(offers, choice.chosen)
    rows = []
    for i in np.flatnonzero(choice.chosen).tolist():
        left = float(kept[i])
        conversions, value = float(offers.conversions[i]), float(offers.value[i])
        rows.append(
            PlanChoice(
                creator_id=offers.creator_ids[i],
                niche=offers.niche[i] or None,
                untried=bool(offers.untried[i]),
                must_have=bool(rules.must[i]),
                overlap=1.0 - left,
                incremental_conversions=conversions * (left if conversions > 0 else 1.0),
                cost=float(offers.cost[i]),
                profit=value * (left if value > 0 else 1.0) - float(offers.cost[i]),
                score=results[i],
            )
        )
    return sorted(rows, key=lambda row: -row.profit)


def _totals(told: Totals) -> PlanTotals:
    return PlanTotals(
        creators=told.creators,
        cost=told.cost,
        incremental_conversions=Interval(told.conversions.expected, told.conversions.low, told.conversions.high),
        profit=MoneyInterval(told.profit.expected, told.profit.low, told.profit.high),
        roi=told.roi,
        probability_positive=told.probability_positive,
        exposed=told.exposed,
        conversions_lost_to_overlap=told.conversions_lost,
    )


def _overlaps(offers: Offers, chosen: Mask) -> list[PlanOverlap]:
    places = np.flatnonzero(chosen)
    first, second = (places[side] for side in np.triu_indices(len(places), 1))
    smaller = np.minimum(offers.exposed[first], offers.exposed[second])
    share = offers.shared[first, second] / smaller
    order = np.argsort(-share, kind="stable")[:_MOST_OVERLAPS]
    return [
        PlanOverlap(
            (offers.creator_ids[first[k]], offers.creator_ids[second[k]]),
            float(offers.shared[first[k], second[k]]),
            float(share[k]),
        )
        for k in order.tolist()
    ]


def _left(offers: Offers, rules: Rules, chosen: Mask) -> list[PlanLeft]:
    worth, paid, _ = offers.worth(rules.aim)

    def reason(i: int) -> Reason:
        if rules.never[i]:
            return "never"
        return "only_costs" if worth[i] <= paid[i] else "not_in_best_set"

    return [PlanLeft(offers.creator_ids[i], reason(i)) for i in np.flatnonzero(~chosen).tolist()]
