"""Writing files that are either whole or not there: a temporary file beside the target, then one rename.

Two uses: tables of a workspace, exactly as they are, and results for people (`write_rows`), where a text cell that
a spreadsheet would run as a formula gets a leading apostrophe.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from data.errors import Fault, UsageError

WRITABLE = ("csv", "csv.gz", "tsv", "jsonl", "json", "parquet", "xlsx")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_MENTION = re.compile(r"@\w(?:[^(|!]|!(?![\w$]))*")
_EXCEL_ROWS = 1_048_576
_EXCEL_CELL = 32_767


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when the block ends well, and vanishes otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A new empty folder beside `path` that takes its place, whole, when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    new, old = work / "new", work / "old"
    new.mkdir()
    try:
        yield new
        if path.exists():
            path.rename(old)
        new.rename(path)
    finally:
        shutil.rmtree(work)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone among the processes that change this folder, until the block ends (`.lock` in it; waits its turn)."""
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _umask() -> int:
    """The process's umask: a temporary file is private, the file it becomes is as any other."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def writable_ending(path: Path) -> str:
    """The ending that decides the format; UsageError naming the allowed ones when it is none of them."""
    ending = next((e for e in sorted(WRITABLE, key=len, reverse=True) if path.name.lower().endswith("." + e)), None)
    if ending is None:
        allowed = "a file ending in " + ", ".join("." + e for e in WRITABLE)
        raise UsageError(Fault(str(path), path.suffix or "no ending", allowed))
    return ending


def write_rows(frame: pd.DataFrame, path: Path) -> None:
    """Write a result table; the ending decides the format (csv, csv.gz, tsv, jsonl, json, parquet, xlsx).

    The index is not written. Times become ISO text with `Z` (Parquet keeps them); lists and objects become JSON
    text in flat formats. UsageError for another ending.
    """
    ending = writable_ending(path)
    with replacing(path) as part:
        if ending == "parquet":
            write_parquet(frame, part)
        elif ending in ("json", "jsonl"):
            _write_json(frame, part, lines=ending == "jsonl")
        elif ending == "xlsx":
            _write_excel(_safe(frame), part, path)
        else:
            write_csv(_safe(frame), part, delimiter="\t" if ending == "tsv" else ",", zipped=ending.endswith("gz"))


def neutralised(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula, with an apostrophe before it; anything else as it is.

    An @ before a name is a mention, and half of all comments that begin with @ are one: it is kept as it is as long as
    nothing in the text could call a function, a program (DDE) or another sheet.
    """
    if not isinstance(value, str) or not value.startswith(_FORMULA_STARTS) or _MENTION.fullmatch(value):
        return value
    return "'" + value


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    flat = _flat(frame)
    safe = {
        neutralised(name): flat[name].map(neutralised, na_action="ignore") if _is_text(flat[name]) else flat[name]
        for name in flat.columns
    }
    return pd.DataFrame(safe, index=flat.index)


def _is_text(column: pd.Series) -> bool:
    return bool(pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype))


def _cell(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return iso(value)
    if isinstance(value, (list, tuple, dict, np.ndarray)):
        return json.dumps(_plain(value), ensure_ascii=False, default=str)
    return value


def iso(time: pd.Timestamp) -> str:
    """A time as ISO text; UTC ends in Z."""
    return str(time.isoformat()).replace("+00:00", "Z")


def _iso_column(column: pd.Series) -> pd.Series:
    """Times as ISO text, to the second where all are whole seconds; UTC ends in Z."""
    missing = column.isna()
    zoned = isinstance(column.dtype, pd.DatetimeTZDtype)
    plain = (column.dt.tz_convert("UTC").dt.tz_localize(None) if zoned else column).to_numpy()
    whole = bool((plain[~missing.to_numpy()] == plain[~missing.to_numpy()].astype("datetime64[s]")).all())
    text = np.datetime_as_string(plain, unit="s" if whole else "us")
    return (pd.Series(text, index=column.index).astype("str") + ("Z" if zoned else "")).mask(missing)


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that fit a text cell: times as ISO text, nested values as JSON text."""
    flat: dict[str, pd.Series] = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column.dtype):
            column = _iso_column(column)
        elif pd.api.types.is_object_dtype(column.dtype):
            column = column.map(_cell)
        flat[str(name)] = column.reset_index(drop=True)
    return pd.DataFrame(flat, index=pd.RangeIndex(len(frame)))


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """An Arrow table without pandas' own notes, so that the same rows give the same bytes."""
    return pa.table({str(name): _arrow_column(frame[name]) for name in frame.columns})


def _arrow_column(column: pd.Series) -> pa.Array | pa.ChunkedArray:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        # By hand: pyarrow 25 touches a property of such columns that pandas 3.1 warns about.
        plain = column.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
        return pa.array(plain, from_pandas=True).cast(pa.timestamp(column.dtype.unit, "UTC"))
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # A column of mixed types, as an extra column of a foreign file may be: as text.
        return pa.array(column.map(_cell).map(str, na_action="ignore"), type=pa.string(), from_pandas=True)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """The frame as Parquet (zstd), without its index; not atomic by itself."""
    pyarrow.parquet.write_table(_arrow(frame), path, compression="zstd")


def write_csv(frame: pd.DataFrame, path: Path, *, delimiter: str = ",", zipped: bool = False) -> None:
    """The frame as UTF-8 delimited text with LF line ends, exactly (nothing neutralised); not atomic by itself."""
    sink = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="needed")
    pyarrow.csv.write_csv(_arrow(_flat(frame)), sink, options)
    data: bytes = sink.getvalue().to_pybytes()
    # No time in the gzip header: the same rows give the same bytes.
    path.write_bytes(gzip.compress(data, compresslevel=6, mtime=0) if zipped else data)


def _plain(value: Any) -> Any:
    """A value that JSON has: missing and non-finite numbers become null."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return iso(value)
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write_json(frame: pd.DataFrame, path: Path, *, lines: bool) -> None:
    columns = [frame[name].tolist() for name in frame.columns]
    names = [str(name) for name in frame.columns]
    rows = [
        json.dumps(_plain(dict(zip(names, row, strict=True))), ensure_ascii=False, default=str)
        for row in zip(*columns, strict=True)
    ]
    text = "".join(row + "\n" for row in rows) if lines else "[\n" + ",\n".join(rows) + "\n]\n"
    path.write_text(text, encoding="utf-8")


def _write_excel(frame: pd.DataFrame, path: Path, where: Path) -> None:
    if len(frame) >= _EXCEL_ROWS:
        raise UsageError(Fault(str(where), f"{len(frame):,} rows", f"at most {_EXCEL_ROWS - 1:,}; write .csv instead"))
    # Two hundred modules, which only spreadsheets need.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")

    def cell(value: Any) -> Any:
        value = _plain(value)
        if isinstance(value, float) and float(f"{value:.16g}") != value:
            # openpyxl writes sixteen digits, which do not say every number to the last bit.
            exact = WriteOnlyCell(sheet, repr(value))
            exact.data_type = "n"
            return exact
        if isinstance(value, str):
            return ILLEGAL_CHARACTERS_RE.sub("", value)[:_EXCEL_CELL]
        return value

    sheet.append([str(name) for name in frame.columns])
    for row in zip(*(frame[name].tolist() for name in frame.columns), strict=True):
        sheet.append([cell(value) for value in row])
    book.save(path)
