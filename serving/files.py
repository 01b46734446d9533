"""Scoring from files: a brief and a list of candidates in, the endpoint's answer or a table out.

Both files become the JSON body the endpoint would get and go through the same model and handler, so the scores are
the same to the last bit and the faults are worded alike.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import yaml
from pydantic import BaseModel, ValidationError

from data.errors import BriefError, CandidateError, Fault, UsageError, shorten
from data.rows import decode, ending_of, parse_json, read_bytes, read_rows
from data.sources import load_history
from data.writing import replacing, writable_ending, write_rows
from models.registry import load_scorer
from serving.answers import ScoreResponse, json_bytes
from serving.catalogue import Catalogue
from serving.handler import score
from serving.inputs import TERMS
from serving.problems import faults_of
from serving.schemas import Candidate, LongScoreRequest, Question, RankBy
from serving.tables import results_table

Asked = TypeVar("Asked", bound=Question)
_JSON_ENDINGS = ("json", "jsonl", "ndjson")
_MOST_DOTS = 1_000
"""Of a TOML text: a key of n parts takes n² of time and memory to read, and nothing else bounds its parts."""


class _PlainYaml(yaml.SafeLoader):
    """YAML as in version 1.2: only true and false are flags, so that NO is Norway; dates stay text.

    Without aliases: ten lines of them can stand for more text than there is memory.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias (*name); write out what it stands for")
        return super().compose_node(parent, index)


_PlainYaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in ("null", "int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainYaml.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false|True|False)$"), list("tfTF"))


def _yaml(text: str) -> Any:
    return yaml.load(text, Loader=_PlainYaml)  # noqa: S506 - a SafeLoader


def _toml(text: str) -> Any:
    if text.count(".") > _MOST_DOTS:
        raise ValueError(f"more than {_MOST_DOTS:,} full stops; send it as JSON")
    return tomllib.loads(text)


_READERS: Mapping[str, Callable[[str], Any]] = {
    "json": parse_json, "toml": _toml, "yaml": _yaml, "yml": _yaml,
}  # fmt: skip


def read_brief(path: Path) -> dict[str, Any]:
    """The brief in a JSON, YAML or TOML file: the columns of the campaigns table, `target_audience`, `target_roi`
    and `safety`, at the top or under `campaign`.

    Not yet checked against the schema. Raises BriefError when the file is missing, of another kind or malformed.
    """
    ending = ending_of(path)
    if ending not in _READERS:
        raise BriefError(
            Fault(
                str(path),
                f"the ending .{ending}" if ending else "no ending",
                "a file ending in .json, .yaml, .yml or .toml",
            )
        )
    if not path.is_file():
        raise BriefError(Fault(str(path), "no such file", "a brief in JSON, YAML or TOML"))
    return parse_brief(decode(read_bytes(path), path)[0], ending, path)


def parse_brief(text: str, ending: str, path: Path) -> dict[str, Any]:
    """As `read_brief`, of a text that is in hand; faults name `path`."""
    try:
        brief = _READERS[ending](text)
        json.dumps(brief, ensure_ascii=False, default=str).encode()  # half a character is no text
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        allowed = f"well-formed {ending.upper().replace('YML', 'YAML')}"
        raise BriefError(Fault(str(path), shorten(str(error).replace("\n", " "), 200), allowed)) from error
    if isinstance(brief, dict) and list(brief) == ["campaign"]:
        brief = brief["campaign"]
    if not isinstance(brief, dict):
        raise BriefError(Fault(str(path), type(brief).__name__, "names and values, such as brand: Northpeak"))
    return brief


