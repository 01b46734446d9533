"""`POST /v1/explain`: one creator of the catalogue for one brief: reasons, every feature beside its peers, examples."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.creators import FEATURE_NAMES, Creators
from models.portrait import PEERS, FamilyLines, Line, Portrait, portrait
from models.scorer import CreatorScorer
from serving.explain_schemas import ExampleOf, ExplainRequest, ExplainResponse, FamilyOf, LineOf, ScoreOf
from serving.handler import model_of, time_text
from serving.inputs import CAMPAIGN_ID, asked_of, joined, questions
from serving.live import Live
from serving.problems import no_catalogue, unknown_creator


def explain(request: ExplainRequest, live: Live, now: pd.Timestamp) -> ExplainResponse:
    """The creator's portrait, as of the time the creators were built ahead, or another that is asked for.

    Raises Problem 404 without a workspace, or where it has no such creator.
    """
    catalogue = live.catalogue
    if catalogue is None:
        raise no_catalogue()
    if catalogue.platform_of(request.creator_id) is None:
        raise unknown_creator(request.creator_id)
    built = catalogue.built
    as_of = pd.Timestamp(request.as_of).tz_convert("UTC").as_unit("us") if request.as_of is not None else (
        now if built is None else built.as_of
    )  # fmt: skip
    fast = built is not None and as_of == built.as_of
    made = questions(request.campaign, [], None, as_of).history
    stored = catalogue.history_of([request.creator_id]) if fast else catalogue.history
    peers = _peers(request, built) if fast and built is not None else None
    scorer = live.scorer if isinstance(live.scorer, CreatorScorer) else None
    told = portrait(joined(stored, made), request.creator_id, CAMPAIGN_ID, as_of, scorer, peers=peers)
    return _answer(request, live, told)


def _peers(request: ExplainRequest, built: Creators) -> pd.DataFrame:
    """Features of the creators of the same platform whose followers are nearest, as `models.portrait.peers_of`."""
    side = built.side
    me = int(built.positions([request.creator_id])[0])
    size = np.log(np.maximum(side.followers, 1.0))
    away = np.abs(size - size[me]) if not np.isnan(size[me]) else np.zeros(len(built))
    allowed = (side.platform == side.platform[me]) & (np.arange(len(built)) != me) & ~np.isnan(away)
    order = np.argsort(np.where(allowed, away, np.inf), kind="stable")[: min(PEERS, int(allowed.sum()))]
    return pd.DataFrame(built.features(order, asked_of(request.campaign, built)), columns=list(FEATURE_NAMES))


def _answer(request: ExplainRequest, live: Live, told: Portrait) -> ExplainResponse:
    score = told.score
    return ExplainResponse(
        campaign_id=request.campaign.campaign_id, creator_id=told.creator_id, model=model_of(live.info),
        as_of=time_text(told.as_of), platform=told.platform, handle=told.handle, bio=told.bio, peers=told.peers,
        peers_followers=told.peers_followers, families=[_family(family) for family in told.families],
        score=None if score is None else ScoreOf(
            fit=score.fit, low=score.low, high=score.high, lift=score.lift, conversions=score.conversions,
            support=score.support, reasons=[dict(reason) for reason in score.reasons],
        ),
    )  # fmt: skip


def _family(family: FamilyLines) -> FamilyOf:
    return FamilyOf(family=family.family, title=family.title, lines=[_line(line) for line in family.lines])


def _line(line: Line) -> LineOf:
    examples = [
        ExampleOf(kind=one.kind, text=one.text, at=None if one.at is None else time_text(one.at), note=one.note)
        for one in line.examples
    ]
    return LineOf(
        name=line.name, label=line.label, unit=line.unit, value=line.value, said=line.said, percentile=line.percentile,
        peers=line.peers, missing=line.missing, text=line.text, examples=examples,
    )  # fmt: skip
