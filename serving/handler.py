"""One request to one answer: a plain function, with no HTTP, no clock and no registry.

The endpoint and `creatorlift score` both call `score`, so their numbers are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from data.errors import Fault
from data.history import History
from models.registry import ModelInfo
from serving.answers import DataKind, ErrorCode, ItemError, ModelOf, ScoreResponse, ScoreResult
from serving.catalogue import Catalogue
from serving.inputs import questions, repeated_ids
from serving.problems import unknown_version
from serving.results import results_of
from serving.schemas import Candidate, FaultyCandidate, Question, RankBy, ScoreRequest

MOST_FAULTS_PER_ITEM = 20
_RANK_COLUMN: dict[RankBy, str] = {"profit": "profit_expected", "roi": "roi_expected", "fit": "fit_score"}


class Scorer(Protocol):
    """What the handler needs of `models.scorer.CreatorScorer`."""

    @property
    def info(self) -> Mapping[str, Any]: ...

    def score(
        self, history: History, pairings: pd.DataFrame, terms: pd.DataFrame, *,
        level: float = ..., target_roi: float = ..., safety: float = ..., explain: bool = ...,
    ) -> pd.DataFrame: ...  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """Why a candidate gets no score."""

    code: ErrorCode
    message: str


def score(
    request: ScoreRequest, scorer: Scorer, info: ModelInfo, catalogue: Catalogue | None, *, now: pd.Timestamp
) -> ScoreResponse:
    """Answer a request.

    Parameters
    ----------
    request : the brief, the candidates and the options
    scorer, info : the model and its registry entry
    catalogue : the workspace's creators; None when there is no workspace
    now : the time of the question when the request gives none

    Raises
    ------
    Problem
        404 when the request pins a model version other than `info.version`. A faulty candidate never raises.
    """
    if request.model_version not in (None, info.version):
        raise unknown_version(str(request.model_version), info.version)
    as_of = now if request.as_of is None else pd.Timestamp(request.as_of).tz_convert("UTC").as_unit("us")
    asked, refused = sorted_out(request, catalogue)
    labels = {place: candidate.label or f"inline-{place}" for place, candidate in asked}
    results: list[ScoreResult] = []
    if asked:
        asking = questions(request.campaign, asked, catalogue, as_of)
        scores = scorer.score(
            asking.history, asking.pairings, asking.terms,
            level=request.level, target_roi=request.campaign.target_roi, safety=request.campaign.safety,
            explain=request.explain,
        )  # fmt: skip
        if request.abstain:
            refused += abstained(scores, labels)
            scores = scores[(scores["support_level"] != "out").to_numpy()]
        ranked = scores.iloc[rank_order(scores, request.rank_by)]
        results = results_of(ranked, [labels[place] for place in ranked.index])
    return ScoreResponse.model_construct(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(info),
        as_of=time_text(as_of),
        level=request.level,
        results=results,
        errors=sorted(refused, key=lambda error: error.index),
    )


def rank_order(scores: pd.DataFrame, rank_by: RankBy) -> np.ndarray:
    """Row positions from best to worst, shape (n,).

    Highest first by the asked measure; rows where it is unknown (no fee, or no cost for ROI) come after, by
    break-even fee: what the candidate is worth before any fee. Ties keep the order of the request.
    """
    first = scores[_RANK_COLUMN[rank_by]].to_numpy(dtype="float64")
    second = scores["break_even_fee"].to_numpy(dtype="float64")
    worst = [np.where(np.isnan(values), np.inf, -values) for values in (first, second)]
    tie = np.where(np.isnan(first), worst[1], 0.0)
    return np.lexsort((np.arange(len(scores)), tie, worst[0]))


def model_of(info: ModelInfo) -> ModelOf:
    """The model's part of an answer."""
    kind: DataKind = "own" if info.data == "own" else "simulated"
    return ModelOf(name=info.name, version=info.version, trained_at=time_text(info.trained_at), data=kind)


def time_text(time: pd.Timestamp) -> str:
    """A UTC time as in every answer: 2025-03-15T00:00:00Z."""
    return str(time.isoformat()).replace("+00:00", "Z")


def sorted_out(request: Question, catalogue: Catalogue | None) -> tuple[list[tuple[int, Candidate]], list[ItemError]]:
    """The candidates that can be scored, with their places, and an error for each of the others."""
    asked: list[tuple[int, Candidate]] = []
    refused: list[ItemError] = []
    for place, item in enumerate(request.read_candidates()):
        refusal = _refusal(item, request.campaign.platform, catalogue)
        if refusal is None and isinstance(item, Candidate):
            asked.append((place, item))
        elif refusal is not None:
            error = ItemError(index=place, creator_id=item.label, code=refusal.code, message=refusal.message)
            refused.append(error)
    return asked, refused


def _refusal(item: Candidate | FaultyCandidate, platform: str | None, catalogue: Catalogue | None) -> Refusal | None:
    if isinstance(item, FaultyCandidate):
        return Refusal("invalid_candidate", _sentence(item.faults))
    if item.creator is not None:
        repeated = repeated_ids(item)
        if repeated:
            return Refusal("invalid_candidate", _sentence(repeated))
        theirs: str | None = item.creator.platform
    elif catalogue is None:
        return Refusal("no_catalogue", "creator_id: this service has no workspace; send an inline record instead")
    else:
        theirs = catalogue.platform_of(str(item.creator_id))
        if theirs is None:
            return Refusal("unknown_creator", f"creator_id: {item.creator_id} is not in the catalogue")
    if platform is not None and theirs != platform:
        return Refusal("wrong_platform", f"the creator is on {theirs}, the campaign asks for {platform}")
    return None


def _sentence(faults: Sequence[Fault]) -> str:
    more = len(faults) - MOST_FAULTS_PER_ITEM
    shown = [str(fault) for fault in faults[:MOST_FAULTS_PER_ITEM]]
    return "; ".join([*shown, f"and {more} more faults"] if more > 0 else shown)


def abstained(scores: pd.DataFrame, labels: dict[int, str]) -> list[ItemError]:
    def refusals() -> Iterator[ItemError]:
        for place, reasons in scores.loc[(scores["support_level"] == "out").to_numpy(), "support_reasons"].items():
            why = "; ".join(reasons) or "unlike the training data"
            message = f"outside what the model has seen: {why}"
            yield ItemError(index=int(place), creator_id=labels[int(place)], code="abstained", message=message)

    return list(refusals())
