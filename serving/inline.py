"""Typed tables straight from validated rows: what `History.of` makes of the same rows, without its general path.

A request has a handful of rows, so the general conversion (guessing types, collecting faults) would take longer than
the score. `tests/test_serving_inline.py` holds both to be equal, column by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pydantic import BaseModel

from data.frames import DTYPES
from data.history import ALWAYS, COUNTS_FINAL_AFTER, History
from data.schemas import TABLES, Column, Kind

MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MISSING = np.iinfo(np.int64).min
"""How pandas holds a missing time; being the smallest, it gives way in a maximum as a missing time should."""
_ALWAYS = int(ALWAYS.as_unit("us").asm8.astype("int64"))
_FINAL_AFTER = COUNTS_FINAL_AFTER // pd.Timedelta(1, "us")

_TEXT = pd.StringDtype(na_value=np.nan)


@dataclass
class Rows:
    """Validated rows of one table; `given` replaces or completes columns of theirs, a value for each row."""

    models: list[BaseModel] = field(default_factory=list)
    given: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, models: Sequence[BaseModel], given: Mapping[str, Sequence[Any]]) -> None:
        """More rows; the same columns are given each time."""
        self.models += models
        for name, values in given.items():
            self.given.setdefault(name, []).extend(values)

    def __len__(self) -> int:
        return len(self.models)


@cache
def no_rows() -> History:
    """A history with all tables, typed and empty."""
    return History.of({})


def frame_of(table: str, rows: Rows) -> pd.DataFrame:
    """The typed frame of a table with `visible_at` (and `counts_visible_at` for posts), shape (n_rows, all columns)."""
    columns: dict[str, Any] = {}
    times: dict[str, np.ndarray] = {}
    held = [vars(row) for row in rows.models]
    nothing = [None] * len(held)
    for column in TABLES[table].columns:
        name, kind = column.name, column.kind
        values = rows.given.get(name)
        if values is None:
            values = [row.get(name) for row in held]
        if values == nothing:
            columns[name] = _missing(kind, len(held))
            if kind in ("time", "date"):
                times[name] = columns[name].asi8
        elif kind in ("time", "date"):
            times[name] = _micros(values)
            columns[name] = _time(times[name])
        elif DTYPES[kind] == "float64":
            columns[name] = numbers(values)
        else:
            columns[name] = _texts(values, column)
    return pd.DataFrame(columns | _visibility(table, times), copy=False)


def numbers(values: Sequence[float | None]) -> np.ndarray:
    """float64 of numbers and flags, shape (n,); None becomes NaN."""
    # numpy reads None as NaN where it is told that these are floats.
    return np.array(values, dtype="float64")


def _texts(values: Sequence[str | None], column: Column) -> Any:
    """Where a text may be missing, an empty one is: as in a table, which may have been a CSV file."""
    if column.nullable and "" in values:
        values = [value or None for value in values]
    return _as_text(pa.array(values, pa.large_string()))


def _as_text(values: pa.Array) -> Any:
    return pd.arrays.ArrowStringArray(values, dtype=_TEXT)


@lru_cache(maxsize=256)
def _missing(kind: Kind, n: int) -> Any:
    """A column of nothing but missing values, shared by all tables of so many rows: nobody can write to it."""
    if DTYPES[kind] == "float64":
        nothing = np.full(n, np.nan)
        nothing.setflags(write=False)
        return nothing
    if DTYPES[kind] == "str":
        return _as_text(pa.nulls(n, pa.large_string()))
    return _time(np.full(n, _MISSING))


def _visibility(table: str, times: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """When each row may be seen: as `data.history` has it."""
    known, happened = times["known_at"], TABLES[table].happened_at
    if table in ("campaigns", "campaign_audience"):
        visible = np.full_like(known, _ALWAYS)
    elif happened is None:
        visible = np.where(known == _MISSING, _ALWAYS, known)
    else:
        visible = np.maximum(times[happened], known)
    made = {"visible_at": _time(visible)}
    if table == "posts":
        read = times["counts_known_at"]
        read = np.where(read == _MISSING, times["posted_at"] + _FINAL_AFTER, read)
        made["counts_visible_at"] = _time(np.maximum(visible, read))
    return made


def _micros(values: Sequence[datetime | date | None]) -> np.ndarray:
    """Microseconds since 1970, exact; a date is its midnight in UTC."""
    return np.array([_MISSING if value is None else _since_epoch(value) for value in values], dtype="int64")


def _since_epoch(value: datetime | date) -> int:
    time = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day, tzinfo=UTC)
    return (time - _EPOCH) // MICROSECOND


def _time(micros: np.ndarray) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(micros.view("datetime64[us]"), tz="UTC")
