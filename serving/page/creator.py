"""What the page knows of one creator: the answer at many fees, her audience, and her past deals predicted again."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from data.history import History
from models.scorer import TERM_COLUMNS
from serving.inputs import questions
from serving.page.desk import Desk
from serving.schemas import Campaign, Candidate

FEES = 41
"""Fees at which the verdict is worked out for the slider."""
MOST_DEALS = 12
_LEAST_TOP = 50.0
_BUCKETS = 7


@dataclass(frozen=True)
class Subject:
    """A creator for a campaign as the models see her: `history` holds her rows and the campaign's."""

    history: History
    creator_id: str
    campaign_id: str
    as_of: pd.Timestamp


@dataclass(frozen=True)
class AtFees:
    """The answer at the asked fee, with reasons, and at `FEES` fees from 0 up, the asked one among them besides."""

    asked: dict[str, Any]
    fees: list[dict[str, Any]]


@dataclass(frozen=True)
class Deal:
    """A past collaboration: the lift measured and the one the live model predicts from what was known when agreed."""

    collaboration_id: str
    agreed_at: pd.Timestamp
    brand: str
    goal: str
    measure: str
    measured: tuple[float, float, float]
    predicted: tuple[float, float, float]


def subject_of(desk: Desk, campaign: Mapping[str, Any], item: Mapping[str, Any], as_of: str) -> Subject:
    """The creator of a candidate and her history, whether she is the catalogue's or comes with the request."""
    brief = Campaign.model_validate(dict(campaign))
    candidate = Candidate.model_validate_json(json.dumps(item))
    time = pd.Timestamp(as_of).as_unit("us")
    asking = questions(brief, [(0, candidate)], desk.live().catalogue, time)
    pairing = asking.pairings.iloc[0]
    return Subject(asking.history, str(pairing["creator_id"]), str(pairing["campaign_id"]), time)


def at_fees(
    desk: Desk, campaign: Mapping[str, Any], item: Mapping[str, Any], row: Mapping[str, Any], as_of: str
) -> AtFees:
    """One request with the same creator at many fees; `row` tells how far the slider must go."""
    known = [row.get(name) or 0.0 for name in ("fee", "break_even", "maximum_fee")]
    top = _round_up(max(_LEAST_TOP, 1.6 * known[0], 1.6 * known[1], 1.6 * known[2]))
    bare = {key: value for key, value in item.items() if key != "fee"}
    asked = [item, *({**bare, "fee": round(top * step / (FEES - 1), 2)} for step in range(FEES))]
    answer = desk.score(campaign, asked, as_of=as_of, explain=True, rank_by="fit")
    results = [asdict(result) for result in answer.results]
    wanted = item.get("fee")
    own = next(result for result in results if result["cost"]["fee"] == wanted)
    priced = {result["cost"]["fee"]: result for result in results if result["cost"]["fee"] is not None}
    # The asked fee is among them, so that the slider begins at it.
    return AtFees(own, [_at_fee(priced[fee]) for fee in sorted(priced)])


def audience(subject: Subject, campaign: Mapping[str, Any]) -> dict[str, list[tuple[str, float | None, float | None]]]:
    """Bucket, share of the audience, share wanted, by dimension: the newest snapshot visible, largest first.

    A share is None where that side says nothing of the dimension.
    """
    rows = subject.history["audience"]
    rows = rows[(rows["creator_id"] == subject.creator_id) & (rows["visible_at"] < subject.as_of)]
    wanted: Mapping[str, Mapping[str, float]] = campaign.get("target_audience") or {}
    out: dict[str, list[tuple[str, float | None, float | None]]] = {}
    for dimension in ("age", "gender", "country", "language", "interest"):
        mine = rows[rows["dimension"] == dimension]
        newest = mine[mine["observed_at"] == mine["observed_at"].max()]
        have = dict(zip(newest["bucket"].tolist(), newest["share"].tolist(), strict=True))
        want = wanted.get(dimension, {})
        if not have and not want:
            continue
        names = list(dict.fromkeys([*want, *sorted(have, key=lambda b: -have[b])]))[:_BUCKETS]
        names = sorted(names) if dimension == "age" else names
        out[dimension] = [
            (name, have.get(name, 0.0) if have else None, want.get(name, 0.0) if want else None) for name in names
        ]
    return out


