"""Foreign rows and a mapping become a typed table of ours, or faults that name their column and row."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data import frames
from data.errors import Fault, MappingError, shorten
from data.mapping_spec import ALWAYS_HASHED, ImportMapping, Rule
from data.mapping_values import human_numbers, times
from data.schemas import Column

HASH_LENGTH = 32


@dataclass(frozen=True)
class Converted:
    """What became of a file's rows."""

    frame: pd.DataFrame
    """Typed rows that the mapping's `where` lets through: our columns that it makes, then the kept ones."""
    numbers: np.ndarray
    """Row number in the file (from 1) of each row of `frame`."""
    faults: tuple[Fault, ...]


class ForeignRows:
    """The raw rows of a file, by column name or dotted path into nested JSON values, as text."""

    def __init__(self, raw: pd.DataFrame, missing: tuple[str, ...]) -> None:
        self._raw = raw
        self._missing = frozenset(missing)
        self._taken: dict[str, pd.Series] = {}

    def has(self, path: str) -> bool:
        """Whether the file has this column, or any row this path."""
        return path in self._raw.columns or bool(self.take(path).notna().any())

    def take(self, path: str) -> pd.Series:
        """A column as text, with what the mapping calls missing as NaN; all missing when there is none."""
        if path not in self._taken:
            if path in self._raw.columns:
                values = self._raw[path]
            else:
                first, *rest = path.split(".")
                column = self._raw[first] if first in self._raw.columns else pd.Series(None, index=self._raw.index)
                values = pd.Series([_walk(value, rest) for value in column], index=self._raw.index, dtype="object")
            text = _text(values)
            self._taken[path] = text.mask(text.str.strip().isin({"", *self._missing}).to_numpy(dtype=bool))
        return self._taken[path]

    def names(self) -> str:
        """The columns there are, for a fault."""
        return shorten(", ".join(map(str, self._raw.columns)), 400)


