"""Typed frames: what a column of a table looks like in memory.

id, text, choice, list: `str` with missing as NaN · number, count: float64 · flag: float64 holding 0 or 1 ·
time, date: `datetime64[us, UTC]`. Whole numbers and flags are floats because they may be missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.errors import Fault, TableError, shorten
from data.schemas import TABLES, Column, Kind, Table

TIME_DTYPE = "datetime64[us, UTC]"
DTYPES: dict[Kind, str] = {
    "id": "str", "text": "str", "choice": "str", "list": "str",
    "number": "float64", "count": "float64", "flag": "float64",
    "time": TIME_DTYPE, "date": TIME_DTYPE,
}  # fmt: skip
_FLAGS = {"true": 1.0, "false": 0.0, "1": 1.0, "0": 0.0, "1.0": 1.0, "0.0": 0.0, "yes": 1.0, "no": 0.0}
_ZONE = r"(?:Z|UTC|[+-]\d{2}:?\d{2})$"
_FIRST_ROW = 1


@dataclass(frozen=True)
class Conversion:
    """A converted column, and which rows could not be converted (`bad`, boolean, shape (n_rows,))."""

    values: pd.Series
    bad: np.ndarray


def empty(name: str) -> pd.DataFrame:
    """A table of that name with all its columns, typed, and no rows."""
    return pd.DataFrame({c.name: pd.Series([], dtype=DTYPES[c.kind]) for c in TABLES[name].columns})


def _to_text(raw: pd.Series) -> Conversion:
    """Text as it stands; an empty string stays empty. Numbers become their shortest text (12.0 → "12")."""
    missing = raw.isna().to_numpy()
    if pd.api.types.is_string_dtype(raw.dtype) and not pd.api.types.is_object_dtype(raw.dtype):
        return Conversion(raw.astype("str"), np.zeros(len(raw), dtype=bool))
    if pd.api.types.is_float_dtype(raw.dtype) and bool(np.all(raw.dropna() % 1 == 0)):
        text = raw.astype("Int64").astype("string").astype("str")
    else:
        text = raw.map(lambda v: v if isinstance(v, str) else str(v), na_action="ignore").astype("str")
    return Conversion(text.mask(missing), np.zeros(len(raw), dtype=bool))


def _blank(raw: pd.Series) -> np.ndarray:
    """Which values are missing, an empty or all-blank string included."""
    missing = raw.isna().to_numpy()
    if pd.api.types.is_string_dtype(raw.dtype) or pd.api.types.is_object_dtype(raw.dtype):
        missing = missing | (raw.astype("str").str.strip() == "").to_numpy(dtype=bool, na_value=False)
    return np.asarray(missing, dtype=bool)


def _to_number(raw: pd.Series) -> Conversion:
    blank = _blank(raw)
    if pd.api.types.is_bool_dtype(raw.dtype):
        return Conversion(raw.astype("float64"), np.zeros(len(raw), dtype=bool))
    values = pd.to_numeric(raw, errors="coerce").astype("float64")
    # An infinity is no measurement, whatever wrote it.
    return Conversion(values.where(np.isfinite(values)), ~np.isfinite(values.to_numpy()) & ~blank)


def _to_count(raw: pd.Series) -> Conversion:
    number = _to_number(raw)
    broken = (number.values % 1 != 0).to_numpy() & number.values.notna().to_numpy()
    return Conversion(number.values.where(~broken), number.bad | broken)


def _to_flag(raw: pd.Series) -> Conversion:
    blank = _blank(raw)
    if pd.api.types.is_bool_dtype(raw.dtype):
        return Conversion(raw.astype("float64"), np.zeros(len(raw), dtype=bool))
    values = raw.astype("str").str.strip().str.lower().map(_FLAGS).astype("float64")
    return Conversion(values, values.isna().to_numpy() & ~blank)


def _to_time(raw: pd.Series) -> Conversion:
    """Times must say their zone: a time without one is a fault, never a guess."""
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return Conversion(raw.dt.tz_convert("UTC").astype(TIME_DTYPE), np.zeros(len(raw), dtype=bool))
    blank = _blank(raw)
    text = raw.astype("str").str.strip()
    zoned = text.str.contains(_ZONE, regex=True, na=False).to_numpy(dtype=bool)
    values = pd.to_datetime(text.where(zoned), utc=True, errors="coerce", format="ISO8601").astype(TIME_DTYPE)
    return Conversion(values, values.isna().to_numpy() & ~blank)


def _to_date(raw: pd.Series) -> Conversion:
    if isinstance(raw.dtype, pd.DatetimeTZDtype):
        return Conversion(raw.dt.tz_convert("UTC").dt.normalize().astype(TIME_DTYPE), np.zeros(len(raw), dtype=bool))
    blank = _blank(raw)
    values = pd.to_datetime(raw.astype("str").str.strip(), utc=True, errors="coerce", format="ISO8601")
    return Conversion(values.dt.normalize().astype(TIME_DTYPE), values.isna().to_numpy() & ~blank)


_CONVERTERS: dict[Kind, Callable[[pd.Series], Conversion]] = {
    "id": _to_text, "text": _to_text, "choice": _to_text, "list": _to_text,
    "number": _to_number, "count": _to_count, "flag": _to_flag, "time": _to_time, "date": _to_date,
}  # fmt: skip


def convert(column: Column, raw: pd.Series) -> Conversion:
    """`raw` in the type of `column`; unreadable values become missing and are marked in `bad`."""
    if raw.dtype == DTYPES[column.kind] and column.kind not in ("flag", "count", "number"):
        return Conversion(raw, np.zeros(len(raw), dtype=bool))
    converted = _CONVERTERS[column.kind](raw)
    if column.kind in ("choice", "list"):
        converted = Conversion(converted.values.mask(_blank(converted.values)), converted.bad)
    return converted


def typed(table: Table, frame: pd.DataFrame, where: str | None = None) -> tuple[pd.DataFrame, list[Fault]]:
    """The frame with our columns typed and completed, others kept, and a fault for every unreadable value.

    A required column that is absent is a fault and is added all missing. Row numbers in faults count from 1.
    The index is replaced by 0..n-1.
    """
    where = where or table.name
    faults: list[Fault] = []
    columns: dict[str, pd.Series] = {}
    frame = frame.reset_index(drop=True)
    for column in table.columns:
        if column.name not in frame.columns:
            if column.required:
                faults.append(Fault(f"{where}, column {column.name}", "no such column", column.describe()))
            columns[column.name] = pd.Series(np.nan, index=frame.index).astype("object").astype(DTYPES[column.kind])
            continue
        raw = frame[column.name]
        converted = convert(column, raw)
        columns[column.name] = converted.values
        for row in np.flatnonzero(converted.bad):
            place = f"{where}, column {column.name}, row {row + _FIRST_ROW}"
            faults.append(Fault(place, shorten(raw.iloc[row]), column.describe()))
    others = {name: frame[name] for name in frame.columns if name not in columns}
    return pd.DataFrame({**columns, **others}, index=frame.index), faults


def typed_or_raise(table: Table, frame: pd.DataFrame, where: str | None = None) -> pd.DataFrame:
    """As `typed`; raises TableError with every fault where a value was unreadable."""
    result, faults = typed(table, frame, where)
    if faults:
        raise TableError(faults)
    return result
