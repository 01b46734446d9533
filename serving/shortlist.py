"""The best creators of the whole catalogue for one brief: filtered, looked over quickly, the first scored exactly."""

from __future__ import annotations

from typing import Any

import numpy as np

from models.creators import Creators
from models.scorer import TERM_COLUMNS
from serving.answers import ShortlistResponse
from serving.handler import model_of, rank_order, time_text
from serving.inputs import about, asked_of
from serving.live import Live
from serving.problems import no_catalogue, not_built
from serving.results import results_of
from serving.shortlist_request import ShortlistRequest

EXACT = 1_000
"""Creators scored exactly at a time; where fewer pass the filters, the quick look is left out."""
_AT_LEAST, _TIMES = 400, 4
"""How many of the first are scored exactly: so many, and so many times what is asked for."""


def shortlist(request: ShortlistRequest, live: Live) -> ShortlistResponse:
    """The best `k` of the catalogue as of the time its creators were built ahead.

    Raises Problem 404 without a workspace, and 503 while the creators are not built.
    """
    if live.catalogue is None:
        raise no_catalogue()
    built = live.catalogue.built
    if built is None:
        raise not_built()
    rows = _passing(request, built)
    fees = _fees(request, built, rows)
    if request.filters.fee_max is not None:
        kept = ~(fees > request.filters.fee_max)
        rows, fees = rows[kept], fees[kept]
    considered = len(rows)
    if considered > EXACT:
        order = _quick_order(request, live, built, rows, fees)
        rows, fees = rows[order], fees[order]
    columns, kept = _best(request, live, built, rows, fees)
    best = kept[rank_order(columns, request.rank_by, kept)][: request.k]
    names = built.names(rows[best]) if len(best) else []
    return ShortlistResponse.model_construct(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(live.info),
        as_of=time_text(built.as_of),
        level=request.level,
        results=results_of(columns, best.tolist(), names),
        errors=[],
        considered=considered,
    )


def _passing(request: ShortlistRequest, built: Creators) -> np.ndarray:
    """Positions of the creators that pass the filters, but for fees and flags."""
    side, asked = built.side, request.filters
    passes = np.ones(len(built), dtype=bool)
    platform = asked.platform or request.campaign.platform
    if platform is not None:
        passes &= side.platform == platform.encode()
    for listed, values in ((asked.countries, side.country), (asked.languages, side.language),
                           (asked.niches, side.category)):  # fmt: skip
        if listed:
            passes &= np.isin(values, [name.strip().lower().encode() for name in listed])
    if asked.followers_min is not None:
        passes &= side.followers >= asked.followers_min
    if asked.followers_max is not None:
        passes &= side.followers <= asked.followers_max
    return np.flatnonzero(passes)


def _fees(request: ShortlistRequest, built: Creators, rows: np.ndarray) -> np.ndarray:
    """The fee of each creator, NaN where none is known."""
    fees = np.full(len(built), np.nan if request.fee is None else request.fee)
    if request.fees:
        at = built.positions(list(request.fees))
        told = np.array(list(request.fees.values()), dtype=np.float64)
        fees[at[at >= 0]] = told[at >= 0]
    return np.asarray(fees[rows])


def _quick_order(
    request: ShortlistRequest, live: Live, built: Creators, rows: np.ndarray, fees: np.ndarray
) -> np.ndarray:
    """Positions among `rows` from best to worst by the quick look."""
    seen = live.screen.look(asked_of(request.campaign, built), about(request.campaign, 1))
    if request.rank_by == "fit":
        return np.argsort(-seen["fit"][rows], kind="stable")
    value = seen["value"][rows]
    handling = request.campaign.handling_cost or 0.0
    cost = fees + handling
    first = value - cost if request.rank_by == "profit" else (value - cost) / np.where(cost > 0, cost, np.nan)
    return np.lexsort((-value, np.where(np.isnan(first), np.inf, -first)))


def _best(
    request: ShortlistRequest, live: Live, built: Creators, rows: np.ndarray, fees: np.ndarray
) -> tuple[dict[str, Any], np.ndarray]:
    """Exact columns of the first creators, and which of them may be chosen: until enough may, or there are no more."""
    campaign, asked = request.campaign, asked_of(request.campaign, built)
    unwanted = set(request.filters.without_flags)
    step = min(max(_AT_LEAST, _TIMES * request.k), EXACT) if len(rows) > EXACT else EXACT
    parts: list[Any] = []
    allowed: list[np.ndarray] = []
    for at in range(0, max(len(rows), 1), step):
        here = slice(at, at + step)
        terms = {name: np.full(len(rows[here]), np.nan) for name in TERM_COLUMNS} | {"fee": fees[here]}
        values = built.features(rows[here], asked)
        parts.append(live.scorer.score_rows(
            values, about(campaign, len(values)), terms, level=request.level, target_roi=campaign.target_roi,
            safety=campaign.safety, explain=request.explain,
        ))  # fmt: skip
        out = [request.abstain and level == "out" for level in parts[-1]["support_level"]]
        flagged = [bool(unwanted & set(flags)) for flags in parts[-1]["flags"]]
        allowed.append(~(np.array(out, dtype=bool) | np.array(flagged, dtype=bool)))
        if sum(int(part.sum()) for part in allowed) >= request.k:
            break
    return {name: _end_to_end([p[name] for p in parts]) for name in parts[0]}, np.flatnonzero(np.concatenate(allowed))


def _end_to_end(parts: list[Any]) -> Any:
    return [value for part in parts for value in part] if isinstance(parts[0], list) else np.concatenate(parts)
