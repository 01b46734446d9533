"""What `POST /v1/explain` accepts and answers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.answers import ModelOf
from serving.rows import Id, Time
from serving.schemas import Campaign, Strict


class ExplainRequest(Strict):
    """One brief and one creator of the catalogue."""

    campaign: Campaign = Field(description="the brief: an object with the columns of the campaigns table")
    creator_id: Id = Field(description="a creator of the catalogue", examples=["c000001"])
    as_of: Time | None = Field(default=None, description="as for /v1/score")
    model_version: Id | None = Field(default=None, description="explain with this version; missing: the live one")


class ExampleOf(BaseModel):
    """Something a person can check."""

    kind: Literal["comment", "post", "person", "follower count"]
    text: str
    at: str | None
    note: str


class LineOf(BaseModel):
    """One feature; `value` null: missing, and `missing` says what that means."""

    name: str
    label: str
    unit: str
    value: float | None
    said: str = Field(description="the value as a person would say it")
    percentile: float | None = Field(description="share of the peers with a known value that are below, 0 to 1")
    peers: int
    missing: str
    text: str
    examples: list[ExampleOf]


class FamilyOf(BaseModel):
    """The features of one family."""

    family: str
    title: str
    lines: list[LineOf]


class ScoreOf(BaseModel):
    """The score without a fee, and the reasons behind the expected conversions."""

    fit: float
    low: float
    high: float
    lift: float
    conversions: float
    support: str
    reasons: list[dict[str, Any]]


class ExplainResponse(BaseModel):
    """A creator for a brief."""

    model_config = ConfigDict(protected_namespaces=())

    campaign_id: str
    creator_id: str
    model: ModelOf
    as_of: str
    platform: str | None
    handle: str | None
    bio: str | None
    peers: int = Field(description="creators of the platform with the nearest number of followers, compared with")
    peers_followers: tuple[float, float] | None
    families: list[FamilyOf]
    score: ScoreOf | None
