"""What `POST /v1/plan` accepts and answers. None stands for "unknown" or "no limit", and is null in JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from serving.answers import Interval, ItemError, ModelOf, MoneyInterval, ScoreResult
from serving.rows import Id
from serving.schemas import Question, Strict

PlanMode = Literal["expected", "safe"]
PlanAim = Literal["profit", "conversions"]
Reason = Literal["never", "only_costs", "not_in_best_set"]
_MOST_MONEY = 1e12


class NicheRule(Strict):
    """How many creators of one niche the plan must and may hold."""

    min: int = Field(default=0, strict=True, ge=0, le=1_000, description="at least so many, from 0")
    max: int | None = Field(default=None, strict=True, ge=0, le=1_000, description="at most so many; missing: no limit")

    @model_validator(mode="after")
    def _in_order(self) -> NicheRule:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"a `max` of at least `min`, {self.min}")
        return self


class PlanRequest(Question):
    """One brief, its candidates with fees, a budget, and what the plan must keep to."""

    budget: float = Field(
        strict=True, gt=0, le=_MOST_MONEY, examples=[5000.0],
        description="the most all chosen creators may cost together, expected commission, product and handling "
        "included [money], above 0",
    )  # fmt: skip
    mode: PlanMode = Field(
        default="expected",
        description="expected: highest expected outcome; safe: highest outcome that is exceeded with the campaign's "
        "probability `safety`",
    )
    maximise: PlanAim = Field(default="profit", description="profit, or extra conversions whatever they earn")
    must_have: list[Id] = Field(
        default_factory=list, max_length=1_000, description="ids of creators that must be chosen"
    )
    never: list[Id] = Field(
        default_factory=list, max_length=1_000, description="ids of creators that must not be chosen"
    )
    niches: dict[Id, NicheRule] = Field(
        default_factory=dict, description="{category of creators: {min, max}}", examples=[{"fitness": {"min": 2}}]
    )
    explore_share: float = Field(
        default=0.0, strict=True, ge=0, le=1,
        description="least share of the money spent that goes to creators never measured before, from 0 to 1",
    )  # fmt: skip
    min_creators: int = Field(default=0, strict=True, ge=0, le=1_000, description="at least so many creators, from 0")
    max_creators: int | None = Field(
        default=None, strict=True, ge=1, le=1_000, description="at most so many creators; missing: no limit"
    )

    @model_validator(mode="after")
    def _in_order(self) -> PlanRequest:
        if self.max_creators is not None and self.max_creators < self.min_creators:
            raise ValueError(f"a `max_creators` of at least `min_creators`, {self.min_creators}")
        return self


@dataclass(slots=True)
class PlanTotals:
    """What a set of creators brings together, people whom several of them reach counted once."""

    creators: int
    cost: Annotated[float, Field(description="expected, all parts [money]")]
    incremental_conversions: Interval
    profit: MoneyInterval
    roi: Annotated[float | None, Field(description="expected profit ÷ expected cost; null where nothing is paid")]
    probability_positive: Annotated[float | None, Field(description="probability that the set earns back its cost")]
    exposed: Annotated[float, Field(description="distinct people")]
    conversions_lost_to_overlap: float


@dataclass(slots=True)
class PlanChoice:
    """One chosen creator."""

    creator_id: str
    niche: str | None
    untried: Annotated[bool, Field(description="never measured before")]
    must_have: bool
    overlap: Annotated[float, Field(description="share of the people reached whom a larger chosen creator reaches too")]
    incremental_conversions: Annotated[float, Field(description="expected, after overlap")]
    cost: Annotated[float, Field(description="expected, all parts [money]")]
    profit: Annotated[float, Field(description="expected, after overlap [money]")]
    score: Annotated[ScoreResult, Field(description="the creator alone, as `/v1/score` answers")]


@dataclass(slots=True)
class PlanLeft:
    """One candidate that was not chosen, and why."""

    creator_id: str
    reason: Reason


@dataclass(slots=True)
class PlanOverlap:
    """Two chosen creators who reach the same people."""

    creator_ids: tuple[str, str]
    people: float
    share_of_smaller: float


@dataclass(slots=True)
class PlanSingle:
    """The largest creator the same money buys alone: whom the plan is compared with."""

    creator_id: str
    totals: PlanTotals


@dataclass(slots=True)
class PlanPoint:
    """The best plan at another budget."""

    budget: float
    cost: float
    incremental_conversions: float
    profit: float
    creators: int
    conversions_per_100: Annotated[
        float | None, Field(description="extra conversions per 100 of money more, since the point before")
    ]


@dataclass(slots=True)
class PlanProof:
    """How good the plan is known to be: no permitted set exceeds `bound`; `gap` = (bound − objective) ÷ |objective|."""

    objective: float
    bound: float
    gap: float


class PlanResponse(BaseModel):
    """The chosen set, what it brings, and how it compares."""

    model_config = ConfigDict(protected_namespaces=())

    campaign_id: str
    currency: str
    model: ModelOf
    as_of: str
    level: float
    budget: float
    mode: PlanMode
    maximise: PlanAim
    chosen: list[PlanChoice]
    totals: PlanTotals
    one_large_creator: PlanSingle | None = Field(description="null when no candidate alone fits the budget")
    overlaps: list[PlanOverlap] = Field(description="the largest overlaps among the chosen, at most 20")
    curve: list[PlanPoint] = Field(description="the best plan at other budgets, ascending")
    proof: PlanProof
    not_chosen: list[PlanLeft]
    errors: list[ItemError]
