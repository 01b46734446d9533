"""Which column is what, by its name and by what stands in it: ids and handles of the catalogue, @names, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable

from serving.page.columns import Guess, Role, guess
from serving.page.directory import Directory
from serving.page.sheets import Sheet

_LOOKED_AT = 40
_MOST = 0.8
"""Share of the cells that leaves no doubt."""
_NAMED = re.compile(r"^@[\w.]|^(https?://)?(www\.)?(instagram|tiktok|youtube)\.com/", re.IGNORECASE)


def recognised(sheet: Sheet, directory: Directory) -> Guess:
    """As `guess`; where names leave a doubt about who is meant, the cells are asked."""
    found = guess(sheet.rows.columns)
    if {"creator_id", "handle"} & (set(found.columns) - set(found.unsure)):
        return found
    tests: tuple[tuple[Role, Callable[[str], bool]], ...] = (
        ("creator_id", lambda text: directory.known(text) is not None),
        ("handle", lambda text: bool(_NAMED.match(text))),
        ("handle", directory.has_handle),
    )
    settled = {name for role, name in found.columns.items() if role not in (*found.unsure, "creator_id", "handle")}
    for role, fits in tests:
        for name in sheet.rows.columns:
            cells = [text for text in sheet.rows[name].head(_LOOKED_AT).tolist() if text]
            if name not in settled and cells and sum(map(fits, cells)) >= _MOST * len(cells):
                others = {r: n for r, n in found.columns.items() if n != name and r not in ("creator_id", "handle")}
                return Guess({role: name, **others}, tuple(r for r in found.unsure if r in others))
    return found
