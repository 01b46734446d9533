"""What the catalogue tells of one feature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Family = Literal["niche", "engagement", "sentiment", "campaign"]
FAMILIES: tuple[Family, ...] = ("niche", "engagement", "sentiment", "campaign")


@dataclass(frozen=True)
class Feature:
    """One column of the feature frame.

    `low` and `high` bound what can occur (None: unbounded). `missing` says what a NaN means. `for_lift`: the lift model
    may use it; what measures size or reach is not for it, because lift is a rate and knows nothing of how many see a
    post. `for_reach`: the reach model may use it.
    """

    name: str
    family: Family
    unit: str
    low: float | None
    high: float | None
    missing: str
    """What a missing value means."""
    text: str
    """What it is, in one line."""
    source: str = ""
    """Why it is here: a finding or a definition, with its source."""
    for_lift: bool = True
    for_reach: bool = False
