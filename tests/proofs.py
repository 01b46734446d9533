"""What a test tried, how often and with what result, for docs/reliability.md (`make soak` writes it).

A test marked `proof(AREA, WHAT)` leaves a line in the file named by CREATORLIFT_PROOFS, one per case; `tried` adds how
often and what came out. Tests of the same AREA and WHAT are one row of the table.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

MARK = "proof"
_TOLD = pytest.StashKey[dict[str, Any]]()


class Tried:
    """Tells how often something was tried and what came of it; the test's own asserts say whether that is good."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told

    def __call__(self, times: int, result: str = "") -> None:
        """`times` adds up over calls and cases; `result` in a few words with its numbers."""
        self._told["times"] = self._told.get("times", 0) + times
        if result:
            self._told["result"] = result


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Tried:
    """Tells how often, and with what result."""
    return Tried(request.node.stash.setdefault(_TOLD, {}))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep what a marked test did, once it has run."""
    report = yield
    file, mark = os.environ.get("CREATORLIFT_PROOFS"), item.get_closest_marker(MARK)
    if file and mark is not None and (report.when == "call" or report.failed):
        area, what = mark.args
        told = {"times": 1, "result": ""} | item.stash.get(_TOLD, {})
        line = {"area": area, "what": what, **told, "outcome": report.outcome, "seconds": round(call.duration, 2),
                "test": item.nodeid.partition("[")[0]}  # fmt: skip
        # One write in append mode: several workers share the file.
        with Path(file).open("ab", buffering=0) as out:
            out.write(json.dumps(line).encode() + b"\n")
    return report
