"""What `POST /v1/score` accepts: a brief and its candidates. The answer's shape is in `serving.answers`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
    model_validator,
)

from data.errors import Fault
from serving.answers import ScoreResponse as ScoreResponse
from serving.answers import ScoreResult as ScoreResult
from serving.problems import faults_of
from serving.rows import (
    TIME_WORDS,
    Audience,
    CreatorRow,
    Dimension,
    FollowersRow,
    Goal,
    Id,
    Platform,
    PostRow,
    Time,
    checked_bucket,
    checked_totals,
    column,
)

MOST_CANDIDATES = 1_000
RankBy = Literal["profit", "roi", "fit"]
_DATE_WORDS = "a date as text, e.g. 2025-03-01"


def _words(value: object) -> object:
    """Comma-separated text, as in the table, becomes the list it stands for."""
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    return value


def _date_text(value: object) -> object:
    """A bare number would be read as seconds since 1970; a day written with a midnight is the same day."""
    if not isinstance(value, str) or value.lstrip("+-").isdigit():
        raise ValueError(_DATE_WORDS)
    return value


Words = Annotated[list[str] | None, BeforeValidator(_words, json_schema_input_type=list[str] | str | None)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Countries = Annotated[list[Country] | None, BeforeValidator(_words, json_schema_input_type=list[Country] | str | None)]
Day = Annotated[date, BeforeValidator(_date_text), Field(ge=date(1970, 1, 1), le=date(2200, 1, 1))]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class Strict(BaseModel):
    """A part of the body whose fields are all ours: an unknown name is a fault, since it may be a misspelt one."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True, protected_namespaces=())


class Campaign(Strict):
    """The brief: product, audience wanted, goal, economics, dates. Money is in `currency`, never converted."""

    campaign_id: Id = Field(default="brief", description="a non-empty id; echoed in the answer", examples=["spring-25"])
    brand: Id = column("campaigns", "brand", "Northpeak")
    category: str = column("campaigns", "category", "fitness")
    brief: str = column("campaigns", "brief", "Trail running shoes for beginners, light and grippy")
    keywords: Words = column("campaigns", "keywords", ["trail running", "shoes"])
    competitors: Words = column("campaigns", "competitors", ["Ridgeline"])
    goal: Goal = column("campaigns", "goal", "sales")
    platform: Platform | None = column("campaigns", "platform", "instagram")
    starts_on: Day = column("campaigns", "starts_on", "2025-04-01")
    ends_on: Day = column("campaigns", "ends_on", "2025-04-30")
    currency: str = column("campaigns", "currency", "USD")
    order_value: float = column("campaigns", "order_value", 95.0)
    gross_margin: float = column("campaigns", "gross_margin", 0.45)
    return_rate: float | None = column("campaigns", "return_rate", 0.08)
    baseline_rate: float | None = column("campaigns", "baseline_rate", 0.002)
    ships_to: Countries = column("campaigns", "ships_to", ["US", "CA"])
    handling_cost: float | None = column("campaigns", "handling_cost", 40.0)
    known_at: Time | None = column("campaigns", "known_at")
    target_audience: dict[Dimension, dict[Id, Share]] | None = Field(
        default=None,
        description="the audience wanted, {dimension: {bucket: share}}, shares from 0 to 1",
        examples=[{"age": {"18-24": 0.4, "25-34": 0.5}, "country": {"US": 0.9}}],
    )
    target_roi: float = Field(
        default=0.0, strict=True, gt=-1, le=1_000, description="ROI the maximum fee must reach, above -1 (0 = even)"
    )
    safety: float = Field(
        default=0.8, strict=True, ge=0.01, le=0.99,
        description="probability with which the maximum fee reaches it, from 0.01 to 0.99",
    )  # fmt: skip

    @field_validator("target_audience")
    @classmethod
    def _shares_of_one_whole(cls, value: dict[Dimension, dict[str, float]] | None) -> object:
        for dimension, buckets in (value or {}).items():
            for bucket in buckets:
                checked_bucket(dimension, bucket)
        checked_totals((None, dim, share) for dim, buckets in (value or {}).items() for share in buckets.values())
        return value

    @field_validator("ends_on")
    @classmethod
    def _ends_after_start(cls, value: date, info: ValidationInfo) -> date:
        starts_on = info.data.get("starts_on")
        if starts_on is not None and value < starts_on:
            raise ValueError(f"a date on or after starts_on, {starts_on}")
        return value


