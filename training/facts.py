"""What a run says of itself: in its parameters, in the saved model, and on top of the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.history import History
from data.priors import Priors
from models.training_set import DataKind
from training import tracking
from training.config import TrainSettings
from training.rules import PRIOR_ONLY_BELOW

_TOLD = ("n_test", "skill", "skill_low", "skill_high", "vs_constant.deviance", "coverage_80", "bias")


@dataclass(frozen=True)
class Loaded:
    """A workspace without faults, and what it is."""

    history: History
    digest: str
    kind: DataKind
    cut: pd.Timestamp
    census: Mapping[str, int]
    priors: Priors


def params_of(loaded: Loaded, settings: TrainSettings) -> dict[str, object]:
    """What repeats the run: every setting, the cut, and which data it was."""
    return {**settings.as_dict(), "cut": loaded.cut.isoformat(), "data": loaded.kind, "digest": loaded.digest}


def tags_of(loaded: Loaded) -> dict[str, str]:
    """Facts by which a run and its version are found again; the commit only where there is one."""
    commit = tracking.git_commit(Path(__file__).parent)
    known = {"data": loaded.kind, "digest": loaded.digest, "cut": loaded.cut.isoformat()}
    return known | ({"git_commit": commit} if commit else {})


def info_of(loaded: Loaded, settings: TrainSettings, figures: Mapping[str, float]) -> dict[str, object]:
    """What the saved model tells about itself; nothing that depends on when or where it was trained."""
    found = {key: figures.get(f"time.{key}", np.nan) for key in _TOLD}
    skill = {key: value for key, value in found.items() if not np.isnan(value)}
    return {
        "cut": loaded.cut.isoformat(),
        "digest": loaded.digest,
        "census": dict(loaded.census),
        "seed": settings.seed,
        "out_of_time": skill,
    }


def facts_of(loaded: Loaded, settings: TrainSettings) -> dict[str, object]:
    """The table on top of the report: what was trained on what."""
    tables = {f"{name}, rows": len(frame) for name, frame in loaded.history.tables.items()}
    counts = {f"collaborations: {name}": n for name, n in loaded.census.items() if name != "collaborations"}
    profiles, deals = loaded.history["creators"], loaded.history["collaborations"]
    timeless = set(profiles["creator_id"][profiles["known_at"].isna().to_numpy()])
    return {
        "data": "a simulated market" if loaded.kind == "simulated" else "own",
        "digest of the data": loaded.digest,
        "nothing known at or after": loaded.cut.isoformat(),
        "seed": settings.seed,
        **tables,
        **counts,
        "collaborations whose creator's profile has no time, used as if always known": int(
            deals["creator_id"].isin(timeless).sum()
        ),
    }


def warnings_of(loaded: Loaded, figures: Mapping[str, float]) -> tuple[str, ...]:
    """What must be read before any figure: simulated data, too few test labels, no signal."""
    found = []
    if loaded.kind == "simulated":
        found.append("Simulated data: these figures show that the method works, not how it does on a real market.")
    tested = figures.get("time.n_test", 0.0)
    if tested < PRIOR_ONLY_BELOW:
        found.append(
            f"Prior only: {tested:.0f} test labels, fewer than {PRIOR_ONLY_BELOW}. Skill is not shown; scores rest "
            "mostly on published figures, with wide intervals."
        )
    low = figures.get("time.skill_low", np.nan)
    if tested >= PRIOR_ONLY_BELOW and (np.isnan(figures.get("time.skill", np.nan)) or low <= 0):
        found.append("No signal shown: out of time the model does not clearly beat a constant lift.")
    return tuple(found)
