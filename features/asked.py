"""What features need of a campaign alone: worked out once per brief, asked about any number of creators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.history import History, pairings_frame
from data.schemas import DIMENSIONS
from features import asof, campaign
from features.audience import _countries, _Shares
from features.grouped import Floats
from features.niche_signs import Brand, brands
from features.niche_subjects import Brief, direction, read_brief
from features.niche_topics import N_TOPICS
from features.postings import text_as_bytes
from features.reference import Reference
from features.text_space import unit
from features.words import fold

NOBODY = "\x1fnobody"
"""A creator that no table has: a pairing with it has the campaign's features alone."""


@dataclass(frozen=True, eq=False)
class Asked:
    """One campaign as the features read it, asked about at `as_of` (microseconds)."""

    as_of: int
    told: Mapping[str, float]
    """Features that the campaign alone decides."""
    plain: Brief
    """The brief by the lexicon, and by the fitted space (the same where there is none)."""
    fitted: Brief
    plain_topics: Floats
    """Subjects of `plain` of length 1, shape (1, subjects); NaN where it tells none."""
    topics: Floats
    """Shares of subjects of `plain` and of `fitted`, shape (2, subjects); NaN where a brief tells none."""
    direction: Floats | None
    """Where the brief points, shape (1, dimensions); None without a fitted space."""
    wanted: tuple[tuple[int, str, float], ...]
    """Audience wanted: dimension, folded name, share; by dimension and name."""
    totals: Floats
    """Sum of the shares wanted, shape (dimensions,); NaN where none is."""
    ships_to: tuple[str, ...]
    """Folded countries, ascending; none means everywhere."""
    languages: tuple[str, ...]
    brand: tuple[Brand, ...]
    rivals: tuple[Brand, ...]
    brand_known: bool
    brand_name: bytes
    """As `features.postings.text_as_bytes` of the folded name; so are goal and category."""
    goal: bytes
    category: bytes

    @classmethod
    def of(cls, history: History, campaign_id: str, as_of: pd.Timestamp, reference: Reference) -> Asked:
        """A campaign of a history; it must be there."""
        one = pd.DataFrame({"creator_id": [NOBODY], "campaign_id": [campaign_id], "as_of": [as_of]})
        view = asof.View(history, pairings_frame(one))
        space = reference.text_space
        texts = {name: view.campaign_text(name)[0].as_py() for name in _TEXTS}
        said = (texts["brief"], texts["keywords"], texts["category"])
        plain, fitted = read_brief(*said, None), read_brief(*said, space)
        topics = np.array([b.topics if b.main >= 0 else np.full(N_TOPICS, np.nan) for b in (plain, fitted)])
        target = _Shares.of(view.target)
        wanted: dict[tuple[int, str], float] = {}
        for dimension, name, share in zip(
            target.dimension.tolist(), target.name.to_pylist(), target.share.tolist(), strict=True
        ):
            wanted[dimension, name] = wanted.get((dimension, name), 0.0) + share
        language = DIMENSIONS.index("language")
        told = campaign.campaign_features(view)
        folded = {name: fold(view.campaign_text(name))[0].as_py() for name in ("brand", "goal", "category")}
        named = Brand.of(texts["brand"]) if texts["brand"] else None
        return cls(
            as_of=int(view.asked.as_of[0]),
            told={name: float(told[name][0]) for name in TOLD},
            plain=plain, fitted=fitted, plain_topics=unit(topics[:1]), topics=topics,
            direction=None if space is None else direction(fitted, space)[None, :],
            wanted=tuple((d, name, share) for (d, name), share in sorted(wanted.items(), key=_by_bytes)),
            totals=target.totals(1)[0],
            ships_to=_countries(texts["ships_to"]),
            languages=tuple({n for d, n, s in zip(target.dimension.tolist(), target.name.to_pylist(),
                                                  target.share.tolist(), strict=True) if d == language and s > 0}),
            brand=() if named is None else (named,), rivals=brands(texts["competitors"]),
            brand_known=texts["brand"] is not None, brand_name=text_as_bytes(folded["brand"]),
            goal=text_as_bytes(folded["goal"]), category=text_as_bytes(folded["category"]),
        )  # fmt: skip


_TEXTS = ("brief", "keywords", "category", "brand", "competitors", "ships_to")
TOLD = tuple(f.name for f in campaign.FEATURES if not f.name.startswith("platform_") and f.name != "category_match")


def _by_bytes(item: tuple[tuple[int, str], float]) -> tuple[int, bytes]:
    (dimension, name), _ = item
    return dimension, name.encode()
