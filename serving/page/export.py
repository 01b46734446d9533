"""What a user takes away: Excel, CSV, and a one-page summary for print, all with text that no spreadsheet runs."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.styles import Alignment, Font

from data.writing import write_rows
from serving.page.shortlist import Answer

_COLUMNS: Mapping[str, str] = {
    "rank": "rank", "creator_id": "creator_id", "name": "creator", "platform": "platform", "followers": "followers",
    "fit": "fit_score", "fit_low": "fit_low", "fit_high": "fit_high", "lift": "lift_expected", "lift_low": "lift_low",
    "lift_high": "lift_high", "orders": "incremental_conversions_expected",
    "orders_low": "incremental_conversions_low", "orders_high": "incremental_conversions_high",
    "exposed": "exposed_expected", "exposed_low": "exposed_low", "exposed_high": "exposed_high",
    "rate": "baseline_rate", "fee": "fee", "cost": "cost", "profit": "profit", "profit_low": "profit_low",
    "profit_high": "profit_high", "roi": "roi_expected", "roi_low": "roi_low", "roi_high": "roi_high",
    "chance": "roi_probability_positive", "break_even": "break_even_fee", "maximum_fee": "maximum_fee",
    "support": "support",
}  # fmt: skip


_FORMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("lift_", "roi_probability", "level"), "0%"), (("baseline_rate",), "0.00%"), (("fit_", "followers"), "#,##0"),
    (("incremental_", "roi_"), "#,##0.0"), (("exposed_",), "#,##0"),
    (("fee", "cost", "profit", "break_even", "maximum_fee"), "#,##0.00"),
)  # fmt: skip
"""How numbers are shown, by how the column's name begins; what is kept is the number as it is."""
_FEW, _LOOKED_AT = 8, 200
_LEAST_WIDTH, _MOST_WIDTH, _WIDTH_OF_NUMBERS = 9, 44, 13


def table(rows: Sequence[Mapping[str, Any]], answer: Answer) -> pd.DataFrame:
    """The shortlist as a flat table, then the candidates without a score; every number with its range and level."""
    model = answer["model"]
    kind = "simulated demo" if model["data"] == "simulated" else "own campaigns"
    same = {
        "level": answer["level"], "currency": answer["currency"], "as_of": answer["as_of"],
        "model": f"{model['name']} {model['version']}", "model_trained_on": kind,
    }  # fmt: skip
    scored = [
        {label: row.get(name) for name, label in _COLUMNS.items()}
        | {"flags": "; ".join(flag["code"] for flag in row["flags"]), "error": None} | same
        for row in rows
    ]  # fmt: skip
    refused = [{"creator_id": error["creator_id"], "error": error["message"]} | same for error in answer["errors"]]
    columns = [*_COLUMNS.values(), "flags", "error", *same]
    return pd.DataFrame([*scored, *refused], columns=columns)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The table as CSV with a byte order mark, by which spreadsheets know that it is UTF-8."""
    return b"\xef\xbb\xbf" + _written(frame, "csv")


def excel_bytes(frame: pd.DataFrame) -> bytes:
    """The table as an Excel file that can be read as it opens: headings that stay, widths, percent and money."""
    book = openpyxl.load_workbook(io.BytesIO(_written(frame, "xlsx")))
    sheet = book.worksheets[0]
    sheet.freeze_panes = "D2" if len(frame.columns) > _FEW else "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for column in sheet.iter_cols():
        head, *cells = column
        name = str(head.value)
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        shown = next((form for ends, form in _FORMS if name.startswith(ends)), None)
        for cell in cells if shown else ():
            cell.number_format = shown
        longest = max((len(str(cell.value or "")) for cell in cells[:_LOOKED_AT]), default=0)
        wide = _WIDTH_OF_NUMBERS if any(isinstance(cell.value, float) for cell in cells) else longest + 2
        sheet.column_dimensions[head.column_letter].width = min(max(wide, _LEAST_WIDTH), _MOST_WIDTH)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _written(frame: pd.DataFrame, ending: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="creatorlift-") as folder:
        path = Path(folder) / f"table.{ending}"
        write_rows(frame, path)
        return path.read_bytes()
