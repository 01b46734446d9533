"""The feature catalogue: every column of the feature frame, in its order, and a hash of it that a saved model keeps.

A family's lines stand beside the code that computes them; here they become one list.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from types import MappingProxyType

from features import audience, bought, campaign, commenters, engagement, niche, peers, sentiment, track_record
from features.feature import FAMILIES, Family, Feature
from features.labels import LABELS
from features.sources import SOURCES

__all__ = [
    "BY_NAME", "CATALOG", "FAMILIES", "LIFT_NAMES", "NAMES", "REACH_NAMES", "Family", "Feature",
    "catalog_hash", "catalog_page",
]  # fmt: skip

_DEFINED: tuple[Feature, ...] = (
    *niche.NICHE_FEATURES,
    *audience.FEATURES,
    *engagement.FEATURES,
    *peers.FEATURES,
    *bought.FEATURES,
    *track_record.FEATURES,
    *sentiment.FEATURES,
    *commenters.FEATURES,
    *campaign.FEATURES,
)
CATALOG: tuple[Feature, ...] = tuple(replace(f, source=f.source or SOURCES.get(f.name, "")) for f in _DEFINED)
NAMES: tuple[str, ...] = tuple(f.name for f in CATALOG)
LIFT_NAMES: tuple[str, ...] = tuple(f.name for f in CATALOG if f.for_lift)
"""Features the lift model may use: nothing of size or reach."""
REACH_NAMES: tuple[str, ...] = tuple(f.name for f in CATALOG if f.for_reach)
"""Features the reach model may use."""
BY_NAME = MappingProxyType({f.name: f for f in CATALOG})

_TITLES = {
    "niche": "Audience niche", "engagement": "Engagement history", "sentiment": "Comments", "campaign": "Campaign",
}  # fmt: skip
_HEAD = """# Features

Written by `features.catalog.catalog_page`; do not edit. A pairing sees only what was known strictly before its `as_of`.
Every feature is a float; a missing value is a value of its own, and its meaning is told. Lift: the lift model may use
it. Reach: the reach model may use it. Source: the finding or practice it comes from; empty where it is ours.
"""


def catalog_hash() -> str:
    """SHA-256 of the features as their modules define them: changes when one is added, renamed, moved or redefined.

    64 hex digits. What `features.sources` adds is for people to read and leaves it alone.
    """
    lines = json.dumps([asdict(f) for f in _DEFINED], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(lines.encode()).hexdigest()


def catalog_page() -> str:
    """The catalogue as a Markdown page: `docs/features.md`."""
    parts = [_HEAD]
    for family in FAMILIES:
        parts.append(f"## {_TITLES[family]}\n")
        parts.append("| feature | in words | unit | range | what it is | missing means | lift | reach | source |")
        parts.append("|---|---|---|---|---|---|---|---|---|")
        parts += [_line(f) for f in CATALOG if f.family == family]
        parts.append("")
    return "\n".join(parts)


def _line(f: Feature) -> str:
    low, high = ("" if bound is None else f"{bound:g}" for bound in (f.low, f.high))
    span = f"{low} … {high}" if low or high else "any"
    uses = ("yes" if use else "" for use in (f.for_lift, f.for_reach))
    cells = (f"`{f.name}`", LABELS[f.name], f.unit, span, f.text, f.missing, *uses, f.source)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
