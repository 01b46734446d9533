"""Each feature once more, slow and obvious: plain loops over `history.up_to(as_of)`, one pairing at a time.

This is the judge of the fast code in `features/`, so it shares nothing with it but the reading of single comments and
the published figures.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from itertools import pairwise
from typing import Any

import pandas as pd

from data.history import History
from data.priors import load_priors
from data.schemas import DIMENSIONS, GOALS, PLATFORMS
from features.reference import Reference
from tests.oracle_comments import commenters, contrast, tone
from tests.oracle_facts import NAN, Facts, Row, days, folded, gone, mean, median, over


def oracle(history: History, pairing: Any, reference: Reference | None = None) -> dict[str, float]:
    """Every feature of one pairing (creator_id, campaign_id, as_of)."""
    facts = Facts(history, pairing.creator_id, pairing.campaign_id, pairing.as_of)
    made = {
        **audience(facts), **account(facts), **rates(facts), **course(facts), **sponsored(facts), **growth(facts),
        **peers(facts, reference or Reference()), **track_record(facts), **tone(facts), **contrast(facts),
        **commenters(facts), **campaign(facts),
    }  # fmt: skip
    return {**made, **bought(facts, made)}


def audience(facts: Facts) -> dict[str, float]:
    rows = facts.own("audience", "observed_at", "bucket")
    out: dict[str, float] = {}
    known = []
    countries: Counter[str] | None = None
    for dimension in DIMENSIONS:
        here = [r for r in rows if r["dimension"] == dimension]
        newest = max((r["observed_at"] for r in here), default=None)
        theirs: Counter[str] = Counter()
        for r in here:
            if r["observed_at"] == newest and not gone(r["share"]):
                theirs[str(folded(r["bucket"]))] += r["share"]
        ours: Counter[str] = Counter()
        for r in facts.wish:
            if r["dimension"] == dimension:
                ours[str(folded(r["bucket"]))] += r["share"]
        if dimension == "country" and here:
            countries = theirs
        common = sum(min(theirs[b], share) for b, share in ours.items())
        out[f"audience_overlap_{dimension}"] = over(common, sum(ours.values())) if here and ours else NAN
        known += [out[f"audience_overlap_{dimension}"]]
    ships = facts.campaign.get("ships_to", NAN)
    listed = [] if gone(ships) else [str(folded(c)) for c in ships.split(",")]
    languages = {folded(r["bucket"]) for r in facts.wish if r["dimension"] == "language" and r["share"] > 0}
    country, language = facts.profile.get("country", NAN), facts.profile.get("language", NAN)
    out["audience_overlap"] = mean(known)
    out["n_audience_dimensions"] = sum(not gone(k) for k in known)
    out["audience_ships_to_share"] = (
        NAN if not facts.campaign else 1.0 if not listed
        else min(1.0, sum(countries[c] for c in set(listed))) if countries is not None else NAN
    )  # fmt: skip
    out["audience_age_days"] = days(facts.as_of, rows[-1]["observed_at"]) if rows else NAN
    out["creator_country_served"] = (
        NAN if not facts.campaign or gone(country) else float(not listed or folded(country) in listed)
    )
    out["creator_language_wanted"] = NAN if gone(language) or not languages else float(folded(language) in languages)
    return out


def engaged(post: Row) -> float:
    return float(post["likes"] + (0.0 if gone(post["comments_count"]) else post["comments_count"]))


def account(facts: Facts) -> dict[str, float]:
    following = facts.profile.get("following", NAN)
    return {
        "log_followers": NAN if gone(facts.size) else math.log10(max(facts.size, 1)),
        "verified": facts.profile.get("verified", NAN),
        "following_per_follower": NAN if gone(facts.size) or gone(following)
        else math.log10((following + 1) / (facts.size + 1)),
        "n_posts": len(facts.posts),
        "n_posts_counted": sum(not gone(p["likes"]) for p in facts.counted),
    }  # fmt: skip


def rates(facts: Facts) -> dict[str, float]:
    posts = facts.counted[-30:]
    size = facts.size if facts.size > 0 else NAN

    def per(name: str, below: str | None, among: list[Row] = posts) -> float:
        return median([
            over(engaged(p) if name == "engagement" else p[name], size if below is None else p[below]) for p in among
        ])  # fmt: skip

    kept = sorted(r for r in (over(engaged(p), size) for p in posts) if not gone(r))
    cut = int(len(kept) * 0.1)
    views = median([p["views"] for p in posts])
    return {
        "like_rate_by_followers": per("likes", None), "comment_rate_by_followers": per("comments_count", None),
        "engagement_rate_by_followers": per("engagement", None),
        "engagement_rate_by_followers_trimmed": mean(kept[cut : len(kept) - cut]),
        "engagement_rate_by_followers_90d": per("engagement", None, facts.in_days(posts, "posted_at", 90)),
        "share_rate_by_followers": per("shares", None), "save_rate_by_followers": per("saves", None),
        "engagement_rate_by_views": per("engagement", "views"), "like_rate_by_views": per("likes", "views"),
        "comment_rate_by_views": per("comments_count", "views"), "share_rate_by_views": per("shares", "views"),
        "save_rate_by_views": per("saves", "views"),
        "log_views": NAN if gone(views) else math.log10(max(views, 1)), "views_per_follower": per("views", None),
        "comments_per_like": per("comments_count", "likes"),
    }  # fmt: skip


def course(facts: Facts) -> dict[str, float]:
    points = [
        (-days(facts.as_of, p["posted_at"]) / 30, math.log(engaged(p) + 1))
        for p in facts.in_days(facts.counted, "posted_at", 365)
        if not gone(p["likes"])
    ]
    varied = len({x for x, _ in points}) > 1
    latest = [math.log(engaged(p) + 1) for p in facts.counted[-30:] if not gone(p["likes"])]
    away = [abs(v - median(latest)) for v in latest]
    posts = facts.posts[-30:]
    gaps = [days(b["posted_at"], a["posted_at"]) for a, b in pairwise(posts)]
    kinds = [float(p["media_type"] in ("video", "reel", "short")) for p in posts if not gone(p["media_type"])]
    spread = statistics.stdev(gaps) if len(gaps) > 1 else NAN
    return {
        "engagement_trend": statistics.linear_regression(*zip(*points, strict=True)).slope
        if len(points) >= 5 and varied else NAN,
        "engagement_volatility": 1.4826 * median(away) if len(latest) >= 3 else NAN,
        "days_since_post": days(facts.as_of, facts.posts[-1]["posted_at"]) if facts.posts else NAN,
        **{f"posts_per_week_{d}d": len(facts.in_days(facts.posts, "posted_at", d)) / (d / 7) if facts.posts else NAN
           for d in (28, 90)},
        "gap_days": median(gaps), "gap_variation": over(spread, mean(gaps)), "gap_longest_days": max(gaps, default=NAN),
        "video_share": mean(kinds),
    }  # fmt: skip


def sponsored(facts: Facts) -> dict[str, float]:
    paid = [p for p in facts.posts if p["sponsored"] == 1]
    brands = Counter(folded(p["brand"]) for p in paid if not gone(p["brand"]))
    flags = [p["sponsored"] for p in facts.posts if not gone(p["sponsored"])]
    year = facts.in_days(facts.counted, "posted_at", 365)
    sides = [[engaged(p) for p in year if p["sponsored"] == f and not gone(p["likes"])] for f in (1, 0)]
    fewer = min(map(len, sides))
    ratio = math.log((median(sides[0]) + 0.5) / (median(sides[1]) + 0.5)) * fewer / (fewer + 3) if fewer else NAN
    return {
        "sponsored_share": mean(flags),
        "sponsored_share_90d": mean([p["sponsored"] for p in facts.in_days(facts.posts, "posted_at", 90)]),
        "days_since_sponsored": days(facts.as_of, paid[-1]["posted_at"]) if paid else NAN,
        "n_sponsor_brands": len(brands) if flags else NAN,
        "sponsor_repeat_share": over(sum(n for n in brands.values() if n > 1), sum(brands.values())),
        "sponsored_engagement_ratio": ratio,
    }


def growth(facts: Facts) -> dict[str, float]:
    def size(row: Row) -> float:
        return math.log(max(row["followers"], 1))

    out = {}
    for length in (30, 90):
        new = facts.in_days(facts.followers, "observed_at", length)
        old = facts.followers[: len(facts.followers) - len(new)]
        out[f"growth_{length}d"] = (
            (size(new[-1]) - size(old[-1])) * 30 / days(new[-1]["observed_at"], old[-1]["observed_at"])
            if new and old
            else NAN
        )
    year = facts.in_days(facts.followers, "observed_at", 365)
    steps = [(size(b) - size(a)) / max(days(b["observed_at"], a["observed_at"]), 1) for a, b in pairwise(year)]
    enough = len(steps) >= 3
    out["growth_spike"] = max(steps) - median(steps) if enough else NAN
    out["growth_drop"] = median(steps) - min(steps) if enough else NAN
    return out


def peers(facts: Facts, reference: Reference) -> dict[str, float]:
    liked = [engaged(p) for p in facts.counted[-30:] if not gone(p["likes"])]
    platform, niche = facts.profile.get("platform", NAN), facts.profile.get("category", NAN)
    if not liked or not facts.size > 0:
        return {"engagement_vs_peers": NAN, "engagement_vs_peers_shrunk": NAN}
    curve = reference.peers
    if curve is None:
        published = load_priors().engagement["other" if gone(platform) else platform]
        expected, noise = float(published.log_rate(facts.size)), 0.4
    else:
        narrow = f"{platform}/{folded(niche)}"
        values = curve.curves.get(narrow, curve.curves.get(platform, curve.curves["any"]))
        expected, noise = _between(curve.knots, values, math.log10(facts.size)), curve.noise
    residual = math.log(median(liked) + 0.5) - math.log(facts.size) - expected
    weight = len(liked) / (len(liked) + noise)
    return {"engagement_vs_peers": residual, "engagement_vs_peers_shrunk": residual * weight}


def _between(knots: tuple[float, ...], values: tuple[float, ...], x: float) -> float:
    if x <= knots[0]:
        return values[0]
    for left, right, a, b in zip(knots, knots[1:], values, values[1:], strict=False):
        if x <= right:
            return a + (b - a) * (x - left) / (right - left)
    return values[-1]


def bought(facts: Facts, made: dict[str, float]) -> dict[str, float]:
    handle, bio = facts.profile.get("handle", NAN), facts.profile.get("bio", NAN)
    digits = NAN if gone(handle) or not handle else sum(c in "0123456789" for c in handle) / len(handle)
    letters = NAN if gone(bio) else float(len(bio))
    signs = []
    if not gone(made["following_per_follower"]):
        ratio = (facts.profile["following"] + 1) / (facts.size + 1)
        signs.append(ratio / (1 + ratio))
    signs += [] if gone(facts.size) else [200 / (200 + facts.size)]
    signs += [] if gone(digits) else [min(digits / 0.4, 1)]
    signs += [] if gone(letters) else [math.exp(-letters / 20)]
    signs += [] if gone(made["growth_spike"]) else [made["growth_spike"] / (0.05 + made["growth_spike"])]
    behind = made["engagement_vs_peers"]
    signs += [] if gone(behind) else [1 / (1 + math.exp(2 * (behind + 1.5)))]
    signs += [] if gone(made["spam_share"]) else [min(2 * made["spam_share"], 1)]
    signs += [] if gone(made["pod_share"]) else [made["pod_share"]]
    return {"handle_digit_share": digits, "bio_letters": letters, "bought_audience_signs": mean(signs)}


def _lift(deal: Row) -> tuple[float, float]:
    """Log lift and its variance; NaN where it was not measured."""
    if deal["measure"] == "holdout" and deal["exposed"] > 0 and deal["holdout"] > 0:
        k1, k0 = deal["exposed_conversions"] + 0.5, deal["holdout_conversions"] + 0.5
        if not gone(k1) and not gone(k0):
            return math.log(k1 / deal["exposed"]) - math.log(k0 / deal["holdout"]), 1 / k1 + 1 / k0
    if deal["measure"] in ("geo", "on_off") and deal["lift_estimate"] > -1 and deal["lift_se"] > 0:
        return math.log1p(deal["lift_estimate"]), deal["lift_se"] ** 2
    return NAN, NAN


def _pooled(deals: list[Row], among: list[Row]) -> tuple[float, float]:
    """Shrunk pooled log lift of `deals` and the weight behind it; rows of one test share the weight in `among`."""
    measured = [d for d in among if not gone(_lift(d)[0])]
    above, below = load_priors().lift["sales"].median / 0.09, 1 / 0.09
    for deal in deals:
        value, variance = _lift(deal)
        if not gone(value):
            rows = 1 if gone(deal["test_id"]) else sum(d["test_id"] == deal["test_id"] for d in measured)
            above += value / (variance + 0.09) / rows
            below += 1 / (variance + 0.09) / rows
    some = any(not gone(_lift(d)[0]) for d in deals)
    return (above / below if some else NAN), below - 1 / 0.09


def track_record(facts: Facts) -> dict[str, float]:
    deals = facts.deals
    known = [d for d in deals if d["outcome_visible_at"] < facts.as_of and not gone(d["measure"])]

    def alike(rows: list[Row], name: str) -> list[Row]:
        wanted = folded(facts.campaign.get(name, NAN))
        return [d for d in rows if wanted and folded(facts.find_campaign(d["campaign_id"]).get(name, NAN)) == wanted]

    def rate(above: str, below: Any) -> float:
        rows = [(d[above], below(d)) for d in known if not gone(d[above]) and not gone(below(d))]
        return over(sum(a for a, _ in rows), sum(b for _, b in rows)) if rows else NAN

    branded = alike(deals, "brand")
    exposed = median([d["exposed"] for d in known])
    return {
        "n_collaborations": len(deals), "n_collaborations_365d": len(facts.in_days(deals, "agreed_at", 365)),
        "n_collaborations_running": len(deals) - len(known),
        "n_collaborations_measured": sum(not gone(_lift(d)[0]) for d in known),
        "days_since_collaboration": days(facts.as_of, deals[-1]["agreed_at"]) if deals else NAN,
        "n_collaborations_with_brand": len(branded) if facts.campaign else NAN,
        "days_since_brand": days(facts.as_of, branded[-1]["agreed_at"]) if branded else NAN,
        "past_log_lift": _pooled(known, known)[0], "past_log_lift_weight": _pooled(known, known)[1],
        "past_log_lift_goal": _pooled(alike(known, "goal"), known)[0],
        "past_log_lift_brand": _pooled(alike(known, "brand"), known)[0],
        "attributed_per_1000_reached": 1000 * rate(
            "attributed_conversions", lambda d: d["impressions"] if gone(d["exposed"]) else d["exposed"]),
        "clicks_per_1000_impressions": 1000 * rate("clicks", lambda d: d["impressions"]),
        "code_leak_share": rate("code_uses_without_click", lambda d: d["attributed_conversions"]),
        "past_log_exposed": NAN if gone(exposed) else math.log10(max(exposed, 1)),
    }  # fmt: skip


def campaign(facts: Facts) -> dict[str, float]:
    brief, profile = facts.campaign, facts.profile
    turn = NAN
    if brief:
        turn = 2 * math.pi * (days(brief["starts_on"], pd.Timestamp(0, tz="UTC")) % 365.2425) / 365.2425
    ours, theirs = folded(brief.get("category", NAN)), folded(profile.get("category", NAN))
    platform = profile.get("platform", NAN)
    return {
        **{f"goal_{g}": float(brief["goal"] == g) if brief else NAN for g in GOALS},
        **{f"platform_{p}": NAN if gone(platform) else float(platform == p) for p in PLATFORMS},
        "category_match": NAN if ours is None or theirs is None else float(ours == theirs),
        "season_sin": math.sin(turn), "season_cos": math.cos(turn),
        "campaign_days": days(brief["ends_on"], brief["starts_on"]) + 1 if brief else NAN,
        "days_to_start": days(brief["starts_on"], facts.as_of) if brief else NAN,
    }  # fmt: skip
