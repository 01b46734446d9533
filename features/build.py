"""`build_features`: the only door to features, for training, a request and a whole catalogue alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from data.history import History, pairings_frame
from features import asof, audience, bought, campaign, commenters, engagement, niche, peers, sentiment, track_record
from features.catalog import NAMES
from features.grouped import Floats, Ints
from features.reference import Reference
from features.words import positions_in, strings

ROWS_AT_ONCE = 150_000
"""Posts and comments looked at in one go: bounds memory, and changes no value."""
Progress = Callable[[int, int], None]
"""Called with the pairings done and the pairings asked."""


def build_features(
    history: History, pairings: pd.DataFrame, reference: Reference | None = None, *, progress: Progress | None = None
) -> pd.DataFrame:
    """Every feature of every pairing, from what was known strictly before its `as_of`.

    Parameters
    ----------
    history : the tables
    pairings : n rows, any order, repeats allowed
        Columns `creator_id`, `campaign_id` and `as_of` (UTC); TableError names each fault.
    reference : what was fitted across creators and saved with the model; None: the published stand-ins
    progress : called after each part of the work

    Returns
    -------
    DataFrame of float64, shape (n, len(NAMES)), index of `pairings`, columns `features.catalog.NAMES`. NaN means
    missing, as the catalogue tells; an unknown creator or campaign gives missing values, never a lost row.
    """
    asked = pairings_frame(pairings)
    reference = reference or Reference()
    out = np.full((len(asked), len(NAMES)), np.nan)
    done = 0
    for rows, part in _parts(history, asked):
        made = features_of(asof.View(part, asked.take(rows).reset_index(drop=True)), reference)
        for column, name in enumerate(NAMES):
            out[rows, column] = made[name]
        done += len(rows)
        if progress is not None:
            progress(done, len(asked))
    return pd.DataFrame(out, index=asked.index, columns=list(NAMES), copy=False)


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


def _parts(history: History, pairings: pd.DataFrame) -> Iterator[tuple[Ints, History]]:
    """Positions of pairings, creator by creator, with the rows of their creators: about `ROWS_AT_ONCE` at a time."""
    if len(history["posts"]) + len(history["comments"]) + len(pairings) <= ROWS_AT_ONCE:
        yield np.arange(len(pairings)), history
        return
    asked = asof.Asked.of(pairings)
    tables = {name: _by_owner(frame, asked) for name, frame in history.tables.items() if "creator_id" in frame}
    posts, comments = (np.bincount(tables[name][0], minlength=len(asked.ids)) for name in ("posts", "comments"))
    size = 1 + posts + comments
    order = np.argsort(asked.position, kind="stable")
    part = np.cumsum(size[asked.position[order]]) // ROWS_AT_ONCE
    for rows in np.split(order, np.flatnonzero(np.diff(part)) + 1):
        first, last = asked.position[rows[0]], asked.position[rows[-1]]
        cut = {
            name: history[name].take(at[np.searchsorted(owner, first) : np.searchsorted(owner, last, side="right")])
            for name, (owner, at) in tables.items()
        }
        yield rows, History({**history.tables, **{n: f.reset_index(drop=True) for n, f in cut.items()}})


def _by_owner(frame: pd.DataFrame, asked: asof.Asked) -> tuple[Ints, Ints]:
    """The owner of each row that has one among the asked, ascending, and the positions of those rows."""
    owner = positions_in(strings(frame["creator_id"]), asked.ids)
    rows = np.flatnonzero(owner >= 0)
    rows = rows[np.argsort(owner[rows], kind="stable")]
    return owner[rows], rows
