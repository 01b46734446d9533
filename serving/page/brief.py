"""The brief as the form holds it, and as the endpoint takes it: percent against shares, tags against lists.

Form values are what the inputs hold (text, numbers, lists of tags) by field name. They are what is saved in the
browser and carried by a link; `campaign_of` turns them into the `campaign` of a request.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from pydantic import ValidationError

from data.errors import Fault
from serving.problems import faults_of
from serving.schemas import Campaign

Kind = Literal["text", "long", "words", "choice", "date", "money", "percent", "per_thousand", "shares", "countries"]
Values = Mapping[str, Any]

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "PLN", "SEK", "NOK", "DKK", "CZK", "CAD", "AUD", "INR", "BRL", "JPY")
WORTH: Mapping[str, str] = {
    "sales": "order", "leads": "lead", "signups": "sign-up", "traffic": "visit", "awareness": "person reached",
    "followers": "new follower",
}  # fmt: skip
"""What one conversion of each goal is called."""


@dataclass(frozen=True)
class Field:
    """One input of the form. `to` is the campaign's field it fills (target_audience: with the dimension)."""

    name: str
    label: str
    kind: Kind
    help: str = ""
    required: bool = False
    default: Any = None
    low: float | None = None
    high: float | None = None


FIELDS: tuple[Field, ...] = (
    Field("brand", "Brand", "text", "Who pays", required=True),
    Field("category", "Category", "text", "e.g. fitness, beauty, food", required=True),
    Field("brief", "Product and audience", "long",
          "What you sell, to whom, and what the post should get across", required=True),
    Field("keywords", "Keywords", "words", "Words a fitting creator would use"),
    Field("competitors", "Competitors", "words", "Creators they paid lately are flagged"),
    Field("goal", "Goal", "choice", required=True, default="sales"),
    Field("platform", "Platform", "choice", "Any: creators of every platform", default="any"),
    Field("starts_on", "Starts on", "date", required=True),
    Field("ends_on", "Ends on", "date", required=True),
    Field("currency", "Currency", "choice", required=True, default="EUR"),
    Field("order_value", "Order value", "money", "What one order brings, taxes left out", required=True, low=0,
          high=1e12),
    Field("gross_margin", "Gross margin", "percent", "Of the order value, before marketing", required=True, low=0,
          high=100),
    Field("return_rate", "Returns", "percent", "Share of orders sent back", default=0, low=0, high=100),
    Field("baseline_rate", "Orders without the post", "per_thousand",
          "Per 1,000 people who will see it. Empty: learned", low=0, high=1000),
    Field("handling_cost", "Handling per creator", "money", "Briefing, shipping, approval", default=0, low=0,
          high=1e12),
    Field("ships_to", "Ships to", "countries", "Two-letter country codes. Empty: everywhere"),
    Field("age", "Ages", "shares", "Weights as in “25-34 50%”; without, all count alike"),
    Field("gender", "Gender", "shares"),
    Field("country", "Countries", "shares", "Two-letter codes, e.g. DE 60%, AT 40%"),
    Field("language", "Languages", "shares", "Two-letter codes"),
    Field("interest", "Interests", "shares", "Free words"),
    Field("budget", "Budget", "money", "For all creators together; used by the plan", low=0, high=1e12),
    Field("target_roi", "Target return", "percent", "0 %: earn back the cost. 50 %: half as much again",
          default=0, low=-99, high=100_000),
    Field("safety", "Safety", "percent", "How sure the maximum fee must be to reach the target", default=80, low=1,
          high=99),
)  # fmt: skip
TITLE = "Write the brief"
LEAD = "Only the marked fields are needed. Everything stays in this browser until you ask for a score."
SECTIONS: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("Product", "What the creators will talk about.",
     (("brand", 6), ("category", 6), ("brief", 12), ("keywords", 6), ("competitors", 6))),
    ("Campaign", "What it should bring, where and when.",
     (("goal", 6), ("platform", 6), ("starts_on", 6), ("ends_on", 6))),
    ("Money", "What one order is worth to you, and what comes off it.",
     (("currency", 4), ("order_value", 4), ("gross_margin", 4), ("return_rate", 4), ("handling_cost", 4),
      ("baseline_rate", 4))),
    ("Audience", "Whom you want to reach, and who can buy. Leave empty what does not matter.",
     (("ships_to", 6), ("country", 6), ("age", 6), ("gender", 6), ("language", 6), ("interest", 6))),
    ("Decision", "How much there is to spend, and how sure you want to be.",
     (("budget", 4), ("target_roi", 4), ("safety", 4))),
)  # fmt: skip
"""The form's sections: title, what it is about, its fields with their widths of twelve."""
BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}
AUDIENCE = tuple(field.name for field in FIELDS if field.kind == "shares")
NOT_SENT = ("budget",)
_SHARE = re.compile(r"^(?P<bucket>.*\S)\s+(?P<percent>\d{1,3}(?:[.,]\d+)?)\s*%$")
_SAME_AS_TABLE = {"text", "long", "date"}


def defaults(today: pd.Timestamp) -> dict[str, Any]:
    """The form as it first opens: a campaign of thirty days that starts in two weeks."""
    values = {field.name: field.default for field in FIELDS}
    starts = today + pd.Timedelta(days=14)
    return values | {"starts_on": f"{starts:%Y-%m-%d}", "ends_on": f"{starts + pd.Timedelta(days=30):%Y-%m-%d}"}


