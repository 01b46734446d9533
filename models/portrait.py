"""One creator for one campaign as a person would want to see it: every feature in words, beside its peers, with the
comments and posts behind it.

    portrait(history, "c000042", "spring", as_of, scorer).families[0].lines[0].label
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.errors import Fault, UsageError
from data.history import History, pairings_frame
from features.asof import View
from features.build import build_features
from features.catalog import BY_NAME, CATALOG, FAMILIES, Family
from features.example import Example
from features.examples_comments import comment_examples
from features.examples_posts import post_examples
from features.labels import LABELS, said
from features.reference import Reference
from models.explain import Reason
from models.scorer import TERM_COLUMNS, CreatorScorer

PEERS = 150
"""Creators of the same platform and like followers that a creator is compared with."""
FEWEST_PEERS = 20
"""With fewer peers of known value there is no percentile."""
TITLES: dict[Family, str] = {
    "niche": "Audience niche", "engagement": "Engagement history", "sentiment": "Comments", "campaign": "Campaign",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One feature. `value` None: missing, and `missing` says what that means; it is empty where the value is known."""

    name: str
    label: str
    unit: str
    value: float | None
    said: str
    """The value as a person would say it, its unit included; empty where it is missing."""
    percentile: float | None
    """Share of the peers with a known value that are below, ties by half (0 to 1).

    None: missing, fewer than `FEWEST_PEERS` known, or all of them like this creator.
    """
    peers: int
    """Peers with a known value."""
    missing: str
    text: str
    """What the feature is."""
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class FamilyLines:
    """The features of one family, in the catalogue's order."""

    family: Family
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Score:
    """What the model makes of the pairing without a fee: the fit and the reasons behind the expected conversions."""

    fit: float
    low: float
    high: float
    lift: float
    """Expected relative lift."""
    conversions: float
    """Expected incremental conversions."""
    support: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Portrait:
    """A creator for a campaign as of a time."""

    creator_id: str
    campaign_id: str
    as_of: pd.Timestamp
    platform: str | None
    handle: str | None
    bio: str | None
    peers: int
    """Creators compared with."""
    peers_followers: tuple[float, float] | None
    """Fewest and most followers among them; None without peers."""
    families: tuple[FamilyLines, ...]
    score: Score | None
    """None without a scorer."""


def portrait(
    history: History,
    creator_id: str,
    campaign_id: str,
    as_of: pd.Timestamp,
    scorer: CreatorScorer | None = None,
    *,
    peers: pd.DataFrame | None = None,
) -> Portrait:
    """The creator's portrait from what was visible strictly before `as_of`.

    Parameters
    ----------
    history : the creator's rows and the campaign; peers are drawn from its creators
    scorer : whose peer curve and text space to use, and whose reasons to give; None: published stand-ins, no score
    peers : features of the creators to compare with, already built for this campaign (columns of the catalogue);
        None: built here for the `PEERS` creators of the same platform whose followers are nearest

    Raises
    ------
    UsageError where the history has no such creator or campaign.
    """
    _known(history, creator_id, campaign_id)
    reference = Reference() if scorer is None else scorer.reference
    asked = pairings_frame(pd.DataFrame({"creator_id": [creator_id], "campaign_id": campaign_id, "as_of": [as_of]}))
    view = View(history, asked)
    if peers is None:
        ids = peers_of(history, creator_id, as_of)
        others = pd.DataFrame({"creator_id": pd.Series(ids, dtype="str"), "campaign_id": campaign_id, "as_of": as_of})
        peers = build_features(history.of_creators(ids), others, reference)
    values = build_features(history.of_creators([creator_id]), asked, reference)
    examples = {**post_examples(view, reference.text_space), **comment_examples(view)}
    sizes = 10.0 ** peers["log_followers"].dropna().to_numpy()
    platform, handle, bio = (view.profile_text(name)[0].as_py() for name in ("platform", "handle", "bio"))
    return Portrait(
        creator_id=creator_id,
        campaign_id=campaign_id,
        as_of=as_of,
        platform=platform,
        handle=handle,
        bio=bio,
        peers=len(peers),
        peers_followers=(float(sizes.min()), float(sizes.max())) if len(sizes) else None,
        families=tuple(_family(family, values.iloc[0], peers, examples) for family in FAMILIES),
        score=None if scorer is None else _score(scorer, history, asked),
    )


