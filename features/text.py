"""What a comment is made of: a cleaned text, its tokens, and a signature that near-copies share.

Everything here is a pure function of one text. Nothing is learned.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufe00-\ufe0f\ufeff\U000e0020-\U000e007f]"
)
"""Byte-order marks, soft hyphens, joiners and direction marks inside words, variation selectors of emoji."""
_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_BOXED = {chr(first + i): chr(ord("A") + i) for first in (0x1F150, 0x1F170) for i in range(26)}
_DRESSED = str.maketrans(_SMALL_CAPITALS | _BOXED)
_FANCY = (
    f"{''.join(_SMALL_CAPITALS)}\u00a0\u0300-\u036f\u1d2c-\u1d6a\u2000-\u200a\u2024-\u2026\u202f\u2100-\u2121"
    "\u2124-\u214f\u2460-\u24ff\u3000\ufb00-\ufb06\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f110-\U0001f189"
)
"""Letters in fancy dress (mathematical, full-width, circled, boxed, small capitals, struck through), odd blanks."""
_FOLDED = re.compile(f"[{_FANCY}]")
_LOOKING_LATIN = str.maketrans(
    "асеіоорхуԁѕјһԛԝкмтАВЕКМНОРСТХІЅЈαοενικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aceioopxydsjhqwkmtABEKMHOPCTXISJaoevikptuxABEZHIKMNOPTYX",
)
_ALIKE = "Α-ωѐ-ԯА-я"
_LOOKING = re.compile(f"[{_ALIKE}]")
_NEEDS_CARE = re.compile(f"[{_FANCY}{_ALIKE}]")
_MARKED_UP = re.compile("[&<]")
"""Such texts are put right one by one; the rest of `clean` is done on many texts at once."""
BETWEEN = "\x00"
"""What stands between texts that are worked on as one."""
_LATIN_LETTER = re.compile("[A-Za-z]")
_RUN = re.compile(r"\w+")
_STRUCK = re.compile("[\u0300-\u036f]")
_ODD_QUOTE = re.compile("[’‘ʼ´`′“”„«»″]")
_PLAIN_QUOTES = dict.fromkeys("’‘ʼ´`′", "'") | dict.fromkeys("“”„«»″", '"')
_QUOTES = str.maketrans(_PLAIN_QUOTES)
_ANCHOR = re.compile(r"<a\s[^<>]{0,200}?href=[\"']?([^\"' <>]{0,2000})[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:a|b|br|i|u|p|em|strong|span|div)\b[^<>]{0,200}>", re.IGNORECASE)

EMOJI = (
    "[\u203c\u2049\u2139\u2190-\u21ff\u231a-\u23ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001f0ff\U0001f18e-\U0001f1ff\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
"""One picture sign. Skin tones and joiners are no signs of their own."""
_EMOTICON = (
    r"[<>}]?[:;=][\-o*']{0,3}(?:[)\](\[/\\|@}{*>$]+|[3dDpPsSoOcC]+(?![\w:/]))"
    r"|(?<!\w)[xX]-?[dD]+(?!\w)"
    r"|(?<!\S)[)(\]\[dD/\\][\-o*']?[:;=](?![\w)(/])"
    r"|(?<!<)<+[/\\]?3+|\^[._-]*\^|(?<!\w)[oO0][._][oO0](?!\w)|(?<!\w)[tT][_.][tT](?!\w)|-_+-|>[._]<|\\o/"
)
_MARKS = (
    "\u064b-\u0655\u0670\u0900-\u0963\u0980-\u09e3\u0a00-\u0a75\u0a80-\u0ae3\u0b80-\u0bcd\u0c00-\u0c63\u0c80-\u0ce3"
    "\u0d00-\u0d63\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
"""Vowel signs that belong to the letter before them, in scripts from Arabic to Thai."""
_WORD = (
    rf"[\w{_MARKS}]+(?:['&-]\w+)*(?:@[\w.-]*\w|"
    r"\.(?:com|net|org|info|biz|tv|ly|gl|ru|xyz|shop|store|site|online|club|co\.\w\w|app)\b(?:[/?]\S*)?|"
    r"\.(?:me|be|io|co|de|fr|it|es|nl|us|in|to|gg|gd|cc|tk|[a-z]{2,4})/\S+)?"
)
TOKEN = re.compile(
    rf"https?:/+\S+|www\.\S+|[$€£¥₹]\s?\d[\d.,]*[kKmM]?|(?:{_EMOTICON})|{_WORD}|[@#]\w[\w.]*"
    rf"|{EMOJI}|[!?]+|\.\.+|[.,;:\n\"()%$€£]"
)
"""Links, amounts, emoticons, words (with apostrophe, hyphen, or as an address), @names and #tags, emoji, marks."""


