"""Typed frames: what a column of a table looks like in memory.

id, text, choice, list: `str` with missing as NaN · number, count: float64 · flag: float64 holding 0 or 1 ·
time, date: `datetime64[us, UTC]`. Whole numbers and flags are floats because they may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.errors import Fault, TableError, shorten
from data.schemas import TABLES, Column, Kind, Table

TIME_DTYPE = "datetime64[us, UTC]"
DTYPES: dict[Kind, str] = {
    "id": "str", "text": "str", "choice": "str", "list": "str",
    "number": "float64", "count": "float64", "flag": "float64",
    "time": TIME_DTYPE, "date": TIME_DTYPE,
}  # fmt: skip
_TEXT = pd.StringDtype(na_value=np.nan)
_FLAGS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0, "yes": 1.0, "no": 0.0}
_ZONED = r"[T ]\d{2}(?::?\d{2}){0,2}(?:[.,]\d+)? ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)$"
_DAY = r"^\d{4}-\d{2}-\d{2}(?:$|[T ])"
_FIRST_ROW = 1


@dataclass(frozen=True)
class Conversion:
    """A converted column, and which rows could not be converted (`bad`, boolean, shape (n_rows,))."""

    values: pd.Series
    bad: np.ndarray


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.kind]) for c in TABLES[name].columns})


def empty(name: str) -> pd.DataFrame:
    """A table of that name with all its columns, typed, and no rows."""
    return _empty(name).copy()


def _all_missing(kind: Kind, rows: int) -> Any:
    """A column of nothing but missing values, as an array of its type."""
    if DTYPES[kind] == "float64":
        return np.full(rows, np.nan)
    if DTYPES[kind] == "str":
        return pd.array(pa.nulls(rows, pa.large_string()), dtype=_TEXT)
    return pd.DatetimeIndex(np.full(rows, np.datetime64("NaT", "us")), tz="UTC")


def _is_strings(raw: pd.Series) -> bool:
    return isinstance(raw.dtype, pd.StringDtype)


def _blank(raw: pd.Series) -> np.ndarray:
    """Which values are missing, an empty or all-blank string included."""
    if _is_strings(raw):
        trimmed = pc.utf8_trim_whitespace(pa.array(raw))
        return np.asarray(pc.fill_null(pc.equal(trimmed, ""), True).to_numpy(zero_copy_only=False), dtype=bool)
    missing = np.asarray(raw.isna(), dtype=bool)
    if pd.api.types.is_object_dtype(raw.dtype):
        missing = missing | np.fromiter((isinstance(v, str) and not v.strip() for v in raw), dtype=bool, count=len(raw))
    return missing


def _none_bad(raw: pd.Series) -> np.ndarray:
    return np.zeros(len(raw), dtype=bool)


def _as_text(value: object) -> str:
    """A foreign value as text; a whole number in floating form loses its `.0`, as an id read by a spreadsheet would."""
    if isinstance(value, str):
        return value
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _to_text(raw: pd.Series) -> Conversion:
    """Text as it stands. Numbers become their shortest text (12.0 → "12")."""
    if _is_strings(raw):
        return Conversion(raw if raw.dtype == _TEXT else raw.astype("str"), _none_bad(raw))
    text = raw.map(_as_text, na_action="ignore").astype("object")
    return Conversion(text.where(raw.notna(), np.nan).astype("str"), _none_bad(raw))


def _to_number(raw: pd.Series) -> Conversion:
    blank = _blank(raw)
    # A truth value or a time among numbers is a mistake, though both could be counted.
    if pd.api.types.is_bool_dtype(raw.dtype) or raw.dtype.kind in "mM":
        return Conversion(pd.Series(np.nan, index=raw.index, dtype="float64"), ~blank)
    if pd.api.types.is_object_dtype(raw.dtype):
        raw = raw.map(lambda v: v if isinstance(v, (str, Number)) and not isinstance(v, bool) else str(v))
        raw = raw.mask(blank)
    numbers = _numbers(raw, blank)
    # An infinity is no measurement, whatever wrote it.
    finite = np.isfinite(numbers)
    return Conversion(pd.Series(np.where(finite, numbers, np.nan), index=raw.index), ~finite & ~blank)


def numbers_of(raw: pd.Series) -> tuple[pd.Series, np.ndarray]:
    """Raw values as float64 (missing NaN), and which of them are no numbers (boolean)."""
    number = _to_number(raw)
    return number.values, number.bad


def _numbers(raw: pd.Series, blank: np.ndarray) -> np.ndarray:
    if _is_strings(raw):
        try:
            # Arrow is some ten times faster, and exact; it refuses the whole column for one stray value.
            text = pa.array(raw.mask(blank), type=pa.string(), from_pandas=True)
            return np.asarray(text.cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
        except pa.ArrowInvalid:
            pass
    return np.asarray(pd.to_numeric(raw, errors="coerce").to_numpy("float64", na_value=np.nan))


def _to_count(raw: pd.Series) -> Conversion:
    number = _to_number(raw)
    values = number.values.to_numpy()
    broken = (values % 1 != 0) & ~np.isnan(values)
    if not broken.any():
        return number
    return Conversion(number.values.where(~broken), number.bad | broken)


def _to_flag(raw: pd.Series) -> Conversion:
    blank = _blank(raw)
    if pd.api.types.is_bool_dtype(raw.dtype) or pd.api.types.is_numeric_dtype(raw.dtype):
        numbers = raw.to_numpy("float64", na_value=np.nan)
        good = (numbers == 0) | (numbers == 1)
        return Conversion(pd.Series(np.where(good, numbers, np.nan), index=raw.index), ~good & ~blank)
    codes, words = pd.factorize(_to_text(raw).values)
    meanings = np.array([_FLAGS.get(str(word).strip().lower(), np.nan) for word in words] + [np.nan])
    values = pd.Series(meanings[codes], index=raw.index)
    return Conversion(values, values.isna().to_numpy() & ~blank)


def _to_time(raw: pd.Series) -> Conversion:
    """Times must say their zone: a time without one is a fault, never a guess."""
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return Conversion(raw.dt.tz_convert("UTC").astype(TIME_DTYPE), _none_bad(raw))
    blank = _blank(raw)
    if pd.api.types.is_datetime64_dtype(raw.dtype):
        return Conversion(pd.Series(pd.NaT, index=raw.index, dtype=TIME_DTYPE), ~blank)
    text = _to_text(raw).values.str.strip().mask(blank)
    try:
        # Arrow reads ISO times with a zone, and nothing else, some ten times faster.
        read = pa.array(text, type=pa.string(), from_pandas=True).cast(pa.timestamp("us", "UTC"))
        return Conversion(read.to_pandas().set_axis(raw.index).astype(TIME_DTYPE), _none_bad(raw))
    except pa.ArrowInvalid:
        zoned = text.where(text.str.contains(_ZONED, regex=True, na=False).to_numpy(dtype=bool))
        plain = zoned.str.replace(r" ?UTC$", "Z", regex=True).str.replace(r"([.,]\d{6})\d+", r"\1", regex=True)
        values = pd.to_datetime(plain, utc=True, errors="coerce", format="ISO8601").astype(TIME_DTYPE)
        return Conversion(values, values.isna().to_numpy() & ~blank)


def _to_date(raw: pd.Series) -> Conversion:
    """Calendar days as UTC midnight; a time of day is dropped (in UTC when it has a zone)."""
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return Conversion(raw.dt.tz_convert("UTC").dt.normalize().astype(TIME_DTYPE), _none_bad(raw))
    blank = _blank(raw)
    text = _to_text(raw).values.str.strip()
    day = text.where(text.str.contains(_DAY, regex=True, na=False).to_numpy(dtype=bool))
    values = pd.to_datetime(day, utc=True, errors="coerce", format="ISO8601")
    return Conversion(values.dt.normalize().astype(TIME_DTYPE), values.isna().to_numpy() & ~blank)


_CONVERTERS: dict[Kind, Callable[[pd.Series], Conversion]] = {
    "id": _to_text, "text": _to_text, "choice": _to_text, "list": _to_text,
    "number": _to_number, "count": _to_count, "flag": _to_flag, "time": _to_time, "date": _to_date,
}  # fmt: skip


def convert(column: Column, raw: pd.Series) -> Conversion:
    """`raw` in the type of `column`; unreadable values become missing and are marked in `bad`.

    Where a text may be missing, an empty one is missing: CSV cannot tell them apart, and a table must not mean
    something else for having been a CSV. A blank id, choice or list is missing too.
    """
    if isinstance(raw.dtype, pd.CategoricalDtype):
        raw = raw.astype(raw.dtype.categories.dtype)
    converted = _CONVERTERS[column.kind](raw)
    if column.kind in ("id", "choice", "list"):
        blank = _blank(converted.values) & converted.values.notna().to_numpy()
    elif column.kind == "text" and column.nullable:
        blank = (converted.values == "").to_numpy(dtype=bool)
    else:
        return converted
    return Conversion(converted.values.mask(blank), converted.bad) if blank.any() else converted


def settled(column: Column, raw: pd.Series) -> bool:
    """Whether an id or time column is typed already and misses nothing: `convert` would give it back as it is."""
    if column.kind == "time":
        return raw.dtype == TIME_DTYPE and not raw.hasnans
    return raw.dtype == _TEXT and not _blank(raw).any()


def typed(table: Table, frame: pd.DataFrame, where: str | None = None) -> tuple[pd.DataFrame, list[Fault]]:
    """The frame with our columns typed and completed, others kept, and a fault for every unreadable value.

    A required column that is absent is a fault and is added all missing; a repeated column is a fault and its first
    is taken. Row numbers in faults count from 1. The index is replaced by 0..n-1.
    """
    where = where or table.name
    faults: list[Fault] = []
    columns: dict[str, Any] = {}
    frame = frame.reset_index(drop=True)
    repeated = frame.columns.duplicated()
    if repeated.any():
        names = sorted({str(name) for name in frame.columns[repeated]})
        faults += [Fault(f"{where}, column {name}", "a repeated column", "each name once") for name in names]
        frame = frame.loc[:, ~repeated]
    for column in table.columns:
        if column.name not in frame.columns:
            if column.required:
                faults.append(Fault(f"{where}, column {column.name}", "no such column", column.describe()))
            columns[column.name] = _all_missing(column.kind, len(frame))
            continue
        raw = frame[column.name]
        converted = convert(column, raw)
        columns[column.name] = converted.values
        faults += _unreadable(column, raw, converted.bad, where)
    others = {name: frame[name] for name in frame.columns if name not in columns}
    return pd.DataFrame({**columns, **others}, index=frame.index), faults


def _unreadable(column: Column, raw: pd.Series, bad: np.ndarray, where: str) -> list[Fault]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    allowed = column.describe()
    return [
        Fault(f"{where}, column {column.name}, row {row + _FIRST_ROW}", shorten(value), allowed)
        for row, value in zip(rows.tolist(), raw.iloc[rows].tolist(), strict=True)
    ]


def typed_or_raise(table: Table, frame: pd.DataFrame, where: str | None = None) -> pd.DataFrame:
    """As `typed`; raises TableError with every fault where a value was unreadable."""
    result, faults = typed(table, frame, where)
    if faults:
        raise TableError(faults)
    return result
