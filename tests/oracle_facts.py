"""What the oracle of one pairing sees, as plain rows, and its few words of arithmetic."""

from __future__ import annotations

import statistics
from typing import Any

import pandas as pd

from data.history import History

Row = dict[str, Any]
NAN = float("nan")
DAY = pd.Timedelta(days=1)


def gone(value: Any) -> bool:
    """Whether a value is missing."""
    return bool(pd.isna(value))


def days(later: Any, earlier: Any) -> float:
    return NAN if gone(later) or gone(earlier) else (later - earlier) / DAY


def mean(values: list[float]) -> float:
    values = [v for v in values if not gone(v)]
    return sum(values) / len(values) if values else NAN


def median(values: list[float]) -> float:
    values = [v for v in values if not gone(v)]
    return statistics.median(values) if values else NAN


def over(above: float, below: float) -> float:
    return NAN if gone(above) or gone(below) or below == 0 else above / below


def folded(name: Any) -> str | None:
    return None if gone(name) else str(name).strip().lower()


class Facts:
    """What one pairing may see, as lists of plain rows in order of time."""

    def __init__(self, history: History, creator_id: str, campaign_id: str, as_of: pd.Timestamp) -> None:
        self.as_of = as_of
        self.seen = history.up_to(as_of)
        self.creator_id = creator_id
        self.posts = self.own("posts", "posted_at", "post_id")
        self.counted = [p for p in self.posts if p["counts_visible_at"] < as_of]
        self.comments = self.own("comments", "posted_at", "comment_id")
        self.audience_comments = [c for c in self.comments if c["is_creator"] != 1]
        self.followers = self.own("followers", "observed_at", "observed_at")
        self.deals = self.own("collaborations", "agreed_at", "collaboration_id")
        self.campaign = self.find_campaign(campaign_id)
        self.wish = [r for r in self.seen["campaign_audience"].to_dict("records") if r["campaign_id"] == campaign_id]
        profiles = self.own("creators", "visible_at", "visible_at")
        self.profile: Row = profiles[-1] if profiles else {}
        self.size = self.followers[-1]["followers"] if self.followers else self.profile.get("followers", NAN)

    def own(self, table: str, time: str, key: str) -> list[Row]:
        rows = [r for r in self.seen[table].to_dict("records") if r["creator_id"] == self.creator_id]
        return sorted(rows, key=lambda r: (r[time], r[key]))

    def find_campaign(self, campaign_id: Any) -> Row:
        return next((r for r in self.seen["campaigns"].to_dict("records") if r["campaign_id"] == campaign_id), {})

    def in_days(self, rows: list[Row], time: str, length: float) -> list[Row]:
        return [r for r in rows if r[time] >= self.as_of - length * DAY]
