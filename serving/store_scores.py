"""The score log in the store: what was answered, when, by which model, for which brief."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from models.creators import FEATURE_NAMES, catalog_hash
from serving.answers import ScoreResponse, ScoreResult
from serving.packed_rows import packed, unpacked
from serving.schemas import Campaign
from serving.store import Store
from serving.store_tables import micros, score_briefs, score_features, score_requests, scores


@dataclass(frozen=True)
class Entry:
    """One answer as it is handed to the log; nothing is worked out before it is written."""

    request_id: str
    path: str
    at: pd.Timestamp
    campaign: Campaign
    response: ScoreResponse
    model_as_of: str | None
    """The model's training cut, as its `info` has it."""
    features: np.ndarray | None = None
    """What the results were scored with, shape (results, features); None: not to be kept."""

    @property
    def rows(self) -> int:
        """How many candidates it holds."""
        return len(self.response.results) + len(self.response.errors)


def score_row(result: ScoreResult) -> dict[str, Any]:
    """A result as a row of `scores`, without its request."""
    orders, roi, lift, exposed = result.incremental_conversions, result.roi, result.lift, result.exposed
    return {
        "creator_id": result.creator_id, "fit_score": result.fit.score,
        "lift_expected": lift.expected, "lift_low": lift.low, "lift_high": lift.high,
        "baseline_rate": result.baseline_rate.expected,
        "exposed_expected": exposed.expected, "exposed_low": exposed.low, "exposed_high": exposed.high,
        "incremental_expected": orders.expected, "incremental_low": orders.low, "incremental_high": orders.high,
        "fee": result.cost.fee, "cost": result.cost.expected, "profit": result.profit.expected,
        "roi_expected": roi and roi.expected, "roi_low": roi and roi.low, "roi_high": roi and roi.high,
        "roi_probability_positive": roi and roi.probability_positive, "maximum_fee": result.maximum_fee,
        "support": result.support.level, "flags": ",".join(result.flags),
    }  # fmt: skip


def _request_row(answer: Entry, digest: str) -> dict[str, Any]:
    told = answer.response
    return {
        "request_id": answer.request_id, "answered_at": micros(answer.at), "path": answer.path,
        "as_of": micros(pd.Timestamp(told.as_of)), "model_version": told.model.version,
        "model_as_of": micros(pd.Timestamp(answer.model_as_of)) if answer.model_as_of else None,
        "campaign_id": told.campaign_id, "brief": digest, "level": told.level,
        "refused": json.dumps(Counter(error.code for error in told.errors)),
    }  # fmt: skip


def write_scores(store: Store, answers: Sequence[Entry]) -> None:
    """Keep these answers; all or none. Raises StoreUnavailable."""
    briefs = [answer.campaign.model_dump_json() for answer in answers]
    digests = [hashlib.sha256(brief.encode()).hexdigest() for brief in briefs]
    requests = [_request_row(answer, digest) for answer, digest in zip(answers, digests, strict=True)]
    rows = [[score_row(result) for result in answer.response.results] for answer in answers]
    with store.writing("scores") as connection:
        _keep_briefs(connection, dict(zip(digests, briefs, strict=True)))
        told = sa.insert(score_requests).returning(score_requests.c.number, sort_by_parameter_order=True)
        numbers = connection.execute(told, requests).scalars().all()
        flat = [{"request": number, **row} for number, some in zip(numbers, rows, strict=True) for row in some]
        catalog = catalog_hash()
        features = [
            {"request": number, "catalog": catalog, "packed": packed(answer.features.ravel())}
            for number, answer in zip(numbers, answers, strict=True)
            if answer.features is not None and answer.response.results
        ]
        for table, made in ((scores, flat), (score_features, features)):
            if made:
                connection.execute(sa.insert(table), made)


def _keep_briefs(connection: sa.Connection, briefs: dict[str, str]) -> None:
    held = sa.select(score_briefs.c.digest).where(score_briefs.c.digest.in_(list(briefs)))
    known = set(connection.execute(held).scalars())
    new = [{"digest": digest, "campaign": text} for digest, text in briefs.items() if digest not in known]
    if new:
        connection.execute(sa.insert(score_briefs), new)


