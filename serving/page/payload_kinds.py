"""What the records of a JSON export are: creators, with the platform they come from, or something else, in words."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
_YOUTUBE = "youtube#"
_YOUTUBE_OTHERS: Mapping[str, str] = {
    "comment": "comments", "commentThread": "comments", "video": "videos", "playlistItem": "videos",
    "videoCategory": "categories of videos", "playlist": "playlists", "caption": "captions",
}  # fmt: skip
_INSTAGRAM_CREATOR = ("followers_count", "media_count", "follows_count", "biography")


def unpacked(document: Any) -> Any:
    """The records of an answer: of one that is told by id (`{"178…": {…}}`), its values; else what it was."""
    if not isinstance(document, Mapping) or not document:
        return document
    by_id = all(key.isdigit() and isinstance(value, Mapping) for key, value in document.items())
    return list(document.values()) if by_id else document


def with_channels(records: Sequence[Any]) -> list[Any]:
    """Results of a search on YouTube as the channels they are of, each once; other records as they are.

    What was found is mostly a video, and its title names no creator.
    """
    out: list[Any] = []
    seen: set[str] = set()
    for record in records:
        snippet = record.get("snippet") if isinstance(record, Mapping) else None
        if not isinstance(snippet, Mapping) or record.get("kind") != _YOUTUBE + "searchResult":
            out.append(record)
            continue
        channel = str(snippet.get("channelId") or "")
        if channel and channel not in seen:
            seen.add(channel)
            title = html.unescape(str(snippet.get("channelTitle") or channel))
            out.append({"channelTitle": title, "channelId": channel, "platform": "youtube"})
    return out


def platform_of(record: Record) -> str | None:
    """The platform whose own interface such a record comes from; None where it does not say."""
    if str(record.get("kind", "")).startswith(_YOUTUBE):
        return "youtube"
    if "business_discovery" in record or "ig_id" in record or _of_instagram(record):
        return "instagram"
    return None


def no_creators(record: Record) -> str | None:
    """What the record is, where it is no creator; None where it may be one."""
    error = record.get("error")
    if isinstance(error, Mapping):
        return f"the answer of a failed request ({error.get('message', 'without a reason')})"
    kind = str(record.get("kind", "")).removeprefix(_YOUTUBE)
    if kind in _YOUTUBE_OTHERS:
        return _YOUTUBE_OTHERS[kind]
    keys = set(record)
    if keys & {"mentioned_comment"} or ({"text", "timestamp"} <= keys and not keys & {"followers", "followers_count"}):
        return "comments"
    if {"name", "period", "values"} <= keys or {"name", "period", "total_value"} <= keys:
        return "insights of one account"
    if keys & {"media_type", "media_url", "media_product_type", "mentioned_media"} and not _of_instagram(record):
        return "posts"
    return None


def _of_instagram(record: Record) -> bool:
    return "username" in record and any(name in record for name in _INSTAGRAM_CREATOR)
