"""A comment column read: TextBlob, sentiment, intent, spam."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from features.comments_textblob import polarity_and_subjectivity

COLUMNS = (
    "textblob_polarity", "textblob_subjectivity", "sentiment", "language", "understood",
    "p_positive", "p_negative", "p_question", "p_purchase_intent", "p_complaint",
    "p_generic", "p_tag", "p_spam", "p_product", "p_creator", "emoji_only",
)  # fmt: skip

_GOOD = re.compile(
    r"[😍🔥❤💕👏🙌😘🥰💖👌👍]|\b(?:love|beautiful|gorgeous|amazing|great|nice|perfect|cute|obsessed)\b", re.I
)
_BAD = re.compile(r"[😡🤮👎🤢😠]|\b(?:hate|ugly|scam|broke|worst|terrible|awful|disgusting|cheap)\b", re.I)
_RULES = {
    "p_question": re.compile(r"\?"),
    "p_purchase_intent": re.compile(
        r"\b(?:buy|bought|order(?:ed)?|price|how much|ship|link|need this|get this)\b", re.I
    ),
    "p_complaint": re.compile(r"\b(?:scam|broke|refund|never arrived|fake|waste of money|doesn'?t work)\b", re.I),
    "p_generic": re.compile(
        r"^\W*(?:nice|love it|beautiful|wow|amazing|great|so cute|perfect)\W*(?:pic|photo|shot)?\W*$", re.I
    ),
    "p_tag": re.compile(r"^\s*@[\w.]+(?:\s+\S+){0,3}\s*$"),
    "p_spam": re.compile(r"https?://|check (?:out )?my|subscribe|follow me|dm me|earn \$|whatsapp", re.I),
    "p_product": re.compile(r"\b(?:product|camera|phone|dress|shoes|price|quality|bought|brand|works?)\b", re.I),
    "p_creator": re.compile(r"\b(?:you|your|u|she|he|her|his|video|channel|pic|photo|post)\b", re.I),
}


def read_comments(text: pd.Series) -> pd.DataFrame:
    """One row per text, on its index, with `COLUMNS`."""
    texts = text.fillna("").astype("str")
    out = pd.DataFrame(index=text.index)
    out[["textblob_polarity", "textblob_subjectivity"]] = polarity_and_subjectivity(texts)
    good, bad = (texts.str.contains(r, regex=True).to_numpy(dtype=float) for r in (_GOOD, _BAD))
    score = np.clip(0.5 * out["textblob_polarity"].to_numpy() + 0.5 * good - 0.8 * bad, -1, 1)
    words = texts.str.contains("[a-zA-Z]", regex=True).to_numpy()
    understood = (words | (good + bad > 0)).astype(float)
    out["sentiment"] = np.where(understood > 0, score, np.nan)
    out["language"] = np.where(words, "en", "und")
    out["understood"] = understood
    out["p_positive"] = np.clip(0.3 + 0.6 * score, 0.02, 0.95)
    out["p_negative"] = np.clip(0.15 - 0.6 * score, 0.02, 0.95)
    for name, rule in _RULES.items():
        out[name] = 0.05 + 0.85 * texts.str.contains(rule, regex=True).to_numpy(dtype=float)
    out["emoji_only"] = ((texts.str.strip() != "") & ~texts.str.contains(r"\w", regex=True)).to_numpy(dtype=float)
    return out[list(COLUMNS)]