def read_candidates(path: Path) -> list[dict[str, Any]]:
    """The candidates in a CSV, TSV, Excel, Parquet or JSON-lines file, as items of a request.

    Columns `creator_id` and, each optional, `fee`, `commission_rate`, `product_cost`, `expected_exposed`; other
    columns of a table are ignored. JSON may also hold inline records. Cells that are no number stay as they are, for
    the request model to refuse that candidate alone. Raises CandidateError when the file cannot be read, has no
    `creator_id` column or no rows.
    """
    try:
        rows = read_rows(path)
    except UsageError as error:
        raise CandidateError(error.faults) from error
    # Only JSON can hold inline records; a `creator` column of a spreadsheet is somebody's name.
    asked = Candidate.model_fields if ending_of(path) in _JSON_ENDINGS else ("creator_id", *TERMS)
    names = [name for name in asked if name in rows.columns]
    if not {"creator_id", "creator"} & set(names):
        found = ", ".join(str(name) for name in rows.columns) or "no columns"
        raise CandidateError(
            Fault(str(path), f"columns {shorten(found, 200)}", f"creator_id, and if known {', '.join(TERMS)}")
        )
    if rows.empty:
        raise CandidateError(Fault(str(path), "no rows", "one row per candidate"))
    columns = {name: [_cell(name, value) for value in rows[name].tolist()] for name in names}
    return [{name: columns[name][row] for name in names if columns[name][row] is not None} for row in range(len(rows))]


def _cell(name: str, value: Any) -> Any:
    """A cell as JSON has it: numbers as numbers, ids as text without a decimal zero, empty as None."""
    value = value.item() if hasattr(value, "item") else value
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    if name in TERMS and isinstance(value, str):
        return _number(value.strip())
    if name == "creator_id":
        value = int(value) if isinstance(value, float) and value.is_integer() else value
        return str(value).strip() or None
    return value


def _number(text: str) -> float | str | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def score_files(
    workspace: Path,
    brief: Path,
    candidates: Path,
    out: Path | None = None,
    *,
    now: pd.Timestamp,
    as_of: pd.Timestamp | None = None,
    model: str = "champion",
    level: float | None = None,
    rank_by: RankBy | None = None,
) -> ScoreResponse:
    """Score the candidates of a file for the brief of another, and write `out` when given.

    `out` ends in .json for the endpoint's answer, or in .csv, .tsv, .xlsx, .parquet or .jsonl for one row per
    candidate (`results_table`). It is written whole or not at all. Raises BriefError and CandidateError naming every
    fault of the files, NoModel when there is no such model, TableError when the workspace has faults.
    """
    if out is not None:
        writable_ending(out)
    options = {"as_of": None if as_of is None else as_of.isoformat(), "level": level, "rank_by": rank_by}
    request = read_request(LongScoreRequest, read_brief(brief), read_candidates(candidates), options, brief)
    scorer, info = load_scorer(model)
    catalogue = Catalogue.of(load_history(workspace))
    response = score(request, scorer, info, catalogue, now=now)
    if out is not None:
        write_response(response, out)
    return response


def write_response(response: ScoreResponse, out: Path) -> None:
    """Write an answer as the endpoint's JSON or, by the ending, as a table; whole or not at all."""
    write_answer(response, lambda: results_table(response), out)


def write_answer(answer: BaseModel, table: Callable[[], pd.DataFrame], out: Path) -> None:
    """Write any answer as JSON or, by the ending, its table; whole or not at all."""
    if writable_ending(out) == "json":
        with replacing(out) as part:
            part.write_bytes(json_bytes(answer))
    else:
        write_rows(table(), out)


def read_request(
    model: type[Asked], brief: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]], options: Mapping[str, Any],
    path: Path,
) -> Asked:  # fmt: skip
    """The endpoint's request of a brief, candidates and options (None: not given); BriefError names every fault.

    `path`: the brief's file, for the faults' words.
    """
    told = {key: value for key, value in options.items() if value is not None}
    try:
        body = json.dumps({"campaign": brief, "candidates": candidates, **told}, default=json_value)
        return model.model_validate_json(body)
    except (TypeError, RecursionError, ValidationError) as error:
        if not isinstance(error, ValidationError):
            raise BriefError(Fault(str(path), str(error), "names, text, numbers, dates and lists")) from error
        named = [Fault(_told_where(fault.where, path), fault.got, fault.allowed) for fault in faults_of(error, model)]
        raise BriefError(named) from None


def _told_where(field: str, brief: Path) -> str:
    """A field of the body as the user of a command wrote it: a line of the brief, or an option."""
    inner = field.removeprefix("campaign.")
    return f"{brief.name}, {inner}" if inner != field else "--" + field.replace("_", "-")


def json_value(value: object) -> object:
    """Dates of a TOML brief and times of a Parquet cell as the text JSON has for them."""
    if isinstance(value, date | pd.Timestamp):
        return value.isoformat()
    raise TypeError(f"a value of type {type(value).__name__}")
