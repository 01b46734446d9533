"""A shortlist as a table for the terminal: the same numbers as the answer, rounded for reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from serving.schemas import ScoreResponse, ScoreResult

MOST_ROWS = 25
_NONE = "–"
_WIDE = 104
"""Characters from which every column has room."""


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[ScoreResult], str]
    left: bool = False
    only_wide: bool = False


def _range(value: str, low: float | None, high: float | None, form: str) -> str:
    """A value with its range below it; the unit stands once."""
    return value if low is None or high is None else f"{value}\n[dim]{f'{low:{form}}'.rstrip('%')} to {high:{form}}[/]"


def _money(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.0f}"


def _fit(r: ScoreResult) -> str:
    return _range(f"{r.fit.score:.0f}", r.fit.low, r.fit.high, ".0f")


def _lift(r: ScoreResult) -> str:
    return _range(f"{r.lift.expected:+.0%}", r.lift.low, r.lift.high, "+.0%")


def _orders(r: ScoreResult) -> str:
    extra = r.incremental_conversions
    return f"{round(extra.expected):,}\n[dim]{round(extra.low):,} to {round(extra.high):,}[/]"


def _roi(r: ScoreResult) -> str:
    return _NONE if r.roi is None else _range(f"{r.roi.expected:+.1f}", r.roi.low, r.roi.high, "+.1f")


def _chance(r: ScoreResult) -> str:
    return _NONE if r.roi is None else f"{r.roi.probability_positive:.0%}"


def _maximum(r: ScoreResult) -> str:
    """The maximum fee: green where the asked fee is within it, red where it is above."""
    maximum, asked = r.maximum_fee, r.cost.fee
    if maximum is None or asked is None:
        return _money(maximum)
    colour = "green" if asked <= maximum else "red"
    return f"[{colour}]{maximum:,.0f}[/]"


def _support(r: ScoreResult) -> str:
    words = [flag.replace("_", " ") for flag in r.flags if flag != "simulated_model"]
    return "\n".join([r.support.level, *(f"[dim]{word}[/]" for word in words[:2])])


_COLUMNS = (
    _Column("#", lambda r: str(r.rank)),
    _Column("creator", lambda r: r.creator_id, left=True),
    _Column("fit", _fit),
    _Column("lift", _lift, only_wide=True),
    _Column("extra orders", _orders),
    _Column("ROI", _roi, only_wide=True),
    _Column("P(ROI>0)", _chance),
    _Column("asked", lambda r: _money(r.cost.fee)),
    _Column("max. fee", _maximum),
    _Column("support", _support, left=True, only_wide=True),
)


def shortlist(response: ScoreResponse, width: int) -> RenderableType:
    """The ranked candidates of an answer, at most 25, then what could not be scored; `width` in characters."""
    model = response.model
    kind = "simulated data" if model.data == "simulated" else "own data"
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{response.campaign_id}, money in {response.currency} – model {model.name} {model.version} ({kind})",
        caption=f"The range below a value holds it in {response.level:.0%} of cases. "
        "Max. fee: green when the asked fee is within it, red when above.",
        title_justify="left",
        pad_edge=False,
        padding=(0, 0, 0, 1),
        caption_justify="left",
    )
    columns = [c for c in _COLUMNS if width >= _WIDE or not c.only_wide]
    for column in columns:
        wraps = column.title == "support"
        table.add_column(
            column.title, justify="left" if column.left else "right", no_wrap=not wraps, max_width=20 if wraps else None
        )
    for result in response.results[:MOST_ROWS]:
        table.add_row(*(column.text(result) for column in columns))
    parts: list[RenderableType] = [table]
    if len(response.results) > MOST_ROWS:
        parts.append(Text(f"... and {len(response.results) - MOST_ROWS} more in the file"))
    parts += [Text(f"not scored: {e.creator_id or f'row {e.index + 1}'}: {e.message}") for e in response.errors]
    return Group(*parts)
