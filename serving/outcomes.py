"""Outcomes of collaborations: checked like a table, row by row, and kept with every version.

The endpoint and `creatorlift outcomes import` both call `record_outcomes`. A faulty row is told with all its faults
and keeps nobody else out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field, WithJsonSchema

from data.check import check_table
from data.errors import Fault, shorten
from data.frames import typed
from data.schemas import TABLES
from data.sources import LoadedTable
from data.writing import iso
from serving.problems import FaultBody
from serving.rows import MOST
from serving.schemas import Strict
from serving.store import Store
from serving.store_outcomes import history_of, of_tests, record

OUTCOMES_PATH = "/v1/outcomes"
TABLE = TABLES["collaborations"]
MOST_OUTCOMES = 1_000
MOST_FAULTS_PER_ROW = 20
_LONGEST_ID, _LONGEST_TEXT = 200, 10_000
_PLACE = re.compile(r"outcomes, column (?P<column>.+), row (?P<row>\d+)", re.DOTALL)
_ID_WORDS = f"an id of at most {_LONGEST_ID} characters, without control characters"

Status = Literal["created", "unchanged", "corrected", "error"]


def _column_schema(kind: str, words: str) -> dict[str, Any]:
    types = {"number": ["number", "null"], "count": ["integer", "null"], "flag": ["boolean", "null"]}
    return {"type": types.get(kind, ["string", "null"]), "description": words}


_ROW_SCHEMA = {
    "type": "object",
    "description": "a row of the collaborations table; a row without the needed columns gets status `error`",
    "properties": {c.name: _column_schema(c.kind, c.describe()) for c in TABLE.columns},
    "additionalProperties": True,
}


class OutcomesRequest(Strict):
    """Outcomes to keep."""

    outcomes: list[Annotated[Any, WithJsonSchema(_ROW_SCHEMA)]] = Field(
        min_length=1, max_length=MOST_OUTCOMES, description=f"1 to {MOST_OUTCOMES:,} rows of the collaborations table"
    )


@dataclass(slots=True)
class OutcomeResult:
    """What became of one row."""

    index: Annotated[int, Field(description="place in `outcomes`, from 0")]
    collaboration_id: str | None
    status: Annotated[
        Status,
        Field(
            description="created: the first of its id · unchanged: equal to what holds · corrected: a new version, the "
            "old one is kept · error: not kept, see `errors`"
        ),
    ]
    version: Annotated[int | None, Field(description="1 for the first; null for an error")] = None
    errors: list[FaultBody] = field(default_factory=list)


class OutcomesResponse(BaseModel):
    """One result per row, in the order of the request."""

    results: list[OutcomeResult]
    created: int
    unchanged: int
    corrected: int
    failed: int = Field(description="rows with status `error`")
    ignored_fields: list[str] = Field(description="names in the rows that are no column of the table; not kept")


@dataclass(slots=True)
class OutcomeVersion:
    """One version of an outcome."""

    version: int
    row: Annotated[dict[str, Any], WithJsonSchema({"type": "object", "description": "columns that have a value"})]
    recorded_at: str
    recorded_by: Annotated[str, Field(description="the id of the key that sent it, or who imported it")]
    request_id: str | None


class OutcomeHistory(BaseModel):
    """Every version of one outcome, the first first; the last one holds."""

    collaboration_id: str
    versions: list[OutcomeVersion]


def record_outcomes(
    store: Store, rows: Sequence[Any], *, at: pd.Timestamp, by: str, request_id: str | None = None
) -> OutcomesResponse:
    """Check rows of the collaborations table and keep the sound ones.

    Each row must be a mapping of column names to text, numbers, flags and None, as JSON or a file has them. The checks
    are those of `creatorlift check`, within the batch and against what is stored of the same `test_id`; that creator
    and campaign exist is checked when outcomes go into a workspace. Raises StoreUnavailable.
    """
    faults: list[list[Fault]] = [_shape_faults(row, place) for place, row in enumerate(rows)]
    sound = [place for place, found in enumerate(faults) if not found]
    kept = _checked(store, [rows[place] for place in sound], sound, faults)
    done = record(store, [row for _, row in kept], at=at, by=by, request_id=request_id)
    results = [OutcomeResult(place, _id_in(row), "error", None, _told(faults[place])) for place, row in enumerate(rows)]
    for (place, row), (change, version) in zip(kept, done, strict=True):
        results[place] = OutcomeResult(place, row["collaboration_id"], change, version)
    counts = {s: sum(result.status == s for result in results) for s in ("created", "unchanged", "corrected", "error")}
    ours = {column.name for column in TABLE.columns}
    others = {name for row in rows if isinstance(row, Mapping) for name in row if name not in ours}
    return OutcomesResponse(
        results=results, created=counts["created"], unchanged=counts["unchanged"], corrected=counts["corrected"],
        failed=counts["error"], ignored_fields=sorted(shorten(name) for name in others)[:MOST_FAULTS_PER_ROW],
    )  # fmt: skip


def outcome_history(store: Store, collaboration_id: str) -> OutcomeHistory | None:
    """Every version of one outcome; None when none is kept."""
    if not _is_id(collaboration_id):
        return None
    versions = [
        OutcomeVersion(one.version, dict(one.row), iso(one.recorded_at), one.recorded_by, one.request_id)
        for one in history_of(store, collaboration_id)
    ]
    return OutcomeHistory(collaboration_id=collaboration_id, versions=versions) if versions else None


def _is_id(text: str) -> bool:
    return len(text) <= _LONGEST_ID and text.isprintable()


def _shape_faults(row: Any, place: int) -> list[Fault]:
    """What keeps a row from being put into a table at all."""
    where = f"outcomes[{place}]"
    if not isinstance(row, Mapping):
        got = "null" if row is None else "a list" if isinstance(row, list) else shorten(row)
        return [Fault(where, got, "an object with the columns of the collaborations table")]
    faults = []
    for column in TABLE.columns:
        allowed = _not_allowed(row.get(column.name), column.kind)
        if allowed:
            faults.append(Fault(f"{where}.{column.name}", _got(row[column.name]), allowed))
    return faults


def _not_allowed(value: Any, kind: str) -> str | None:
    """What is allowed instead of a value that no cell of a table can hold; None when one can."""
    if isinstance(value, str):
        if kind == "id" and not _is_id(value):
            return _ID_WORDS
        return None if len(value) <= _LONGEST_TEXT else f"at most {_LONGEST_TEXT:,} characters"
    if value is None or value is pd.NaT or value is pd.NA or isinstance(value, bool | pd.Timestamp):
        return None
    if isinstance(value, int | float):
        # Missing in a file's column of numbers; JSON has null for it.
        missing = isinstance(value, float) and math.isnan(value)
        return None if missing or abs(value) <= MOST else f"a number of at most {MOST:g}"
    return "text, a number, true, false or null"


def _got(value: Any) -> str:
    return "a list" if isinstance(value, list) else "an object" if isinstance(value, dict) else shorten(value)


def _checked(
    store: Store, rows: Sequence[Mapping[str, Any]], places: Sequence[int], faults: list[list[Fault]]
) -> list[tuple[int, dict[str, Any]]]:
    """The rows without a fault and their places, as they are kept; faults go to the `faults` of their place."""
    if not rows:
        return []
    tests = [str(row["test_id"]) for row in rows if row.get("test_id")]
    ids = [str(row.get("collaboration_id")) for row in rows]
    # First, so that a row that contradicts what is stored of its test is the one at fault.
    stored = [dict(other.row) for other in of_tests(store, tests, but=ids)] if tests else []
    loaded = _loaded([*stored, *rows])
    for fault in check_table(loaded):
        found = _PLACE.fullmatch(fault.where)
        number = int(found["row"]) - 1 - len(stored) if found else -1
        if found and number >= 0:
            place = places[number]
            got = re.sub(r"row (\d+) of outcomes", lambda m: _of_batch(int(m[1]), stored, places), fault.got)
            faults[place].append(Fault(f"outcomes[{place}].{found['column']}", got, fault.allowed))
    own = loaded.frame.iloc[len(stored) :]
    return [(place, _canonical(own.iloc[i])) for i, place in enumerate(places) if not faults[place]]


def _of_batch(number: int, stored: Sequence[object], places: Sequence[int]) -> str:
    return f"outcomes[{places[number - 1 - len(stored)]}]"


def _loaded(rows: Sequence[Mapping[str, Any]]) -> LoadedTable:
    """The rows as a table that was read, so that the same checks run over it."""
    names = [column.name for column in TABLE.columns]
    raw = pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype="object") for name in names})
    frame, faults = typed(TABLE, raw, "outcomes")
    count = len(rows)
    loaded = LoadedTable(TABLE, frame, tuple(faults), ("outcomes",), np.zeros(count, dtype=int), np.arange(count) + 1)
    return replace(loaded, faults=(*faults, *loaded.missing_values()))


def _canonical(row: pd.Series) -> dict[str, Any]:
    """A typed row as it is kept and compared: what is missing left out, whole numbers whole, times as UTC text."""
    kept: dict[str, Any] = {}
    for column in TABLE.columns:
        value = row[column.name]
        if pd.isna(value):
            continue
        if isinstance(value, pd.Timestamp):
            kept[column.name] = iso(value)
        elif isinstance(value, float):
            kept[column.name] = int(value) if value.is_integer() else value
        else:
            kept[column.name] = str(value)
    return kept


def _id_in(row: Any) -> str | None:
    name = row.get("collaboration_id") if isinstance(row, Mapping) else None
    return None if name is None or isinstance(name, list | dict) else shorten(str(name), _LONGEST_ID)


def _told(faults: Sequence[Fault]) -> list[FaultBody]:
    return [FaultBody(fault.where, fault.got, fault.allowed) for fault in faults[:MOST_FAULTS_PER_ROW]]
