"""How like the training data a pairing is, and what a person should know before trusting its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.schemas import GOALS, PLATFORMS
from features.catalog import NAMES
from models.families import Floats

Mask = npt.NDArray[np.bool_]
FLAGS: Mapping[str, str] = MappingProxyType({
    "no_posts": "no post of this creator is known",
    "few_posts": "fewer than five posts are known",
    "stale_posts": "the newest known post is older than 90 days",
    "no_comments": "no comment is known, so nothing is known of how the audience talks",
    "few_comments": "fewer than twenty comments are known",
    "comments_not_understood": "most comments are in a language that is not understood",
    "audience_unknown": "who follows this creator is not known",
    "few_can_buy": "most of the audience lives where the campaign does not ship",
    "pod_like_comments": "the same people comment everywhere, as in an engagement pod",
    "spam_heavy": "many comments look like spam or bots",
    "high_sponsored_share": "more than half of the posts are sponsored",
    "followers_spike": "followers jumped within a month",
    "rival_promoted": "was paid by a competitor within 180 days",
    "unsafe_content": "profanity, scam words or controversy in captions or bio",
    "prior_only": "rests on published figures: too few measured collaborations to show skill",
    "simulated_model": "the model learned from a simulated market, not from real campaigns",
})  # fmt: skip
"""What each flag means, in plain words."""

_BOUNDS: tuple[tuple[str, str, float, float], ...] = (
    # flag, feature, raised when low <= value <= high; a flag of several lines is raised by any of them
    ("no_posts", "n_posts", 0.0, 0.0),
    ("few_posts", "n_posts", 1.0, 4.0),
    ("stale_posts", "days_since_post", 90.0, np.inf),
    ("no_comments", "n_comments", 0.0, 0.0),
    ("few_comments", "n_comments", 1.0, 19.0),
    ("comments_not_understood", "understood_share", 0.0, 0.5),
    ("few_can_buy", "audience_ships_to_share", 0.0, 0.5),
    ("pod_like_comments", "pod_share", 0.25, np.inf),
    ("spam_heavy", "spam_share", 0.25, np.inf),
    ("high_sponsored_share", "sponsored_share", 0.5, np.inf),
    ("followers_spike", "growth_30d", 0.3, np.inf),
    ("rival_promoted", "n_competitor_paid_180d", 1.0, np.inf),
    ("unsafe_content", "profanity_post_share", 0.1, np.inf),
    ("unsafe_content", "scam_post_share", 0.05, np.inf),
    ("unsafe_content", "controversy_post_share", 0.1, np.inf),
)
_AUDIENCE = "audience_age_days"
"""Missing where no audience was ever seen."""
_WHOLE_MODEL = ("prior_only", "simulated_model")
"""Flags of the model, raised for everybody or nobody."""
_AT = {name: at for at, name in enumerate(NAMES)}
_SKILL_FROM = 40
"""Measured collaborations below which a model is all but its prior."""
_WIDE = 0.01
"""Training share cut off at each end of a feature's range."""
_EDGE_FEATURES = 0.08
_OUT_FEATURES = 0.20
"""Share of the known features outside their training range from which a pairing is at the edge, or out."""
_FEW = 5
"""A platform or goal with fewer measured collaborations counts as hardly seen."""
_NAMED = 3


def _bounds(flag: str) -> list[tuple[str, float, float]]:
    return [(feature, low, high) for code, feature, low, high in _BOUNDS if code == flag]


def features_of(flag: str) -> list[str]:
    """The features that decide over a flag; none for one of the model as a whole."""
    return [_AUDIENCE] if flag == "audience_unknown" else [feature for feature, _, _ in _bounds(flag)]


