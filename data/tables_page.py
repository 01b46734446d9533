"""The page `docs/tables.md`, made from the table specifications so that it cannot differ from them.

`python -m data.tables_page > docs/tables.md` renews it; a test checks that it is current.
"""

from __future__ import annotations

import sys

from data.schemas import TABLES, Column, Table

_INTRO = """# Tables

<!-- Made by `python -m data.tables_page > docs/tables.md`; edit data/schemas.py instead. -->

A *workspace* is a folder with one file or one partitioned folder per table: `posts.parquet`, `posts.csv`,
`posts.csv.gz` or `posts/` with such files in it (any nesting; `key=value` folders give a column). One form per table.

- Times are UTC and say so (`2025-03-01T12:00:00Z`); other zones are converted, a time without a zone is a fault.
- Money is in the campaign's currency and is never converted.
- In CSV only an empty cell is missing: the id `007` and the handle `NA` stay what they are. Text is UTF-8.
- Columns that are not listed here are kept and ignored; optional columns and tables may be absent.
- `known_at`: when a row could first have been seen. Missing means "when it happened"; for `creators`, which has no
  event, "always". A row counts for a pairing only when it happened and was known strictly before the pairing's `as_of`.
- `creatorlift check WS` reports every fault with file, column, row and what is allowed. Rows count from 1, without the
  header.
"""
_KINDS = {
    "id": "id", "text": "text", "choice": "word", "number": "number", "count": "whole number", "flag": "true/false",
    "time": "time", "date": "date", "list": "words",
}  # fmt: skip


def tables_page() -> str:
    """The whole page, Markdown."""
    return _INTRO + "".join(map(_section, TABLES.values()))


def _section(table: Table) -> str:
    optional = " (optional)" if table.optional else ""
    head = f"\n## {table.name}{optional}\n\n{table.text} Key: {', '.join(f'`{name}`' for name in table.key)}.\n\n"
    return (
        head
        + "| column | type | unit | must be there | accepts |\n| --- | --- | --- | --- | --- |\n"
        + "".join(map(_row, table.columns))
    )


def _row(column: Column) -> str:
    must = "column and value" if not column.nullable else "column" if column.required else ""
    accepts = column.describe().replace("|", "\\|")
    return f"| `{column.name}` | {_KINDS[column.kind]} | {column.unit} | {must} | {accepts} |\n"


if __name__ == "__main__":
    sys.stdout.write(tables_page())
