"""The columns of each table: type, unit, key, range. See `docs/tables.md`.

One specification (`TABLES`) drives everything that must know columns: the pandera schema, the check that
reports every fault, the reader's type conversion, the importer and the documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "text", "choice", "number", "count", "flag", "time", "date", "list"]
"""id: non-empty string · text: string, may be empty · choice: one of `choices` · number: float · count: whole
number ≥ 0, held as float so that missing stays missing · flag: true/false · time: UTC timestamp · date: calendar
day, held as UTC midnight · list: comma-separated words."""

PLATFORMS = ("instagram", "tiktok", "youtube", "other")
MEDIA_TYPES = ("image", "carousel", "video", "reel", "short", "story")
GOALS = ("sales", "leads", "signups", "traffic", "awareness", "followers")
DIMENSIONS = ("age", "gender", "country", "city", "interest", "language")
MEASURES = ("holdout", "geo", "on_off", "attributed")
AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")
GENDERS = ("female", "male", "other")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `required`: the column must be there. `nullable`: a value may be missing. `low`/`high`: inclusive range.
    """

    name: str
    kind: Kind
    unit: str = ""
    required: bool = False
    nullable: bool = True
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    allowed: str = ""
    """What is accepted, in words, for the fault message; derived from the rest when empty."""

    def describe(self) -> str:
        """What this column accepts, in words."""
        if self.allowed:
            return self.allowed
        words = {
            "id": "a non-empty id", "text": "text", "choice": "one of " + ", ".join(self.choices), "number": "a number",
            "count": "a whole number", "flag": "true or false", "date": "a date, e.g. 2025-03-01",
            "time": "a time with its zone, e.g. 2025-03-01T12:00:00Z", "list": "comma-separated words",
        }[self.kind]  # fmt: skip
        if self.low is not None and self.high is not None:
            words += f" from {self.low:g} to {self.high:g}"
        elif self.low is not None:
            words += f" of at least {self.low:g}"
        return words + (" or empty" if self.nullable else "")


