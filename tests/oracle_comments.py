"""The comment features once more, slow and obvious; see `tests/oracles.py`."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from functools import lru_cache

import pandas as pd

from features.comments import read_comments
from tests.oracle_facts import NAN, Facts, Row, days, gone, mean, median, over


@lru_cache(maxsize=10_000)
def _read(text: str) -> Row:
    return dict(read_comments(pd.Series([text], dtype="str")).iloc[0])


def tone(facts: Facts) -> dict[str, float]:
    everyone = facts.audience_comments
    recent = facts.in_days(everyone, "posted_at", 180)
    read, read_180d = [_read(c["text"]) for c in everyone], [_read(c["text"]) for c in recent]
    clear, clear_180d = ([r for r in rows if r["understood"] == 1] for rows in (read, read_180d))
    n = len(read)
    out = {
        "n_comments": n, "n_comments_180d": len(recent), "comments_per_post": over(n, len(facts.posts)),
        "textblob_polarity": mean([r["textblob_polarity"] for r in read]),
        "textblob_subjectivity": mean([r["textblob_subjectivity"] for r in read]),
        "textblob_zero_share": mean([float(r["textblob_polarity"] == 0) for r in read]),
        "understood_share": mean([r["understood"] for r in read]),
        "emoji_only_share": mean([r["emoji_only"] for r in read]),
        "sentiment_mean": mean([r["sentiment"] for r in clear]),
        "sentiment_mean_180d": mean([r["sentiment"] for r in clear_180d]),
        "sentiment_spread": statistics.stdev([r["sentiment"] for r in clear]) if len(clear) > 1 else NAN,
        "positive_share": mean([r["p_positive"] for r in clear]),
        "negative_share": mean([r["p_negative"] for r in clear]),
        "mixed_share": mean([float(r["p_positive"] >= 0.25 and r["p_negative"] >= 0.25) for r in clear]),
        "comment_words": mean([float(len(re.findall(r"[^\W_]+", c["text"]))) for c in everyone]),
        "thread_share": mean([float(not gone(c["reply_to"])) for c in everyone]),
    }  # fmt: skip
    for intent in ("question", "purchase_intent", "complaint", "generic", "tag", "spam", "product", "creator"):
        out[f"{intent}_share"] = mean([r[f"p_{intent}"] for r in read])
        out[f"{intent}_share_180d"] = mean([r[f"p_{intent}"] for r in read_180d])
    for intent, assumed in (("question", 0.08), ("purchase_intent", 0.03), ("complaint", 0.03), ("product", 0.1)):
        out[f"{intent}_share_shrunk"] = (sum(r[f"p_{intent}"] for r in read) + 20 * assumed) / (n + 20)
    return out


def contrast(facts: Facts) -> dict[str, float]:
    flags = {p["post_id"]: p["sponsored"] for p in facts.posts}
    out = {}
    for name, column in (
        ("sponsored_sentiment_difference", "sentiment"),
        ("sponsored_intent_difference", "p_purchase_intent"),
    ):
        sides: dict[float, list[float]] = {1.0: [], 0.0: []}
        for comment in facts.audience_comments:
            read = _read(comment["text"])
            value = NAN if column == "sentiment" and read["understood"] != 1 else read[column]
            flag = flags.get(comment["post_id"], NAN)
            if not gone(flag) and not gone(value):
                sides[flag].append(value)
        fewer = min(len(side) for side in sides.values())
        out[name] = (mean(sides[1.0]) - mean(sides[0.0])) * fewer / (fewer + 10) if fewer else NAN
    return out


def commenters(facts: Facts) -> dict[str, float]:
    everyone = facts.audience_comments
    n = len(everyone)
    own = [c for c in facts.comments if c["is_creator"] == 1]
    waits = []
    for comment in everyone:
        answers = [c for c in own if c["reply_to"] == comment["comment_id"]]
        if answers:
            waits.append(max(1440 * days(answers[0]["posted_at"], comment["posted_at"]), 0))
    told = any(not gone(c["is_creator"]) for c in facts.comments)
    plain = [re.sub(r"[\W_]+", " ", c["text"].lower()).strip() for c in everyone]
    copies = Counter(p for p in plain if p.count(" ") >= 2)
    authors = [c for c in everyone if not gone(c["author_id"]) and not gone(c["post_id"])]
    commented = {c["post_id"] for c in authors}
    posts_of = {a: {c["post_id"] for c in authors if c["author_id"] == a} for a in {c["author_id"] for c in authors}}
    repeat = [c for c in authors if len(posts_of[c["author_id"]]) >= 2]
    everywhere = [c for c in authors if 2 * len(posts_of[c["author_id"]]) >= len(commented)]
    return {
        "creator_reply_rate": over(len(waits), n) if told else NAN, "creator_reply_minutes": median(waits),
        "unique_text_share": over(len({c["text"] for c in everyone}), n),
        "near_duplicate_share": over(sum(k for k in copies.values() if k > 1), n),
        "n_commenters": len(posts_of) if authors else NAN,
        "repeat_commenter_share": over(len(repeat), len(authors)) if len(commented) >= 2 else NAN,
        "pod_share": over(len(everywhere), len(authors)) if len(commented) >= 3 else NAN,
    }  # fmt: skip