def peers_of(history: History, creator_id: str, as_of: pd.Timestamp, most: int = PEERS) -> list[str]:
    """The creators of the same platform whose followers are nearest (in logarithms), nearest first, itself left out.

    Profiles and counts visible strictly before `as_of` count. With unknown followers: any creators of the platform.
    """
    ids = np.array(sorted(set(history["creators"]["creator_id"])), dtype=object)
    asked = pairings_frame(pd.DataFrame({"creator_id": ids.astype(str), "campaign_id": "none", "as_of": as_of}))
    view = View(history, asked)
    platform = np.array(view.profile_text("platform").to_pylist(), dtype=object)
    size = np.log(np.maximum(view.follower_count, 1.0))
    me = int(np.searchsorted(ids.astype(str), creator_id))
    away = np.abs(size - size[me]) if not np.isnan(size[me]) else np.zeros(len(ids))
    allowed = (platform == platform[me]) & (np.arange(len(ids)) != me) & ~np.isnan(away)
    order = np.argsort(np.where(allowed, away, np.inf), kind="stable")[: min(most, int(allowed.sum()))]
    return [str(ids[i]) for i in order]


def _known(history: History, creator_id: str, campaign_id: str) -> None:
    faults = [
        Fault(where, name, allowed)
        for where, name, table, column, allowed in (
            ("creator", creator_id, "creators", "creator_id", "a creator_id of the creators table"),
            ("campaign", campaign_id, "campaigns", "campaign_id", "a campaign of the tables"),
        )
        if not (history[table][column] == name).any()
    ]
    if faults:
        raise UsageError(faults)


def _family(
    family: Family, values: pd.Series, peers: pd.DataFrame, examples: dict[str, tuple[Example, ...]]
) -> FamilyLines:
    lines = tuple(
        _line(f.name, float(values[f.name]), peers[f.name].to_numpy(np.float64), examples.get(f.name, ()))
        for f in CATALOG
        if f.family == family
    )
    return FamilyLines(family, TITLES[family], lines)


def _line(name: str, value: float, peers: np.ndarray, examples: tuple[Example, ...]) -> Line:
    feature = BY_NAME[name]
    known = peers[~np.isnan(peers)]
    there = not np.isnan(value)
    told = there and len(known) >= FEWEST_PEERS and bool(np.any(known != value))
    return Line(
        name, LABELS[name], feature.unit, value if there else None,
        said=" ".join(filter(None, said(feature, value))) if there else "",
        percentile=float(np.mean(known < value) + 0.5 * np.mean(known == value)) if told else None,
        peers=len(known),
        missing="" if there else feature.missing,
        text=feature.text,
        examples=examples,
    )  # fmt: skip


def _score(scorer: CreatorScorer, history: History, asked: pd.DataFrame) -> Score:
    terms = pd.DataFrame(np.nan, index=asked.index, columns=list(TERM_COLUMNS))
    row = scorer.score(history.of_creators(asked["creator_id"]), asked, terms, explain=True).iloc[0]
    return Score(
        fit=float(row["fit_score"]),
        low=float(row["fit_low"]),
        high=float(row["fit_high"]),
        lift=float(row["lift_expected"]),
        conversions=float(row["incremental_conversions_expected"]),
        support=str(row["support_level"]),
        reasons=tuple(row["reasons"]),
    )


def label_of(feature: str) -> str:
    """A feature's name as a person would say it; the code in words where it is none of ours."""
    return LABELS.get(feature, feature.replace("_", " ").capitalize())
