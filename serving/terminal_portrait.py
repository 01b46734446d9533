"""A creator's portrait for the terminal: readable from 80 characters on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from models.portrait import FamilyLines, Line, Portrait, Score

_LABEL, _WIDE_LABEL, _WIDE = 34, 42, 96
"""Characters of the column of names, narrow and wide, and the width from which there is room for the latter."""
_VARIANTS = ("_shrunk", "_28d", "_30d", "_90d", "_180d", "_365d", "_trimmed", "_lexicon")
"""Ends of the names of features that tell the same of another window or in another way."""
_BAR = 10
_OUTSTANDING = 0.95
_MOST_OUTSTANDING = 8
_EXAMPLE_LINES = 2
_ONE_OF = ("goal_", "platform_")
"""Features of which one is 1 and the others are 0: only the one is shown."""
_BLANKS = re.compile(r"\s+")


def portrait_view(told: Portrait, campaign: str, model: str, width: int) -> RenderableType:
    """The portrait as something to print, `width` in characters; `campaign` and `model` as they are to be called."""
    parts: list[RenderableType] = [*_head(told, campaign, model)]
    if told.score is not None:
        parts += [Text(), *_score(told.score)]
    parts += [Text(), *_outstanding(told)]
    for family in told.families:
        parts += [Text(), *_family(family, width)]
    return Group(*parts)


def _head(told: Portrait, campaign: str, model: str) -> Iterator[RenderableType]:
    name = f"{told.creator_id}  @{told.handle.lstrip('@')}" if told.handle else told.creator_id
    yield Text.assemble((name, "bold"), f"  {told.platform or 'platform unknown'}")
    if told.bio:
        yield Text(f"“{_one_line(told.bio)}”", style="italic")
    yield Text(f"For {campaign}, as of {told.as_of:%Y-%m-%d %H:%M} UTC – {model}")
    if told.peers_followers is None:
        yield Text("No peers: no other creator on this platform with known followers.")
    else:
        low, high = told.peers_followers
        yield Text(
            f"Bars: share of {told.peers} peers below (same platform, {low:,.0f} to {high:,.0f} followers).",
            style="dim",
        )


def _score(score: Score) -> Iterator[RenderableType]:
    yield Text.assemble(
        ("Fit ", "bold"), (f"{score.fit:.0f}", "bold cyan"), f" ({score.low:.0f} to {score.high:.0f})   ",
        ("Lift ", "bold"), f"{score.lift:+.0%}   ",
        ("Extra conversions ", "bold"), f"about {score.conversions:,.2g}   " if score.conversions < 10 else
        f"about {score.conversions:,.0f}   ", ("Support ", "bold"), score.support,
    )  # fmt: skip
    for reason in score.reasons:
        yield _hanging("• ", Text(reason["text"]))


def _hanging(mark: str, text: Text) -> RenderableType:
    """A line whose continuation stands under its beginning."""
    row = Table.grid(padding=0)
    row.add_column(width=len(mark), no_wrap=True)
    row.add_column(ratio=1, overflow="fold")
    row.add_row(Text(mark, style="dim"), text)
    return row


def _outstanding(told: Portrait) -> Iterator[RenderableType]:
    """Where the creator is unlike its peers, most unlike first."""
    far = [
        line
        for family in told.families
        for line in family.lines
        if line.percentile is not None
        and max(line.percentile, 1.0 - line.percentile) >= _OUTSTANDING
        and not line.name.endswith(_VARIANTS)
    ]
    far.sort(key=lambda line: -abs((line.percentile or 0.0) - 0.5))
    if not far:
        yield Text("Like its peers in everything known.", style="bold")
        return
    yield Text("Unlike its peers", style="bold")
    for line in far[:_MOST_OUTSTANDING]:
        share = line.percentile or 0.0
        side = f"more than {share:.0%} of peers" if share > 0.5 else f"less than {1.0 - share:.0%} of peers"
        yield Text.assemble("  ", f"{line.label}: ", (line.said, "bold"), f" – {side}")


def _family(family: FamilyLines, width: int) -> Iterator[RenderableType]:
    yield Rule(Text(family.title, style="bold"), align="left", characters="─", style="dim")
    shown = [line for line in family.lines if not (line.name.startswith(_ONE_OF) and not line.value)]
    known = [line for line in shown if line.value is not None]
    for lines, some in _runs(known):
        yield _table(lines, _WIDE_LABEL if width >= _WIDE else _LABEL)
        yield from some
    yield from _missing([line for line in shown if line.value is None])


def _runs(lines: Sequence[Line]) -> Iterator[tuple[list[Line], list[RenderableType]]]:
    """Lines up to one with examples, and these; the last run may have none."""
    run: list[Line] = []
    for line in lines:
        run.append(line)
        if line.examples:
            yield run, [*_examples(line)]
            run = []
    if run:
        yield run, []


def _table(lines: Iterable[Line], label: int) -> RenderableType:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(width=label, overflow="fold")
    table.add_column(width=24, overflow="fold")
    table.add_column(width=_BAR + 5, no_wrap=True)
    for line in lines:
        table.add_row(Text(line.label), Text(line.said, style="bold"), _bar(line))
    return Padding(table, (0, 0, 0, 1), expand=False)


def _bar(line: Line) -> Text:
    if line.percentile is None:
        return Text("")
    full = round(line.percentile * _BAR)
    colour = "cyan" if 1.0 - _OUTSTANDING < line.percentile < _OUTSTANDING else "yellow"
    return Text.assemble(("█" * full, colour), ("░" * (_BAR - full), "dim"), f" {line.percentile:>4.0%}")


def _examples(line: Line) -> Iterator[RenderableType]:
    for example in line.examples:
        day = "" if example.at is None else f"{example.at:%Y-%m-%d}"
        about = ", ".join(filter(None, (day, example.note)))
        said = _cut(_one_line(example.text), 150)
        text = Text.assemble(f"“{said}”" if example.kind in ("comment", "post") else said, (f"  {about}", "dim"))
        yield Padding(_hanging("· ", text), (0, 0, 0, 5))


def _missing(lines: Iterable[Line]) -> Iterator[RenderableType]:
    """What is not known, the reason once for all it is the reason of."""
    by_reason: dict[str, list[str]] = {}
    for line in lines:
        by_reason.setdefault(line.missing, []).append(line.label)
    for reason, labels in by_reason.items():
        yield Padding(
            _hanging("– ", Text.assemble((f"Not known ({reason}): ", "dim"), ", ".join(labels))), (0, 0, 0, 1)
        )


def _one_line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
