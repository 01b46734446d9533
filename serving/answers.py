"""What `POST /v1/score` and `GET /v1/model` answer. None stands for "unknown", and is null in JSON.

The parts are plain slotted dataclasses, not frozen: an answer of 1,000 results holds some 12,000 of them, and they
are built four times faster so. Nothing changes them afterwards. pydantic reads the same declarations for the
OpenAPI document and writes the JSON: floats in their shortest exact form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SupportLevel = Literal["in", "edge", "out"]
RateSource = Literal["given", "learned", "prior"]
DataKind = Literal["simulated", "own"]
ErrorCode = Literal[
    "invalid_candidate",
    "unknown_creator",
    "wrong_platform",
    "no_catalogue",
    "abstained",
    "no_fee",
    "repeated_candidate",
]


@dataclass(slots=True)
class Interval:
    """An expected value and its interval at the answer's `level`."""

    expected: float
    low: float
    high: float


@dataclass(slots=True)
class MoneyInterval:
    """An amount in the campaign's currency and its interval; unknown without a fee."""

    expected: float | None
    low: float | None
    high: float | None


@dataclass(slots=True)
class Parts:
    """Points each feature family adds to the fit score; with 50 they add up to it."""

    niche: float
    engagement: float
    sentiment: float
    campaign: float


@dataclass(slots=True)
class Fit:
    """100 × the calibrated probability that the true lift exceeds `benchmark`; knows nothing of fee or reach."""

    score: Annotated[float, Field(description="0 to 100")]
    low: float
    high: float
    benchmark: Annotated[
        float | None, Field(description="relative lift of the typical past collaboration for this goal")
    ]
    parts: Parts


@dataclass(slots=True)
class BaselineRate(Interval):
    """Conversions per exposed person without the post."""

    source: Annotated[RateSource, Field(description="given in the brief, learned from own campaigns, or published")]


@dataclass(slots=True)
class Cost(MoneyInterval):
    """What the collaboration costs: fee + commission + product + handling."""

    fee: float | None
    commission: float | None
    product: float | None
    handling: float | None


@dataclass(slots=True)
class Roi(Interval):
    """(Incremental conversions × order value × (1 − return rate) × gross margin − cost) / cost."""

    probability_positive: Annotated[float, Field(description="probability that the realised ROI is above 0")]


@dataclass(slots=True)
class Support:
    """How like the model's training data this pairing is."""

    level: SupportLevel
    reasons: list[str]


@dataclass(slots=True)
class ScoreResult:
    """The scores of one candidate."""

    creator_id: Annotated[
        str, Field(description="as asked; an inline record without an id is inline-<place in `candidates`>")
    ]
    rank: Annotated[int, Field(description="1 is best")]
    fit: Fit
    lift: Annotated[Interval, Field(description="relative: 0.12 is 12 % more conversions than without the post")]
    baseline_rate: BaselineRate
    exposed: Annotated[Interval, Field(description="distinct people who see it and can buy")]
    incremental_conversions: Annotated[Interval, Field(description="conversions the collaboration causes")]
    cost: Cost
    profit: MoneyInterval
    roi: Annotated[Roi | None, Field(description="null where cost is 0 or the fee is unknown")]
    break_even_fee: Annotated[float | None, Field(description="the fee at which expected ROI is 0 [money]")]
    maximum_fee: Annotated[
        float | None, Field(description="the highest fee at which P(ROI ≥ target_roi) is `safety` [money]")
    ]
    support: Support
    flags: list[str]
    reasons: Annotated[
        list[dict[str, Any]],
        Field(description="feature, family, value, unit, incremental_conversions, text; empty unless `explain`"),
    ]


@dataclass(slots=True)
class ItemError:
    """A candidate that got no score; the others are not affected."""

    index: Annotated[int, Field(description="place in `candidates`, from 0")]
    creator_id: str | None
    code: ErrorCode
    message: str


@dataclass(slots=True)
class ModelOf:
    """The model that answered."""

    name: str
    version: str
    trained_at: str | None
    data: Annotated[DataKind, Field(description="trained on a simulated market or on own campaigns")]


class ScoreResponse(BaseModel):
    """Results in rank order; candidates that got none are in `errors`."""

    model_config = ConfigDict(protected_namespaces=())

    campaign_id: str
    currency: str
    model: ModelOf
    as_of: str
    level: float
    results: list[ScoreResult]
    errors: list[ItemError]


class ShortlistResponse(ScoreResponse):
    """The best creators of the catalogue in rank order; `errors` is empty."""

    considered: int = Field(description="creators of the catalogue that passed the filters")


@dataclass(slots=True)
class CatalogueOf:
    """The creators that can be asked for by id."""

    creators: int
    newest_fact_at: Annotated[str | None, Field(description="the latest fact known about any of them")]
    as_of: Annotated[
        str | None,
        Field(
            description="a request without `as_of` that asks by id alone is answered as of this time; null: as of now"
        ),
    ]


@dataclass(slots=True)
class RefusedVersion:
    """A version that should have answered and was broken; the one before goes on answering."""

    version: str
    why: str


class ModelResponse(BaseModel):
    """What is live and how good it was shown to be."""

    model_config = ConfigDict(protected_namespaces=())

    model: ModelOf
    aliases: list[str]
    info: dict[str, Any] = Field(description="training window, number of collaborations, measured skill")
    catalogue: CatalogueOf | None = Field(description="null when the service runs without a workspace")
    refused: list[RefusedVersion] = Field(default=[], description="newer versions that could not be put in its place")


def json_bytes(answer: BaseModel) -> bytes:
    """The answer as JSON in UTF-8."""
    return answer.model_dump_json().encode()
