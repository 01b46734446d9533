"""What single words say: our own lists over the lexica of the installed VADER and TextBlob packages.

Nothing of those lexica is copied: they are read where they are installed, when first needed. Where our list has a word
it alone counts; otherwise VADER's mean rating (-4 to 4, MIT licence, Hutto & Gilbert 2014), otherwise TextBlob's
polarity where it is marked (PDDL, De Smedt & Daelemans 2012): wide but coarse, so only strong polarities count.
"""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

from features.comments_words import REREAD, WORD_VALENCE
from features.textblob_parts import lexicon as textblob_lexicon

_THRICE = re.compile(r"(\w)\1\1+")
_TWICE = re.compile(r"(\w)\1+")
_TEXTBLOB_SCALE, _TEXTBLOB_MARKED = 1.5, 0.5


def _vader_file() -> Path:
    """Where the lexicon of the installed vaderSentiment lies; the package itself is not run."""
    spec = importlib.util.find_spec("vaderSentiment")
    if spec is None or spec.origin is None:  # a declared dependency: only a broken installation gets here
        raise ModuleNotFoundError("vaderSentiment is not installed; run the project's setup again")
    return Path(spec.origin).with_name("vader_lexicon.txt")


@cache
def read_vader() -> dict[str, float]:
    """VADER's mean rating (-4..4) of each word, emoticons left out."""
    lines = _vader_file().read_text(encoding="utf-8").splitlines()
    rated = (line.split("\t")[:2] for line in lines if "\t" in line)
    return {word: float(mean) for word, mean in rated if word[:1].isalpha()}


@cache
def read_textblob() -> dict[str, float]:
    """TextBlob's mean polarity (-1..1) of each single word."""
    len(textblob_lexicon)  # loads it
    return {word: tags[None][0] for word, tags in textblob_lexicon.items() if " " not in word}


@cache
def word_valence() -> dict[str, float]:
    """Valence (-4..4) of every lower-case English word any of the three lists holds; 0 where ours says so."""
    marked = {w: _TEXTBLOB_SCALE * p for w, p in read_textblob().items() if abs(p) >= _TEXTBLOB_MARKED}
    return marked | WORD_VALENCE | read_vader() | REREAD


def unstretched(word: str, known: dict[str, float]) -> tuple[str, bool]:
    """A lower-case word without letters said three times or more, and whether it was stretched so.

    "sooo" is "so", "loooove" is "love", "coool" is "cool": the spelling the lexicon knows, else single letters.
    """
    if _THRICE.search(word) is None:
        return word, False
    for form in (_THRICE.sub(r"\1\1", word), _THRICE.sub(r"\1", word), _TWICE.sub(r"\1", word)):
        if form in known:
            return form, True
    return _THRICE.sub(r"\1", word), True
