"""One comment, post or person behind a feature, for people to look at. Nothing is computed that a feature needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from features.asof import NO_TIME, Visible
from features.grouped import Floats, Ints

MOST = 3
"""Examples of one feature."""


@dataclass(frozen=True)
class Example:
    """What a person can check: `text` as it stands in the table, `note` saying what is told of it."""

    kind: Literal["comment", "post", "person", "follower count"]
    text: str
    at: pd.Timestamp | None
    """When it happened, UTC; None: not known, or not at one time."""
    note: str = ""


def time_of(microseconds: int) -> pd.Timestamp | None:
    """A time as the features hold it; None where it is missing."""
    return None if microseconds == NO_TIME else pd.Timestamp(microseconds, unit="us", tz="UTC")


def strongest(strength: Floats, times: Ints, texts: Iterable[str | None], at_least: float) -> list[int]:
    """Positions of the `MOST` rows of greatest strength, at least `at_least`, newest first among equals.

    `strength`, `times` and `texts` have one shape; a text is taken once, and a row without text or strength never.
    """
    order = np.lexsort((-times, -np.nan_to_num(strength, nan=-np.inf)))
    said = list(texts)
    kept: dict[str, int] = {}
    for row in order.tolist():
        text = said[row]
        if not strength[row] >= at_least or len(kept) == MOST:
            break
        if text and text.strip():
            kept.setdefault(text, row)
    return list(kept.values())


def texts_of(seen: Visible, name: str) -> list[str | None]:
    """A text column of the visible rows, None = missing; length (m,)."""
    found: list[str | None] = seen.texts(name).to_pylist()
    return found
