"""docs/reliability.md is what its run left behind, and tells of proofs that there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LINE: dict[str, Any] = {
    "area": "Killed", "what": "`kill -9`", "times": 200, "result": "0 lost", "outcome": "passed", "seconds": 1.0,
    "test": "tests/test_x.py::test_a",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend("benchmarks")


def test_the_page_is_what_the_run_left_behind() -> None:
    from reliability import KEPT, LOAD, PAGE, page, read, rows_of

    kept = (read(KEPT) or {})["proofs"]
    assert PAGE.read_text("utf-8") == page(rows_of(kept), read(LOAD)), "run benchmarks/reliability.py"
    for row in kept.values():
        for test in row["tests"]:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), test


def test_cases_add_up_and_a_newer_run_replaces_an_older_one() -> None:
    from reliability import merged, page, rows_of

    lines = [LINE, LINE | {"result": "0 doubled"}, LINE | {"what": "other", "outcome": "failed"}]
    found = merged({}, lines, "2025-01-01")
    assert found["Killed: `kill -9`"]["times"] == 400
    assert found["Killed: `kill -9`"]["results"] == ["0 lost", "0 doubled"]
    told = page(rows_of(merged(found, [LINE], "2025-01-02")), None)
    assert "| `kill -9` | 200 | 0 lost | 2025-01-02 |" in told and "| other | 200 | **1 failed** | 2025-01-01 |" in told
