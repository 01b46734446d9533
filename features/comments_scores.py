"""From what was found in comments to what is said of them: sentiment and probabilities.

Sentiment, opinion, spam and the subject come from the linear model, calibrated on held-out comments, where the words
are English; rules carry other languages and comments without words. What no open data labels (question, purchase
intent, complaint, generic praise, tagging a friend) are logistic scores of rules with weights set by hand, so that a
clear case is near 0.9 or 0.1.
"""

from __future__ import annotations

import numpy as np

from features.comments_features import Reading
from features.comments_foreign_more import THIN
from features.comments_language import NAMES, UNDETERMINED
from features.comments_model import HEADS, OPINION, CommentModel, sigmoid
from features.comments_patterns_spam import SPAM

_TONE_SHARE, _TONE_HALF = 0.9, 1.5
"""How much of the sentiment is learned at most, and the number of words at which it is half of that."""
_TONE_WIDTH = 4.0
_OF_PLAIN_QUESTION = 0.25
_SHORT = 10
_RULE_SLOPE, _RULE_NEITHER, _RULE_NEITHER_ALONE = 3.0, 1.6, 1.2
"""Log odds of praise per valence by rules, and of no opinion at all, beside the model and alone."""
_LIKELY, _JUST_LIKELY = 0.6, 0.52
_SPAM_KINDS = {
    "shady": 4.9, "money": 1.9, "contact": 1.9, "follow": 1.9, "mine": 1.2, "check": 1.4, "free": 1.4, "hidden": 1.6,
    "collab": 1.4, "self": 1.0, "beg": 0.8,
}  # fmt: skip
"""Log odds of spam of each kind that is told by rules."""


def _softmax(logits: list[np.ndarray]) -> list[np.ndarray]:
    top = np.maximum(np.maximum(logits[0], logits[1]), logits[2])
    powers = [np.exp(z - top) for z in logits]
    total = powers[0] + powers[1] + powers[2]
    return [power / total for power in powers]


def _of_no_thing(reading: Reading) -> np.ndarray:
    """No word of products, brands or media, bool."""
    topics = ("topic_product", "topic_brand", "topic_media")
    return np.asarray(sum(_count(reading, name) for name in topics) == 0)


def _praises_person(reading: Reading) -> np.ndarray:
    """Short praise of whoever is spoken to ("you look stunning"), bool: rare in what the model learned from."""
    spoken_to = (_count(reading, "says_second") > 0) & _of_no_thing(reading)
    return np.asarray(spoken_to & (reading.compound > 0.3) & (reading.words <= _SHORT))


def _judges_person(reading: Reading) -> np.ndarray:
    """The same of blame, and of somebody spoken of ("she is so fake"), bool."""
    person = _count(reading, "says_second") + _count(reading, "topic_people") > 0
    return np.asarray(person & _of_no_thing(reading) & (np.abs(reading.compound) > 0.3) & (reading.words <= _SHORT))


def _trust(reading: Reading) -> np.ndarray:
    """How far the model is believed against the rules, 0..1: not in other languages nor without words, half where a
    comment is of a kind it has hardly seen: slang against the lexica, emoji, praise of a person."""
    languages = reading.languages
    english = (languages.number == NAMES.index("en")) | (languages.number == NAMES.index(UNDETERMINED))
    unusual = reading.contested | (_kind(reading, "emoji") > 0) | _praises_person(reading)
    return np.where(english & ~languages.wordless, np.where(unusual, 0.5, 1.0), 0.0)


def _opinion(reading: Reading, scores: np.ndarray, model: CommentModel, trust: np.ndarray) -> list[np.ndarray]:
    """Probabilities of praise, criticism and neither."""
    slope, *offsets = model.calibration["opinion"]
    by_model = _softmax([slope * scores[:, OPINION][:, k] + offsets[k] for k in range(3)])
    lean = _RULE_SLOPE * reading.compound
    by_rules = _softmax([lean, -lean, np.where(trust > 0, _RULE_NEITHER, _RULE_NEITHER_ALONE)])
    return [trust * m + (1.0 - trust) * r for m, r in zip(by_model, by_rules, strict=True)]


def _binary(scores: np.ndarray, model: CommentModel, head: str) -> np.ndarray:
    slope, offset = model.calibration[head]
    return sigmoid(slope * scores[:, HEADS.index(head)] + offset)


