"""Conditions of a mapping on their columns: which rows to take (`where`) and what makes a flag true (`flags`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from data.errors import Fault, shorten
from data.mapping_values import human_numbers

Take = Callable[[str], pd.Series]
"""Gives a column of theirs as text, missing as NaN."""

TESTS = ("matches", "equals", "one_of", "not_empty", "empty", "above", "below")
_GROUPS = ("any_of", "all_of", "not")


class Condition(Protocol):
    """Something true or false of each row."""

    def mask(self, take: Take) -> np.ndarray:
        """Boolean, shape (n_rows,)."""
        ...

    def columns(self) -> Iterator[str]:
        """Their columns that must be there."""
        ...


@dataclass(frozen=True)
class Test:
    """One test of one column. A missing value passes only `empty`."""

    column: str
    test: str
    value: Any
    optional: bool = False
    """Whether the column may be absent from a file; it is then empty."""

    def mask(self, take: Take) -> np.ndarray:
        """Boolean, shape (n_rows,)."""
        text = take(self.column)
        filled = text.notna() & (text.str.strip() != "")
        if self.test in ("not_empty", "empty"):
            wanted = (self.test == "not_empty") == bool(self.value)
            return np.array(filled if wanted else ~filled, dtype=bool)
        passed: np.ndarray = np.array(filled, dtype=bool) & self._compare(text)
        return passed

    def _compare(self, text: pd.Series) -> np.ndarray:
        if self.test == "matches":
            pattern = re.compile(self.value)
            # Python's own engine: Arrow's knows another dialect, and a mapping must mean one thing.
            return np.fromiter((isinstance(t, str) and bool(pattern.search(t)) for t in text), bool, len(text))
        if self.test in ("equals", "one_of"):
            words = self.value if self.test == "one_of" else [self.value]
            return np.asarray(text.str.strip().isin(words), dtype=bool)
        numbers = human_numbers(text)[0].to_numpy(dtype="float64")
        return np.asarray(numbers > self.value if self.test == "above" else numbers < self.value, dtype=bool)

    def columns(self) -> Iterator[str]:
        """Their column it reads, unless it may be absent."""
        if not self.optional:
            yield self.column


@dataclass(frozen=True)
class Group:
    """`any_of`, `all_of` or `not` of other conditions."""

    kind: str
    parts: tuple[Condition, ...]

    def mask(self, take: Take) -> np.ndarray:
        """Boolean, shape (n_rows,)."""
        masks = np.array([part.mask(take) for part in self.parts])
        if self.kind == "not":
            return np.asarray(~masks[0])
        return np.asarray(masks.any(axis=0) if self.kind == "any_of" else masks.all(axis=0))

    def columns(self) -> Iterator[str]:
        """Their columns that must be there."""
        for part in self.parts:
            yield from part.columns()


NEVER = Group("any_of", ())


def read_condition(raw: Any, where: str) -> tuple[Condition, list[Fault]]:
    """The condition a mapping says, and its faults; with faults, the condition is of no use."""
    if not isinstance(raw, dict):
        return NEVER, [Fault(where, shorten(raw), "a condition: {column: ..., matches: ...}, any_of, all_of or not")]
    group = next((kind for kind in _GROUPS if kind in raw), None)
    if group is not None:
        return _read_group(raw, group, where)
    allowed_keys = ("column", *TESTS, "optional")
    faults = [Fault(f"{where}.{key}", "an unknown key", ", ".join((*allowed_keys, *_GROUPS)))
              for key in raw if key not in allowed_keys]  # fmt: skip
    if not isinstance(raw.get("optional", False), bool):
        faults.append(Fault(f"{where}.optional", shorten(raw["optional"]), "true or false"))
    tests = [key for key in TESTS if key in raw]
    if not isinstance(raw.get("column"), str) or len(tests) != 1:
        faults.append(Fault(where, shorten(raw), "a column and one of " + ", ".join(TESTS)))
    if faults:
        return NEVER, faults
    value, allowed = _value_of(tests[0], raw[tests[0]])
    if allowed:
        return NEVER, [Fault(f"{where}.{tests[0]}", shorten(raw[tests[0]]), allowed)]
    return Test(raw["column"], tests[0], value, raw.get("optional", False)), []


def _read_group(raw: dict[str, Any], kind: str, where: str) -> tuple[Condition, list[Fault]]:
    inner = [raw[kind]] if kind == "not" else raw[kind]
    if len(raw) > 1 or not isinstance(inner, list) or not inner:
        return NEVER, [
            Fault(where, shorten(raw), f"{kind} alone, with " + ("a condition" if kind == "not" else "a list"))
        ]
    parts = [read_condition(part, f"{where}.{kind}[{i}]") for i, part in enumerate(inner, start=1)]
    return Group(kind, tuple(part for part, _ in parts)), [fault for _, faults in parts for fault in faults]


def _value_of(test: str, value: Any) -> tuple[Any, str]:
    """The value of a test ready for use, and what is allowed when it is of no use."""
    if test in ("not_empty", "empty"):
        return value, "" if isinstance(value, bool) else "true or false"
    if test in ("above", "below"):
        return value, "" if isinstance(value, (int, float)) and not isinstance(value, bool) else "a number"
    if test == "one_of":
        fine = isinstance(value, list) and value and not any(isinstance(v, (dict, list)) for v in value)
        return [_text(v) for v in value] if fine else value, "" if fine else "a list of words"
    if test == "matches":
        try:
            re.compile(value)
        except (re.error, TypeError):
            return value, "a regular expression"
        return value, ""
    return _text(value), "" if not isinstance(value, (dict, list)) and value is not None else "a word"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