def campaign_of(values: Values) -> tuple[dict[str, Any], dict[str, str]]:
    """The campaign of a request, and what is wrong by field name (empty when it can be asked).

    Values of unknown names are ignored: a link may come from another version.
    """
    campaign: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in FIELDS:
        value = values.get(field.name)
        if _empty(value):
            if field.required:
                wrong[field.name] = "Needed"
            continue
        if field.name in NOT_SENT or field.kind in ("money", "percent", "per_thousand"):
            _number(field, value, campaign, wrong)
        elif field.kind == "shares":
            _shares(field, value, campaign, wrong)
        elif field.kind in ("words", "countries"):
            words = [str(word).strip() for word in value] if isinstance(value, list) else [str(value)]
            campaign[field.name] = [w.upper() for w in words] if field.kind == "countries" else words
        elif not (field.name == "platform" and value == "any"):
            campaign[field.name] = str(value)
    for name in NOT_SENT:
        campaign.pop(name, None)
    campaign["campaign_id"] = campaign_id_of(values)
    return campaign, wrong | {k: v for k, v in _checked(campaign).items() if k not in wrong}


def budget_of(values: Values) -> float | None:
    """The budget the plan starts from; None when there is none."""
    value = values.get("budget")
    return float(value) if isinstance(value, int | float) and value > 0 else None


def values_of(campaign: Mapping[str, Any], today: pd.Timestamp) -> dict[str, Any]:
    """Form values of a brief as a file or the endpoint has it; what it leaves out is as in `defaults`."""
    values = defaults(today)
    for field in FIELDS:
        if field.kind == "shares":
            buckets = (campaign.get("target_audience") or {}).get(field.name) or {}
            values[field.name] = [f"{bucket} {_trim(100 * share)}%" for bucket, share in buckets.items()] or None
            continue
        value = campaign.get(field.name)
        if value is None:
            continue
        factor = {"percent": 100.0, "per_thousand": 1000.0}.get(field.kind)
        values[field.name] = value if factor is None else round(float(value) * factor, 6)
    return values


def parse_shares(tags: Sequence[str]) -> dict[str, float]:
    """Buckets and shares of tags such as `25-34 50%`; tags without a share split what is left equally.

    Raises ValueError in words for the person who typed it.
    """
    told: dict[str, float | None] = {}
    for tag in tags:
        match = _SHARE.match(tag.strip())
        bucket = match["bucket"] if match else tag.strip()
        if bucket in told:
            raise ValueError(f"{bucket} is there twice")
        told[bucket] = float(match["percent"].replace(",", ".")) / 100.0 if match else None
    known = sum(share for share in told.values() if share is not None)
    if known > 1.0 + 1e-9:
        raise ValueError(f"the shares add up to {known:.0%}; at most 100% is possible")
    open_ = sum(share is None for share in told.values())
    rest = max(1.0 - known, 0.0) / open_ if open_ else 0.0
    return {bucket: rest if share is None else share for bucket, share in told.items()}


def campaign_id_of(values: Values) -> str:
    """An id that tells what it is of, and ends in the brief's own `id`, drawn when it was begun in some browser.

    Outcomes are kept under it, so that nobody else's brief of the same words is mixed up with this one.
    """
    words = [str(values.get(name) or "") for name in ("brand", "category", "id")]
    return "-".join(re.sub(r"[^\w]+", "-", word.lower()).strip("-")[:40] for word in words if word.strip()) or "brief"


def title_of(values: Values) -> str:
    """A short name of a brief for lists and headings."""
    parts = [str(values.get(name) or "").strip() for name in ("brand", "category")]
    return " · ".join(part for part in parts if part) or "Untitled brief"


def state_of(wrong: Mapping[str, str]) -> str:
    """How far a brief is, from what is wrong with it by field name."""
    names = ", ".join(BY_NAME[name].label for name in wrong)
    return f"Still needed: {names}" if wrong else "The brief is complete."


def conversion_word(goal: object, count: float | None = None) -> str:
    """`order`, `orders`, … for the goal; plural unless `count` is exactly 1."""
    word = WORTH.get(str(goal), "order")
    if count == 1:
        return word
    return "people reached" if word == "person reached" else word + "s"


def _empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _trim(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")


def _number(field: Field, value: object, campaign: dict[str, Any], wrong: dict[str, str]) -> None:
    try:
        # What is no number raises, and is told at the field.
        number = float(str(value).replace(",", "")) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    low, high = field.low or 0.0, field.high or math.inf
    if not low <= number <= high:
        wrong[field.name] = (
            f"From {_trim(low)} to {_trim(high)}" if high < 1e9 else f"A number of at least {_trim(low)}"
        )
        return
    campaign[field.name] = number / {"percent": 100.0, "per_thousand": 1000.0}.get(field.kind, 1.0)


def _shares(field: Field, value: object, campaign: dict[str, Any], wrong: dict[str, str]) -> None:
    tags = [str(tag) for tag in value] if isinstance(value, list) else [str(value)]
    try:
        campaign.setdefault("target_audience", {})[field.name] = parse_shares(tags)
    except ValueError as error:
        wrong[field.name] = _sentence(str(error))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _checked(campaign: Mapping[str, Any]) -> dict[str, str]:
    """What the endpoint's own schema would refuse, by field of the form."""
    try:
        Campaign.model_validate(dict(campaign))
    except ValidationError as error:
        wrong: dict[str, str] = {}
        for fault in faults_of(error, Campaign, "brief"):
            wrong.setdefault(_place(fault), _sentence(f"{fault.allowed} (not {fault.got})"))
        return wrong
    return {}


def _place(fault: Fault) -> str:
    """The field a fault of the campaign belongs to; of an audience it is the dimension the fault speaks of."""
    name = re.split(r"[.\[]", fault.where.removeprefix("target_audience."))[0]
    if name == "target_audience":
        name = next((dimension for dimension in AUDIENCE if dimension in fault.allowed), "age")
    return name if name in BY_NAME else "brief"