def _felt(reading: Reading, scores: np.ndarray, trust: np.ndarray, asks: np.ndarray) -> np.ndarray:
    """Good or bad feeling, -1..1: learned tone and rules; rules weigh more in short texts and where the model is
    trusted less; a question without any word of valence is nearly neutral."""
    share = trust * _TONE_SHARE * reading.words / (reading.words + _TONE_HALF)
    plain = (reading.valued == 0) & ((asks > 0.5) | (reading.patterns["purchase"] > 0))
    tone = np.tanh(scores[:, HEADS.index("tone")] / _TONE_WIDTH) * np.where(plain, _OF_PLAIN_QUESTION, 1.0)
    return np.asarray(share * tone + (1.0 - share) * reading.compound)


def _count(reading: Reading, name: str) -> np.ndarray:
    return reading.stream.count(name)


def _kind(reading: Reading, name: str) -> np.ndarray:
    """How many tokens of a kind."""
    return _count(reading, f"is_{name}")


def _question(reading: Reading) -> np.ndarray:
    asks = _count(reading, "asks") > 0
    return sigmoid(-3.5 + 6.0 * asks + 4.5 * (reading.patterns["question"] > 0))


def _intents(reading: Reading, sentiment: np.ndarray, spam: np.ndarray) -> dict[str, np.ndarray]:
    """Purchase intent and complaint: patterns first, then what speaks against them."""
    buys, complains = reading.patterns["purchase"], reading.patterns["complaint"]
    bad, good = np.maximum(-sentiment, 0.0), np.maximum(sentiment, 0.0)
    return {
        "p_purchase_intent": sigmoid(
            -4.2 + 6.4 * np.minimum(buys, 1.0) + 0.8 * np.clip(buys - 1.0, 0.0, 2.0)
            - 2.2 * (complains > 0) * (bad > 0) - 3.0 * spam
        ),
        "p_complaint": sigmoid(
            -3.9 + 5.2 * np.minimum(complains, 1.0) + 1.2 * np.clip(complains - 1.0, 0.0, 2.0)
            + 3.2 * bad - 2.6 * good * (complains < 2) - 1.5 * spam
        ),
    }  # fmt: skip


def _generic(reading: Reading, emoji_only: np.ndarray, busy: np.ndarray) -> np.ndarray:
    """Short praise of words that could stand anywhere, or praising emoji alone."""
    words = reading.words
    share = reading.praising / np.maximum(words, 1.0)
    praise = (reading.compound > 0.1) * 1.0
    answers = (_kind(reading, "mention") > 0) * (1.0 + (_count(reading, "reply") > 0))
    worded = -4.8 + 5.5 * share + 2.2 * praise - 0.45 * np.maximum(words - 4.0, 0.0) - 4.0 * busy - 1.5 * answers
    signed = -0.5 + 2.7 * praise - 1.5 * (reading.compound < -0.1)
    return sigmoid(np.where(emoji_only, signed, np.where(words > 0, worded, -4.0)))


def _tag(reading: Reading) -> np.ndarray:
    """A name and little else: a friend is shown the post; thanks and answers to a name are not that."""
    names = _kind(reading, "mention")
    friend = np.minimum(_count(reading, "friend"), 2.0)
    alone = (names > 0) & (reading.words == 0)
    worded = 1.0 - 0.55 * reading.words + 0.9 * friend - 3.0 * (_count(reading, "reply") > 0)
    return sigmoid(np.where(names > 0, np.where(alone, 2.6, worded) + 0.8 * (names > 1), -5.0))


