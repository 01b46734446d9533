"""What the documents promise is there: every flag explained, every command that they show known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import cli
from models.support import FLAGS

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_flag_is_explained_to_marketers() -> None:
    page = (ROOT / "docs" / "marketer.md").read_text("utf-8")
    assert [code for code, words in FLAGS.items() if f"| `{code}` | {words} |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_shown_exist(page: Path) -> None:
    shown = set(re.findall(r"^(?:\.venv/bin/)?creatorlift ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE))
    known = cli.build_parser().format_help()
    assert {command for command in shown if not re.search(rf"^ +{command}\b", known, re.MULTILINE)} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_example_of_people_runs() -> None:
    section = (ROOT / "docs" / "data_scientist.md").read_text("utf-8").split("## People instead of collaborations")[1]
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0], names)  # noqa: S102 # our own document
    assert names["X"][names["first"], 2].mean() > 0.9
    assert (names["low"] < names["high"]).all()
