"""Inline records: a creator the catalogue does not know, with posts, comments, audience and follower history.

Columns, ranges and wording come from the tables of `data.schemas`; columns we do not know are ignored, as in a
workspace. Ids may be left out. Everything is read strictly: a number is a JSON number, a time is text with a zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from data.check_rules import MOST_IN_TOTAL
from data.schemas import AGES, GENDERS, TABLES

Platform = Literal["instagram", "tiktok", "youtube", "other"]
MediaType = Literal["image", "carousel", "video", "reel", "short", "story"]
Goal = Literal["sales", "leads", "signups", "traffic", "awareness", "followers"]
Dimension = Literal["age", "gender", "country", "city", "interest", "language"]

MOST = 1e12
"""No count and no amount of money is larger; keeps every product of two of them finite."""
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
TIME_WORDS = "a time with its zone as text, from 1970 to 2200, e.g. 2025-03-01T12:00:00Z"


def _text_only(value: object) -> object:
    """A bare number would be read as Unix seconds or as milliseconds depending on its size: refused instead."""
    if isinstance(value, str) and not value.lstrip("+-").replace(".", "", 1).isdigit():
        return value
    raise ValueError(TIME_WORDS)


Time = Annotated[AwareDatetime, BeforeValidator(_text_only), Field(ge=_EARLIEST, le=_LATEST)]
_ID = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Id = Annotated[str, Field(pattern=_ID, max_length=200, coerce_numbers_to_str=True)]
"""An id is not blank and has no control characters: ids made here begin with one."""


_BUCKETS: dict[Dimension, tuple[re.Pattern[str], str]] = {
    "age": (re.compile("|".join(map(re.escape, AGES))), "one of " + ", ".join(AGES)),
    "gender": (re.compile("|".join(GENDERS)), "one of " + ", ".join(GENDERS)),
    "country": (re.compile("[A-Z]{2}"), "a two-letter country code, e.g. US"),
    "language": (re.compile("[a-z]{2}"), "a two-letter language code, e.g. en"),
    "city": (re.compile(r".*\S, [A-Z]{2}"), "a city and its country, e.g. Lyon, FR"),
}
"""How the buckets of a dimension are written, as `creatorlift check` has it; interests are free words."""
_EXCLUSIVE: tuple[Dimension, ...] = ("age", "gender", "country", "language")
"""Dimensions in which a person is in one bucket only."""


def checked_bucket(dimension: Dimension, bucket: str) -> str:
    """`bucket`, when it is written as that dimension's are; ValueError with what is allowed otherwise."""
    pattern, allowed = _BUCKETS.get(dimension, (None, ""))
    if pattern is not None and not pattern.fullmatch(bucket):
        raise ValueError(f"for {dimension}: {allowed}")
    return bucket


def checked_totals(shares: Iterable[tuple[object, Dimension, float]]) -> None:
    """ValueError when shares of one whole (same time, same dimension) add up to more than 1."""
    totals: dict[tuple[object, Dimension], float] = {}
    for observed_at, dimension, share in shares:
        totals[observed_at, dimension] = totals.get((observed_at, dimension), 0.0) + share
    over = [f"{dimension} {total:g}" for (_, dimension), total in totals.items() if dimension in _EXCLUSIVE
            and round(total, 4) > MOST_IN_TOTAL]  # fmt: skip
    if over:
        raise ValueError(f"shares of one whole that add up to 1 (at most {MOST_IN_TOTAL}); here {', '.join(over)}")


def column(table: str, name: str, example: object = None, *, required: bool | None = None) -> Any:
    """A pydantic field with the range, unit and wording that `data.schemas` gives this column.

    `required` overrides the table where an inline record may leave an id out.
    """
    spec = TABLES[table].column(name)
    assert spec is not None, f"{table}.{name} is no column of ours"  # noqa: S101 - our own logic, never input
    needed = (spec.required and not spec.nullable) if required is None else required
    words = spec.describe() + (f" [{spec.unit}]" if spec.unit not in ("", "UTC", "share") else "")
    limits: dict[str, Any] = {}
    if spec.kind in ("number", "count"):
        limits = {"strict": True, "ge": spec.low, "le": MOST if spec.high is None else spec.high}
        limits |= {"multiple_of": 1} if spec.kind == "count" else {}
    elif spec.pattern:
        limits = {"pattern": f"^(?:{spec.pattern})$"}
    elif spec.kind == "text":
        limits = {"max_length": 100_000}
    limits = {key: value for key, value in limits.items() if value is not None}
    examples = None if example is None else [example]
    return Field(default=... if needed else None, description=words, examples=examples, **limits)


