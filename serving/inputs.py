"""From a request to what the scorer takes: a small history, pairings and terms.

The request's campaign and its inline creators get ids that no workspace row can have, so that nothing stored is
mixed up with them; catalogue creators bring their own rows.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.errors import Fault, shorten
from data.frames import TIME_DTYPE
from data.history import History
from data.schemas import TABLES
from models.creators import Asked, Creators
from models.scorer import MONEY_COLUMNS, Context
from serving.catalogue import Catalogue
from serving.inline import MICROSECOND, Rows, frame_of, no_rows, numbers
from serving.schemas import Campaign, Candidate

OURS = "\x1f"
"""Begins every id made here. No workspace id begins with a control character that separates units."""
CAMPAIGN_ID = OURS + "campaign"
TERMS = ("fee", "commission_rate", "product_cost", "expected_exposed")


@dataclass(frozen=True)
class Questions:
    """What `CreatorScorer.score` is asked: `pairings` and `terms` share their index, the candidates' places."""

    history: History
    pairings: pd.DataFrame
    terms: pd.DataFrame


def repeated_ids(candidate: Candidate) -> tuple[Fault, ...]:
    """Faults of an inline record whose own keys repeat: posts, comments, follower times, audience buckets."""
    posts = candidate.posts or ()
    keys: list[tuple[str, list[object]]] = [
        ("posts, post_id", [p.post_id for p in posts]),
        ("posts, comment_id", [c.comment_id for p in posts for c in p.comments]),
        ("followers, observed_at", [f.observed_at for f in candidate.followers or ()]),
        ("audience, bucket", [(a.observed_at, a.dimension, a.bucket) for a in candidate.audience or ()]),
    ]
    return tuple(
        Fault(where, f"{_words(value)} {count} times", "each key once in a record")
        for where, values in keys
        for value, count in Counter(value for value in values if value is not None).items()
        if count > 1
    )


def _words(key: object) -> str:
    return f"{key[1]} {key[2]}" if isinstance(key, tuple) else shorten(str(key))


def questions(
    campaign: Campaign, asked: Sequence[tuple[int, Candidate]], catalogue: Catalogue | None, as_of: pd.Timestamp
) -> Questions:
    """History, pairings and terms of the candidates, each given with its place in the request.

    Candidates without `creator` must be in the catalogue. The history holds these creators alone.
    """
    inline = {place: candidate for place, candidate in asked if candidate.creator is not None}
    known = [candidate.creator_id for _, candidate in asked if candidate.creator is None and candidate.creator_id]
    history = _made(campaign, inline, as_of)
    if known and catalogue is not None:
        history = joined(catalogue.history_of(known), history)
    index = pd.Index([place for place, _ in asked], dtype="int64")
    creator_ids = [_inline_id(place) if place in inline else str(candidate.creator_id) for place, candidate in asked]
    pairings = pd.DataFrame(
        {
            "creator_id": pd.Series(creator_ids, index=index, dtype="str"),
            "campaign_id": pd.Series(CAMPAIGN_ID, index=index, dtype="str"),
            "as_of": pd.Series(as_of, index=index, dtype=TIME_DTYPE),
        }
    )
    terms = pd.DataFrame({name: numbers([getattr(c, name) for _, c in asked]) for name in TERMS}, index=index)
    return Questions(history, pairings, terms)


def terms_of(asked: Sequence[tuple[int, Candidate]]) -> dict[str, np.ndarray]:
    """Fee and the other terms of each candidate, shape (n,) each; NaN where none was given."""
    return {name: numbers([getattr(candidate, name) for _, candidate in asked]) for name in TERMS}


def about(campaign: Campaign, n: int) -> Context:
    """The campaign as the scorer takes it, for n rows."""
    return about_each([(campaign, n)])


def about_each(campaigns: Sequence[tuple[Campaign, int]]) -> Context:
    """Several campaigns, one after another, each for as many rows as beside it."""
    rows = [n for _, n in campaigns]
    money = {name: np.repeat(numbers([getattr(one, name) for one, _ in campaigns]), rows) for name in MONEY_COLUMNS}
    brands, goals = ([getattr(one, name) for one, n in campaigns for _ in range(n)] for name in ("brand", "goal"))
    return Context(brands, goals, money)