@dataclass(frozen=True)
class Support:
    """What the training data looked like.

    `low`, `high`: the middle 98 % of each feature, NaN where it was never known; shape (features,). `seen`: measured
    collaborations by `goal_…` and `platform_…` column.
    """

    low: Floats
    high: Floats
    seen: Mapping[str, int]
    n_labels: int

    @classmethod
    def of(cls, X: pd.DataFrame) -> Support:
        """From the features of measured collaborations, in the catalogue's columns."""
        values = X.to_numpy(dtype=np.float64)
        low, high = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
        for j in range(values.shape[1]):
            known = values[~np.isnan(values[:, j]), j]
            if len(known):
                low[j], high[j] = np.quantile(known, [_WIDE, 1.0 - _WIDE])
        columns = [f"goal_{g}" for g in GOALS] + [f"platform_{p}" for p in PLATFORMS]
        seen = {c: int(np.nansum(X[c].to_numpy(dtype=np.float64))) for c in columns if c in X.columns}
        return cls(low, high, seen, len(X))

    def judge(self, X: pd.DataFrame | Floats) -> tuple[list[str], list[list[str]]]:
        """Level (`in`, `edge`, `out`) of each row, and the reasons for anything but `in`; X as in the catalogue."""
        values = np.asarray(X, dtype=np.float64)
        known = ~np.isnan(values)
        outside = known & ~((values >= self.low) & (values <= self.high))
        share = outside.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        levels, reasons = [], []
        columns = {name: values[:, _AT[name]].tolist() for name in (*self.seen, "n_posts", "n_comments")}
        for row in range(len(values)):
            level, told = self._row(row, columns, outside[row], float(share[row]))
            levels.append(level)
            reasons.append(told)
        return levels, reasons

    def _row(
        self, row: int, columns: Mapping[str, list[float]], outside: np.ndarray, share: float
    ) -> tuple[str, list[str]]:
        worst, told = 0, []
        for name, seen in self.seen.items():
            if columns[name][row] == 1.0 and seen < _FEW and self.n_labels > 0:
                kind, _, value = name.partition("_")
                worst = max(worst, 2 if seen == 0 else 1)
                told.append(f"{'no' if seen == 0 else f'only {seen}'} measured collaboration with {kind} {value}")
        if columns["n_posts"][row] == 0 and columns["n_comments"][row] == 0:
            worst = 2
            told.append("nothing is known of the creator's posts or comments")
        if self.n_labels < _SKILL_FROM:
            worst = max(worst, 1)
            told.append(f"learned from {self.n_labels} measured collaborations only")
        elif share >= _EDGE_FEATURES:
            worst = max(worst, 2 if share >= _OUT_FEATURES else 1)
            names = [NAMES[j] for j in np.flatnonzero(outside)]
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            told.append(f"outside the usual range: {', '.join(names[:_NAMED])}{more}")
        return ("in", "edge", "out")[worst], told

    def flags(self, X: pd.DataFrame | Floats, data: str) -> list[list[str]]:
        """Codes of `FLAGS` raised for each row; X in the catalogue's columns."""
        table = np.asarray(X, dtype=np.float64)

        def feature(name: str) -> Floats:
            return np.asarray(table[:, _AT[name]])

        ordered = [(code, self.raised(code, feature, len(X), data).tolist()) for code in FLAGS]
        return [[code for code, rows in ordered if rows[row]] for row in range(len(X))]

    def raised(self, flag: str, feature: Callable[[str], Floats], n: int, data: str) -> Mask:
        """For which of `n` rows one of `FLAGS` is raised, shape (n,). `feature` gives a feature's values by its name;
        it is asked for those of `features_of` only."""
        if flag == "audience_unknown":
            return np.isnan(feature(_AUDIENCE))
        if flag in _WHOLE_MODEL:
            return np.full(n, data == "simulated" if flag == "simulated_model" else self.n_labels < _SKILL_FROM)
        raised = np.zeros(n, dtype=bool)
        for name, low, high in _bounds(flag):
            values = feature(name)
            raised |= (values >= low) & (values <= high)
        return raised

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""

        def plain(values: Floats) -> list[float | None]:
            return [None if np.isnan(v) else float(v) for v in values]

        return {"low": plain(self.low), "high": plain(self.high), "seen": dict(self.seen), "n_labels": self.n_labels}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Support:
        """The support saved by `to_json`."""

        def floats(values: list[float | None]) -> Floats:
            return np.array([np.nan if v is None else v for v in values], dtype=np.float64)

        return cls(floats(saved["low"]), floats(saved["high"]), dict(saved["seen"]), int(saved["n_labels"]))
