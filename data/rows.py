"""Raw rows of a foreign file: CSV, TSV, JSON, Parquet or Excel as they stand, nothing interpreted.

Text files give text: `007` stays `007` and `NA` stays `NA`; only an empty cell is missing. Other formats give what
they hold. Column names have their blanks collapsed (a line break in a header is a blank too).
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from data.errors import Fault, UsageError, shorten

READABLE = ("csv", "tsv", "txt", "jsonl", "ndjson", "json", "parquet", "xlsx")
_DELIMITERS = (",", "\t", ";", "|")
_SNIFFED_LINES = 50


def read_rows(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, records: str | None = None
) -> pd.DataFrame:
    """The rows of a CSV, TSV, JSON-lines, JSON, Parquet or Excel file (the first sheet), one column per field.

    `encoding` and `delimiter` are found out when None (UTF-8, UTF-16, else Windows-1252); `records` is the dotted
    path of the array of rows within a JSON document (`data.items`). Text formats may be gzipped (`.csv.gz`).
    Nested JSON values stay Python objects. Raises UsageError naming what is wrong with the file, and where.
    """
    ending = ending_of(path)
    if ending not in READABLE:
        raise UsageError(Fault(str(path), f"the ending .{ending}" if ending else "no ending", _endings(READABLE)))
    if not path.is_file():
        raise UsageError(Fault(str(path), "no such file", "a file that can be read"))
    if ending == "parquet":
        return read_parquet(path)
    if ending == "xlsx":
        return _read_excel(path)
    text, _ = decode(read_bytes(path), path, encoding)
    if ending in ("jsonl", "ndjson", "json"):
        return pd.DataFrame(_json_records(text, path, records), dtype="object")
    if delimiter is None:
        delimiter = "\t" if ending == "tsv" else sniff_delimiter(text)
    return parse_csv(text.encode("utf-8"), str(path), delimiter)


def ending_of(path: Path) -> str:
    """`csv` for `posts.CSV` and for `posts.csv.gz`; empty when there is none."""
    name = path.name.lower().removesuffix(".gz")
    return name.rpartition(".")[2] if "." in name else ""


def _endings(endings: Iterable[str]) -> str:
    return "a file ending in " + ", ".join("." + e for e in endings)


def read_bytes(path: Path) -> bytes:
    """The file's bytes, unzipped when it ends in `.gz`; UsageError when the archive is broken."""
    if not path.name.lower().endswith(".gz"):
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            return file.read()
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(Fault(str(path), f"a broken gzip file ({error})", "a whole gzip file")) from error


def decode(data: bytes, path: Path, encoding: str | None = None) -> tuple[str, str]:
    """The text of a file and the encoding it is in, found out when not given.

    A byte order mark decides; otherwise UTF-8; otherwise UTF-16 when every other byte is zero; otherwise
    Windows-1252. A file that is UTF-8 but for a few damaged bytes is refused, with the place, and not misread.
    """
    guess = encoding or _guess_encoding(data)
    try:
        return data.decode(guess).removeprefix("\ufeff"), guess
    except LookupError as error:
        raise UsageError(Fault(str(path), f"the encoding {guess}", "utf-8, utf-16, cp1252, ...")) from error
    except UnicodeDecodeError as error:
        if encoding is None and not _mostly_utf8(data):
            return _western(data)
        raise UsageError(undecodable(str(path), data, error)) from error


def _western(data: bytes) -> tuple[str, str]:
    """Windows-1252, or Latin-1 where the bytes have no meaning in it; the two differ in 32 bytes only."""
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def undecodable(where: str, data: bytes, error: UnicodeDecodeError) -> Fault:
    """The fault of bytes that are not text in the expected encoding, with line and byte."""
    line = data.count(b"\n", 0, error.start) + 1
    got = f"the byte 0x{data[error.start]:02x} at byte {error.start + 1:,}"
    return Fault(f"{where}, line {line:,}", got, f"text in {error.encoding.upper()}")


def _guess_encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = data[:4096]
    if len(head) >= 4 and b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) / 5:
            return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8"


def _mostly_utf8(data: bytes) -> bool:
    """Whether the bytes hold more whole UTF-8 sequences than broken ones: damaged UTF-8, not another encoding."""
    lenient = data.decode("utf-8", errors="replace")
    broken = lenient.count("\ufffd")
    whole = sum(n for char, n in Counter(lenient).items() if ord(char) > 127 and char != "\ufffd")
    return whole > broken


