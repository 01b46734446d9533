"""What was scored: how much, by which version, how far from the training data, and what was missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.writing import iso

_LEVELS = ("in", "edge", "out")


@dataclass(frozen=True)
class Scored:
    """The score log in numbers; shares are of the scored candidates, None where nothing was scored."""

    answers: int
    candidates: int
    first_at: str | None
    last_at: str | None
    creators: int
    campaigns: int
    versions: Mapping[str, int]
    """Candidates by model version."""
    paths: Mapping[str, int]
    """Answers by what was asked."""
    refused: Mapping[str, int]
    """Candidates without a score, by code."""
    support: Mapping[str, float | None]
    """Shares `in`, `edge` and `out` of what the model has seen."""
    flags: Mapping[str, float]
    """Share of candidates with each flag: what is missing or should be looked at."""
    without_fee: float | None
    fit: Mapping[str, float | None]
    """Fit scores: `p10`, `p50`, `p90`."""


def scored_of(scores: pd.DataFrame, requests: pd.DataFrame) -> Scored:
    """From `read_scores` and `read_requests`."""
    n = len(scores)
    refused: Counter[str] = Counter()
    for counts in requests["refused"]:
        refused.update(counts)
    flags = Counter(flag for text in scores["flags"] for flag in text.split(",") if flag)
    quantiles = scores["fit_score"].quantile([0.1, 0.5, 0.9]).tolist() if n else [None] * 3
    levels = scores["support"].value_counts()
    return Scored(
        answers=len(requests), candidates=n,
        first_at=iso(requests["answered_at"].min()) if len(requests) else None,
        last_at=iso(requests["answered_at"].max()) if len(requests) else None,
        creators=int(scores["creator_id"].nunique()), campaigns=int(requests["brief"].nunique()),
        versions={str(k): int(v) for k, v in scores["model_version"].value_counts().items()},
        paths={str(k): int(v) for k, v in requests["path"].value_counts().items()},
        refused=dict(refused.most_common()),
        support={level: float(levels.get(level, 0)) / n if n else None for level in _LEVELS},
        flags={flag: count / n for flag, count in flags.most_common()},
        without_fee=float(scores["fee"].isna().mean()) if n else None,
        fit=dict(zip(("p10", "p50", "p90"), quantiles, strict=True)),
    )  # fmt: skip