_ASKED_KEPT = 256
_ASKED: OrderedDict[tuple[int, str], tuple[Creators, Asked]] = OrderedDict()
"""Briefs read lately: platforms ask about the same one again and again."""


def asked_of(campaign: Campaign, built: Creators) -> Asked:
    """The campaign's half of the features, as of the time `built` was; read anew only when it changes."""
    key = (id(built), campaign.model_dump_json(exclude=_NOT_READ))
    found = _ASKED.get(key)
    if found is None or found[0] is not built:
        found = (built, built.asked(_made(campaign, {}, built.as_of), CAMPAIGN_ID))
        _ASKED[key] = found
        if len(_ASKED) > _ASKED_KEPT:
            _ASKED.popitem(last=False)
    return found[1]


_NOT_READ = {"campaign_id", "target_roi", "safety", "order_value", "gross_margin", "return_rate", "handling_cost",
             "baseline_rate", "currency"}  # fmt: skip
"""What features do not depend on."""


def _inline_id(place: int) -> str:
    return f"{OURS}inline-{place}"


def joined(stored: History, made: History) -> History:
    """Both histories' rows, table by table; either side may be empty."""
    tables = {}
    for name in TABLES:
        parts = [frame for frame in (stored[name], made[name]) if len(frame)]
        tables[name] = pd.concat(parts, ignore_index=True) if len(parts) > 1 else (parts or [made[name]])[0]
    return History(MappingProxyType(tables))


def _made(campaign: Campaign, inline: Mapping[int, Candidate], as_of: pd.Timestamp) -> History:
    """The rows that come with the request: its campaign, and its inline creators."""
    words = {name: ",".join(getattr(campaign, name) or ()) or None for name in ("keywords", "competitors", "ships_to")}
    rows = {name: Rows() for name in TABLES}
    rows["campaigns"].add([campaign], {name: [one] for name, one in words.items()} | {
        "campaign_id": [CAMPAIGN_ID], "known_at": [None]})  # fmt: skip
    target = [(dimension, bucket, share) for dimension, buckets in (campaign.target_audience or {}).items()
              for bucket, share in buckets.items()]  # fmt: skip
    of_target = zip(("dimension", "bucket", "share"), zip(*target, strict=True), strict=False)
    rows["campaign_audience"].add([campaign] * len(target), {
        "campaign_id": [CAMPAIGN_ID] * len(target), **dict(of_target), "known_at": [None] * len(target)})  # fmt: skip
    for place, candidate in inline.items():
        _add_inline(rows, candidate, _inline_id(place), as_of.to_pydatetime() - MICROSECOND)
    found = {name: frame_of(name, some) for name, some in rows.items() if len(some)}
    return History(MappingProxyType({**no_rows().tables, **found}))


def _add_inline(rows: dict[str, Rows], candidate: Candidate, creator_id: str, just_before: datetime) -> None:
    followers, audience, posts = candidate.followers or (), candidate.audience or (), candidate.posts or ()
    if candidate.creator is not None:
        rows["creators"].add([candidate.creator], {"creator_id": [creator_id]})
    rows["followers"].add(followers, {"creator_id": [creator_id] * len(followers)})
    rows["audience"].add(audience, {
        "creator_id": [creator_id] * len(audience), "observed_at": [row.observed_at or just_before for row in audience],
    })  # fmt: skip
    post_ids = [_within(creator_id, post.post_id, number) for number, post in enumerate(posts)]
    rows["posts"].add(posts, {"creator_id": [creator_id] * len(posts), "post_id": post_ids})
    for post_id, post in zip(post_ids, posts, strict=True):
        comments = post.comments
        rows["comments"].add(comments, {
            "creator_id": [creator_id] * len(comments),
            "post_id": [post_id] * len(comments),
            "comment_id": [_within(creator_id if one.comment_id else post_id, one.comment_id, count)
                           for count, one in enumerate(comments)],
            "reply_to": [one.reply_to and _within(creator_id, one.reply_to, 0) for one in comments],
        })  # fmt: skip


def _within(owner: str, given: str | None, number: int) -> str:
    """An id of a row inside an inline record: unique in the batch, in the order of the ids the record gives."""
    return f"{owner}/{given}" if given is not None else f"{owner}/{OURS}{number:06d}"
