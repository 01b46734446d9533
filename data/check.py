"""Every fault of a workspace: values by a pandera schema per table, then keys, rules across columns and tables."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd
import pandera.pandas as pandera
from pandera.errors import SchemaErrors

from data.check_rules import TABLE_RULES, findings, references, repeated_keys
from data.errors import Fault, TableError
from data.frames import DTYPES
from data.schemas import TABLES, Column
from data.sources import LoadedTable, load_table, missing_table


@cache
def schema_of(name: str) -> pandera.DataFrameSchema:
    """The pandera schema of a typed table: types, choices, ranges and patterns. Other columns are allowed.

    Every column may be missing values here: the reader has already named the ones that may not be.
    """
    columns = {
        column.name: pandera.Column(DTYPES[column.kind], checks=_checks(column), nullable=True)
        for column in TABLES[name].columns
    }
    return pandera.DataFrameSchema(columns, strict=False)


def _checks(column: Column) -> list[pandera.Check]:
    checks = []
    if column.choices:
        checks.append(pandera.Check.isin(column.choices))
    if column.low is not None:
        checks.append(pandera.Check.ge(column.low))
    if column.high is not None:
        checks.append(pandera.Check.le(column.high))
    if column.pattern:
        checks.append(pandera.Check.str_matches(f"^(?:{column.pattern})$"))
    return checks


def check_workspace(workspace: Path) -> list[Fault]:
    """Every fault of a workspace; none when it is sound.

    Unreadable files and values, missing tables, columns and values, values out of range, repeated keys, rows that
    refer to nothing, and rules across columns (a holdout test without a holdout, shares that add up to more than
    one, ...). Each fault tells file, column and row (counted from 1, the header not counted).
    """
    if not workspace.is_dir():
        return [Fault(str(workspace), "no such folder", "a workspace: a folder with one file per table")]
    faults: list[Fault] = []
    loaded: dict[str, LoadedTable] = {}
    for name, table in TABLES.items():
        found = load_table(workspace, name)
        if found is not None:
            loaded[name] = found
            faults += check_table(found)
        elif not table.optional:
            faults.append(missing_table(name))
    return faults + references(loaded)


def check_table(loaded: LoadedTable, *, keys: bool = True) -> list[Fault]:
    """Every fault within one table (repeated keys only if `keys`), references to other tables apart."""
    faults = [*loaded.faults, *_value_faults(loaded), *(repeated_keys(loaded) if keys else ())]
    for rule in TABLE_RULES.get(loaded.table.name, ()):
        faults += rule(loaded)
    # One fault per cell: an unreadable count is not told again as a missing one.
    return list({fault.where: fault for fault in reversed(faults)}.values())[::-1]


def require_sound(workspace: Path) -> None:
    """Raise TableError with every fault of the workspace, if it has any."""
    faults = check_workspace(workspace)
    if faults:
        raise TableError(faults)


def _value_faults(loaded: LoadedTable) -> list[Fault]:
    """What the pandera schema finds, in our words."""
    try:
        schema_of(loaded.table.name).validate(loaded.frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
    else:
        return []
    faults: list[Fault] = []
    for column in loaded.table.columns:
        rows = cases.loc[(cases["column"] == column.name) & cases["index"].notna(), "index"]
        wrong = pd.Series(loaded.frame.index.isin(rows.astype("int64")), index=loaded.frame.index)
        hinted = wrong & loaded.frame[column.name].between(1, 100) if column.high == 1 else wrong & False
        faults += findings(loaded, column.name, wrong & ~hinted, column.describe())
        percent = loaded.frame.assign(_share=(loaded.frame[column.name] / 100).round(6)) if hinted.any() else None
        got = ("{} (looks like a percentage; write {})", column.name, "_share")
        faults += findings(loaded, column.name, hinted, column.describe(), got, percent)
    return faults
