"""Fits the text space of the niche features from what creators write and are told.

Nobody labels creators by subject, so the hand-written lexicon does, softly: the share of its words that a creator uses
is the label, and a linear model over *all* words learns to tell the same. Words that keep the company of lexicon words
thereby come to speak for a subject too, in any language and in hashtags (learning from noisy seeds: Yarowsky 1995).
Where the creators table names categories, these sharpen the labels of those creators. Directions of meaning are
latent semantic analysis of posts (Deerwester et al. 1990).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import minimize
from sklearn.utils.extmath import randomized_svd

from data.history import History
from features.asof import View
from features.grouped import Floats
from features.niche_reading import FIELDS, Counts, Raw, Reading
from features.niche_subjects import PLAIN_MASS, creator_mass
from features.niche_text import Splitter, fold, tokens
from features.niche_topics import N_TOPICS, lexicon_words, topics_of
from features.text_space import TextSpace, Vocabulary, log_softmax, stored, unit
from models.threads import one_thread

MOST_CREATORS = 20_000
"""Creators read for fitting; of more, a seeded sample. Bounds time and memory."""
FEWEST_CREATORS = 20
LEAST_USERS = 3
"""A term is learned when at least this many creators use it."""
MOST_TERMS = 30_000
"""Terms per field, the most used first."""
MOST_SPELLED = 20_000
"""Words by which hashtags are taken apart, the most used first."""
DIMENSIONS = 64
LEXICON_WORTH = 20
"""Creators that the usual evidence of a subject, taken before any is read, counts for."""
SHARPNESS = 3.0
"""Power by which the lexicon's soft labels are sharpened."""
FULL_EVIDENCE = 20.0
"""Lexicon evidence from which a creator counts fully as an example; with less it counts less."""
CATEGORY_WEIGHT = 3.0
"""Log odds that a creator's category adds to its subjects or, naming none, takes from those that others' name."""
RIDGE = 3.0
MOST_STEPS = 30
"""Steps of the optimiser; stopping early is part of the regularisation."""


@one_thread
def fit_text_space(history: History, as_of: pd.Timestamp, seed: int) -> TextSpace | None:
    """A text space from what was visible before `as_of`; the same rows (in any order) and seed give the same space.

    None where fewer than `FEWEST_CREATORS` creators have a text: the lexicon alone is better then.
    """
    creators = _sample(history, as_of, seed)
    if len(creators) < FEWEST_CREATORS:
        return None
    view = View(history, pd.DataFrame({"creator_id": creators, "campaign_id": "", "as_of": as_of}))
    raw = Raw.of(view)
    words = _spelled_words(raw)
    reading = Reading.of(raw, Splitter.of(lexicon_words(), words))
    idf = {name: _idf(reading.counts[name], words if name == "caption" else {}) for name in FIELDS}
    mass = creator_mass(reading)
    labels, weight = _labels(mass, view.profile_text("category").to_pylist())
    unlearned = {
        name: Vocabulary(tuple(v), np.array(list(v.values())), np.zeros((len(v), 0))) for name, v in idf.items()
    }
    rows = sp.hstack([unlearned[name].weigh(reading.counts[name]) for name in FIELDS]).tocsr()
    slopes, bias = _softmax_regression(rows, labels, weight)
    prior = np.log(np.exp(log_softmax(rows @ slopes + bias)).mean(axis=0))
    upto = np.cumsum([len(v) for v in idf.values()])
    tables = dict(zip(FIELDS, np.split(stored(slopes), upto[:-1]), strict=True))
    fields = {name: Vocabulary(v.terms, stored(v.idf), tables[name]) for name, v in unlearned.items()}
    directions, centre = _meaning(reading, fields["caption"], seed)
    spelling = np.array([words.get(t, np.nan) for t in fields["caption"].terms], dtype=np.float64)
    usual = (mass.sum(axis=0) + LEXICON_WORTH * PLAIN_MASS) / (view.n + LEXICON_WORTH)
    plain = (bias, prior, usual, directions, centre, spelling)
    return TextSpace(fields, *(stored(table) for table in plain))


def _sample(history: History, as_of: pd.Timestamp, seed: int) -> list[str]:
    """Ids of creators with a text visible before `as_of`, sorted; at most `MOST_CREATORS`, drawn with `seed`."""
    with_text: set[str] = set()
    for name, column in (("posts", "caption"), ("comments", "text"), ("creators", "bio")):
        frame = history[name]
        told = (frame["visible_at"] < as_of) & frame[column].notna()
        with_text.update(frame.loc[told, "creator_id"])
    ids = sorted(with_text)
    if len(ids) <= MOST_CREATORS:
        return ids
    drawn = np.random.default_rng(seed).choice(len(ids), MOST_CREATORS, replace=False)
    return [ids[i] for i in np.sort(drawn)]