@dataclass(frozen=True)
class Table:
    """One table: its columns, its key, and whether a workspace can do without it."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    happened_at: str | None
    """Column telling when a row happened; None where a row is not an event."""
    optional: bool = False
    text: str = ""

    def column(self, name: str) -> Column | None:
        """The column of that name, or None when it is not ours (kept and ignored)."""
        return next((c for c in self.columns if c.name == name), None)


def _need(name: str, kind: Kind, **more: object) -> Column:
    # Types of the options are known to pandera one by one, not as a whole.
    return Column(name, kind, required=True, nullable=False, **more)  # type: ignore[arg-type]


def _count(name: str, unit: str) -> Column:
    return Column(name, "count", unit=unit, low=0)


_KNOWN = Column("known_at", "time", unit="UTC")
_COUNTRY = r"[A-Z]{2}"
_LANGUAGE = r"[a-z]{2}"
_COUNTRIES = "two-letter country codes, comma-separated, e.g. US,CA"

_CREATORS = Table(
    "creators",
    (
        _need("creator_id", "id"),
        _need("platform", "choice", choices=PLATFORMS),
        Column("handle", "text"),
        Column("bio", "text"),
        Column("category", "text"),
        Column("language", "text", pattern=_LANGUAGE, allowed="a two-letter language code, e.g. en, or empty"),
        Column("country", "text", pattern=_COUNTRY, allowed="a two-letter country code, e.g. US, or empty"),
        _count("followers", "people"),
        _count("following", "accounts"),
        Column("verified", "flag"),
        _KNOWN,
    ),
    key=("creator_id", "known_at"),
    happened_at=None,
    text="An account on one platform. Several rows with different `known_at` are versions of one profile.",
)
_POSTS = Table(
    "posts",
    (
        _need("post_id", "id"),
        _need("creator_id", "id"),
        _need("posted_at", "time", unit="UTC"),
        Column("caption", "text"),
        Column("media_type", "choice", choices=MEDIA_TYPES),
        _count("likes", "likes"),
        _count("comments_count", "comments"),
        _count("shares", "shares"),
        _count("saves", "saves"),
        _count("views", "views"),
        Column("counts_known_at", "time", unit="UTC"),
        Column("sponsored", "flag"),
        Column("brand", "text"),
        _KNOWN,
    ),
    key=("post_id",),
    happened_at="posted_at",
    text="A post, with its counts as read at `counts_known_at` (missing: final seven days after posting).",
)
_COMMENTS = Table(
    "comments",
    (
        _need("comment_id", "id"),
        _need("post_id", "id"),
        _need("creator_id", "id"),
        Column("author_id", "text"),
        Column("is_creator", "flag"),
        Column("text", "text", required=True, nullable=False),
        _need("posted_at", "time", unit="UTC"),
        _count("likes", "likes"),
        Column("reply_to", "text"),
        _KNOWN,
    ),
    key=("comment_id",),
    happened_at="posted_at",
    optional=True,
    text="A comment under a post. `author_id` is hashed at import with one salt per workspace.",
)
_FOLLOWERS = Table(
    "followers",
    (
        _need("creator_id", "id"),
        _need("observed_at", "time", unit="UTC"),
        _need("followers", "count", unit="people", low=0),
        _KNOWN,
    ),
    key=("creator_id", "observed_at"),
    happened_at="observed_at",
    optional=True,
    text="Follower counts over time.",
)
_AUDIENCE = Table(
    "audience",
    (
        _need("creator_id", "id"),
        _need("observed_at", "time", unit="UTC"),
        _need("dimension", "choice", choices=DIMENSIONS),
        _need("bucket", "id"),
        _need("share", "number", unit="share", low=0, high=1, allowed="a share from 0 to 1 (0.45, not 45)"),
        _KNOWN,
    ),
    key=("creator_id", "observed_at", "dimension", "bucket"),
    happened_at="observed_at",
    optional=True,
    text="Who follows. A bucket absent from a given dimension is 0; an absent dimension is unknown.",
)
_CAMPAIGNS = Table(
    "campaigns",
    (
        _need("campaign_id", "id"),
        _need("brand", "id"),
        Column("category", "text", required=True, nullable=False),
        Column("brief", "text", required=True, nullable=False),
        Column("keywords", "list"),
        Column("competitors", "list"),
        _need("goal", "choice", choices=GOALS),
        Column("platform", "choice", choices=PLATFORMS),
        _need("starts_on", "date"),
        _need("ends_on", "date"),
        _need("currency", "text", pattern=r"[A-Z]{3}", allowed="a three-letter currency code, e.g. EUR"),
        _need("order_value", "number", unit="money per conversion", low=0),
        _need("gross_margin", "number", unit="share", low=0, high=1, allowed="a share from 0 to 1 (0.45, not 45)"),
        Column("return_rate", "number", unit="share", low=0, high=1, allowed="a share from 0 to 1, or empty for 0"),
        Column("baseline_rate", "number", unit="conversions per exposed person", low=0, high=1,
               allowed="conversions per exposed person from 0 to 1, or empty to learn it"),
        Column("ships_to", "list", allowed=_COUNTRIES + ", or empty for everywhere"),
        Column("handling_cost", "number", unit="money per creator", low=0),
        _KNOWN,
    ),
    key=("campaign_id",),
    happened_at=None,
    optional=True,
    text="A brief: product, audience wanted, goal, economics, dates. Needed with `collaborations`.",
)  # fmt: skip
_CAMPAIGN_AUDIENCE = Table(
    "campaign_audience",
    (
        _need("campaign_id", "id"),
        _need("dimension", "choice", choices=DIMENSIONS),
        _need("bucket", "id"),
        _need("share", "number", unit="share", low=0, high=1, allowed="a share from 0 to 1 (0.45, not 45)"),
        _KNOWN,
    ),
    key=("campaign_id", "dimension", "bucket"),
    happened_at=None,
    optional=True,
    text="The audience a campaign wants.",
)
_COLLABORATIONS = Table(
    "collaborations",
    (
        _need("collaboration_id", "id"),
        _need("campaign_id", "id"),
        _need("creator_id", "id"),
        _need("agreed_at", "time", unit="UTC"),
        Column("post_id", "text"),
        Column("posted_at", "time", unit="UTC"),
        Column("ended_at", "time", unit="UTC"),
        Column("outcome_known_at", "time", unit="UTC"),
        _need("fee", "number", unit="money", low=0),
        Column("commission_rate", "number", unit="share of attributed revenue", low=0, high=1,
               allowed="a share from 0 to 1, or empty for 0"),
        Column("product_cost", "number", unit="money", low=0),
        _count("impressions", "impressions"),
        Column("measure", "choice", choices=MEASURES),
        Column("test_id", "text"),
        _count("exposed", "people"),
        _count("exposed_conversions", "conversions"),
        _count("holdout", "people"),
        _count("holdout_conversions", "conversions"),
        Column("lift_estimate", "number", unit="relative lift", low=-1,
               allowed="a relative lift above -1 (0.12 is +12 %), or empty"),
        Column("lift_se", "number", unit="of ln(1 + lift)", low=0, allowed="a standard error above 0, or empty"),
        _count("clicks", "clicks"),
        _count("attributed_conversions", "conversions"),
        Column("attributed_revenue", "number", unit="money", low=0),
        _count("code_uses_without_click", "uses"),
        _KNOWN,
    ),
    key=("collaboration_id",),
    happened_at="agreed_at",
    optional=True,
    text="A pairing that happened, with its cost and its measured outcome.",
)  # fmt: skip

TABLES: dict[str, Table] = {
    t.name: t
    for t in (_CREATORS, _POSTS, _COMMENTS, _FOLLOWERS, _AUDIENCE, _CAMPAIGNS, _CAMPAIGN_AUDIENCE, _COLLABORATIONS)
}