def past_deals(desk: Desk, subject: Subject, level: float = 0.8) -> list[Deal]:
    """The creator's measured deals known by then, newest first, each predicted as of its own agreement."""
    rows = subject.history["collaborations"]
    rows = rows[(rows["creator_id"] == subject.creator_id) & (rows["agreed_at"] < subject.as_of)]
    measured = [
        (row, measured_of_row(row, level)) for row in rows.sort_values("agreed_at", ascending=False).to_dict("records")
    ]
    kept = [(row, told) for row, told in measured if told is not None and _known(row, subject.as_of)][:MOST_DEALS]
    if not kept:
        return []
    index = pd.RangeIndex(len(kept))
    pairings = pd.DataFrame(
        {"creator_id": [r["creator_id"] for r, _ in kept], "campaign_id": [r["campaign_id"] for r, _ in kept],
         "as_of": [r["agreed_at"] for r, _ in kept]}, index=index,
    )  # fmt: skip
    terms = pd.DataFrame(np.nan, index=index, columns=list(TERM_COLUMNS))
    scores = desk.live().scorer.score(subject.history, pairings, terms, level=level)
    campaigns = subject.history["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")
    lifts = scores[["lift_expected", "lift_low", "lift_high"]].to_numpy(dtype="float64")
    return [
        Deal(
            str(row["collaboration_id"]), row["agreed_at"], str(campaigns["brand"].get(row["campaign_id"], "")),
            str(campaigns["goal"].get(row["campaign_id"], "")), str(row["measure"]), told,
            (float(lifts[i, 0]), float(lifts[i, 1]), float(lifts[i, 2])),
        )
        for i, (row, told) in enumerate(kept)
    ]  # fmt: skip


def measured_lift(counts: Sequence[float], level: float) -> tuple[float, float, float] | None:
    """Relative lift and its interval from exposed, their conversions, holdout and theirs; None where it is undefined.

    The logarithm of the ratio of two Poisson rates is about normal with variance 1/k1 + 1/k0.
    """
    n1, k1, n0, k0 = counts
    if not (n1 > 0 and k1 > 0 and n0 > 0 and k0 > 0):
        return None
    return _interval(math.log(k1 / n1 * n0 / k0), math.sqrt(1 / k1 + 1 / k0), level)


def _interval(log_lift: float, se: float, level: float) -> tuple[float, float, float]:
    half = float(stats.norm.ppf(0.5 + level / 2.0)) * se
    return math.expm1(log_lift), math.expm1(log_lift - half), math.expm1(log_lift + half)


def measured_of_row(row: Mapping[str, Any], level: float) -> tuple[float, float, float] | None:
    """The measured lift of a collaborations row and its interval; None where its test says nothing."""
    if row.get("measure") == "holdout":
        names = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")
        return measured_lift([_number(row.get(name)) for name in names], level)
    estimate, se = row.get("lift_estimate"), row.get("lift_se")
    if row.get("measure") in ("geo", "on_off") and _number(estimate) > -1 and _number(se) >= 0:
        return _interval(math.log1p(_number(estimate)), _number(se), level)
    return None


def _known(row: Mapping[str, Any], as_of: pd.Timestamp) -> bool:
    known = row.get("outcome_known_at")
    return known is None or pd.isna(known) or known < as_of


def _at_fee(result: Mapping[str, Any]) -> dict[str, Any]:
    roi = result["roi"] or {}
    return {
        "fee": result["cost"]["fee"], "roi": roi.get("expected"), "low": roi.get("low"), "high": roi.get("high"),
        "chance": roi.get("probability_positive"), "profit": result["profit"]["expected"],
    }  # fmt: skip


def _round_up(value: float) -> float:
    """The next number that a slider may end at: 1, 2, 4, 5 or 8 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1.0, 2.0, 4.0, 5.0, 8.0, 10.0) if step * power >= value)


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)
