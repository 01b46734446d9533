"""What a JSON export tells of a creator besides the profile: posts, audience and follower history.

Shapes: reports of creator-analytics vendors (`profile`, `audience`), the Instagram Graph API (`business_discovery`,
`media`), and our own inline records. What cannot be read is left out: a candidate with less known has wider ranges,
and says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from pydantic import ValidationError

from data.schemas import AGES
from serving.rows import FollowersRow, PostRow, checked_bucket

MOST_POSTS = 100
Record = Mapping[str, Any]
_POSTS = ("posts", "recent_contents", "top_contents", "sponsored_contents", "media.data")
_POST_FIELDS: Mapping[str, tuple[str, ...]] = {
    "posted_at": ("posted_at", "published_at", "timestamp"), "caption": ("caption", "description", "title"),
    "likes": ("likes", "like_count"), "comments_count": ("comments_count", "comment_count"),
    "shares": ("shares", "share_count"), "saves": ("saves", "save_count"),
    "views": ("views", "view_count", "play_count"),
}  # fmt: skip
_MEDIA = {"VIDEO": "video", "IMAGE": "image", "CAROUSEL": "carousel", "CAROUSEL_ALBUM": "carousel", "REEL": "reel",
          "REELS": "reel", "SHORT": "short", "STORY": "story"}  # fmt: skip
_BUCKET = ("code", "name", "bucket")
_OLDEST = 80  # where an open age range ends, when years are counted
_AUDIENCE = {"countries": "country", "languages": "language", "interests": "interest"}


def details_of(record: Record) -> dict[str, Any]:
    """`posts`, `audience` and `followers` of an inline candidate, as far as the record tells them."""
    inner = record.get("business_discovery") or record.get("profile") or record
    if not isinstance(inner, Mapping):
        return {}
    audience = inner.get("audience") or record.get("audience")
    found = {
        "posts": _posts(inner),
        "audience": _audience(audience) if isinstance(audience, Mapping) else {},
        "followers": _followers(inner.get("reputation_history")),
    }
    return {name: value for name, value in found.items() if value}


def _records(value: object) -> Iterator[Record]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        yield from (one for one in value if isinstance(one, Mapping))


def _posts(inner: Record) -> list[dict[str, Any]]:
    """Posts of every list there is, each once, newest first; of two tellings of one the sponsored one counts."""
    found: dict[str, dict[str, Any]] = {}
    for path in _POSTS:
        value: object = inner
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        for told in _records(value):
            post = _post(told) | ({"sponsored": True} if path.startswith("sponsored") else {})
            if "posted_at" in post and _fits(PostRow, post):
                found[post["posted_at"]] = post
    return [found[time] for time in sorted(found, reverse=True)][:MOST_POSTS]


def _post(told: Record) -> dict[str, Any]:
    engagement = told.get("engagement")
    both = {**told, **(engagement if isinstance(engagement, Mapping) else {})}
    post: dict[str, Any] = {}
    for name, keys in _POST_FIELDS.items():
        value = next((both[key] for key in keys if both.get(key) is not None), None)
        if value is not None:
            post[name] = value
    if "posted_at" in post:
        time = pd.to_datetime(str(post.pop("posted_at")), utc=True, errors="coerce")
        if not pd.isna(time):
            post["posted_at"] = time.isoformat().replace("+00:00", "Z")
    kind = _MEDIA.get(str(both.get("media_type") or both.get("type") or "").upper())
    return post | ({"media_type": kind} if kind else {})


def _fits(row: type[PostRow] | type[FollowersRow], value: Record) -> bool:
    try:
        row.model_validate(value)
    except ValidationError:
        return False
    return True


def _audience(told: Record) -> dict[str, dict[str, float]]:
    """{dimension: {bucket: share}}; percent are recognised by shares that cannot be."""
    parts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for key, dimension in _AUDIENCE.items():
        for one in _records(told.get(key)):
            name = next((one[k] for k in _BUCKET if one.get(k)), None)
            _add(parts[dimension], dimension, name, one.get("value"))
    for one in _records(told.get("gender_age_distribution")):
        for ages, part in _ages(str(one.get("age_range", ""))):
            _add(parts["age"], "age", ages, one.get("value"), part)
        _add(parts["gender"], "gender", str(one.get("gender", "")).lower(), one.get("value"))
    return {dimension: _shares(dict(buckets)) for dimension, buckets in parts.items() if buckets}


def _ages(told: str) -> list[tuple[str, float]]:
    """Our age groups within the range told ("45-64", "65-") and the part of it in each: by the years, so evenly."""
    match = re.fullmatch(r"(\d+)\s*[-–+]\s*(\d*)", told.strip())
    if match is None:
        return []
    first, last = int(match[1]), int(match[2] or _OLDEST)
    years = {name: _years(name) for name in AGES}
    within = {name: len(of) for name, of in years.items() if first <= of[0] and of[-1] <= last}
    return [(name, count / sum(within.values())) for name, count in within.items()]


def _years(group: str) -> range:
    first, _, last = group.rstrip("+").partition("-")
    return range(int(first), int(last or _OLDEST) + 1)


def _add(into: dict[str, float], dimension: Any, bucket: object, value: object, part: float = 1.0) -> None:
    if not isinstance(bucket, str) or not isinstance(value, int | float) or value < 0:
        return
    try:
        into[checked_bucket(dimension, bucket.strip())] += float(value) * part
    except ValueError:
        return


def _shares(buckets: dict[str, float]) -> dict[str, float]:
    percent = max(buckets.values()) > 1.0
    shares = {name: min(value / 100.0 if percent else value, 1.0) for name, value in buckets.items()}
    return {name: share for name, share in shares.items() if share > 0}


def _followers(history: object) -> list[dict[str, Any]]:
    """Monthly counts, each known once its month was over."""
    found = []
    for one in _records(history):
        count, month = one.get("follower_count"), str(one.get("month", ""))
        if isinstance(count, int | float) and re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
            after = pd.Timestamp(f"{month}-01T00:00:00Z") + pd.DateOffset(months=1)
            row = {"observed_at": after.isoformat().replace("+00:00", "Z"), "followers": count}
            found += [row] if _fits(FollowersRow, row) else []
    return found
