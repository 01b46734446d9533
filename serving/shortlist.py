"""The best creators of the whole catalogue for one brief: filtered, looked over quickly, the first scored exactly."""

from __future__ import annotations

import numpy as np

from models.creators import Creators
from models.scorer import CreatorScorer
from models.screen_flags import unflagged
from serving.answers import ShortlistResponse
from serving.handler import model_of, time_text
from serving.inputs import asked_of
from serving.live import Live
from serving.problems import no_catalogue, not_built
from serving.results import results_of
from serving.shortlist_order import Order, best_of
from serving.shortlist_request import ShortlistRequest


def shortlist(request: ShortlistRequest, live: Live) -> ShortlistResponse:
    """The best `k` of the catalogue as of the time its creators were built ahead.

    Raises Problem 404 without a workspace, and 503 while the creators are not built.
    """
    if live.catalogue is None:
        raise no_catalogue()
    built = live.catalogue.built
    if built is None:
        raise not_built()
    fees = _fees(request, built)
    rows = _passing(request, built)
    if request.filters.fee_max is not None:
        rows = rows[~(fees[rows] > request.filters.fee_max)]
    if isinstance(live.scorer, CreatorScorer):
        flags, asked = request.filters.without_flags, asked_of(request.campaign, built)
        rows = unflagged(rows, flags, built, asked, live.scorer.support, live.scorer.data)
    columns, best, chosen = best_of(rows, Order(request, fees), live).first()
    return ShortlistResponse.model_construct(
        campaign_id=request.campaign.campaign_id,
        currency=request.campaign.currency,
        model=model_of(live.info),
        as_of=time_text(built.as_of),
        level=request.level,
        results=results_of(columns, best.tolist(), built.names(chosen) if len(chosen) else []),
        errors=[],
        considered=len(rows),
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


def _fees(request: ShortlistRequest, built: Creators) -> np.ndarray:
    """The fee of each creator of the catalogue, NaN where none is known."""
    fees = np.full(len(built), np.nan if request.fee is None else request.fee)
    if request.fees:
        at = built.positions(list(request.fees))
        told = np.array(list(request.fees.values()), dtype=np.float64)
        fees[at[at >= 0]] = told[at >= 0]
    return fees