def sniff_delimiter(text: str) -> str:
    """The delimiter of a delimited text: the one that cuts the first lines into the most, and equally many, fields."""
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text[:200_000]), delimiter=delimiter)
        try:
            widths = [len(row) for row, _ in zip(reader, range(_SNIFFED_LINES), strict=False) if row]
        except csv.Error:
            continue
        if widths and widths[0] > 1:
            score = (sum(w == widths[0] for w in widths) * 100 // len(widths), widths[0])
            best, best_score = (delimiter, score) if score > best_score else (best, best_score)
    return best


def column_names(raw: Sequence[object]) -> list[str]:
    """Names with blanks collapsed; a repeated name gets `.1`, `.2`; an empty one `column_3`."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for i, value in enumerate(raw):
        name = " ".join(str(value).split()) if value is not None else ""
        name = name or f"column_{i + 1}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}.{seen[name] - 1}")
    return names


def parse_csv(data: bytes, where: str, delimiter: str = ",", *, repeats: bool = True) -> pd.DataFrame:
    """Rows of UTF-8 delimited text, every column text, empty cells missing.

    UsageError names every row with too few or too many fields and, unless `repeats`, every repeated column name.
    """
    # A field may be long; csv's own limit is for interactive use.
    csv.field_size_limit(2**31 - 1)
    head = io.StringIO(data[: 1 << 20].decode("utf-8", errors="ignore"), newline="")
    header = next(csv.reader(head, delimiter=delimiter), [])
    if not header:
        raise UsageError(Fault(where, "no header line", "a first line with the column names"))
    names = column_names(header)
    if not repeats and (twice := [n for n, times in Counter(" ".join(h.split()) for h in header).items() if times > 1]):
        raise UsageError([Fault(f"{where}, column {name}", "a repeated column", "each name once") for name in twice])
    ragged: list[Any] = []

    def keep_count(row: Any) -> str:
        ragged.append(row)
        return "skip"

    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            # One block: a value with line breaks must not be cut at a block's edge.
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=min(max(len(data) + 1, 1 << 16), 2**31 - 1),
                autogenerate_column_names=True,
                skip_rows_after_names=1,
            ),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(names) > 1,
                invalid_row_handler=keep_count,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={f"f{i}": pa.string() for i in range(len(names))},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        raise UsageError(Fault(where, str(error), "delimited text")) from error
    if ragged:
        raise UsageError(_ragged_faults(ragged, where))
    frame = table.rename_columns(names).to_pandas()
    _refuse_open_quote(frame, data, where)
    return frame


def _ragged_faults(rows: list[Any], where: str) -> list[Fault]:
    # Arrow counts the header as row 1.
    return [
        Fault(
            f"{where}, row {row.number - 1}" if row.number else where,
            f"{row.actual_columns} fields ({shorten(row.text, 40)})",
            f"{row.expected_columns} fields, as in the header",
        )
        for row in rows
    ]


def _refuse_open_quote(frame: pd.DataFrame, data: bytes, where: str) -> None:
    """A quote never closed swallows the rest of the file into one cell without any other sign."""
    if frame.empty:
        return
    last = frame.iloc[-1, -1]
    if isinstance(last, str) and "\n" in last and not data.rstrip(b"\r\n").endswith(b'"'):
        place = f"{where}, row {len(frame)}"
        raise UsageError(Fault(place, f"a quote that is never closed ({shorten(last, 40)})", "closed quotes"))


def read_parquet(path: Path) -> pd.DataFrame:
    """The rows of one Parquet file. Whole numbers with gaps stay whole (they may be long ids); no pickles are read."""
    try:
        table = pyarrow.parquet.ParquetFile(path).read(use_threads=False)
    except pa.ArrowException as error:
        raise UsageError(Fault(str(path), f"no Parquet file ({shorten(str(error))})", "a Parquet file")) from error
    if len(set(table.column_names)) < len(table.column_names):
        table = table.rename_columns(column_names(table.column_names))
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(i, field.name, table.column(i).cast(field.type.value_type))
    return table.to_pandas(ignore_metadata=True, integer_object_nulls=True, use_threads=False)


def _read_excel(path: Path) -> pd.DataFrame:
    # Two hundred modules, which only spreadsheets need.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # Opened here: openpyxl leaves the file open where it fails over it.
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations, which do not concern us
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
            finally:
                book.close()
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError) as error:
        raise UsageError(Fault(str(path), f"no Excel workbook ({error})", "an .xlsx workbook with a sheet")) from error
    rows = [row for row in rows if any(v not in (None, "") for v in row)]
    if not rows:
        raise UsageError(Fault(str(path), "an empty sheet", "a first row with the column names"))
    width = max(i + 1 for row in rows for i, v in enumerate(row) if v not in (None, ""))
    cells = [[None if v == "" else v for v in (row + [None] * width)[:width]] for row in rows[1:]]
    return pd.DataFrame(cells, columns=column_names(rows[0][:width]), dtype="object")


def _json_records(text: str, path: Path, records: str | None) -> list[dict[str, Any]]:
    """The objects of a JSON array, of a JSON document's `records`, or of JSON lines."""
    faults: list[Fault] = []
    rows: list[Any]
    if ending_of(path) == "json" or records or text.lstrip()[:1] == "[":
        try:
            document = parse_json(text)
        except json.JSONDecodeError as error:
            place = f"{path}, line {error.lineno}, column {error.colno}"
            raise UsageError(Fault(place, error.msg, "JSON")) from error
        rows = _rows_of(document, records, path)
    else:
        rows = []
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                rows.append(parse_json(line))
            except json.JSONDecodeError as error:
                faults.append(Fault(f"{path}, line {number}", f"{error.msg} ({shorten(line, 40)})", "a JSON object"))
    faults += [
        Fault(f"{path}, row {i}", shorten(row), "a JSON object")
        for i, row in enumerate(rows, start=1)
        if not isinstance(row, dict)
    ]
    if faults:
        raise UsageError(faults)
    return rows


def parse_json(text: str) -> Any:
    """A JSON text's value; JSONDecodeError also for what Python's own parser gives up on or lets through."""
    try:
        value = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", text, 0) from None
    except UnicodeEncodeError:
        raise json.JSONDecodeError("half a character (a lone surrogate)", text, 0) from None
    except json.JSONDecodeError:
        raise
    except ValueError:
        raise json.JSONDecodeError("a whole number of too many digits", text, 0) from None
    return value


def _rows_of(document: Any, records: str | None, path: Path) -> list[Any]:
    for part in records.split(".") if records else []:
        if not isinstance(document, dict) or part not in document:
            held = ", ".join(document) if isinstance(document, dict) else type(document).__name__
            raise UsageError(Fault(str(path), f"{held} (looking for {records})", f"an object with {part}"))
        document = document[part]
    return document if isinstance(document, list) else [document]
