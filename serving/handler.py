"""One request to one answer: a plain function, with no HTTP, no clock and no registry.

The endpoint and `creatorlift score` both call `score`, so their numbers are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from data.errors import Fault
from data.history import History
from models.creators import Creators, Reference
from models.registry import ModelInfo
from models.scorer import Columns, Context
from serving.answers import DataKind, ErrorCode, ItemError, ModelOf, ScoreResponse, ScoreResult
from serving.catalogue import Catalogue
from serving.inputs import about, asked_of, questions, repeated_ids, terms_of
from serving.problems import unknown_version
from serving.results import results_of
from serving.schemas import Candidate, FaultyCandidate, Question, RankBy, ScoreRequest

MOST_FAULTS_PER_ITEM = 20
_RANK_COLUMN: dict[RankBy, str] = {"profit": "profit_expected", "roi": "roi_expected", "fit": "fit_score"}


class Scorer(Protocol):
    """What the handler needs of `models.scorer.CreatorScorer`."""

    @property
    def info(self) -> Mapping[str, Any]: ...

    @property
    def reference(self) -> Reference: ...

    def score(
        self, history: History, pairings: pd.DataFrame, terms: pd.DataFrame, *,
        level: float = ..., target_roi: float = ..., safety: float = ..., explain: bool = ...,
    ) -> pd.DataFrame: ...  # fmt: skip

    def score_rows(
        self, values: np.ndarray, about: Context, terms: Mapping[str, np.ndarray], *,
        level: float = ..., target_roi: float = ..., safety: float = ..., explain: bool = ...,
    ) -> Columns: ...  # fmt: skip


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
    asked, refused = sorted_out(request, catalogue)
    built = _answering(request, asked, catalogue)
    as_of = built.as_of if built is not None else asked_at(request, now)
    labels = [candidate.label or f"inline-{place}" for place, candidate in asked]
    results: list[ScoreResult] = []
    if asked:
        columns = _scores(request, asked, scorer, catalogue, built, as_of)
        kept = np.arange(len(asked))
        if request.abstain:
            out = np.array([level == "out" for level in columns["support_level"]])
            refused += [abstained(asked[row][0], labels[row], columns["support_reasons"][row])
                        for row in np.flatnonzero(out).tolist()]  # fmt: skip
            kept = np.flatnonzero(~out)
        best = kept[rank_order(columns, request.rank_by, kept)]
        results = results_of(columns, best.tolist(), [labels[row] for row in best.tolist()])
    return ScoreResponse.model_construct(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(info),
        as_of=time_text(as_of),
        level=request.level,
        results=results,
        errors=sorted(refused, key=lambda error: error.index),
    )


def asked_at(request: Question, now: pd.Timestamp) -> pd.Timestamp:
    """The time of the question in UTC: the request's own, or `now` where it gives none."""
    return now if request.as_of is None else pd.Timestamp(request.as_of).tz_convert("UTC").as_unit("us")


def _answering(
    request: ScoreRequest, asked: Sequence[tuple[int, Candidate]], catalogue: Catalogue | None
) -> Creators | None:
    """The creators built ahead, where they can answer: all are asked by id, as of no time or as of theirs."""
    built = None if catalogue is None else catalogue.built
    if built is None or not asked or any(candidate.creator is not None for _, candidate in asked):
        return None
    return built if request.as_of is None or asked_at(request, built.as_of) == built.as_of else None


def _scores(
    request: ScoreRequest, asked: Sequence[tuple[int, Candidate]], scorer: Scorer, catalogue: Catalogue | None,
    built: Creators | None, as_of: pd.Timestamp,
) -> Columns:  # fmt: skip
    """Flat columns of the candidates in their order."""
    wish: dict[str, Any] = {"level": request.level, "target_roi": request.campaign.target_roi,
                            "safety": request.campaign.safety, "explain": request.explain}  # fmt: skip
    if built is not None:
        rows = built.positions([str(candidate.creator_id) for _, candidate in asked])
        if (rows >= 0).all():
            values = built.features(rows, asked_of(request.campaign, built))
            return scorer.score_rows(values, about(request.campaign, len(asked)), terms_of(asked), **wish)
    asking = questions(request.campaign, asked, catalogue, as_of)
    scores = scorer.score(asking.history, asking.pairings, asking.terms, **wish)
    return columns_of(scores)


def columns_of(scores: pd.DataFrame) -> Columns:
    """A frame of scores as flat columns."""
    return {str(name): scores[name].to_numpy() for name in scores.columns}


def rank_order(columns: Columns, rank_by: RankBy, rows: np.ndarray | None = None) -> np.ndarray:
    """Positions (among `rows`, or all) from best to worst, shape (n,).

    Highest first by the asked measure; rows where it is unknown (no fee, or no cost for ROI) come after, by
    break-even fee: what the candidate is worth before any fee. Ties keep the order of the request.
    """
    first, second = (np.asarray(columns[name], dtype="float64") for name in (_RANK_COLUMN[rank_by], "break_even_fee"))
    if rows is not None:
        first, second = first[rows], second[rows]
    worst = [np.where(np.isnan(values), np.inf, -values) for values in (first, second)]
    tie = np.where(np.isnan(first), worst[1], 0.0)
    return np.lexsort((np.arange(len(first)), tie, worst[0]))


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
    items = request.read_candidates()
    wanted = [str(one.creator_id) for one in items if isinstance(one, Candidate) and one.creator is None]
    known = None if catalogue is None else catalogue.platforms_of(wanted)
    for place, item in enumerate(items):
        refusal = _refusal(item, request.campaign.platform, known)
        if refusal is None and isinstance(item, Candidate):
            asked.append((place, item))
        elif refusal is not None:
            error = ItemError(index=place, creator_id=item.label, code=refusal.code, message=refusal.message)
            refused.append(error)
    return asked, refused


def _refusal(
    item: Candidate | FaultyCandidate, platform: str | None, known: Mapping[str, str] | None
) -> Refusal | None:
    """`known`: platform by id of the catalogue's creators; None without a catalogue."""
    if isinstance(item, FaultyCandidate):
        return Refusal("invalid_candidate", _sentence(item.faults))
    if item.creator is not None:
        repeated = repeated_ids(item)
        if repeated:
            return Refusal("invalid_candidate", _sentence(repeated))
        theirs: str | None = item.creator.platform
    elif known is None:
        return Refusal("no_catalogue", "creator_id: this service has no workspace; send an inline record instead")
    else:
        theirs = known.get(str(item.creator_id))
        if theirs is None:
            return Refusal("unknown_creator", f"creator_id: {item.creator_id} is not in the catalogue")
    if platform is not None and theirs != platform:
        return Refusal("wrong_platform", f"the creator is on {theirs}, the campaign asks for {platform}")
    return None


def _sentence(faults: Sequence[Fault]) -> str:
    more = len(faults) - MOST_FAULTS_PER_ITEM
    shown = [str(fault) for fault in faults[:MOST_FAULTS_PER_ITEM]]
    return "; ".join([*shown, f"and {more} more faults"] if more > 0 else shown)


def abstained(place: int, label: str, reasons: Sequence[str]) -> ItemError:
    """The error of a candidate that gets no score for being outside the model's support."""
    message = f"outside what the model has seen: {'; '.join(reasons) or 'unlike the training data'}"
    return ItemError(index=place, creator_id=label, code="abstained", message=message)
