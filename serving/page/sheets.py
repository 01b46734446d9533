"""A stranger's file as rows of text: Excel, delimited text with rows of uneven length, JSON records."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import itertools
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from data.errors import Fault, UsageError, shorten
from data.rows import READABLE, column_names, decode, ending_of, read_bytes, read_rows, sniff_delimiter
from serving.page.headings import MOST_ABOVE, heading_of, tells
from serving.page.payload_kinds import no_creators, platform_of, unpacked, with_channels
from serving.page.payloads import details_of

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 5_000
_ZIP = "an Excel workbook or another zip file"
_BEGINNINGS: Mapping[bytes, str] = {
    b"%pdf": "a PDF document", b"pk\x03\x04": _ZIP, b"\xd0\xcf\x11\xe0": "a workbook of an old Excel (.xls)",
    b"\x89png": "a picture", b"\xff\xd8\xff": "a picture", b"{\\rtf": "a text document",
    b"<!doctype html": "a web page", b"<html": "a web page",
}  # fmt: skip


@dataclass(frozen=True)
class WrongRow:
    """A row that cannot be used: its number in the file (the heading is row 1), why, and its cells."""

    row: int
    why: str
    cells: dict[str, str]

    def plain(self) -> dict[str, Any]:
        """As JSON for the browser."""
        return asdict(self)


@dataclass(frozen=True)
class Sheet:
    """The rows of an uploaded file as text, one column per field; `broken` rows have more cells than the heading.

    `details`: of each row what a JSON record tells besides, as `payloads.details_of` has it; empty for other files.
    `first`: number of the first row in the file, where the heading of most is row 1.
    """

    rows: pd.DataFrame
    broken: list[WrongRow]
    details: list[dict[str, Any]] = field(default_factory=list)
    first: int = 2

    def plain(self) -> dict[str, Any]:
        """As JSON for the browser."""
        return {"columns": list(self.rows.columns), "rows": self.rows.to_numpy().tolist(), "first": self.first,
                "broken": [row.plain() for row in self.broken], "details": self.details}  # fmt: skip

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> Sheet:
        """The sheet that `plain` described."""
        rows = pd.DataFrame(told["rows"], columns=told["columns"], dtype="object")
        return cls(rows, [WrongRow(**row) for row in told["broken"]], told["details"], told["first"])


def read_upload(contents: str, filename: str) -> Sheet:
    """The rows of an uploaded file.

    `contents` is a browser's data URL. The name decides the format by its ending and is used for nothing else. Raises
    UsageError naming what is wrong with the file.
    """
    shown = shorten(Path(filename).name or "the file", 60)
    ending = ending_of(Path(filename.lower()))
    if ending not in READABLE:
        came = f"the ending .{ending}" if ending else "no ending"
        raise UsageError(Fault(shown, came, "a spreadsheet (.xlsx) or a table (.csv, .tsv, .json)"))
    try:
        data = base64.b64decode(contents.partition(",")[2], validate=True)
    except (ValueError, binascii.Error) as error:
        raise UsageError(Fault(shown, "an upload that broke off", "the whole file; try again")) from error
    if len(data) > MOST_BYTES:
        raise UsageError(Fault(shown, f"{len(data) / 2**20:.0f} MiB", f"at most {MOST_BYTES // 2**20} MiB"))
    _check_kind(data, ending, shown)
    with tempfile.TemporaryDirectory(prefix="creatorlift-") as folder:
        path = Path(folder) / f"upload.{ending}{'.gz' if filename.lower().endswith('.gz') else ''}"
        path.write_bytes(data)
        try:
            sheet = _sheet(path, ending)
        except UsageError as error:
            raise UsageError(
                [Fault(f.where.replace(str(path), shown), f.got.replace(str(path), shown), f.allowed)
                 for f in error.faults]
            ) from error  # fmt: skip
    if sheet.rows.empty:
        raise UsageError(Fault(shown, "no rows", "one row per creator below the heading"))
    if len(sheet.rows) > MOST_ROWS:
        raise UsageError(Fault(shown, f"{len(sheet.rows):,} rows", f"at most {MOST_ROWS:,}: split the file"))
    return replace(sheet, rows=_as_text(sheet.rows))


def _check_kind(data: bytes, ending: str, shown: str) -> None:
    """Raise UsageError for a file that is something else than its name says, by how it begins."""
    held = next((kind for begin, kind in _BEGINNINGS.items() if data[:512].lstrip().lower().startswith(begin)), None)
    if not data.strip():
        raise UsageError(Fault(shown, "an empty file", "a heading and one row per creator"))
    if held is not None and not (held == _ZIP and ending == "xlsx"):
        allowed = "the list saved as .xlsx or .csv" if held != _ZIP else "the same file with the ending .xlsx"
        raise UsageError(Fault(shown, held, allowed))


def _sheet(path: Path, ending: str) -> Sheet:
    if ending == "json":
        records = _json_records(path)
        return Sheet(pd.json_normalize(records), [], [details_of(record) for record in records])
    if ending == "xlsx":
        return _workbook(path)
    try:
        rows = read_rows(path)
    except UsageError:
        if ending not in ("csv", "tsv", "txt"):
            raise
        found = _uneven(path, ending)
        if found is None:
            raise
        return found
    return _below([[*rows.columns], *rows.to_numpy().tolist()]) or Sheet(rows, [])


def _workbook(path: Path) -> Sheet:
    """The first sheet that lists creators by its heading; the first one where none does."""
    rows = read_rows(path)
    first = [[*rows.columns], *rows.to_numpy().tolist()]
    if any(tells(line) for line in first[:MOST_ABOVE]):
        return _below(first) or Sheet(rows, [])
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets[1:]:
            others = [
                list(line) for line in itertools.islice(sheet.iter_rows(values_only=True), MOST_ROWS + MOST_ABOVE)
            ]
            if any(tells(line) for line in others[:MOST_ABOVE]):
                found = _below(others)
                return found or Sheet(pd.DataFrame(others[1:], columns=column_names(others[0]), dtype="object"), [])
    finally:
        book.close()
    return Sheet(rows, [])


def _below(lines: Sequence[Sequence[object]]) -> Sheet | None:
    """The table below its heading, where that is not the first line; None where it is."""
    at = heading_of(lines)
    if not at:
        return None
    names = column_names(lines[at])
    return Sheet(pd.DataFrame(list(lines[at + 1 :]), columns=names, dtype="object"), [], first=at + 2)


def _uneven(path: Path, ending: str) -> Sheet | None:
    """A delimited file whose rows are of different lengths: short ones are filled up, long ones are broken.

    None when something else is wrong with it.
    """
    text, _ = decode(read_bytes(path), path)
    lines = list(csv.reader(io.StringIO(text), delimiter="\t" if ending == "tsv" else sniff_delimiter(text)))
    if len(lines) < 2 or len({len(line) for line in lines}) == 1:
        return None
    at = heading_of(lines)
    names = column_names(lines[at])
    whole: list[list[str]] = []
    broken: list[WrongRow] = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        if len(line) > len(names):
            why = f"{len(line)} cells under {len(names)} headings; a text with a comma needs quotes"
            broken.append(WrongRow(number, why, dict(zip(names, line, strict=False))))
        else:
            whole.append(line + [""] * (len(names) - len(line)))
    return Sheet(pd.DataFrame(whole, columns=names, dtype="object"), broken, first=at + 2)


def _json_records(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON document: an array, its `items` or `data`, or one object."""
    try:
        document = json.loads(read_bytes(path))
    except ValueError as error:
        raise UsageError(Fault(str(path), shorten(str(error), 100), "well-formed JSON")) from error
    document = unpacked(document)
    if isinstance(document, dict):
        held = next(
            (document[k] for k in ("items", "data", "results") if isinstance(document.get(k), list)), [document]
        )
        document = held
    if not isinstance(document, list) or not all(isinstance(record, dict) for record in document):
        raise UsageError(Fault(str(path), "something else", "an array of objects"))
    document = with_channels(document)
    others = {kind for kind in map(no_creators, document) if kind}
    if others and all(no_creators(record) for record in document):
        raise UsageError(
            Fault(str(path), " and ".join(sorted(others)), "creators: a profile or channel in each record")
        )
    return [_with_platform(record) for record in document]


def _with_platform(record: dict[str, Any]) -> dict[str, Any]:
    """The record with the platform it comes from, where it names none itself."""
    known = platform_of(record)
    return record if known is None or "platform" in record else {**record, "platform": known}


def _as_text(rows: pd.DataFrame) -> pd.DataFrame:
    def cell(value: Any) -> str:
        if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
            return ""
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return shorten(value, 200) if isinstance(value, list | dict) else str(value)

    return pd.DataFrame({str(name): [cell(v) for v in rows[name].tolist()] for name in rows.columns})