def _users(counts: Counts) -> dict[str, int]:
    """How many owners use each term."""
    return dict(zip(counts.terms, np.bincount(counts.term, minlength=len(counts.terms)).tolist(), strict=True))


def _spelled_words(raw: Raw) -> dict[str, float]:
    """Words of captions that hashtags are made of, with their log probability (rounded as it is stored)."""
    users = _users(Counts.of([(raw.captions.texts, raw.posts.pair, raw.post)], raw.n))
    words = (w for w, n in users.items() if n >= LEAST_USERS and len(w) > 2 and w.isalpha())
    listed = sorted(words, key=lambda word: (-users[word], word))[:MOST_SPELLED]
    total = sum(users[w] for w in listed)
    logs = stored(np.log(np.array([users[w] for w in listed], dtype=np.float64) / max(total, 1)))
    return dict(zip(listed, logs.tolist(), strict=True))


def _idf(counts: Counts, kept: Mapping[str, float]) -> dict[str, float]:
    """Terms to learn, ascending, with ln((1 + creators) / (1 + users)) + 1; `kept` stay whatever their rank."""
    users = {term: n for term, n in _users(counts).items() if n >= LEAST_USERS}
    ranked = sorted(users, key=lambda term: (term not in kept, -users[term], term))
    return {t: float(np.log((1 + counts.n) / (1 + users[t]))) + 1.0 for t in sorted(ranked[:MOST_TERMS])}


def _labels(mass: Floats, categories: Sequence[object]) -> tuple[Floats, Floats]:
    """Soft labels, shape (n, N_TOPICS), and how much each creator counts, shape (n,)."""
    usual = mass.mean(axis=0) + 1e-6
    logs = SHARPNESS * np.log((mass + usual) / (mass.sum(axis=1) + usual.sum())[:, None])
    evidence = mass.sum(axis=1) + FULL_EVIDENCE * np.array([isinstance(c, str) for c in categories]) / 2
    weight = np.minimum(1.0, evidence / FULL_EVIDENCE)
    return np.exp(log_softmax(logs + CATEGORY_WEIGHT * _category_evidence(categories))), weight


def _category_evidence(categories: Sequence[object]) -> Floats:
    """+1 for the subjects a creator's category names; -1, where it names none, for those that others' name."""
    distinct = {
        c: sorted({t for token in tokens(fold(c)) for t in topics_of(token)})
        for c in set(categories)
        if isinstance(c, str)
    }
    named = sorted({topic for topics in distinct.values() for topic in topics})
    out = np.zeros((len(categories), N_TOPICS))
    for row, category in enumerate(categories):
        if isinstance(category, str):
            topics = distinct[category]
            out[row, topics or named] = 1.0 if topics else -1.0
    return out


def _softmax_regression(rows: sp.csr_matrix, labels: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Ridge multinomial logistic regression on soft labels: slopes (terms, N_TOPICS) and bias (N_TOPICS,)."""
    across = rows.T.tocsr()
    n_terms = rows.shape[1]

    def loss(flat: Floats) -> tuple[float, Floats]:
        slopes, bias = flat[: n_terms * N_TOPICS].reshape(n_terms, N_TOPICS), flat[n_terms * N_TOPICS :]
        logs = log_softmax(rows @ slopes + bias)
        off = (np.exp(logs) - labels) * weight[:, None]
        value = -float((weight * (labels * logs).sum(axis=1)).sum()) + 0.5 * RIDGE * float((slopes * slopes).sum())
        return value, np.concatenate([(across @ off + RIDGE * slopes).ravel(), off.sum(axis=0)])

    start = np.zeros((n_terms + 1) * N_TOPICS)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS, "maxcor": 5}).x
    return found[: n_terms * N_TOPICS].reshape(n_terms, N_TOPICS), found[n_terms * N_TOPICS :]


def _meaning(reading: Reading, captions: Vocabulary, seed: int) -> tuple[Floats, Floats]:
    """Directions of caption terms, shape (terms, dimensions), and the mean post, shape (dimensions,)."""
    rows = captions.weigh(reading.counts["caption"])
    size = min(DIMENSIONS, *(side - 1 for side in rows.shape))
    if size < 1:
        return np.zeros((rows.shape[1], 0)), np.zeros(0)
    _, _, right = randomized_svd(rows, size, n_iter=4, random_state=seed)
    directions = stored(right.T)
    posts = unit(captions.weigh(reading.caption_counts) @ directions)[reading.post]
    known = ~np.isnan(posts[:, 0])
    return directions, posts[known].sum(axis=0) / max(int(known.sum()), 1)
