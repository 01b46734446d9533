"""The table specifications agree with themselves, and the page about them with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.schemas import TABLES, Table
from data.tables_page import tables_page

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_a_table_is_well_formed(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(names) == len(set(names))
    assert set(table.key) <= set(names)
    assert "known_at" in names
    assert table.happened_at is None or not table.columns[names.index(table.happened_at)].nullable
    for column in table.columns:
        assert column.describe()
        assert bool(column.choices) == (column.kind == "choice")


def test_the_page_about_the_tables_is_current() -> None:
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    assert page == tables_page(), "renew it: python -m data.tables_page > docs/tables.md"
