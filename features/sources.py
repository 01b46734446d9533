"""Why features are here that say so nowhere else: findings and definitions of the field, by name.

Only what a study, a maker's documentation or common practice says; a feature without an entry is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_LSA = "latent semantic analysis: Deerwester et al., JASIS 1990"
_SEARCH = "hashtags and search words are how practitioners find creators of a subject"
_TOPICS = "topic labels of 33,935 influencers and 10 million posts: Kim et al., WWW 2020"
_CONGRUENCE = "congruence of creator and product: Breves et al., J. Advertising Research 2019"
_DISCLOSURE = "disclosure helps or is neutral, and is a duty: US Federal Trade Commission, 16 CFR 255"
_HIDDEN = "sponsored posts are often not marked as such: Zarei et al. 2020"
_VETTING = "vetting of a feed before a deal, as practitioners' guides ask for"
_COUNTRY = "an audience that cannot buy is of no use: practitioners' guides on shipping areas and local targeting"
_WEIGHT = "what a mean rests on tells its worth: shrinkage, Efron & Morris, Scientific American 1977"
_SHARES = "shares carry a post on; rates by followers and by reach are kept apart in practitioners' definitions"
_VIEWS = "views, not followers, are seen: Tian, Dew & Iyengar, JMR 2024"
_ACTIVITY = "posting activity has an inverted-U effect: Leung et al., J. Marketing 2022"
_STEADY = "guides ask for creators who post consistently"
_TREND = "sponsored videos cost subscribers, so its course matters: Cheng & Zhang, Management Science 2025"
_REPEAT = "long-term ambassadors rather than one-off deals; repeated exposure: Evans et al. 2022"
_TESTS = "one test says little: median interval on ROI over 100 points wide, Lewis & Rao, QJE 2015"
_CLICKS = "endorsement brings clicks, less so conversions: Geng et al., Internet Research 2023"
_POLARITY = "lexicon of Pattern: De Smedt & Daelemans, JMLR 2012"
_LANGUAGES = "lexicons of polarity disagree across languages and health posts: He & Zheng 2019; IASC 2022"
_MIXED = "positive and negative are two strengths, not one scale: Thelwall et al., JASIST 2010 (SentiStrength)"
_SENTIMENT = "guides ask whether the feedback is positive and whether people ask questions"
_INTENT = "stated intent before polarity: the comments worth most (where can I buy this?) have polarity 0"
_REPLIES = "guides ask whether creators answer comments and messages"
_TALK = "real conversations, not just generic emoji: what guides ask of comments"
_PODS = "pods comment on each other's posts: Weerasinghe et al., WWW 2020"
_FORMAT = "format changes price and effect: practitioners' guides"
_SEASON = "rates and demand move with the season: practitioners' guides"
_DECAY = "effects are short, gone within hours to days: Huang & Morozov, Marketing Science 2025"
_PLATFORM = "effects and engagement differ by platform, so it is a group of its own: practitioners' guides"

SOURCES: Mapping[str, str] = MappingProxyType({
    "brief_cosine_best_post": _LSA, "brief_cosine_180d": _LSA,
    "keyword_post_share": _SEARCH, "keyword_hashtag_share": _SEARCH, "brief_word_share": _SEARCH,
    "bio_match": _CONGRUENCE, "category_subject_match": _CONGRUENCE,
    "topic_entropy": _TOPICS, "hashtag_concentration": _TOPICS, "on_topic_post_share": _TOPICS,
    "n_words_read": _WEIGHT,
    "n_brand_mentions_paid": _REPEAT,
    "disclosed_post_share": _HIDDEN, "disclosure_rate": _DISCLOSURE,
    "profanity_post_share": _VETTING, "scam_post_share": _VETTING, "controversy_post_share": _VETTING,
    "audience_ships_to_share": _COUNTRY, "creator_country_served": _COUNTRY, "creator_language_wanted": _COUNTRY,
    "n_audience_dimensions": _WEIGHT, "n_posts": _WEIGHT, "n_posts_counted": _WEIGHT, "n_comments": _WEIGHT,
    "n_comments_180d": _WEIGHT,
    "share_rate_by_followers": _SHARES, "save_rate_by_followers": _SHARES, "save_rate_by_views": _SHARES,
    "engagement_rate_by_views": _VIEWS, "like_rate_by_views": _VIEWS, "comment_rate_by_views": _VIEWS,
    "log_views": _VIEWS,
    "engagement_trend": _TREND, "engagement_volatility": _STEADY,
    "gap_variation": _STEADY, "gap_longest_days": _STEADY, "video_share": _FORMAT,
    "n_collaborations": _REPEAT, "n_collaborations_365d": _REPEAT, "n_collaborations_running": _REPEAT,
    "days_since_collaboration": _REPEAT, "n_collaborations_measured": _TESTS,
    "clicks_per_1000_impressions": _CLICKS,
    "textblob_subjectivity": _POLARITY, "textblob_zero_share": _LANGUAGES, "understood_share": _LANGUAGES,
    "sentiment_mean_180d": _SENTIMENT, "sentiment_spread": _SENTIMENT, "negative_share": _SENTIMENT,
    "mixed_share": _MIXED,
    **dict.fromkeys((f"{i}_share_180d" for i in ("question", "purchase_intent", "complaint", "generic", "tag", "spam",
                                                 "creator")), _INTENT),
    **dict.fromkeys((f"{i}_share_shrunk" for i in ("question", "purchase_intent", "complaint", "product")), _WEIGHT),
    "product_share_180d": "product-centred comments, not their number, go with sales: Chang & Wu 2024",
    "comments_per_post": _TALK, "comment_words": _TALK, "thread_share": _TALK,
    "unique_text_share": _PODS, "near_duplicate_share": _PODS,
    "creator_reply_rate": _REPLIES, "creator_reply_minutes": _REPLIES,
    "platform_instagram": _PLATFORM, "platform_tiktok": _PLATFORM, "platform_youtube": _PLATFORM,
    "platform_other": _PLATFORM,
    "category_match": _CONGRUENCE, "season_sin": _SEASON, "season_cos": _SEASON,
    "days_to_start": _DECAY,
})  # fmt: skip
