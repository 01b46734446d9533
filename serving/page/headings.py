"""Where a stranger's table begins: titles, dates and groups of columns often stand above the column names."""

from __future__ import annotations

from collections.abc import Sequence

from serving.page.columns import guess

MOST_ABOVE = 15
"""Lines that are looked at."""
Line = Sequence[object]


def heading_of(lines: Sequence[Line]) -> int:
    """The place of the line that holds the column names, by how many of them are known; 0 where none stands out.

    A later line is the heading only where it tells more of the roles than the first, among them who is meant.
    """
    ranks = [_rank(line) for line in lines[:MOST_ABOVE]]
    best = max(range(len(ranks)), key=lambda at: (*ranks[at], -at), default=0)
    told, _ = ranks[best] if ranks else (0, False)
    return best if told >= 2 and ranks[best] > ranks[0] else 0


def tells(line: Line) -> bool:
    """Whether a line may be the heading of a list of creators."""
    return _rank(line)[0] >= 2


def _rank(line: Line) -> tuple[int, bool]:
    """How many roles the names tell, 0 where not who is meant, and whether without doubt."""
    found = guess(str(cell) for cell in line if cell not in (None, ""))
    who = {"creator_id", "handle"} & set(found.columns)
    return (len(found.columns), found.sure) if who else (0, False)
