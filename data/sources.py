"""A workspace: a folder with, per table, one file or one partitioned folder of files, Parquet or CSV(.gz).

`creators.parquet`, `creators.csv`, `creators.csv.gz` or `creators/` (any nesting; `key=value` folders give a column).
Two forms of one table at once are a fault: nobody could say which one counts. CSV cells are text first, and only an
empty cell is missing, so the id `007` and the handle `NA` stay what they are.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd

from data import frames
from data.errors import Fault, InputError, TableError
from data.history import History
from data.rows import parse_csv, read_bytes, read_parquet, read_rows, undecodable
from data.schemas import TABLES, Table
from data.writing import replacing, write_csv, write_parquet, write_rows

__all__ = [
    "FORMATS", "LoadedTable", "digest", "load_history", "load_table", "read_rows", "read_tables", "table_files",
    "write_rows", "write_table",
]  # fmt: skip

FORMATS = ("parquet", "csv", "csv.gz")
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class LoadedTable:
    """A typed table and where each of its rows came from."""

    table: Table
    frame: pd.DataFrame
    faults: tuple[Fault, ...]
    """Unreadable files and values, missing required columns and missing values of columns that must have one."""
    labels: tuple[str, ...]
    """The files, as told in faults: `posts.parquet` or `posts/2025/part-0.csv`."""
    part: np.ndarray
    """Which of the files each row of `frame` is from."""
    number: np.ndarray
    """Number of each row within its file, from 1."""

    def place(self, row: int) -> tuple[str, int]:
        """File and number within it of the row at position `row` of `frame`."""
        return self.labels[int(self.part[row])], int(self.number[row])

    def wheres(self, column: str, rows: np.ndarray) -> list[str]:
        """The places of the cells of one column at these positions, for faults."""
        parts, numbers = self.part[rows].tolist(), self.number[rows].tolist()
        return [f"{self.labels[p]}, column {column}, row {n}" for p, n in zip(parts, numbers, strict=True)]

    def missing_values(self) -> list[Fault]:
        """A fault for each missing value of a column that must have one, unless told before (absent or unreadable)."""
        told = {fault.where for fault in self.faults}
        faults = []
        for column in self.table.columns:
            if column.nullable:
                continue
            there = np.array([f"{label}, column {column.name}" not in told for label in (*self.labels, "")])
            rows = np.flatnonzero(self.frame[column.name].isna().to_numpy() & there[self.part])
            places = [place for place in self.wheres(column.name, rows) if place not in told]
            faults += [Fault(place, "nothing", column.describe()) for place in places]
        return faults


def table_files(workspace: Path, name: str) -> list[Path]:
    """The files of one table, sorted; none when the table is absent.

    TableError when two forms are there at once, when a folder holds a file of another format or none at all, or when
    a file bears the table's name but an ending that no table has.
    """
    single = [path for ending in FORMATS if (path := workspace / f"{name}.{ending}").is_file()]
    folder = workspace / name
    forms = [*single, *([folder] if folder.is_dir() else [])]
    if len(forms) > 1:
        found = ", ".join(path.name + ("/" if path == folder else "") for path in forms)
        raise TableError(Fault(f"table {name}", f"{found}", "one of them only"))
    if forms != [folder]:
        _refuse_other_forms(workspace, name)
        return single
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    allowed = "files ending in " + ", ".join("." + ending for ending in FORMATS)
    strange = [Fault(_label(workspace, path), "another format", allowed) for path in files if not _format_of(path)]
    if strange or not files:
        raise TableError(strange or Fault(f"{name}/", "an empty folder", allowed))
    return files


def _refuse_other_forms(workspace: Path, name: str) -> None:
    others = [
        path
        for path in sorted(workspace.glob(f"{name}.*"))
        if path.is_file() and not _format_of(path) and not path.name.endswith((".part", ".lock"))
    ]
    if others:
        allowed = ", ".join(f"{name}.{ending}" for ending in FORMATS) + f" or a folder {name}/ (or import it)"
        raise TableError([Fault(path.name, "a format no table has", allowed) for path in others])


def _format_of(path: Path) -> str | None:
    return next((e for e in sorted(FORMATS, key=len, reverse=True) if path.name.endswith("." + e)), None)


def _label(workspace: Path, path: Path) -> str:
    return path.relative_to(workspace).as_posix()


def _read_part(workspace: Path, path: Path, table: Table) -> pd.DataFrame:
    """One file of a table, raw."""
    label = _label(workspace, path)
    if _format_of(path) == "parquet":
        frame = read_parquet(path)
    else:
        data = read_bytes(path).removeprefix(b"\xef\xbb\xbf")
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise TableError(undecodable(label, data, error)) from error
        frame = parse_csv(data, label, repeats=False)
        # CSV cannot tell an empty text from a missing one; where a text must be there, it is an empty one.
        must = [c.name for c in table.columns if c.kind == "text" and not c.nullable and not c.pattern]
        frame = frame.assign(**{name: frame[name].fillna("") for name in must if name in frame})
    for folder in path.relative_to(workspace / table.name).parts[:-1] if path.parent != workspace else ():
        key, is_pair, value = folder.partition("=")
        if is_pair and key not in frame:
            frame[key] = pd.Series(None if value == _NO_VALUE else unquote(value), index=frame.index, dtype="str")
    return frame


def load_table(workspace: Path, name: str) -> LoadedTable | None:
    """One table, typed, with all its faults; None when the workspace has no such table. Raises nothing."""
    table = TABLES[name]
    parts: list[pd.DataFrame] = []
    labels: list[str] = []
    faults: list[Fault] = []
    try:
        files = table_files(workspace, name)
    except TableError as error:
        files, faults = [], list(error.faults)
    if not files and not faults:
        return None
    for path in files:
        label = _label(workspace, path)
        try:
            raw = _read_part(workspace, path, table)
        except InputError as error:
            faults += [Fault(f.where.replace(str(path), label), f.got, f.allowed) for f in error.faults]
            continue
        frame, found = frames.typed(table, raw, label)
        parts.append(frame)
        labels.append(label)
        faults += found
    frame = parts[0] if len(parts) == 1 else pd.concat(parts or [frames.empty(name)], ignore_index=True)
    part = np.repeat(np.arange(len(parts)), [len(p) for p in parts])
    number = np.concatenate([np.arange(len(p)) for p in parts] or [np.zeros(0, dtype=np.int64)]) + 1
    loaded = LoadedTable(table, frame, tuple(faults), tuple(labels), part, number)
    return replace(loaded, faults=(*faults, *loaded.missing_values()))


def _require_folder(workspace: Path) -> None:
    if not workspace.is_dir():
        raise TableError(Fault(str(workspace), "no such folder", "a workspace: a folder with one file per table"))


def read_tables(workspace: Path, names: Iterable[str] | None = None) -> dict[str, pd.DataFrame]:
    """The typed tables of a workspace by name (all that are there, or those of `names` that are there).

    TableError names every unreadable file and value, missing column and missing value, across all tables.
    """
    _require_folder(workspace)
    tables: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name in TABLES if names is None else names:
        loaded = load_table(workspace, name)
        if loaded is not None:
            tables[name] = loaded.frame
            faults += loaded.faults
    if faults:
        raise TableError(faults)
    return tables


def missing_table(name: str) -> Fault:
    """The fault of a table that must be there and is not."""
    allowed = ", ".join(f"{name}.{ending}" for ending in FORMATS) + f" or a folder {name}/"
    return Fault(f"table {name}", "no such table", allowed)


def load_history(workspace: Path, require: Iterable[str] = ("creators", "posts")) -> History:
    """The history of a workspace; TableError when one of the `require`d tables is absent, or with every fault."""
    tables = read_tables(workspace)
    absent = [missing_table(name) for name in require if name not in tables]
    if absent:
        raise TableError(absent)
    return History.of(tables)


def write_table(workspace: Path, name: str, frame: pd.DataFrame, format: str = "parquet") -> Path:  # noqa: A002 - the word users know
    """Write one table whole (atomically), typed, our columns first, in place of whatever form it had; its path.

    TableError when a value is unreadable, or the format or table is unknown. The index is not written. CSV keeps
    text exactly; nothing is neutralised, since this is data and no report.
    """
    if format not in FORMATS:
        raise TableError(Fault("format", format, ", ".join(FORMATS)))
    if name not in TABLES:
        raise TableError(Fault(f"table {name}", "an unknown table name", ", ".join(TABLES)))
    table = TABLES[name]
    given = list(frame.columns)
    whole = frames.typed_or_raise(table, frame)
    ours = [column for column in table.columns if column.name in given]
    whole = whole[[c.name for c in ours] + [n for n in given if table.column(n) is None]]
    path = workspace / f"{name}.{format}"
    with replacing(path) as part:
        if format == "parquet":
            write_parquet(whole, part)
        else:
            write_csv(_csv_ready(table, whole), part, zipped=format == "csv.gz")
    for old in (workspace / f"{name}.{other}" for other in FORMATS if other != format):
        old.unlink(missing_ok=True)
    if (workspace / name).is_dir():
        shutil.rmtree(workspace / name)
    return path


def _csv_ready(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Counts as whole numbers and flags as true/false, as a person expects to read them."""
    plain = {}
    for column in table.columns:
        if column.name in frame and column.kind == "count":
            plain[column.name] = frame[column.name].astype("Int64")
        elif column.name in frame and column.kind == "flag":
            plain[column.name] = frame[column.name].astype("boolean")
    return frame.assign(**plain)


def digest(tables: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 (hex) of what the tables say in the columns that are ours.

    Two workspaces with the same rows have the same digest, whatever the order of rows and columns, the file format,
    extra columns, and whether an empty optional table or column is there or not.
    """
    whole = hashlib.sha256()
    for name in sorted(tables):
        if len(tables[name]) == 0:
            continue
        frame = frames.typed_or_raise(TABLES[name], tables[name])[[c.name for c in TABLES[name].columns]]
        numbers = frame.select_dtypes("float64")
        # -0.0 equals 0.0 but has other bytes.
        rows = pd.util.hash_pandas_object(frame.assign(**(numbers + 0.0)), index=False).to_numpy(dtype="<u8")
        whole.update(f"{name}:{len(rows)}:".encode())
        whole.update(np.sort(rows).tobytes())
    return whole.hexdigest()
