"""`creatorlift import`: any CSV, TSV, JSON, Parquet or Excel file becomes rows of one table of a workspace.

All or nothing: when one value does not convert, nothing is written and every fault is told. Rows whose key the table
has already are left as they are, so importing a file again changes nothing. Names of authors never reach the
workspace: they are hashed with a salt that only the workspace holds (`.salt`, readable by its owner alone).
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from data.check import check_table
from data.errors import Fault, InputError, MappingError, TableError
from data.frames import typed
from data.mapping_convert import Converted, convert_rows
from data.mapping_reader import read_mapping
from data.mapping_spec import ALWAYS_HASHED, ImportMapping
from data.rows import read_rows
from data.sources import FORMATS, LoadedTable, load_table, table_files, write_table
from data.writing import locked

SALT_FILE = ".salt"
_SALT_BYTES = 32
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import did; counts of rows."""

    source: str
    table: str
    read: int
    """Rows in the file."""
    left_out: int
    """Not taken, by the mapping's `where`."""
    repeated: int
    """Dropped, since an earlier row of the file has the same key."""
    already_there: int
    """Dropped, since the table has a row with the same key."""
    written: int
    """Added to the table."""
    total: int
    """Rows of the table now."""

    def __str__(self) -> str:
        parts = [f"{self.read:,} rows read from {self.source}", f"{self.written:,} written to {self.table}"]
        parts += [f"{n:,} {words}" for n, words in (
            (self.left_out, "left out by the mapping"),
            (self.repeated, "dropped as repeated in the file"),
            (self.already_there, "already there"),
        ) if n]  # fmt: skip
        return ", ".join(parts) + f"; {self.table} has {self.total:,} rows now"


def import_file(source: Path, mapping: Path, workspace: Path, *, progress: Progress | None = None) -> ImportReport:
    """Import a foreign file into the workspace's table that the mapping names.

    `progress(step, done, total)` is called as its four parts end. Raises MappingError, TableError or UsageError
    with every fault of the mapping, the file, or the table that is there; then the workspace is as it was.
    """
    rules = read_mapping(mapping)
    told = partial(progress or _silent, f"import {rules.table.name}")
    told(0, 4)
    raw = read_rows(source, encoding=rules.encoding, delimiter=rules.delimiter, records=rules.records)
    told(1, 4)
    with _workspace_alone(workspace):
        salt = workspace_salt(workspace) if _hashes(rules) else None
        converted = convert_rows(raw, rules, source.name, salt, _lookups(rules, workspace))
        told(2, 4)
        _refuse_faults(converted, rules, source.name)
        told(3, 4)
        report = _merge(converted, rules, workspace, source.name, len(raw), salt)
        told(4, 4)
    return report


@contextmanager
def _workspace_alone(workspace: Path) -> Iterator[None]:
    """The workspace, made if need be, with nobody else changing it; a new one vanishes when the import fails."""
    fresh = not workspace.exists()
    workspace.mkdir(parents=True, exist_ok=True)
    try:
        with locked(workspace):
            yield
    except BaseException:
        # Also when interrupted: nothing half-written stays.
        if fresh:
            shutil.rmtree(workspace)
        raise