def _in_one_script(word: re.Match[str]) -> str:
    """A word that mixes Latin letters with others of the same look, in Latin letters alone."""
    said = word.group()
    return said.translate(_LOOKING_LATIN) if _LATIN_LETTER.search(said) else said


def clean(text: str) -> str:
    """A text without its disguises, letters' case kept.

    Byte-order marks and invisible characters go, fancy letters become plain ones, typographic quotes straight ones,
    HTML entities and tags what they stand for (a link keeps its address).
    """
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
        if _FOLDED.search(text):
            text = _STRUCK.sub("", unicodedata.normalize("NFKC", text.translate(_DRESSED)))
        if _ODD_QUOTE.search(text):
            text = text.translate(_QUOTES)
        if _LOOKING.search(text):
            text = _RUN.sub(_in_one_script, text)
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _ANCHOR.sub(r" \1 ", text))
    return text


def texts_with(expression: re.Pattern[str], texts: Sequence[str]) -> list[int]:
    """Positions of the texts in which an expression is found; it must not match "\\x00" nor look around itself."""
    joined = BETWEEN.join(texts)
    if joined.count(BETWEEN) >= len(texts) > 0:
        return [i for i, text in enumerate(texts) if expression.search(text)]
    found, text, at = [], 0, 0
    match = expression.search(joined)
    while match:
        text += joined.count(BETWEEN, at, match.start())
        found.append(text)
        at = joined.find(BETWEEN, match.end())
        if at < 0:
            break
        match = expression.search(joined, at)
    return found


def cleaned(texts: Sequence[str]) -> list[str]:
    """`clean` of each text, most of the work done on all of them as one."""
    found = list(texts)
    beyond = [i for i, text in enumerate(texts) if not text.isascii()]
    joined = _INVISIBLE.sub("", BETWEEN.join([found[i] for i in beyond]))
    for odd, plain in _PLAIN_QUOTES.items():
        joined = joined.replace(odd, plain)
    parts = joined.split(BETWEEN)
    if len(parts) > max(len(beyond), 1):  # a text holds the mark that stands between texts
        return [clean(text) for text in texts]
    for i, part in zip(beyond, parts, strict=False):
        found[i] = part
    apart = [beyond[i] for i in texts_with(_NEEDS_CARE, parts)] if beyond else []
    for i in [*apart, *texts_with(_MARKED_UP, texts)]:
        found[i] = clean(texts[i])
    return found


def tokens(text: str) -> list[str]:
    """The tokens of a cleaned text, in order, case kept."""
    return TOKEN.findall(text)


_SIGN = re.compile(rf"https?:/+\S+|[@]\w[\w.]*|{EMOJI}|\w+")
_REPEATED = re.compile(r"(.)\1+")


def _signature(text: str) -> str:
    kept = [part for part in _SIGN.findall(clean(text).lower()) if part[0] != "@"]
    words = ["link" if part.startswith("http") else _REPEATED.sub(r"\1", part) for part in kept]
    once = dict.fromkeys(words)
    return " ".join(once)


def signature(text: pd.Series) -> pd.Series:
    """A key that near-copies of one comment share: for spotting the same words under many posts.

    Case, marks, @names, the address of a link, repeated letters and repeated words or emoji do not count.

    Parameters
    ----------
    text : Series of str, shape (n,); missing counts as empty.

    Returns
    -------
    Series of str, shape (n,), same index; "" where nothing but marks and names is left.
    """
    plain = text.fillna("").astype("str")
    found = {one: _signature(one) for one in plain.unique()}
    return plain.map(found).astype("str")
