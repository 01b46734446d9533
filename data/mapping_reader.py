"""Reading a mapping file (YAML, TOML or JSON), strictly.

An unknown key, a column that is not ours or a required column left out is a fault, told with its place.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from data.errors import Fault, MappingError, shorten
from data.mapping_conditions import Condition, read_condition
from data.mapping_spec import NUMBERS, TIME_WORDS, UNITS, ImportMapping, Rule
from data.schemas import TABLES, Table

_TOP = (
    "table", "columns", "constants", "flags", "hash", "keep", "where", "missing", "encoding", "delimiter", "records",
)  # fmt: skip
_RULE = ("from", "time", "zone", "number", "unit", "scale", "map", "missing", "default", "prefix", "lookup", "optional")


class _Loader(yaml.SafeLoader):
    """YAML without its traps: NO stays a country, a time stays text, and a repeated key is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if not key.tag.endswith(":merge")]
        repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
        if repeated:
            raise yaml.constructor.ConstructorError(None, None, f"repeated key {', '.join(repeated)}", node.start_mark)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in ("bool", "timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def parse_document(path: Path) -> Any:
    """The content of a YAML, TOML or JSON file; MappingError with the place of a syntax error."""
    ending = path.suffix.lower()
    if ending not in (".yaml", ".yml", ".toml", ".json"):
        raise MappingError(Fault(str(path), ending or "no ending", "a file ending in .yaml, .yml, .toml or .json"))
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise MappingError(Fault(str(path), "no such file", "a mapping file")) from error
    except UnicodeDecodeError as error:
        raise MappingError(Fault(str(path), str(error), "UTF-8 text")) from error
    try:
        if ending == ".toml":
            return tomllib.loads(text)
        return json.loads(text) if ending == ".json" else yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, yaml.YAMLError) as error:
        allowed = {".toml": "TOML", ".json": "JSON"}.get(ending, "YAML")
        raise MappingError(Fault(str(path), " ".join(str(error).split()), allowed)) from error


def read_mapping(path: Path) -> ImportMapping:
    """The mapping in a file; MappingError names every fault in it."""
    return mapping_of(parse_document(path), path.name)


def mapping_of(raw: Any, where: str = "mapping") -> ImportMapping:
    """The mapping a document says; MappingError names every fault in it."""
    reader = _Reader(where)
    top = reader.keys(raw, "", _TOP)
    table = TABLES.get(str(top.get("table")))
    if table is None:
        reader.fault("table", top.get("table"), "one of " + ", ".join(TABLES))
        raise MappingError(reader.faults)
    made = ImportMapping(
        table=table,
        rules=tuple(reader.rule(table, ours, rule) for ours, rule in reader.table(top, "columns").items()),
        constants=reader.words(top, "constants"),
        flags={name: reader.condition(c, f"flags.{name}") for name, c in reader.table(top, "flags").items()},
        hash=reader.names(top, "hash"),
        keep=reader.names(top, "keep"),
        where=reader.condition(top["where"], "where") if "where" in top else None,
        missing=reader.names(top, "missing"),
        encoding=reader.word(top, "encoding"),
        delimiter=reader.word(top, "delimiter"),
        records=reader.word(top, "records"),
    )
    reader.whole(made)
    if reader.faults:
        raise MappingError(reader.faults)
    return made


