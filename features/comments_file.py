"""A file of comments read into a file of readings: nothing lost, order kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from data.errors import Fault, TableError
from data.sources import read_rows, write_rows
from features.comments import read_comments

ROWS_AT_ONCE = 20_000


def read_comment_file(
    source: Path, out: Path, text_column: str = "text", progress: Callable[[str, int, int], None] | None = None
) -> int:
    """Write `source` with the columns of `read_comments` added; returns the number of rows.

    Columns of the source that have the name of one of ours are kept under `source_` and that name. Raises TableError
    where there is no `text_column`, UsageError where an ending is unknown; then nothing is written.
    """
    rows = read_rows(source)
    if text_column not in rows.columns:
        columns = ", ".join(map(str, rows.columns))
        raise TableError(Fault(f"{source.name}, column {text_column}", "no such column", f"one of {columns}"))
    parts = []
    for start in range(0, max(len(rows), 1), ROWS_AT_ONCE):
        parts.append(read_comments(rows[text_column].iloc[start : start + ROWS_AT_ONCE]))
        if progress is not None:
            progress("comments", min(start + ROWS_AT_ONCE, len(rows)), len(rows))
    read = pd.concat(parts)
    kept = rows.rename(columns={name: f"source_{name}" for name in rows.columns if name in read.columns})
    write_rows(pd.concat([kept, read], axis="columns"), out)
    return len(rows)
