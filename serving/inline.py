"""Typed tables straight from validated rows: what `History.of` makes of the same rows, without its general path.

A request has a handful of rows, so the general conversion (guessing types, collecting faults) would take longer than
the score. `tests/test_serving_inline.py` holds both to be equal, column by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from data.frames import DTYPES
from data.history import ALWAYS, COUNTS_FINAL_AFTER, History
from data.schemas import TABLES, Column

MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MISSING = np.iinfo(np.int64).min
"""How pandas holds a missing time; being the smallest, it gives way in a maximum as a missing time should."""
_ALWAYS = int(ALWAYS.as_unit("us").asm8.astype("int64"))
_FINAL_AFTER = COUNTS_FINAL_AFTER // pd.Timedelta(1, "us")

RowOf = tuple[BaseModel, Mapping[str, Any]]
"""A validated row, and the values that replace or complete its own."""


@cache
def no_rows() -> History:
    """A history with all tables, typed and empty."""
    return History.of({})


def frame_of(table: str, rows: Sequence[RowOf]) -> pd.DataFrame:
    """The typed frame of a table with `visible_at` (and `counts_visible_at` for posts), shape (n_rows, all columns)."""
    columns: dict[str, Any] = {}
    times: dict[str, np.ndarray] = {}
    for column in TABLES[table].columns:
        name, kind = column.name, column.kind
        values = [more[name] if name in more else getattr(row, name, None) for row, more in rows]
        if kind in ("time", "date"):
            times[name] = _micros(values)
            columns[name] = _time(times[name])
        elif DTYPES[kind] == "float64":
            columns[name] = numbers(values)
        else:
            columns[name] = pd.array([_text(value, column) for value in values], dtype="str")
    return pd.DataFrame(columns | _visibility(table, times), copy=False)


def numbers(values: Sequence[float | None]) -> np.ndarray:
    """float64 of numbers and flags, shape (n,); None becomes NaN."""
    return np.array([np.nan if value is None else value for value in values], dtype="float64")


def _text(value: str | None, column: Column) -> str | None:
    """Where a text may be missing, an empty one is: as in a table, which may have been a CSV file."""
    return None if value == "" and column.nullable else value


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
