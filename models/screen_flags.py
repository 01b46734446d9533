"""Which creators of a catalogue raise flags for a brief, without scoring anybody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.asked import Asked
from features.catalog import NAMES
from features.pairing import DEPENDENT, campaign_features
from models.creators import Creators
from models.screen import CHUNK
from models.support import Support, features_of

_OWN = {name: at for at, name in enumerate(NAMES) if name not in DEPENDENT}
_ASKED = {name: at for at, name in enumerate(DEPENDENT)}


def unflagged(
    rows: np.ndarray, flags: Sequence[str], built: Creators, asked: Asked, support: Support, data: str
) -> np.ndarray:
    """Those of some creators (positions, ascending) who raise none of these flags; of each creator only the features
    behind the flags are looked at, a chunk of the catalogue at a time."""
    parts = [rows[:0]]
    for at in range(0, len(built) if flags else 0, CHUNK):
        here = rows[np.searchsorted(rows, at) : np.searchsorted(rows, at + CHUNK)]
        if len(here):
            parts.append(here[~_raised(here, at, flags, built, asked, support, data)])
            built.forget()
    return np.concatenate(parts) if flags else rows


def _raised(
    rows: np.ndarray, first: int, flags: Sequence[str], built: Creators, asked: Asked, support: Support, data: str
) -> np.ndarray:
    """Who of the chunk that begins at `first` raises any of the flags, shape (rows,)."""
    by_brief = None
    if any(name in _ASKED for flag in flags for name in features_of(flag)):
        by_brief, _ = campaign_features(built.side, asked, slice(first, min(first + CHUNK, len(built))))

    def feature(name: str) -> np.ndarray:
        if name in _OWN:
            return np.asarray(built.side.X[rows, _OWN[name]])
        assert by_brief is not None  # noqa: S101 - made above, for these
        return np.asarray(by_brief[rows - first, _ASKED[name]])

    return np.asarray(np.any([support.raised(flag, feature, len(rows), data) for flag in flags], axis=0), dtype=bool)