def prune_scores(store: Store, *, most_rows: int, before: pd.Timestamp, most_features: int) -> int:
    """Drop answers given before a time, and the oldest beyond `most_rows` candidates, and features but those of
    the newest `most_features` candidates, answers whole; how many answers went."""
    with store.writing("scores") as connection:
        newest = connection.execute(sa.select(sa.func.max(scores.c.number))).scalar_one() or 0
        beyond = sa.select(sa.func.max(scores.c.request)).where(scores.c.number <= newest - most_rows)
        last = connection.execute(beyond).scalar_one() or 0
        old = sa.or_(score_requests.c.answered_at < micros(before), score_requests.c.number <= last)
        gone = connection.execute(sa.delete(score_requests).where(old)).rowcount
        too_old = sa.select(sa.func.max(scores.c.request)).where(scores.c.number <= newest - most_features)
        unkept = connection.execute(too_old).scalar_one() or 0
        connection.execute(sa.delete(score_features).where(score_features.c.request <= unkept))
        if gone:
            used = sa.select(score_requests.c.brief)
            connection.execute(sa.delete(score_briefs).where(score_briefs.c.digest.not_in(used)))
    return gone


def read_scores(store: Store, since: pd.Timestamp | None = None) -> pd.DataFrame:
    """Every logged score, oldest first: the columns of `scores` and of its request, times UTC; shape (n_scores, …)."""
    c = score_requests.c
    about = (
        c.request_id,
        c.answered_at,
        c.path,
        c.as_of,
        c.model_version,
        c.model_as_of,
        c.campaign_id,
        c.brief,
        c.level,
    )
    query = sa.select(scores, *about).join(score_requests, scores.c.request == c.number).order_by(scores.c.number)
    return _frame(store, query if since is None else query.where(c.answered_at >= micros(since)))


def read_features(store: Store, since: pd.Timestamp | None = None) -> pd.DataFrame:
    """The features that candidates were scored with, oldest first, as far as they are kept: a row for each with when,
    for which request, campaign and creator, by which model version, its `fit_score` and `lift_expected`, and its
    features in the columns of the catalogue; those of another catalogue are left out."""
    c, kept = score_requests.c, score_features.c
    query = (
        sa.select(
            c.request_id, c.answered_at, c.as_of, c.model_version, c.campaign_id, scores.c.creator_id,
            scores.c.fit_score, scores.c.lift_expected,
        )
        .join(scores, scores.c.request == c.number)
        .join(score_features, kept.request == c.number)
        .where(kept.catalog == catalog_hash())
        .order_by(c.number, scores.c.number)
    )  # fmt: skip
    values = sa.select(kept.packed).join(score_requests, kept.request == c.number)
    values = values.where(kept.catalog == catalog_hash()).order_by(c.number)
    if since is not None:
        query, values = (one.where(c.answered_at >= micros(since)) for one in (query, values))
    # One transaction for both, so that no pruning comes between them.
    with store.reading() as connection:
        frame = _framed(connection.execute(query))
        packs = connection.execute(values).scalars().all()
    seen = np.concatenate([np.zeros(0), *(unpacked(raw) for raw in packs)]).reshape(len(frame), len(FEATURE_NAMES))
    return pd.concat([frame, pd.DataFrame(seen, columns=list(FEATURE_NAMES), index=frame.index)], axis=1)


def read_requests(store: Store, since: pd.Timestamp | None = None) -> pd.DataFrame:
    """Every logged request, oldest first; `refused` is {code: how many}."""
    query = sa.select(score_requests).order_by(score_requests.c.number)
    frame = _frame(store, query if since is None else query.where(score_requests.c.answered_at >= micros(since)))
    return frame.assign(refused=[json.loads(text) for text in frame["refused"]])


def read_briefs(store: Store) -> dict[str, dict[str, Any]]:
    """The campaigns that were asked about, by digest."""
    with store.reading() as connection:
        return {row.digest: json.loads(row.campaign) for row in connection.execute(sa.select(score_briefs))}


def newest_briefs(store: Store, campaign_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The brief that each of these campaigns was last scored for; those never scored are left out."""
    c, found = score_requests.c, {}
    with store.reading() as connection:
        for name in sorted(set(campaign_ids)):
            last = sa.select(c.brief).where(c.campaign_id == name).order_by(c.number.desc()).limit(1)
            query = sa.select(score_briefs.c.campaign).where(score_briefs.c.digest == last.scalar_subquery())
            text = connection.execute(query).scalar_one_or_none()
            if text is not None:
                found[name] = json.loads(text)
    return found


def _frame(store: Store, query: sa.Select[Any]) -> pd.DataFrame:
    with store.reading() as connection:
        return _framed(connection.execute(query))


def _framed(result: sa.CursorResult[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(result.all(), columns=list(result.keys()))
    for name in [one for one in ("answered_at", "as_of", "model_as_of") if one in frame]:
        whole = frame[name].astype("Int64")
        frame[name] = pd.to_datetime(whole, unit="us", utc=True).astype("datetime64[us, UTC]")
    numbers = [column.name for column in scores.c if isinstance(column.type, sa.Float) and column.name in frame]
    return frame.astype(dict.fromkeys(numbers, "float64"))