class Candidate(Strict):
    """One creator to score: `creator_id` from the catalogue, or an inline record with `creator` and what is known.

    An inline record stands for itself: it is never mixed with a catalogue creator of the same id.
    """

    creator_id: Id | None = column("creators", "creator_id", "c000001", required=False)
    creator: CreatorRow | None = Field(default=None, description="an inline creator's profile; needs `platform`")
    posts: list[PostRow] | None = Field(default=None, description="an inline creator's posts, each with its comments")
    audience: Audience | None = Field(
        default=None, description="an inline creator's audience: rows, or {dimension: {bucket: share}} of now"
    )
    followers: list[FollowersRow] | None = Field(default=None, description="an inline creator's follower history")
    fee: float | None = column("collaborations", "fee", 450.0, required=False)
    commission_rate: float | None = column("collaborations", "commission_rate", 0.1)
    product_cost: float | None = column("collaborations", "product_cost", 60.0)
    expected_exposed: float | None = Field(
        default=None, strict=True, gt=0, le=1e10, examples=[5200],
        description="distinct people expected to see it who can buy; missing: the reach model says [people]",
    )  # fmt: skip

    @model_validator(mode="after")
    def _names_a_creator(self) -> Candidate:
        if self.creator is None:
            stray = [name for name in ("posts", "audience", "followers") if getattr(self, name) is not None]
            if stray:
                raise ValueError(f"`creator` with its `platform` beside {', '.join(stray)}")
            if self.creator_id is None:
                raise ValueError("`creator_id` of a catalogue creator, or an inline record with `creator`")
        elif None not in (self.creator_id, self.creator.creator_id) and self.creator_id != self.creator.creator_id:
            raise ValueError("the same id in `creator_id` and `creator.creator_id`, or only one of them")
        return self

    @property
    def label(self) -> str | None:
        """The id the answer carries, when the candidate names one."""
        return self.creator_id if self.creator is None else self.creator_id or self.creator.creator_id


@dataclass(frozen=True)
class FaultyCandidate:
    """A candidate that could not be read: its place in the list is kept, the others are answered."""

    label: str | None
    faults: tuple[Fault, ...]


def _one_by_one(value: object, handler: ValidatorFunctionWrapHandler) -> Candidate | FaultyCandidate:
    """A faulty candidate becomes a `FaultyCandidate` instead of failing the whole body."""
    try:
        return cast(Candidate, handler(value))
    except ValidationError as error:
        label = value.get("creator_id") if isinstance(value, dict) else None
        return FaultyCandidate(label if isinstance(label, str) else None, faults_of(error, Candidate, "candidate"))


Candidates = list[Annotated[Candidate, WrapValidator(_one_by_one)]]


class Question(Strict):
    """One brief and 1 to 1,000 candidates: what every request about them says."""

    campaign: Campaign = Field(description="the brief: an object with the columns of the campaigns table")
    candidates: Candidates = Field(
        min_length=1, max_length=MOST_CANDIDATES, description="1 to 1,000 candidates; repeats are answered each"
    )
    as_of: Time | None = Field(
        default=None,
        description=f"the time of the question: {TIME_WORDS}; missing: now",
        examples=["2025-03-15T00:00:00Z"],
    )
    level: float = Field(
        default=0.8, strict=True, ge=0.05, le=0.99, description="level of all intervals, from 0.05 to 0.99"
    )
    abstain: bool = Field(
        default=False, strict=True, description="true: no score for a candidate outside the model's support"
    )
    model_version: Id | None = Field(default=None, description="answer only with this version; missing: the live one")

    @field_validator("model_version")
    @classmethod
    def _plain_version(cls, value: str | None) -> str | None:
        return value if value is None else value.strip()

    def read_candidates(self) -> list[Candidate | FaultyCandidate]:
        """The candidates in their order, the faulty ones as `FaultyCandidate`."""
        return cast("list[Candidate | FaultyCandidate]", self.candidates)


class ScoreRequest(Question):
    """One brief and 1 to 1,000 candidates to score."""

    rank_by: RankBy = Field(
        default="profit",
        description="profit, roi or fit, highest first; where profit or roi is unknown for want of a fee, "
        "the candidate comes after the others, by break-even fee",
    )
    explain: bool = Field(default=False, strict=True, description="true: give the reasons of each score")


class LongScoreRequest(ScoreRequest):
    """As `ScoreRequest` for a file on disk, where only memory limits the number of candidates."""

    candidates: Candidates = Field(min_length=1, description="one or more candidates")
