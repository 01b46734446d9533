"""A shortlist as a table for the terminal: the same numbers as the answer, rounded for reading."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from serving.schemas import ScoreResponse, ScoreResult

MOST_ROWS = 25
_NONE = "–"


def _range(low: float | None, high: float | None, form: str) -> str:
    return "" if low is None or high is None else f"{low:{form}} to {high:{form}}"


def _money(value: float | None) -> str:
    return _NONE if value is None else f"{value:,.0f}"


def _row(result: ScoreResult) -> list[str]:
    orders, roi = result.incremental_conversions, result.roi
    return [
        str(result.rank),
        result.creator_id,
        f"{result.fit.score:.0f}\n[dim]{_range(result.fit.low, result.fit.high, '.0f')}[/]",
        f"{result.lift.expected:+.0%}\n[dim]{_range(result.lift.low, result.lift.high, '+.0%')}[/]",
        f"{orders.expected:,.0f}\n[dim]{_range(orders.low, orders.high, ',.0f')}[/]",
        _NONE if roi is None else f"{roi.expected:+.1f}\n[dim]{_range(roi.low, roi.high, '+.1f')}[/]",
        _NONE if roi is None else f"{roi.probability_positive:.0%}",
        _money(result.cost.fee),
        _fee_word(result),
        result.support.level + ("\n[dim]" + ", ".join(result.flags[:2]) + "[/]" if result.flags else ""),
    ]


def _fee_word(result: ScoreResult) -> str:
    """The maximum fee: green where the asked fee is within it, red where it is above."""
    maximum, asked = result.maximum_fee, result.cost.fee
    if maximum is None:
        return _NONE
    colour = "" if asked is None else ("green" if asked <= maximum else "red")
    return f"[{colour}]{maximum:,.0f}[/]" if colour else _money(maximum)


def shortlist(response: ScoreResponse) -> RenderableType:
    """The ranked candidates of an answer, at most 25, then what could not be scored."""
    model = response.model
    kind = "simulated data" if model.data == "simulated" else "own data"
    table = Table(
        box=box.SIMPLE_HEAD,
        title=f"{response.campaign_id}: ranked for {response.currency}, model {model.name} {model.version} ({kind})",
        caption=f"Ranges hold the value in {response.level:.0%} of cases. Money in {response.currency}. "
        "Maximum fee: green when the asked fee is within it.",
        title_justify="left",
        caption_justify="left",
    )
    for name, justify in (("#", "right"), ("creator", "left"), ("fit", "right"), ("lift", "right")):
        table.add_column(name, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # rich types it as a literal
    for name in ("extra orders", "ROI", "P(ROI>0)", "asked fee", "maximum fee"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("support and flags", justify="left")
    for result in response.results[:MOST_ROWS]:
        table.add_row(*_row(result))
    parts: list[RenderableType] = [table]
    if len(response.results) > MOST_ROWS:
        parts.append(Text(f"... and {len(response.results) - MOST_ROWS} more in the file"))
    parts += [Text(f"not scored: {e.creator_id or f'row {e.index + 1}'}: {e.message}") for e in response.errors]
    return Group(*parts)
