"""One request to one answer: a plain function, with no HTTP, no clock and no registry.

The endpoint and `creatorlift score` both call `score`, so their numbers are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

import numpy as np
import pandas as pd

from data.errors import Fault
from data.history import History
from models.creators import Asked, Creators, Reference
from models.registry import ModelInfo
from models.scorer import Columns, Context, CreatorScorer
from serving.answers import DataKind, ErrorCode, ItemError, ModelOf, ScoreResponse, ScoreResult
from serving.catalogue import Catalogue
from serving.inputs import about_each, asked_of, questions, repeated_ids, terms_of
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
    return score_each([request], scorer, info, catalogue, now=now)[0].response


@dataclass(frozen=True)
class Scored:
    """An answer and the features of its results, (results, features); None where the scorer does not tell them."""

    response: ScoreResponse
    features: np.ndarray | None = None


def score_each(
    requests: Sequence[ScoreRequest], scorer: Scorer, info: ModelInfo, catalogue: Catalogue | None, *, now: pd.Timestamp
) -> list[Scored]:
    """Answer several requests, each to the last bit as `score` does, in little more time than one of them takes.

    Raises as `score`, for all of them.
    """
    tasks = [_task(request, info, catalogue, now) for request in requests]
    told: dict[int, _Told] = {}
    for group in _looks(tasks):
        some = [tasks[at] for at in group]
        columns, seen = _columns(some, scorer, catalogue)
        told |= zip(group, _results(some, columns, seen), strict=True)
    return [_scored(task, info, told.get(at, _Told([], [], None))) for at, task in enumerate(tasks)]


@dataclass(frozen=True)
class _Told:
    """Of one task: its results, best first, errors of candidates that get none on request, the results' features."""

    results: list[ScoreResult]
    refused: list[ItemError]
    features: np.ndarray | None


@dataclass(frozen=True)
class _Ahead:
    """Creators built ahead, the candidates' positions among them, and the brief as they are asked about it."""

    built: Creators
    rows: np.ndarray
    brief: Asked


@dataclass(frozen=True)
class _Task:
    """A request with the candidates that can be scored (each with its place), and an error for each of the others."""

    request: ScoreRequest
    asked: list[tuple[int, Candidate]]
    refused: list[ItemError]
    as_of: pd.Timestamp
    ahead: _Ahead | None
    """Where the creators built ahead answer."""

    @property
    def wish(self) -> tuple[float, float, float, bool]:
        """What a look is asked for, the same for all its rows: level, target ROI, safety, reasons."""
        request = self.request
        return request.level, request.campaign.target_roi, request.campaign.safety, request.explain

    @property
    def labels(self) -> list[str]:
        """What the answer calls the candidates."""
        return [candidate.label or f"inline-{place}" for place, candidate in self.asked]


def _task(request: ScoreRequest, info: ModelInfo, catalogue: Catalogue | None, now: pd.Timestamp) -> _Task:
    if request.model_version not in (None, info.version):
        raise unknown_version(str(request.model_version), info.version)
    asked, refused = sorted_out(request, catalogue)
    built = ahead_of(request, [candidate for _, candidate in asked], catalogue)
    if built is None:
        return _Task(request, asked, refused, asked_at(request, now), None)
    rows = built.positions([str(candidate.creator_id) for _, candidate in asked])
    ahead = _Ahead(built, rows, asked_of(request.campaign, built)) if (rows >= 0).all() else None
    return _Task(request, asked, refused, built.as_of, ahead)


def _looks(tasks: Sequence[_Task]) -> list[list[int]]:
    """Which tasks the model looks at together: those of creators built ahead with the same wish, and of them one brief
    after another; every other alone. Tasks without a candidate are left out."""
    shared: dict[Any, dict[int, list[int]]] = {}
    alone: list[list[int]] = []
    for at, task in enumerate(tasks):
        if task.ahead is not None:
            shared.setdefault(task.wish, {}).setdefault(id(task.ahead.brief), []).append(at)
        elif task.asked:
            alone.append([at])
    return alone + [[at for some in briefs.values() for at in some] for briefs in shared.values()]


