"""How well every creator of a history matches one brief: what `creatorlift niche` writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.errors import BriefError, Fault
from data.history import History
from features.asof import View
from features.niche_reading import read_creators
from features.niche_subjects import creator_match, read_brief
from features.niche_topics import plain_splitter
from features.reference import Reference

CREATORS_AT_ONCE = 5_000
"""Creators read in one go: bounds memory, and changes no value."""
_AS_ANYBODY = 0.5
_TEXTS = ("brief", "keywords", "category")


def niche_match(
    history: History,
    brief: Mapping[str, Any],
    as_of: pd.Timestamp,
    reference: Reference | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Every creator's match with a brief, from what was visible strictly before `as_of`.

    Parameters
    ----------
    history : the tables; `creators` decides whose match is told
    brief : any of `brief` (text), `keywords` (list or comma-separated text) and `category` (text); others are ignored
    reference : what was fitted across creators; None or without a text space: the written lexicon alone
    progress : called with the creators done and the creators asked

    Returns
    -------
    DataFrame with one row per creator, sorted by creator_id: `creator_id`, `match` (0 to 1; above 0.5: likelier than
    the average creator to be about the brief's subjects; 0.5, as likely, also where nothing can be read of a
    creator) and `words_read` (words and hashtags of captions, bio and handle it rests on; whole number).

    Raises
    ------
    BriefError where the brief has no text at all, or where none of its words tells a subject.
    """
    space = None if reference is None else reference.text_space
    wanted = read_brief(*(_text(brief, name) for name in _TEXTS), space)
    if wanted.main < 0:
        allowed = "words that name a product or a subject, in `brief`, `keywords` or `category`"
        raise BriefError(Fault("brief", "no word that is known", allowed))
    ids = sorted(set(history["creators"]["creator_id"]))
    matches, words = np.empty(len(ids)), np.empty(len(ids))
    splitter = plain_splitter() if space is None else space.splitter
    for start in range(0, len(ids), CREATORS_AT_ONCE):
        part = slice(start, start + CREATORS_AT_ONCE)
        pairings = pd.DataFrame({"creator_id": pd.Series(ids[part], dtype="str"), "campaign_id": "", "as_of": as_of})
        reading = read_creators(View(history, pairings), splitter)
        found = creator_match(reading, np.tile(wanted.topics, (reading.n, 1)), space)
        matches[part] = np.where(np.isnan(found), _AS_ANYBODY, found)
        words[part] = reading.counts["caption"].words
        if progress is not None:
            progress(min(part.stop, len(ids)), len(ids))
    return pd.DataFrame({
        "creator_id": pd.Series(ids, dtype="str"), "match": matches, "words_read": words.astype(np.int64),
    })  # fmt: skip


def _text(brief: Mapping[str, Any], name: str) -> str | None:
    """A text of the brief; a list as comma-separated text; None where missing."""
    value = brief.get(name)
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return value if isinstance(value, str) else None