class Row(BaseModel):
    """A row of a table sent inline: unknown columns are ignored."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False, frozen=True)


class CreatorRow(Row):
    """The creator's profile: the columns of the creators table."""

    creator_id: Id | None = column("creators", "creator_id", "c000001", required=False)
    platform: Platform = column("creators", "platform", "instagram")
    handle: str | None = column("creators", "handle", "lena.runs")
    bio: str | None = column("creators", "bio", "Trail running, coffee, Portland")
    category: str | None = column("creators", "category", "fitness")
    language: str | None = column("creators", "language", "en")
    country: str | None = column("creators", "country", "US")
    followers: float | None = column("creators", "followers", 18400)
    following: float | None = column("creators", "following", 610)
    verified: bool | None = column("creators", "verified", False)
    known_at: Time | None = column("creators", "known_at")


class CommentRow(Row):
    """A comment under the post it is listed in."""

    comment_id: Id | None = column("comments", "comment_id", "cm_1", required=False)
    author_id: Id | None = column("comments", "author_id", "u_88")
    is_creator: bool | None = column("comments", "is_creator", False)
    text: str = column("comments", "text", "Where can I buy these?")
    posted_at: Time = column("comments", "posted_at", "2025-03-02T08:10:00Z")
    likes: float | None = column("comments", "likes", 3)
    reply_to: Id | None = column("comments", "reply_to")
    known_at: Time | None = column("comments", "known_at")


class PostRow(Row):
    """A post with its counts and its comments."""

    post_id: Id | None = column("posts", "post_id", "po_1", required=False)
    posted_at: Time = column("posts", "posted_at", "2025-03-01T18:00:00Z")
    caption: str | None = column("posts", "caption", "Sunday long run #trailrunning")
    media_type: MediaType | None = column("posts", "media_type", "reel")
    likes: float | None = column("posts", "likes", 930)
    comments_count: float | None = column("posts", "comments_count", 41)
    shares: float | None = column("posts", "shares", 12)
    saves: float | None = column("posts", "saves", 25)
    views: float | None = column("posts", "views", 15200)
    counts_known_at: Time | None = column("posts", "counts_known_at")
    sponsored: bool | None = column("posts", "sponsored", False)
    brand: str | None = column("posts", "brand")
    known_at: Time | None = column("posts", "known_at")
    comments: list[CommentRow] = Field(default=[], description="the comments under this post; may be empty")


class FollowersRow(Row):
    """A follower count at a time."""

    observed_at: Time = column("followers", "observed_at", "2025-02-01T00:00:00Z")
    followers: float = column("followers", "followers", 17900)
    known_at: Time | None = column("followers", "known_at")


class AudienceRow(Row):
    """The share of the audience in one bucket; without `observed_at` it counts as seen just before `as_of`."""

    observed_at: Time | None = column("audience", "observed_at", "2025-02-01T00:00:00Z", required=False)
    dimension: Dimension = column("audience", "dimension", "age")
    bucket: Id = column("audience", "bucket", "18-24")
    share: float = column("audience", "share", 0.45)
    known_at: Time | None = column("audience", "known_at")

    @field_validator("bucket")
    @classmethod
    def _of_its_dimension(cls, value: str, info: ValidationInfo) -> str:
        return checked_bucket(info.data.get("dimension", "interest"), value)


def _rows_from_nested(value: object) -> object:
    """`{dimension: {bucket: share}}` as rows; anything else is left for the row model to judge."""
    if not isinstance(value, Mapping):
        return value
    return [
        {"dimension": dimension, "bucket": bucket, "share": share}
        for dimension, buckets in value.items()
        for bucket, share in (buckets.items() if isinstance(buckets, Mapping) else [(None, buckets)])
    ]


def _one_whole(rows: list[AudienceRow]) -> list[AudienceRow]:
    checked_totals((row.observed_at, row.dimension, row.share) for row in rows)
    return rows


Audience = Annotated[
    list[AudienceRow],
    AfterValidator(_one_whole),
    BeforeValidator(_rows_from_nested, json_schema_input_type=list[AudienceRow] | dict[Dimension, dict[str, float]]),
]