def _silent(step: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def _hashes(rules: ImportMapping) -> bool:
    return bool({*ALWAYS_HASHED, *rules.hash} & {*rules.made, *rules.keep})


def workspace_salt(workspace: Path) -> bytes:
    """The workspace's salt, or a fresh one that `keep_salt` will store."""
    path = workspace / SALT_FILE
    if not path.is_file():
        return secrets.token_bytes(_SALT_BYTES)
    try:
        salt = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        salt = b""
    if len(salt) != _SALT_BYTES:
        # Never the content: it is a secret, even a damaged one.
        raise TableError(
            Fault(SALT_FILE, "a damaged salt", f"{_SALT_BYTES} bytes in hexadecimal; restore it from a copy")
        )
    return salt


def keep_salt(workspace: Path, salt: bytes) -> None:
    """Store a salt that is not stored yet, readable by its owner alone."""
    path = workspace / SALT_FILE
    if path.exists():
        return
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(salt.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())


def _lookups(rules: ImportMapping, workspace: Path) -> dict[str, pd.DataFrame]:
    """The tables that the mapping looks values up in."""
    tables: dict[str, pd.DataFrame] = {}
    for name in {rule.lookup for rule in rules.rules if rule.lookup}:
        loaded = load_table(workspace, name)
        if loaded is None:
            raise MappingError(
                Fault(f"table {name}", "no such table", "it in the workspace: the mapping looks values up there")
            )
        if loaded.faults:
            raise TableError(loaded.faults)
        tables[name] = loaded.frame
    return tables


def _refuse_faults(converted: Converted, rules: ImportMapping, label: str) -> None:
    """Raise MappingError with what did not convert and what the table's checks find, in the file's own names."""
    part = np.zeros(len(converted.frame), dtype=np.int64)
    frame, faults = typed(rules.table, converted.frame, label)
    loaded = LoadedTable(rules.table, frame, tuple(faults), (label,), part, converted.numbers)
    loaded = replace(loaded, faults=(*faults, *loaded.missing_values()))
    told = {fault.where for fault in converted.faults}
    found = [fault for fault in _in_their_words(check_table(loaded, keys=False), rules) if fault.where not in told]
    if converted.faults or found:
        raise MappingError([*converted.faults, *found])


def _in_their_words(faults: list[Fault], rules: ImportMapping) -> list[Fault]:
    """Faults of our columns, told of theirs."""
    theirs = {rule.ours: rule.source for rule in rules.rules}
    # What was looked up is told of the column it was looked up by.
    theirs |= {rule.ours: theirs.get(rule.source, rule.source) for rule in rules.rules if rule.lookup}
    result = []
    for fault in faults:
        label, _, rest = fault.where.partition(", column ")
        column, _, row = rest.rpartition(", row ")
        name = theirs.get(column, column)
        result.append(Fault(f"{label}, column {name}, row {row}", fault.got, fault.allowed) if row else fault)
    return result


def _merge(
    converted: Converted, rules: ImportMapping, workspace: Path, label: str, read: int, salt: bytes | None
) -> ImportReport:
    """Add the rows that are new to the table, sorted by key, and write it; nothing is written when none is new."""
    name, key = rules.table.name, list(rules.table.key)
    there = load_table(workspace, name)
    if there is not None and there.faults:
        raise TableError(there.faults)
    frame = typed(rules.table, converted.frame)[0]
    unique = frame[~frame.duplicated(key)]
    old = there.frame if there is not None else unique.iloc[:0]
    both = pd.concat([old[key], unique[key]], ignore_index=True)
    new = unique[~both.duplicated().to_numpy()[len(old) :]]
    report = ImportReport(
        source=label,
        table=name,
        read=read,
        left_out=read - len(frame),
        repeated=len(frame) - len(unique),
        already_there=len(unique) - len(new),
        written=len(new),
        total=len(old) + len(new),
    )
    if there is None or len(new):
        whole = pd.concat([old, new], ignore_index=True) if len(old) else new
        # Columns that nobody filled are left out: a workspace should show what it knows.
        whole = whole.drop(
            columns=[c.name for c in rules.table.columns if not c.required and whole[c.name].isna().all()]
        )
        order = whole.reindex(columns=key).sort_values(key, kind="stable", na_position="first").index
        if salt is not None:
            keep_salt(workspace, salt)
        write_table(workspace, name, whole.loc[order], format=_format(workspace, name))
    return report


def _format(workspace: Path, name: str) -> str:
    """The format the table has; Parquet for a new one and for a partitioned folder."""
    try:
        files = table_files(workspace, name)
    except InputError:
        return "parquet"
    if len(files) == 1 and files[0].parent == workspace:
        return next(f for f in sorted(FORMATS, key=len, reverse=True) if files[0].name == f"{name}.{f}")
    return "parquet"