def _subject(reading: Reading, scores: np.ndarray, model: CommentModel, trust: np.ndarray) -> dict[str, np.ndarray]:
    """Whether a comment is about the product or about the creator: by the model, by plain words where it is blind."""
    product_words = np.minimum(_count(reading, "topic_product") + _count(reading, "topic_brand"), 2.0)
    person = np.minimum(_count(reading, "topic_people"), 2.0)
    media = np.minimum(_count(reading, "topic_media"), 2.0)
    buys, complains = np.minimum(reading.patterns["purchase"], 1.0), np.minimum(reading.patterns["complaint"], 1.0)
    said = (reading.valued > 0) * 1.0
    product = sigmoid(-3.0 + 2.2 * product_words + 3.8 * buys + 3.3 * complains - 0.7 * person - 0.7 * media)
    to_person = (_count(reading, "says_second") > 0) & (_count(reading, "says_thing") == 0)
    asks_person = (_count(reading, "asks") > 0) & to_person & _of_no_thing(reading)
    creator = sigmoid(-2.2 + person * (0.4 + 2.4 * said) + 1.2 * media - 1.2 * product_words - 1.5 * buys)
    by_model = {head: _binary(scores, model, head) for head in ("product", "creator")}
    learned = trust > 0
    judged = _judges_person(reading) & (complains + buys == 0)
    floor = np.where(judged, np.maximum(creator, _LIKELY), np.where(asks_person & (buys == 0), _LIKELY, 0.0))
    wanted = np.where(buys > 0, np.minimum(product, _JUST_LIKELY), 0.0)
    return {
        "p_product": np.where(learned, np.maximum(by_model["product"], wanted), product),
        "p_creator": np.where(learned, np.maximum(by_model["creator"], floor), np.maximum(creator, floor)),
    }


def _spam(reading: Reading, scores: np.ndarray, model: CommentModel) -> np.ndarray:
    """Spam as learned, but no less than rules say: several of its kinds at once, or one no honest comment is of.

    What was learned from is English, of a few videos; scams of other kinds and languages are told by the rules.
    """
    kinds = {name: np.minimum(reading.patterns[name], 1.0) for name in SPAM}
    told = np.asarray(sum(weight * kinds[name] for name, weight in _SPAM_KINDS.items()))
    foreign = reading.languages.number != NAMES.index("en")
    links = np.minimum(_kind(reading, "link"), 1.0)
    floor = sigmoid(-4.2 + told + 2.0 * foreign * (told > 0) + 1.0 * links * (told > 0))
    shown = (kinds["check"] > 0) & (sum(kinds.values()) == 1)  # "@friend check this out"
    return np.asarray(np.maximum(_binary(scores, model, "spam") * np.where(shown, 1.0 - _tag(reading), 1.0), floor))


def _understood(reading: Reading) -> np.ndarray:
    """A language with a lexicon, no words at all, or signs that speak; where nothing is said nothing is understood."""
    languages, s = reading.languages, reading.stream
    tokens = np.bincount(s.owner, minlength=len(s.texts))
    signs = s.count("speaks") > 0
    thin = np.isin(np.array(NAMES), list(THIN))[languages.number]
    speaks = (reading.valued > 0) | (sum(reading.patterns[name] for name in ("purchase", "complaint", "question")) > 0)
    known = np.where(thin, speaks, languages.covered)
    known = known | ((reading.valued > 0) & (languages.number == NAMES.index(UNDETERMINED)))
    return np.asarray((tokens > 0) & (known | languages.wordless | signs))


def _emoji_only(reading: Reading) -> np.ndarray:
    """Emoji or emoticons and marks, nothing else."""
    s = reading.stream
    signs = s.count("sign") > 0
    tokens = np.bincount(s.owner, minlength=len(s.texts))
    return np.asarray(signs & (tokens == s.count("sign") + s.count("is_mark")))


def score(reading: Reading, model: CommentModel) -> dict[str, np.ndarray]:
    """The columns of `read_comments` that are neither TextBlob's nor the language, float64, shape (n_texts,)."""
    scores = model.scores(reading)
    trust = _trust(reading)
    understood = _understood(reading)
    emoji_only = _emoji_only(reading)
    asks = _question(reading)
    spam = _spam(reading, scores, model)
    felt = _felt(reading, scores, trust, asks)
    sentiment = np.where(understood, felt, 0.0)
    positive, negative, _ = _opinion(reading, scores, model, trust)
    intents = _intents(reading, sentiment, spam)
    busy = np.maximum.reduce([asks, spam, intents["p_purchase_intent"], intents["p_complaint"]]) > 0.5
    return {
        "sentiment": np.where(understood, felt, np.nan),
        "understood": understood * 1.0,
        "p_positive": positive,
        "p_negative": negative,
        "p_question": asks,
        **intents,
        "p_generic": _generic(reading, emoji_only, busy),
        "p_tag": _tag(reading),
        "p_spam": spam,
        **_subject(reading, scores, model, trust),
        "emoji_only": emoji_only * 1.0,
    }
