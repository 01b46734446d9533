"""What `creatorlift explain` does: a creator of a workspace for the brief of a file, as a portrait."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from data.errors import Fault, NoModel, UsageError
from data.history import History
from data.sources import load_history
from models.portrait import Portrait, portrait
from models.registry import load_scorer
from serving.files import read_brief, read_request
from serving.inputs import CAMPAIGN_ID, questions
from serving.schemas import ScoreRequest


@dataclass(frozen=True)
class Explained:
    """A portrait with the names to print beside it."""

    portrait: Portrait
    campaign: str
    model: str


def explain(workspace: Path, creator_id: str, brief: Path, as_of: pd.Timestamp, model: str | None) -> Explained:
    """The portrait of one creator of a workspace.

    `model` None: the champion, or none where there is no champion yet. Raises BriefError and TableError naming every
    fault of the files, UsageError where the workspace has no such creator, NoModel where an asked model is not there.
    """
    campaign = read_request(ScoreRequest, read_brief(brief), [{"creator_id": creator_id}], {}, brief).campaign
    stored = load_history(workspace)
    if not (stored["creators"]["creator_id"] == creator_id).any():
        raise UsageError(Fault(f"{workspace}, creator", creator_id, "a creator_id of its creators table"))
    made = questions(campaign, [], None, as_of).history
    history = History(MappingProxyType({**stored.tables, **_joined(stored, made)}))
    try:
        scorer, info = load_scorer(model or "champion")
    except NoModel:
        if model:
            raise
        told = portrait(history, creator_id, CAMPAIGN_ID, as_of)
        return Explained(told, campaign.campaign_id, "no model yet: published peers, no text space, no score")
    told = portrait(history, creator_id, CAMPAIGN_ID, as_of, scorer)
    kind = "simulated data" if info.data == "simulated" else "own data"
    return Explained(told, campaign.campaign_id, f"model {info.name} {info.version} ({kind})")


def _joined(stored: History, made: History) -> dict[str, pd.DataFrame]:
    """The campaign tables with the brief's rows; all others stay as they are."""
    return {
        name: pd.concat([stored[name], made[name]], ignore_index=True) if len(stored[name]) else made[name]
        for name in ("campaigns", "campaign_audience")
        if len(made[name])
    }
