"""`creatorlift monitor`: what was scored, what came of it, and how far it is from what the model learned from."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import NoModel
from data.sources import load_history
from data.writing import iso
from models.registry import load_scorer
from serving.monitor_drift import Drift, drift_of
from serving.monitor_measured import Measured, measured_of
from serving.monitor_scored import Scored, scored_of
from serving.store import Store
from serving.store_outcomes import current
from serving.store_scores import read_briefs, read_requests, read_scores


@dataclass(frozen=True)
class Report:
    """All of it. `drift` is None without a workspace."""

    at: str
    since: str | None
    model: str | None
    """The version asked about; None while there is no model."""
    data: str | None
    scored: Scored
    measured: Measured
    drift: Drift | None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; what cannot be told is None."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def monitor(
    store: Store, *, now: pd.Timestamp, since: pd.Timestamp | None = None, workspace: Path | None = None,
    model: str = "champion",
) -> Report:  # fmt: skip
    """Look at the store's score log (since a time) and outcomes, and with a workspace at drift against `model`.

    Raises StoreUnavailable; with a workspace also NoModel and TableError.
    """
    scores, briefs = read_scores(store, since), read_briefs(store)
    measured = measured_of([dict(one.row) for one in current(store)], scores, briefs)
    try:
        scorer, info = load_scorer(model)
    except NoModel:
        if workspace is not None:
            raise
        version = kind = drift = None
    else:
        version, kind = info.version, info.data
        drift = None if workspace is None else drift_of(scorer, version, load_history(workspace), scores, briefs)
    return Report(
        at=iso(now), since=None if since is None else iso(since), model=version, data=kind,
        scored=scored_of(scores, read_requests(store, since)), measured=measured, drift=drift,
    )  # fmt: skip
