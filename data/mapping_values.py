"""Reading foreign values: numbers as people write them, and times in the formats exports have."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from data.frames import TIME_DTYPE, numbers_of

_NOTHING = frozenset(("", "-", "–", "—", "n/a", "na", "n/a'", "nan", "none", "null"))
_HUMAN = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?\s*(k|m|mm|b|bn|t|%)?$", re.IGNORECASE)
_POWERS = {"": 0, "%": -2, "k": 3, "m": 6, "mm": 6, "b": 9, "bn": 9, "t": 12}


def human_number(text: str) -> float | None:
    """A number as people write it: `48.5M` → 48 500 000, `1.39%` → 0.0139, `12,345` → 12 345; None when it is none.

    Text that says there is nothing (`-`, `N/A`, empty) is NaN. Powers are applied in decimal, so `383.1K` is 383100.
    """
    plain = text.strip()
    if plain.lower() in _NOTHING:
        return float("nan")
    match = _HUMAN.match(plain)
    if match is None or not (match[2] or match[3]):
        return None
    sign, whole, fraction, power = (part or "" for part in match.groups())
    return float(f"{sign}{whole.replace(',', '') or '0'}{fraction}e{_POWERS[power.lower()]}")


def human_numbers(text: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """`human_number` of each text; numbers (float64, missing NaN) and which were none (boolean)."""
    codes, words = pd.factorize(text)
    read = [human_number(str(word)) for word in words]
    values = np.array([np.nan if v is None else v for v in read] + [np.nan])
    wrong = np.array([v is None for v in read] + [False])
    return pd.Series(values[codes], index=text.index), wrong[codes]


def times(text: pd.Series, form: str, zone: str | None) -> tuple[pd.Series, np.ndarray]:
    """Times in UTC (missing NaT) and which could not be read (boolean).

    `form` is unix_s, unix_ms, iso or a strptime format. Times that tell no zone are taken to be in `zone`; in the
    hour a clock runs twice they are taken as the first, in the hour it leaps they move to after it. Without `zone`
    they cannot be read. A strptime format without a time of day gives midnight.
    """
    there = text.notna().to_numpy()
    if form in ("unix_s", "unix_ms"):
        values = _unix(text, 1e6 if form == "unix_s" else 1e3)
    elif form == "iso":
        values = _iso(text.str.strip(), zone)
    else:
        values = _formatted(text.str.strip(), form, zone)
    values = values.astype(TIME_DTYPE)
    return values, there & values.isna().to_numpy()


def _unix(text: pd.Series, microseconds: float) -> pd.Series:
    numbers = numbers_of(text)[0]
    # Beyond the year 9999 it is another unit, and no time that anybody posted at.
    micros = (numbers * microseconds).where(numbers.abs() * microseconds < 2.5e17)
    return pd.to_datetime(micros.round().astype("Int64"), unit="us", utc=True)


def _formatted(text: pd.Series, form: str, zone: str | None) -> pd.Series:
    if "%z" in form or "%Z" in form:
        return pd.to_datetime(text, format=form, errors="coerce", utc=True)
    return _localised(pd.to_datetime(text, format=form, errors="coerce"), zone)


def _iso(text: pd.Series, zone: str | None) -> pd.Series:
    zoned = text.str.contains(r"(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)$", regex=True, na=False) & text.str.contains(
        ":", na=False
    )
    told = pd.to_datetime(
        text.where(zoned).str.replace(r" ?UTC$", "Z", regex=True), format="ISO8601", errors="coerce", utc=True
    )
    if zone is None:
        return told
    untold = _localised(pd.to_datetime(text.where(~zoned), format="ISO8601", errors="coerce"), zone)
    return told.where(zoned, untold)


def _localised(naive: pd.Series, zone: str | None) -> pd.Series:
    first = np.ones(len(naive), dtype=bool)
    return naive.dt.tz_localize(zone or "UTC", ambiguous=first, nonexistent="shift_forward").dt.tz_convert("UTC")
