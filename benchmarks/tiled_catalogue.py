"""A large catalogue out of a small one: its creators again and again, numbers jittered, posts thinned to a few each.

For the timing of shortlists only. Every array has the size and kind of a real one, but for the posts, of which a real
catalogue has more per creator; a shortlist reads those only of the creators it answers with.
"""

from __future__ import annotations

import numpy as np

from features.catalog import NAMES
from features.creator_side import CreatorSide
from features.pairing import DEPENDENT
from features.postings import Postings
from models.creators import Creators

POSTS = 2
_RAGGED = ("post_start", "use_start", "deal_start", "text_start")
_OF_POSTS = ("post_direction", "posted_at", "paid")


def tiled(creators: Creators, size: int, seed: int = 0) -> Creators:
    """`size` creators made of these; ids are those of the first followed by ~ and the number of the copy."""
    side, n = creators.side, len(creators)
    rng = np.random.default_rng(seed)
    source = np.arange(size) % n
    ids = np.array([f"{side.ids[i].decode()}~{at // n:05d}" for at, i in enumerate(source.tolist())], dtype="S")
    order = np.argsort(ids, kind="stable")
    source = source[order]
    X = np.array(side.X[source])
    free = ~np.isin(NAMES, DEPENDENT) & np.array(
        [len(np.unique(np.nan_to_num(side.X[:, j]))) > 2 for j in range(X.shape[1])]
    )
    X[:, free] *= 1.0 + 0.05 * rng.standard_normal((size, int(free.sum())))
    first = np.asarray(side.post_start[:-1])[source]
    m = size * POSTS
    post = np.minimum(np.repeat(first, POSTS) + np.tile(np.arange(POSTS), size), len(side.posted_at) - 1)
    made: dict[str, np.ndarray] = {"as_of": side.as_of, "ids": ids[order], "X": X}
    for name, values in side.arrays().items():
        if "." in name or name in made or name in _RAGGED:
            continue
        made[name] = values[post] if name in _OF_POSTS else values[source] if len(values) == n else values[:0]
    made |= {"post_start": np.arange(size + 1) * POSTS, "use_start": np.arange(size + 1) * POSTS,
             "deal_start": np.zeros(size + 1, np.int64), "text": np.zeros(0, np.uint8),
             "text_start": np.zeros(m + 1, np.int64)}  # fmt: skip
    for name in ("post_stems", "use_stems", "own_stems", "tokens", "brands", "audience"):
        index: Postings = getattr(side, name)
        of_creators = name in ("own_stems", "audience")
        made |= {f"{name}.{k}": v for k, v in _spread(index, source, n, of_creators).items()}
    return Creators(CreatorSide.from_arrays(made), creators.reference, creators.newest_fact_at, creators.key)


def _spread(index: Postings, source: np.ndarray, n: int, of_creators: bool) -> dict[str, np.ndarray]:
    """Postings of the copies: those of creators copied, those of posts and hashtags drawn thin."""
    words = np.repeat(np.arange(len(index.words)), np.diff(index.start))
    if of_creators:
        copies = np.argsort(source, kind="stable")
        start = np.searchsorted(source[copies], np.arange(n + 1))
        sizes = (start[1:] - start[:-1])[index.item]
        at = np.repeat(start[index.item] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        word, item = np.repeat(words, sizes), copies[at]
        value = np.repeat(index.value, sizes) if len(index.value) else index.value
    else:
        rng = np.random.default_rng(1)
        times = max(1, len(source) * POSTS // max(int(index.item.max(initial=0)) + 1, 1))
        word = np.repeat(words, times)
        item = rng.integers(0, len(source) * POSTS, len(word))
        value = index.value
    order = np.lexsort((item, word))
    word, item = word[order], item[order]
    start = np.append(0, np.cumsum(np.bincount(word, minlength=len(index.words))))
    return {
        "words": index.words,
        "start": start,
        "item": item.astype(np.int32),
        "value": value[order] if len(value) else value,
    }