def _columns(tasks: Sequence[_Task], scorer: Scorer, catalogue: Catalogue | None) -> tuple[Columns, np.ndarray | None]:
    """Flat columns of the candidates of tasks that `_looks` put together, task after task, and their features."""
    level, target_roi, safety, explain = tasks[0].wish
    wish: dict[str, Any] = {"level": level, "target_roi": target_roi, "safety": safety, "explain": explain}
    ahead = [task.ahead for task in tasks if task.ahead is not None]
    if not ahead:
        (task,) = tasks
        asking = questions(task.request.campaign, task.asked, catalogue, task.as_of)
        if not isinstance(scorer, CreatorScorer):
            return columns_of(scorer.score(asking.history, asking.pairings, asking.terms, **wish)), None
        told, X = scorer.score_seen(asking.history, asking.pairings, asking.terms, **wish)
        return columns_of(told), X.to_numpy()
    values = []
    for brief, group in groupby(ahead, lambda one: one.brief):
        same = list(group)
        values.append(same[0].built.features(np.concatenate([one.rows for one in same]), brief))
    said = about_each([(task.request.campaign, len(task.asked)) for task in tasks])
    terms = terms_of([one for task in tasks for one in task.asked])
    seen = np.concatenate(values)
    return scorer.score_rows(seen, said, terms, **wish), seen


def _results(tasks: Sequence[_Task], columns: Columns, seen: np.ndarray | None) -> list[_Told]:
    """What each task is told; `seen` are the features behind `columns`."""
    start, best, names, left = 0, [], [], []
    for task in tasks:
        rows, labels, refused = np.arange(start, start + len(task.asked)), task.labels, []
        if task.request.abstain:
            out = np.array([columns["support_level"][row] == "out" for row in rows.tolist()])
            refused = [abstained(task.asked[at][0], labels[at], columns["support_reasons"][start + at])
                       for at in np.flatnonzero(out).tolist()]  # fmt: skip
            rows = rows[~out]
        chosen = rows[rank_order(columns, task.request.rank_by, rows)]
        best.append(chosen)
        names += [labels[row - start] for row in chosen.tolist()]
        left.append(refused)
        start += len(task.asked)
    ranks = [rank for some in best for rank in range(1, len(some) + 1)]
    every = results_of(columns, np.concatenate(best).tolist(), names, ranks)
    ends = np.cumsum([len(some) for some in best]).tolist()
    return [
        _Told(every[end - len(some) : end], refused, None if seen is None else seen[some])
        for end, some, refused in zip(ends, best, left, strict=True)
    ]


def _scored(task: _Task, info: ModelInfo, told: _Told) -> Scored:
    request = task.request
    response = ScoreResponse.model_construct(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(info),
        as_of=time_text(task.as_of),
        level=request.level,
        results=told.results,
        errors=sorted([*task.refused, *told.refused], key=lambda error: error.index),
    )
    return Scored(response, told.features)


def asked_at(request: Question, now: pd.Timestamp) -> pd.Timestamp:
    """The time of the question in UTC: the request's own, or `now` where it gives none."""
    return now if request.as_of is None else pd.Timestamp(request.as_of).tz_convert("UTC").as_unit("us")


def is_quick(request: ScoreRequest, catalogue: Catalogue | None) -> bool:
    """Whether a candidate takes but a fraction of a millisecond: the creators built ahead answer."""
    asked = [one for one in request.read_candidates() if isinstance(one, Candidate)]
    return ahead_of(request, asked, catalogue) is not None


def ahead_of(request: Question, asked: Sequence[Candidate], catalogue: Catalogue | None) -> Creators | None:
    """The creators built ahead, where they can answer: all are asked by id, as of no time or as of theirs."""
    built = None if catalogue is None else catalogue.built
    if built is None or not asked or any(candidate.creator is not None for candidate in asked):
        return None
    return built if request.as_of is None or asked_at(request, built.as_of) == built.as_of else None


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
