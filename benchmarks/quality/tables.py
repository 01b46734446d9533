"""Tables and plots of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from common import ROOT
from matplotlib.figure import Figure

PLOTS = ROOT / "docs" / "quality"
INK, FILL, GREY = "#1f4e79", "#9dc3e6", "#8a8a8a"
Found = Mapping[str, Any]


def short(value: Found | None, digits: int = 3, percent: bool = False) -> str:
    """`mean (low to high)`."""
    if value is None:
        return "–"
    scale, unit = (100.0, " %") if percent else (1.0, "")
    digits = max(digits - 2, 0) if percent else digits
    mean, low, high = (f"{scale * value[key]:.{digits}f}" for key in ("mean", "low", "high"))
    return f"{mean}{unit}" if value["low"] == value["high"] else f"{mean}{unit} ({low} to {high})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def saved(figure: Figure, name: str, alt: str) -> str:
    """Keep the plot beside the page; returns the line that shows it."""
    figure.savefig(PLOTS / f"{name}.png", metadata={"Software": None})
    return f"![{alt}](quality/{name}.png)"