class _Reader:
    """Takes a mapping's parts, checked, and remembers every fault."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[Fault] = []

    def fault(self, path: str, got: object, allowed: str) -> None:
        place = f"{self.where}, {path}" if path else self.where
        self.faults.append(Fault(place, "nothing" if got is None else shorten(got), allowed))

    def keys(self, raw: Any, path: str, allowed: tuple[str, ...]) -> dict[str, Any]:
        """The table at `path`; a fault for each unknown key."""
        if not isinstance(raw, dict):
            self.fault(path, raw, "a table with " + ", ".join(allowed))
            return {}
        for key in raw:
            if key not in allowed:
                self.fault(f"{path}.{key}" if path else str(key), "an unknown key", ", ".join(allowed))
        return {key: raw[key] for key in allowed if key in raw}

    def table(self, top: dict[str, Any], key: str) -> dict[str, Any]:
        raw = top.get(key, {})
        if not isinstance(raw, dict):
            self.fault(key, raw, "a table")
            return {}
        return {str(name): value for name, value in raw.items()}

    def names(self, raw: dict[str, Any], key: str, path: str = "") -> tuple[str, ...]:
        value = raw.get(key, [])
        if not isinstance(value, list) or any(isinstance(v, (dict, list)) or v is None for v in value):
            self.fault(path or key, value, "a list of words")
            return ()
        return tuple(_word(v) for v in value)

    def word(self, raw: dict[str, Any], key: str, path: str = "") -> str | None:
        value = raw.get(key)
        if value is None or isinstance(value, (dict, list)):
            if key in raw:
                self.fault(path or key, value, "a word")
            return None
        return _word(value)

    def words(self, top: dict[str, Any], key: str) -> dict[str, str]:
        found = {name: self.word({name: v}, name, f"{key}.{name}") for name, v in self.table(top, key).items()}
        return {name: value for name, value in found.items() if value is not None}

    def condition(self, raw: Any, path: str) -> Condition:
        condition, faults = read_condition(raw, f"{self.where}, {path}")
        self.faults += faults
        return condition

    def rule(self, table: Table, ours: str, raw: Any) -> Rule:
        path = f"columns.{ours}"
        if isinstance(raw, (str, int, float)) and not isinstance(raw, bool):
            return Rule(ours, str(raw))
        found = self.keys(raw, path, _RULE)
        if ("from" in found) == ("lookup" in found) and isinstance(raw, dict):
            self.fault(path, ", ".join(found) or "{}", "`from` (their column) or `lookup` (a table of the workspace)")
        rule = Rule(
            ours,
            self.word(found, "from", f"{path}.from") or "",
            time=self.time(found, path, table, ours),
            zone=self.zone(found, path),
            number=self.choice(found, "number", path, NUMBERS) or "plain",
            scale=self.scale(found, path),
            map=self.map(found, path),
            missing=self.names(found, "missing", f"{path}.missing"),
            default=self.word(found, "default", f"{path}.default"),
            prefix=self.word(found, "prefix", f"{path}.prefix") or "",
            optional=self.yes(found, "optional", path),
        )
        return self.lookup(rule, found, path, table) if "lookup" in found else rule

    def choice(self, raw: dict[str, Any], key: str, path: str, allowed: tuple[str, ...]) -> str | None:
        value = raw.get(key)
        if value is not None and value not in allowed:
            self.fault(f"{path}.{key}", value, "one of " + ", ".join(allowed))
            return None
        return value

    def yes(self, raw: dict[str, Any], key: str, path: str) -> bool:
        value = raw.get(key, False)
        if not isinstance(value, bool):
            self.fault(f"{path}.{key}", value, "true or false")
        return value is True

    def time(self, raw: dict[str, Any], path: str, table: Table, ours: str) -> str | None:
        value = raw.get("time")
        if value is None:
            return None
        if value not in TIME_WORDS and not (isinstance(value, str) and "%" in value):
            self.fault(f"{path}.time", value, ", ".join(TIME_WORDS) + " or a format such as %d/%m/%Y %H:%M")
        column = table.column(ours)
        if column is not None and column.kind not in ("time", "date"):
            self.fault(f"{path}.time", value, f"no time: {ours} is {column.describe()}")
        unzoned = column is not None and column.kind == "time" and "%" in str(value) and "%z" not in str(value)
        if unzoned and "zone" not in raw:
            self.fault(f"{path}.zone", None, "the time zone of these times, e.g. UTC or Europe/Paris")
        return str(value)

    def zone(self, raw: dict[str, Any], path: str) -> str | None:
        value = raw.get("zone")
        if value is None:
            return None
        try:
            ZoneInfo(str(value))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.fault(f"{path}.zone", value, "a time zone such as UTC or Europe/Paris")
            return None
        return str(value)

    def scale(self, raw: dict[str, Any], path: str) -> float:
        if "unit" in raw and "scale" in raw:
            self.fault(path, "unit and scale", "one of them")
        if "unit" in raw:
            return UNITS.get(self.choice(raw, "unit", path, tuple(UNITS)) or "", 1.0)
        value = raw.get("scale", 1.0)
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < abs(value) < float("inf"):
            self.fault(f"{path}.scale", value, "a number to multiply with")
            return 1.0
        return float(value)

    def map(self, raw: dict[str, Any], path: str) -> dict[str, str | None]:
        value = raw.get("map", {})
        if not isinstance(value, dict) or any(isinstance(v, (dict, list)) for v in value.values()):
            self.fault(f"{path}.map", value, "a table of their value: our value")
            return {}
        return {_word(k): None if v is None else _word(v) for k, v in value.items()}

    def lookup(self, rule: Rule, raw: dict[str, Any], path: str, table: Table) -> Rule:
        other = TABLES.get(str(raw["lookup"]))
        if other is None or len(other.key) != 1 or other.column(rule.ours) is None or not table.column(other.key[0]):
            self.fault(f"{path}.lookup", raw["lookup"], f"a table with {rule.ours} whose key {table.name} has")
            return rule
        return Rule(rule.ours, other.key[0], lookup=other.name)

    def whole(self, made: ImportMapping) -> None:
        """Faults of the parts taken together."""
        self.columns_made(made)
        table = made.table
        for name in made.keep:
            if table.column(name) is not None:
                self.fault(f"keep.{name}", "one of our columns", "extra columns; map this one under columns")
        for name in made.hash:
            if name not in (*made.made, *made.keep):
                self.fault(f"hash.{name}", "a column the mapping does not make", ", ".join((*made.made, *made.keep)))
        for rule in made.rules:
            if rule.lookup and rule.source not in made.made:
                self.fault(f"columns.{rule.source}", None, f"this column, to look {rule.ours} up by")

    def columns_made(self, made: ImportMapping) -> None:
        """Faults of the columns of ours: unknown, made twice, of the wrong kind, or needed and not made."""
        table = made.table
        for name in dict.fromkeys(made.made):
            if table.column(name) is None:
                self.fault(f"columns.{name}", f"no column of {table.name}", ", ".join(c.name for c in table.columns))
            if made.made.count(name) > 1:
                self.fault(name, "made twice", "once, in columns, constants or flags")
        for name in made.flags:
            column = table.column(name)
            if column is not None and column.kind != "flag":
                self.fault(f"flags.{name}", f"a {column.kind} column", "a column that is true or false")
        for column in table.columns:
            if column.required and column.name not in made.made:
                self.fault(f"columns.{column.name}", None, f"this column: {table.name} needs it ({column.describe()})")


def _word(value: Any) -> str:
    """A scalar as text, as it would stand in a CSV file."""
    return str(value).lower() if isinstance(value, bool) else str(value)