def _walk(value: Any, path: list[str]) -> Any:
    """The value at a path of keys and list positions; None where it ends early."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, (list, np.ndarray)) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def _text(values: pd.Series) -> pd.Series:
    """Raw values as text; a list of words is joined with commas, a truth value is `true` or `false`."""
    if pd.api.types.is_object_dtype(values.dtype):
        values = values.map(_scalar, na_action="ignore")
    elif pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype("object").map(_scalar, na_action="ignore")
    return frames.convert(Column("text", "text"), values).values


def _scalar(value: Any) -> Any:
    if isinstance(value, (list, np.ndarray)):
        return ", ".join(str(_scalar(v)) for v in value)
    if isinstance(value, (bool, np.bool_)):
        return str(value).lower()
    return value


def absent_columns(mapping: ImportMapping, rows: ForeignRows, where: str) -> list[Fault]:
    """A fault for each of their columns that the mapping reads and the file does not have."""
    wanted = [rule.source for rule in mapping.rules if not rule.lookup and not rule.optional]
    wanted += mapping.keep
    for condition in (*mapping.flags.values(), *([mapping.where] if mapping.where else [])):
        wanted += condition.columns()
    absent = [name for name in dict.fromkeys(wanted) if not rows.has(name)]
    return [Fault(f"{where}, column {name}", "no such column", f"one of the file's: {rows.names()}") for name in absent]


def convert_rows(
    raw: pd.DataFrame, mapping: ImportMapping, where: str, salt: bytes | None, others: Mapping[str, pd.DataFrame]
) -> Converted:
    """Rows of a foreign file as a typed table of ours.

    `salt` keys the hash of the mapping's hashed columns; `others` holds the tables that its lookups read. Raises
    MappingError when a column it reads is absent; every value that does not convert is a fault of the result.
    """
    rows = ForeignRows(raw, mapping.missing)
    absent = absent_columns(mapping, rows, where)
    if absent:
        raise MappingError(absent)
    kept = np.flatnonzero(mapping.where.mask(rows.take)) if mapping.where else np.arange(len(raw))
    maker = _Maker(mapping, rows, kept, where, salt)
    made = {rule.ours: maker.column(rule) for rule in mapping.rules if not rule.lookup}
    made |= {name: maker.constant(name, value) for name, value in mapping.constants.items()}
    made |= {name: maker.flag(name) for name in mapping.flags}
    made |= {rule.ours: maker.looked_up(rule, made, others) for rule in mapping.rules if rule.lookup}
    frame = pd.DataFrame({c.name: made[c.name] for c in mapping.table.columns if c.name in made})
    for name in mapping.keep:
        frame[name] = maker.hashed(name, rows.take(name).iloc[kept].reset_index(drop=True))
    return Converted(frame, kept + 1, tuple(maker.faults))


class _Maker:
    """Makes the columns of one import and remembers the faults."""

    def __init__(
        self, mapping: ImportMapping, rows: ForeignRows, kept: np.ndarray, where: str, salt: bytes | None
    ) -> None:
        self.mapping = mapping
        self.rows = rows
        self.kept = kept
        self.where = where
        self.salt = salt
        self.faults: list[Fault] = []

    def ours(self, name: str) -> Column:
        return next(c for c in self.mapping.table.columns if c.name == name)

    def column(self, rule: Rule) -> pd.Series:
        """One of our columns from one of theirs."""
        column = self.ours(rule.ours)
        told = self.rows.take(rule.source).iloc[self.kept].reset_index(drop=True)
        text = told.mask(told.str.strip().isin(rule.missing).to_numpy(dtype=bool)) if rule.missing else told
        if rule.map:
            text = _mapped(text, rule.map)
        values, bad = self.read(column, rule, text)
        if rule.default is not None:
            empty = values.isna().to_numpy() & ~bad
            values = values.where(~empty, self.constant(rule.ours, rule.default))
        self.tell(rule, column, told, bad)
        return self.hashed(rule.ours, values)

    def read(self, column: Column, rule: Rule, text: pd.Series) -> tuple[pd.Series, np.ndarray]:
        """The text in the column's type, and which values could not be read."""
        if rule.time is not None and column.kind in ("time", "date"):
            if column.kind == "date":
                # A day is a day wherever it was written down.
                values, bad = times(text, rule.time, "UTC")
                return values.dt.normalize(), bad
            return times(text, rule.time, rule.zone)
        if column.kind in ("number", "count"):
            return self.read_number(column, rule, text)
        if rule.prefix:
            text = rule.prefix + text
        if column.kind == "text" and not column.nullable and not column.pattern:
            text = text.fillna("")
        converted = frames.convert(column, text)
        return converted.values, converted.bad

    def read_number(self, column: Column, rule: Rule, text: pd.Series) -> tuple[pd.Series, np.ndarray]:
        numbers, bad = human_numbers(text) if rule.number == "human" else frames.numbers_of(text)
        # Dividing by 100 is exact where multiplying by 0.01 is not: 57 % is 0.57.
        scaled = numbers / (1 / rule.scale) if abs(rule.scale) < 1 else numbers * rule.scale
        if column.kind == "count":
            # 1.1 million is 1100000, not 1100000.0000000002.
            scaled = scaled.where((scaled - scaled.round()).abs() > 1e-9 * scaled.abs(), scaled.round())
        converted = frames.convert(column, scaled)
        return converted.values, bad | converted.bad

    def constant(self, name: str, value: str) -> pd.Series:
        """The same value in every row; a fault, once, when it does not convert."""
        column = self.ours(name)
        converted = frames.convert(column, pd.Series([value], dtype="str"))
        if converted.bad.any():
            self.faults.append(Fault(f"mapping, constant {name}", shorten(value), column.describe()))
        return pd.Series(converted.values.iloc[[0] * len(self.kept)].array, dtype=frames.DTYPES[column.kind])

    def flag(self, name: str) -> pd.Series:
        """1 where the condition holds, 0 where not."""
        return pd.Series(self.mapping.flags[name].mask(self.rows.take)[self.kept].astype(np.float64))

    def looked_up(self, rule: Rule, made: Mapping[str, pd.Series], others: Mapping[str, pd.DataFrame]) -> pd.Series:
        """The value of the same name in another table of the workspace; a fault where that has no such row."""
        table = rule.lookup or ""
        known = others[table].drop_duplicates(rule.source).set_index(rule.source)[rule.ours]
        ids = made[rule.source]
        found = known.reindex(ids).reset_index(drop=True)
        lost = np.flatnonzero(found.isna().to_numpy() & ids.notna().to_numpy())
        source = next(r.source for r in self.mapping.rules if r.ours == rule.source)
        allowed = f"a {rule.source} of the table {table} in the workspace (import that first)"
        for row, value in zip(lost.tolist(), ids.iloc[lost].tolist(), strict=True):
            self.faults.append(
                Fault(f"{self.where}, column {source}, row {self.kept[row] + 1}", shorten(value), allowed)
            )
        return found

    def hashed(self, name: str, values: pd.Series) -> pd.Series:
        """The values, keyed-hashed if the mapping says so for this column; missing stays missing."""
        if self.salt is None or name not in (*ALWAYS_HASHED, *self.mapping.hash):
            return values
        salt = self.salt
        codes, words = pd.factorize(values)
        hashes = [hmac.digest(salt, str(word).strip().encode(), hashlib.sha256).hex()[:HASH_LENGTH] for word in words]
        return pd.Series(np.array([*hashes, None], dtype=object)[codes], index=values.index).astype("str")

    def tell(self, rule: Rule, column: Column, told: pd.Series, bad: np.ndarray) -> None:
        """A fault for each unreadable value, with the value as it stands in the file."""
        rows = np.flatnonzero(bad)
        allowed = _allowed(rule, column)
        self.faults += [
            Fault(f"{self.where}, column {rule.source}, row {number}", shorten(value), allowed)
            for number, value in zip((self.kept[rows] + 1).tolist(), told.iloc[rows].tolist(), strict=True)
        ]


def _mapped(text: pd.Series, words: Mapping[str, str | None]) -> pd.Series:
    """Their words by ours; a word that the map does not have stays."""
    codes, uniques = pd.factorize(text)
    new = [words.get(str(word).strip(), word) for word in uniques]
    return pd.Series(np.array([*new, None], dtype=object)[codes], index=text.index).astype("str")


def _allowed(rule: Rule, column: Column) -> str:
    if rule.time is None:
        return column.describe() + (" (as 48.5M, 1.39% or 12,345)" if rule.number == "human" else "")
    words = {"unix_s": "seconds since 1970", "unix_ms": "milliseconds since 1970", "iso": "an ISO time with its zone"}
    if rule.time == "iso" and rule.zone:
        return "an ISO time or date"
    return words.get(rule.time, f"a time as {rule.time}")
