"""Puts phrases together in bulk: cores filled for a niche, openers, tails, and the slips people make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.synthetic_niches import NICHES
from data.synthetic_phrases import CAPTIONS, CORES, EMOJI_ONLY, LANGUAGES, OPENERS, TAILS
from data.synthetic_world import pick

FILLS = 160
"""Filled versions of each bank and niche that texts are drawn from."""
_NAMES = ("anna", "jo.ortiz", "max_r", "lea88", "tom.b", "priya.k", "mia", "sam_w", "nora.l", "ben", "kate.m", "omar")
_SLIPS = 0.07
"""Share of comments with a slip: a long vowel, swapped letters, or all capitals."""


def filled(rng: np.random.Generator, templates: Sequence[str], niche: int, n: int) -> np.ndarray:
    """`n` texts from `templates` with their slots filled for `niche`, as objects."""
    subject = NICHES[niche]
    columns = [
        pick(rng, bank, n) for bank in (templates, subject.products, subject.words, subject.words, subject.places)
    ]
    texts = []
    for template, product, first, second, place in zip(*columns, strict=True):
        text = template.replace("{p}", product).replace("{w}", first, 1).replace("{w}", second).replace("{l}", place)
        while "{at}" in text:
            text = text.replace("{at}", "@" + _NAMES[rng.integers(0, len(_NAMES))], 1)
        texts.append(text)
    return np.array(texts, dtype=object)


class Banks:
    """Filled texts by intent, language and niche, made once per market and drawn from in bulk."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._filled: dict[tuple[str, str, int], np.ndarray] = {}

    def _bank(self, kind: str, language: str, niche: int) -> np.ndarray:
        key = (kind, language, niche)
        if key not in self._filled:
            source = (
                CAPTIONS[language] if kind == "caption" else CORES[language].get(kind, CORES["en"].get(kind, ("",)))
            )
            self._filled[key] = filled(self._rng, source, niche, FILLS)
        return self._filled[key]

    def draw(self, kind: str, language: np.ndarray, niche: np.ndarray) -> np.ndarray:
        """One text of `kind` per row, shape (n,); `language` and `niche` are codes."""
        out = np.empty(len(language), dtype=object)
        group = language * len(NICHES) + niche
        for code in np.unique(group):
            rows = np.flatnonzero(group == code)
            bank = self._bank(kind, LANGUAGES[code // len(NICHES)], int(code % len(NICHES)))
            out[rows] = bank[self._rng.integers(0, len(bank), len(rows))]
        return out


def comment_texts(
    rng: np.random.Generator, banks: Banks, intent: str, language: np.ndarray, niche: np.ndarray
) -> np.ndarray:
    """One comment of `intent` per row, shape (n,), with openers, tails and slips."""
    n = len(language)
    if intent == "emoji":
        return pick(rng, EMOJI_ONLY, n)
    core = banks.draw(intent, language, niche)
    opener = np.full(n, "", dtype=object)
    plain = intent not in ("tag", "spam", "generic")
    for code in np.unique(language):
        rows = np.flatnonzero((language == code) & (rng.random(n) < 0.3) & plain)
        opener[rows] = pick(rng, OPENERS[LANGUAGES[code]], len(rows))
    text = opener + core + pick(rng, TAILS[intent], n)
    capital = rng.random(n) < 0.45
    text[capital] = [t[:1].upper() + t[1:] for t in text[capital]]
    slip = np.flatnonzero(rng.random(n) < _SLIPS)
    ways, places = rng.integers(0, 4, len(slip)), rng.random(len(slip))
    text[slip] = [_slip(t, way, place) for t, way, place in zip(text[slip], ways, places, strict=True)]
    return np.asarray(text)


def _slip(text: str, how: int, where: float) -> str:
    """The text as a hurried hand types it."""
    at = int(where * max(1, len(text) - 2))
    if how == 0:
        return text.upper()
    if how == 1 and text[at].isalpha() and text[at + 1 : at + 2].isalpha():
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if how == 2 and text[at].lower() in "aeiouy":
        return text[:at] + text[at] * 3 + text[at:]
    return text.replace("'", "’").replace("you", "u") if how == 3 else text
