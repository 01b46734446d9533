"""A scorer whose numbers show what reached it: counts of the rows it was given, strictly before `as_of`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.history import History
from models.creators import Reference
from models.registry import ModelInfo
from serving.catalogue import Catalogue
from serving.live import Live
from serving.schemas import ScoreRequest

NOW = pd.Timestamp("2025-06-01T12:00:00Z").as_unit("us")
INFO = ModelInfo("creatorlift", "3", pd.Timestamp("2025-05-01", tz="UTC"), "simulated", "run", ("champion",))
BRIEF: dict[str, Any] = {
    "campaign_id": "spring", "brand": "Northpeak", "category": "fitness", "brief": "Trail shoes", "goal": "sales",
    "starts_on": "2025-06-10", "ends_on": "2025-06-30", "currency": "USD", "order_value": 90.0, "gross_margin": 0.5,
}  # fmt: skip


class FakeScorer:
    """lift: posts ÷ 100; exposed: followers ÷ 10; baseline rate: audience share seen; sentiment part: comments."""

    info: Mapping[str, Any] = {"n_collaborations": 12}
    reference = Reference()

    def __init__(self) -> None:
        self.asked: list[tuple[History, pd.DataFrame, pd.DataFrame]] = []

    def score(
        self,
        history: History,
        pairings: pd.DataFrame,
        terms: pd.DataFrame,
        *,
        level: float = 0.8,
        target_roi: float = 0.0,
        safety: float = 0.8,
        explain: bool = False,
    ) -> pd.DataFrame:
        self.asked.append((history, pairings, terms))
        rows = [self._row(history, p, terms.loc[place], explain) for place, p in pairings.iterrows()]
        return pd.DataFrame(rows, index=pairings.index)

    def score_rows(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("no creators were built ahead")

    @staticmethod
    def _row(history: History, pairing: pd.Series, terms: pd.Series, explain: bool) -> dict[str, Any]:
        def seen(name: str) -> pd.DataFrame:
            frame = history[name]
            return frame[(frame["creator_id"] == pairing["creator_id"]) & (frame["visible_at"] < pairing["as_of"])]

        campaign = history["campaigns"].set_index("campaign_id").loc[pairing["campaign_id"]]
        profile = seen("creators").iloc[0]
        exposed = terms["expected_exposed"] if terms["expected_exposed"] > 0 else profile["followers"] / 10
        orders = exposed * 0.01
        worth = orders * campaign["order_value"] * campaign["gross_margin"]
        cost = terms["fee"]
        roi = (worth - cost) / cost if cost > 0 else np.nan
        row: dict[str, Any] = {f"fit_part_{name}": 0.0 for name in ("niche", "engagement", "campaign")}
        row |= {f"cost_{name}": 0.0 for name in ("commission", "product", "handling")}
        for name, value in {
            "lift": len(seen("posts")) / 100, "baseline_rate": seen("audience")["share"].sum(), "exposed": exposed,
            "incremental_conversions": orders, "cost": cost, "profit": worth - cost, "roi": roi,
        }.items():  # fmt: skip
            row |= {f"{name}_expected": value, f"{name}_low": value - 1, f"{name}_high": value + 1}
        platform_support = {"instagram": "in", "tiktok": "edge"}.get(profile["platform"], "out")
        return row | {
            "fit_score": 40.0 + len(seen("posts")), "fit_low": 30.0, "fit_high": 60.0, "fit_benchmark": 0.1,
            "fit_part_sentiment": float(len(seen("comments"))), "log_lift": 0.1, "baseline_rate_source": "prior",
            "cost_fee": cost, "roi_probability_positive": np.nan if np.isnan(roi) else float(roi > 0),
            "break_even_fee": worth, "maximum_fee": worth / 2, "support_level": platform_support,
            "support_reasons": [] if platform_support == "in" else [f"platform {profile['platform']} is rare"],
            "flags": [], "reasons": [{"feature": "f", "incremental_conversions": 1.0}] if explain else [],
        }  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """Four creators: ana and bo on Instagram with posts, cy on TikTok, dee on YouTube; one past collaboration."""
    creators = pd.DataFrame(
        {
            "creator_id": ["ana", "bo", "cy", "dee"],
            "platform": ["instagram", "instagram", "tiktok", "youtube"],
            "followers": [10_000, 50_000, 8_000, 900],
        }
    )
    owner = ["bo", "ana", "ana", "bo", "ana"]
    posts = pd.DataFrame(
        {
            "post_id": [f"p{i}" for i in range(5)],
            "creator_id": owner,
            "posted_at": [f"2025-05-0{i + 1}T10:00:00Z" for i in range(5)],
            "likes": [10, 20, 30, 40, 50],
        }
    )
    comments = pd.DataFrame(
        {
            "comment_id": ["c1", "c2", "c3"],
            "post_id": ["p1", "p1", "p0"],
            "creator_id": ["ana", "ana", "bo"],
            "text": ["where can I buy it?", "nice", "wow"],
            "posted_at": ["2025-05-03T10:00:00Z"] * 3,
        }
    )
    campaigns = pd.DataFrame([BRIEF | {"campaign_id": "old", "order_value": 1.0}])
    collaborations = pd.DataFrame(
        {
            "collaboration_id": ["d1"],
            "campaign_id": ["old"],
            "creator_id": ["ana"],
            "agreed_at": ["2025-04-01T00:00:00Z"],
            "fee": [100.0],
        }
    )
    return {
        "creators": creators, "posts": posts, "comments": comments, "campaigns": campaigns,
        "collaborations": collaborations,
    }  # fmt: skip


def catalogue() -> Catalogue:
    return Catalogue.of(History.of(tables()))


def live(scorer: FakeScorer | None = None) -> Live:
    return Live(scorer or FakeScorer(), INFO, catalogue())


def request(candidates: list[Any], campaign: Mapping[str, Any] | None = None, **more: Any) -> ScoreRequest:
    """A request as the endpoint would read it."""
    import json

    body = {"campaign": BRIEF | dict(campaign or {}), "candidates": candidates, **more}
    return ScoreRequest.model_validate_json(json.dumps(body))


def inline(creator_id: str | None = "ana", platform: str = "instagram", posts: int = 2, **more: Any) -> dict[str, Any]:
    """An inline record with that many posts, each with one comment."""
    creator = {"platform": platform, "followers": 7_000} | ({"creator_id": creator_id} if creator_id else {})
    made = [
        {"posted_at": f"2025-05-1{i}T00:00:00Z", "comments": [{"text": "ok", "posted_at": f"2025-05-1{i}T01:00:00Z"}]}
        for i in range(posts)
    ]
    return {"creator": creator, "posts": made, **more}
