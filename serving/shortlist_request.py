"""What `POST /v1/shortlist` accepts."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from models.support import FLAGS
from serving.rows import Id, Platform
from serving.schemas import Campaign, RankBy, Strict

MOST = 1_000
"""Most creators that one request may ask for."""
Amount = Annotated[float, Field(strict=True, ge=0, le=1e12)]


def _known(flag: str) -> str:
    """A misspelt flag would let in whom it was to keep out."""
    if flag not in FLAGS:
        raise ValueError(", ".join(FLAGS))
    return flag


Flag = Annotated[Id, AfterValidator(_known), Field(json_schema_extra={"enum": list(FLAGS)})]


class Filters(Strict):
    """Who may be chosen; what is left out does not filter. A creator of whom a value is unknown does not pass it."""

    platform: Platform | None = Field(default=None, description="the creator's platform; missing: the campaign's")
    countries: list[Id] = Field(
        default=[], max_length=250, description="a list: any of these countries", examples=[["US"]]
    )
    languages: list[Id] = Field(
        default=[], max_length=250, description="a list: any of these languages", examples=[["en"]]
    )
    niches: list[Id] = Field(
        default=[], max_length=250, description="a list: any of these categories, as in the profile"
    )
    followers_min: Amount | None = Field(default=None, description="at least so many followers")
    followers_max: Amount | None = Field(default=None, description="at most so many followers")
    fee_max: Amount | None = Field(default=None, description="no creator whose fee is known and higher [money]")
    without_flags: list[Flag] = Field(
        default=[], max_length=50, description="a list: no creator with any of these flags",
        examples=[["unsafe_content", "rival_promoted"]],
    )  # fmt: skip


class ShortlistRequest(Strict):
    """One brief, and how many of the best to answer."""

    campaign: Campaign = Field(description="the brief: an object with the columns of the campaigns table")
    k: int = Field(default=20, strict=True, ge=1, le=MOST, description="how many creators, 1 to 1,000")
    filters: Filters = Field(default=Filters(), description="who may be chosen")
    fee: Amount | None = Field(default=None, description="the fee of everyone without one in `fees` [money]")
    fees: dict[str, Amount] = Field(default={}, description="asked fees by creator_id [money]")
    level: float = Field(
        default=0.8, strict=True, ge=0.05, le=0.99, description="level of all intervals, from 0.05 to 0.99"
    )
    rank_by: RankBy = Field(default="profit", description="as for /v1/score")
    explain: bool = Field(default=False, strict=True, description="true: give the reasons of each score")
    abstain: bool = Field(default=False, strict=True, description="true: leave out who is outside the model's support")
    model_version: Id | None = Field(default=None, description="answer only with this version; missing: the live one")
