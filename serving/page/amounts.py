"""Numbers as people write them in spreadsheets: `48.5M`, `84,5k`, `€1.200`, `1.200,50 EUR`, `3,4 %`, `2 Mio`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Literal

from data.errors import shorten
from data.mapping_values import human_number

Kind = Literal["money", "count", "share"]
KINDS: Mapping[str, Kind] = {
    "fee": "money", "product_cost": "money", "followers": "count", "expected_exposed": "count",
    "commission_rate": "share",
}  # fmt: skip
CODES = "EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN ISK TRY JPY CNY KRW INR AUD CAD NZD SGD HKD BRL MXN ZAR AED"
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "₹": ("INR",),
    "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "BRL"),
}  # fmt: skip
_CODE = re.compile(rf"(?<![A-Za-z])({'|'.join(CODES.split())})(?![A-Za-z])")
_MONEY = re.compile(rf"[{''.join(_SIGNS)}\s\u00a0\u202f'’]|{_CODE.pattern}")
_WORDS = (
    (re.compile(r"(mio|mill|millions?|millionen|mn|mln)\.?$", re.IGNORECASE), "m"),
    (re.compile(r"(tsd|tausend|thousand)\.?$", re.IGNORECASE), "k"),
)
_TEN_THOUSANDS = {"万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}
_UNTOLD = frozenset(
    ("tbd", "tba", "tbc", "?", "on request", "upon request", "auf anfrage", "unknown", "unbekannt", "open", "offen",
     "negotiable")
)  # fmt: skip
_RANGE = re.compile(r"\d\D*\s*[-–—]\s*\D*\d")
_DOTTED = re.compile(r"^[1-9]\d{0,2}(\.\d{3})+$")
_DECIMAL_COMMA = re.compile(r"^(\d{1,3}(?:\.\d{3})*|\d+),(\d{1,2})([kmb%]?)$", re.IGNORECASE)
_SHARE_COMMA = re.compile(r"^(\d+),(\d+)(%?)$")


def number_of(text: str, what: str, currency: str | None = None) -> float | None:
    """A number as people write it, None where there is none.

    Parameters
    ----------
    text : the cell
    what : the role it is for; decides what can be meant (people are whole, a share has no thousands)
    currency : ISO code that amounts must be in, where they name one; None lets any pass

    Raises ValueError where it cannot be read, could be read two ways, or is money of another currency.
    """
    kind, name = KINDS.get(what, "money"), what.replace("_", " ")
    if text.strip().lower() in _UNTOLD:
        return None
    if _RANGE.search(text):
        raise ValueError(f"{name} {shorten(text, 30)} is a range; write one number")
    named = currencies_in(text)
    if kind == "money" and currency and named and currency not in named:
        raise ValueError(f"{name} {shorten(text, 30)} is not in {currency}, which the brief counts in")
    plain = _MONEY.sub("", text)
    for word, power in _WORDS:
        plain = word.sub(power, plain)
    times = _TEN_THOUSANDS.get(plain[-1:], 1.0)
    plain = plain[:-1] if times > 1.0 else plain
    number = human_number(_western(plain, kind, name, text, sure=bool(named)))
    if number is None:
        raise ValueError(f"{name} {shorten(text, 30)} is not a number")
    return None if math.isnan(number) else number * times


def currencies_in(text: str) -> tuple[str, ...]:
    """The codes of the currencies that a text may mean by its sign or code; empty where it names none."""
    code = _CODE.search(text)
    if code is not None:
        return (code[1],)
    return next((codes for sign, codes in _SIGNS.items() if sign in text), ())


def is_percent(texts: list[str]) -> bool:
    """Whether bare numbers of a column of shares are percent: some above 1, none strictly between 0 and 1."""
    bare = [_bare(text) for text in texts if "%" not in text]
    values = [value for value in bare if value is not None]
    return any(value > 1.0 for value in values) and not any(0.0 < value < 1.0 for value in values)


def _bare(text: str) -> float | None:
    try:
        return number_of(text, "commission_rate")
    except ValueError:
        return None


def _western(plain: str, kind: Kind, name: str, text: str, *, sure: bool) -> str:
    """The number with a point for decimals and no thousands; `sure`: it names a currency, and money has no mills."""
    if _DOTTED.match(plain) and kind != "share":
        if plain.count(".") == 1 and kind == "money" and not sure:
            raise ValueError(f"{name} {text} can be read as thousands or decimals; write {plain.replace('.', '')}")
        return plain.replace(".", "")
    match = (_SHARE_COMMA if kind == "share" else _DECIMAL_COMMA).match(plain)
    return plain if match is None else f"{match[1].replace('.', '')}.{match[2]}{match[3]}"
