"""What a mapping says: which of their columns become which of ours, and how. See `docs/import.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.mapping_conditions import Condition
from data.schemas import Table

TIME_WORDS = ("iso", "unix_s", "unix_ms")
NUMBERS = ("plain", "human")
UNITS: Mapping[str, float] = {"percent": 0.01, "per_mille": 0.001, "thousand": 1e3, "million": 1e6, "cent": 0.01}
ALWAYS_HASHED = ("author_id",)


@dataclass(frozen=True)
class Rule:
    """How one of our columns is made. Steps in this order: missing, map, time or number and scale, prefix, default."""

    ours: str
    source: str
    """Their column (or the dotted path in JSON); for a `lookup`, our column whose value is looked up."""
    time: str | None = None
    zone: str | None = None
    number: str = "plain"
    scale: float = 1.0
    map: Mapping[str, str | None] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    default: str | None = None
    prefix: str = ""
    lookup: str | None = None
    """Table of the workspace whose row with the same `source` tells the value."""
    optional: bool = False
    """Whether their column may be absent from a file (as fields of JSON answers are)."""


@dataclass(frozen=True)
class ImportMapping:
    """A checked mapping."""

    table: Table
    rules: tuple[Rule, ...]
    constants: Mapping[str, str]
    flags: Mapping[str, Condition]
    hash: tuple[str, ...]
    keep: tuple[str, ...]
    where: Condition | None
    missing: tuple[str, ...]
    encoding: str | None
    delimiter: str | None
    records: str | None

    @property
    def made(self) -> tuple[str, ...]:
        """Our columns that the mapping fills."""
        return (*(rule.ours for rule in self.rules), *self.constants, *self.flags)
