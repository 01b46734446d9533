"""`build_features`: the only door to features, for training, a request and a whole catalogue alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from data.history import History, pairings_frame
from features import asof, audience, bought, campaign, commenters, engagement, niche, peers, sentiment, track_record
from features.catalog import NAMES
from features.grouped import Floats
from features.parts import Part, done_parts, parts_of
from features.reference import Reference

ROWS_AT_ONCE = 150_000
"""Posts and comments looked at in one go: bounds memory, and changes no value."""
Progress = Callable[[int, int], None]
"""Called with the pairings done and the pairings asked."""


def build_features(
    history: History,
    pairings: pd.DataFrame,
    reference: Reference | None = None,
    *,
    progress: Progress | None = None,
    workers: int = 1,
) -> pd.DataFrame:
    """Every feature of every pairing, from what was known strictly before its `as_of`.

    Parameters
    ----------
    history : the tables
    pairings : n rows, any order, repeats allowed
        Columns `creator_id`, `campaign_id` and `as_of` (UTC); TableError names each fault.
    reference : what was fitted across creators and saved with the model; None: the published stand-ins
    progress : called after each part of the work
    workers : processes to share the creators among; the same bits for any number. Each takes a second to start, so
        more than one pays from some thousand creators on, and only where the caller's module may be imported again

    Returns
    -------
    DataFrame of float64, shape (n, len(NAMES)), index of `pairings`, columns `features.catalog.NAMES`. NaN means
    missing, as the catalogue tells; an unknown creator or campaign gives missing values, never a lost row.
    """
    asked = pairings_frame(pairings)
    rows = len(history["posts"]) + len(history["comments"]) + len(asked)
    out = np.full((len(asked), len(NAMES)), np.nan)
    done = 0
    parts = parts_of(history, asked, min(ROWS_AT_ONCE, rows // workers + 1) if workers > 1 else ROWS_AT_ONCE)
    for at, made in done_parts(_of_part, parts, reference or Reference(), workers):
        out[at] = made
        done += len(at)
        if progress is not None:
            progress(done, len(asked))
    return pd.DataFrame(out, index=asked.index, columns=list(NAMES), copy=False)


def _of_part(part: Part, reference: Reference) -> Floats:
    """Features of the pairings of a part, shape (rows, len(NAMES))."""
    made = features_of(asof.View(History(part.tables), part.pairings), reference)
    return np.column_stack([made[name] for name in NAMES])


def features_of(view: asof.View, reference: Reference) -> dict[str, Floats]:
    """Every feature of the pairings of a view, each float64 of shape (n_pairings,)."""
    made = {
        **niche.niche_features(view, reference.text_space),
        **audience.audience_features(view),
        **engagement.engagement_features(view),
        **peers.peer_features(view, reference.peers),
        **track_record.track_record_features(view),
        **sentiment.sentiment_features(view),
        **commenters.commenter_features(view),
        **campaign.campaign_features(view),
    }
    return {**made, **bought.bought_features(view, made)}
