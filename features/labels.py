"""Features in a person's words: a short name that stands alone, and a value as one would say it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from data.schemas import DIMENSIONS, GOALS, PLATFORMS
from features.feature import Feature

_INTENTS = {
    "question": "Comments that ask something", "purchase_intent": "Comments that want or bought it",
    "complaint": "Complaints", "generic": "Generic praise", "tag": "Friends tagged", "spam": "Spam and scams",
    "product": "Comments about the product", "creator": "Comments about the creator",
}  # fmt: skip

LABELS: Mapping[str, str] = MappingProxyType({
    "niche_match": "Match with the brief",
    "niche_match_lexicon": "Match with the brief, by the lexicon",
    "brief_cosine": "Posts' meaning against the brief",
    "brief_cosine_best_post": "Nearest post to the brief",
    "brief_cosine_180d": "Posts of 180 days against the brief",
    "keyword_post_share": "Posts with a keyword",
    "keyword_hashtag_share": "Hashtags with a keyword",
    "brief_word_share": "Words of the brief used",
    "bio_match": "Bio against the brief",
    "category_subject_match": "Category against the brief",
    "interest_match": "Audience interests against the brief",
    "topic_entropy": "Spread over subjects",
    "hashtag_concentration": "Repetition of hashtags",
    "on_topic_post_share": "Posts on the brief's subject",
    "n_words_read": "Words read",
    "n_brand_mentions_organic": "Brand named before any payment",
    "n_brand_mentions_organic_90d": "The same in 90 days",
    "n_brand_mentions_paid": "Brand named, paid",
    "n_competitor_paid_90d": "Competitors advertised in 90 days",
    "n_competitor_paid_180d": "Competitors advertised in 180 days",
    "n_competitor_organic_90d": "Competitors named unpaid in 90 days",
    "n_competitor_organic_180d": "Competitors named unpaid in 180 days",
    "n_competitor_collaborations_180d": "Deals with competitors in 180 days",
    "disclosure_rate": "Sponsored posts that say so",
    "disclosed_post_share": "Posts that tell of advertising",
    "profanity_post_share": "Posts with swear words",
    "scam_post_share": "Posts with phrases of scams",
    "controversy_post_share": "Posts on controversies",
    **{f"audience_overlap_{d}": f"Audience wanted, by {d}" for d in DIMENSIONS},
    "audience_overlap": "Audience wanted, overall",
    "n_audience_dimensions": "Audience dimensions known",
    "audience_ships_to_share": "Audience that can buy",
    "audience_age_days": "Age of the audience figures",
    "creator_country_served": "Lives where you ship",
    "creator_language_wanted": "Speaks a language wanted",
    "log_followers": "Followers",
    "verified": "Verified",
    "following_per_follower": "Following per follower",
    "n_posts": "Posts",
    "n_posts_counted": "Posts with known likes",
    "like_rate_by_followers": "Likes per follower",
    "comment_rate_by_followers": "Comments per follower",
    "engagement_rate_by_followers": "Engagement per follower",
    "engagement_rate_by_followers_trimmed": "Engagement per follower, trimmed mean",
    "engagement_rate_by_followers_90d": "Engagement per follower in 90 days",
    "share_rate_by_followers": "Shares per follower",
    "save_rate_by_followers": "Saves per follower",
    "engagement_rate_by_views": "Engagement per view",
    "like_rate_by_views": "Likes per view",
    "comment_rate_by_views": "Comments per view",
    "share_rate_by_views": "Shares per view",
    "save_rate_by_views": "Saves per view",
    "log_views": "Views of a post",
    "views_per_follower": "Views per follower",
    "comments_per_like": "Comments per like",
    "engagement_trend": "Trend of engagement",
    "engagement_volatility": "Swings of engagement",
    "days_since_post": "Since the latest post",
    "posts_per_week_28d": "Posts per week, 28 days",
    "posts_per_week_90d": "Posts per week, 90 days",
    "gap_days": "Usual gap between posts",
    "gap_variation": "Unevenness of the gaps",
    "gap_longest_days": "Longest gap between posts",
    "video_share": "Video",
    "sponsored_share": "Sponsored posts",
    "sponsored_share_90d": "Sponsored posts in 90 days",
    "days_since_sponsored": "Since the latest sponsored post",
    "n_sponsor_brands": "Brands on sponsored posts",
    "sponsor_repeat_share": "Sponsored posts of returning brands",
    "sponsored_engagement_ratio": "Sponsored against organic engagement",
    "growth_30d": "Growth, 30 days",
    "growth_90d": "Growth, 90 days",
    "growth_spike": "Largest jump of followers",
    "growth_drop": "Deepest drop of followers",
    "engagement_vs_peers": "Engagement against peers",
    "engagement_vs_peers_shrunk": "Engagement against peers, cautious",
    "handle_digit_share": "Digits in the handle",
    "bio_letters": "Length of the bio",
    "bought_audience_signs": "Signs of a bought audience",
    "n_collaborations": "Earlier collaborations",
    "n_collaborations_365d": "Collaborations in a year",
    "n_collaborations_running": "Collaborations still running",
    "n_collaborations_measured": "Collaborations with a measured lift",
    "days_since_collaboration": "Since the latest collaboration",
    "n_collaborations_with_brand": "Earlier collaborations with this brand",
    "days_since_brand": "Since the latest with this brand",
    "past_log_lift": "Past lift",
    "past_log_lift_weight": "Weight of the past lift",
    "past_log_lift_goal": "Past lift for this goal",
    "past_log_lift_brand": "Past lift with this brand",
    "attributed_per_1000_reached": "Attributed orders per 1,000 reached",
    "clicks_per_1000_impressions": "Clicks per 1,000 impressions",
    "code_leak_share": "Code uses without a click",
    "past_log_exposed": "People reached by earlier collaborations",
    "n_comments": "Comments of others",
    "n_comments_180d": "Comments of others in 180 days",
    "comments_per_post": "Comments read per post",
    "textblob_polarity": "TextBlob polarity",
    "textblob_subjectivity": "TextBlob subjectivity",
    "textblob_zero_share": "Comments where TextBlob says 0",
    "understood_share": "Comments understood",
    "sentiment_mean": "Sentiment",
    "sentiment_mean_180d": "Sentiment in 180 days",
    "sentiment_spread": "Spread of sentiment",
    "positive_share": "Positive comments",
    "negative_share": "Negative comments",
    "mixed_share": "Mixed comments",
    **{f"{intent}_share": label for intent, label in _INTENTS.items()},
    **{f"{intent}_share_180d": f"{label}, 180 days" for intent, label in _INTENTS.items()},
    **{f"{intent}_share_shrunk": f"{label}, cautious" for intent, label in _INTENTS.items()},
    "emoji_only_share": "Comments of emoji alone",
    "sponsored_sentiment_difference": "Sentiment, sponsored less organic",
    "sponsored_intent_difference": "Wish to buy, sponsored less organic",
    "creator_reply_rate": "Comments answered by the creator",
    "creator_reply_minutes": "Time to the creator's answer",
    "thread_share": "Comments that answer another",
    "comment_words": "Words per comment",
    "unique_text_share": "Distinct comments",
    "near_duplicate_share": "Near-copies among the comments",
    "n_commenters": "People who comment",
    "repeat_commenter_share": "By people seen on two posts or more",
    "pod_share": "By people seen on half of the posts",
    **{f"goal_{goal}": f"Goal: {goal}" for goal in GOALS},
    **{f"platform_{platform}": f"Platform: {platform}" for platform in PLATFORMS},
    "category_match": "Same category",
    "season_sin": "Time of year, sine",
    "season_cos": "Time of year, cosine",
    "campaign_days": "Length of the campaign",
    "days_to_start": "Until the campaign starts",
})  # fmt: skip
"""A short name of every feature; those of intents also where no feature has the form."""


def _percent(value: float) -> str:
    return "0%" if value == 0 else f"{value:.{2 if abs(value) < 0.01 else 1 if abs(value) < 0.1 else 0}%}"


def _change(value: float) -> str:
    change = math.expm1(value)
    return f"{change:+.{1 if abs(change) < 0.1 else 0}%}"


def _swing(value: float) -> str:
    return f"± {math.expm1(value):.0%}"


def _number(value: float) -> str:
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}"


def _powers(value: float) -> str:
    return f"{10.0**value:,.0f}" if value >= 1 else f"{10.0**value:.2g}"


def _yes(value: float) -> str:
    return "yes" if value else "no"


def _minutes(value: float) -> str:
    if value < 120:
        return f"{value:.0f} minutes"
    return f"{value / 60:.0f} hours" if value < 2880 else f"{value / 1440:.0f} days"


_SAID: Mapping[str, tuple[Callable[[float], str], str]] = MappingProxyType({
    "share": (_percent, ""),
    "share of the most possible": (_percent, "of the most possible"),
    "x / (1 + x)": (_number, "(0.5: as anybody)"),
    "0 or 1": (_yes, ""),
    "log10 people": (_powers, "people"),
    "log10 views": (_powers, "views"),
    "log10 ratio": (_powers, ""),
    "ln ratio": (_change, ""),
    "ln(1 + lift)": (_change, "lift"),
    "ln per 30 days": (_change, "per 30 days"),
    "ln per day": (_change, "per day"),
    "ln": (_swing, ""),
    "likes per follower": (_percent, "of followers"),
    "comments per follower": (_percent, "of followers"),
    "likes + comments per follower": (_percent, "of followers"),
    "shares per follower": (_percent, "of followers"),
    "saves per follower": (_percent, "of followers"),
    "views per follower": (_percent, "of followers"),
    "likes + comments per view": (_percent, "of views"),
    "likes per view": (_percent, "of views"),
    "comments per view": (_percent, "of views"),
    "shares per view": (_percent, "of views"),
    "saves per view": (_percent, "of views"),
    "comments per like": (_percent, "of likes"),
    "minutes": (_minutes, ""),
    "conversions per 1000": (_number, "per 1,000"),
    "clicks per 1000": (_number, "per 1,000"),
    "-1 to 1": (_number, "(-1 to 1)"),
    "0 to 1": (_number, "(0 to 1)"),
    "ratio": (_number, ""),
    "1 / variance": (_number, "(0: none)"),
    "sine": (_number, ""),
    "cosine": (_number, ""),
})  # fmt: skip
"""By unit: how to write the number, and the unit as a person says it."""

_SINGULAR = {
    "posts": "post", "comments": "comment", "days": "day", "brands": "brand", "collaborations": "collaboration",
    "dimensions": "dimension", "words": "word", "people": "person", "characters": "character",
}  # fmt: skip
_DOWNWARD = {"growth_drop"}
"""Features that measure a fall as a positive number."""


def said(feature: Feature, value: float) -> tuple[str, str]:
    """A known value of a feature as a person would say it: the number and, where it has one, the unit.

    Logarithms are turned back: followers as people, growth and lift as a change in percent.
    """
    written, unit = _SAID.get(feature.unit, (_number, feature.unit))
    if value == 1.0 and unit in _SINGULAR:
        unit = _SINGULAR[unit]
    return written(-value if feature.name in _DOWNWARD else value), unit
