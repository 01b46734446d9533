"""The plots of a training report, as PNG bytes. The same figures give the same bytes: no clock, no global state."""

from __future__ import annotations

import io
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.report import DPI

_SIZE = (5.2, 3.8)
_SMALL = (3.4, 2.6)  # three beside each other on the page
_INK = "#1f4e79"
_LINE = "#8a8a8a"
_FILL = "#9dc3e6"


def _canvas(title: str, x: str, y: str, size: tuple[float, float] = _SIZE) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title, fontsize=11, loc="left")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(visible=True, color="#e5e5e5", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _note_if_empty(axes: Axes, table: pd.DataFrame) -> None:
    if table.empty:
        axes.text(0.5, 0.5, "too few test labels", ha="center", va="center", transform=axes.transAxes, color=_LINE)


def lift_by_decile(table: pd.DataFrame) -> bytes:
    """Predicted against measured lift by tenth of predicted lift; `table` as `metrics.decile_table` gives it."""
    figure, axes = _canvas("Lift by tenth of predicted lift", "predicted lift, %", "measured lift, %")
    percent = {c: 100.0 * np.expm1(table[c].to_numpy()) for c in ("predicted", "measured", "low", "high")}
    if len(table):
        ends = [min(percent["predicted"].min(), percent["measured"].min(), 0.0), percent["predicted"].max()]
        axes.plot(ends, ends, color=_LINE, linestyle="--", linewidth=1, label="as promised")
        error = np.vstack([percent["measured"] - percent["low"], percent["high"] - percent["measured"]])
        axes.errorbar(
            percent["predicted"], percent["measured"], yerr=error, fmt="o", color=_INK, label="measured, 80 %"
        )
        axes.legend(frameon=False, loc="upper left")  # the highest predictions lie on the right
    _note_if_empty(axes, table)
    return _png(figure)


def reliability(tables: Mapping[str, pd.DataFrame]) -> bytes:
    """Probabilities against frequencies; each table as `metrics.reliability_table` gives it, by name of the event."""
    figure, axes = _canvas("Are the probabilities right?", "predicted probability", "how often it happened")
    axes.plot([0, 1], [0, 1], color=_LINE, linestyle="--", linewidth=1)
    for number, (name, table) in enumerate(tables.items()):
        axes.plot(table["predicted"], table["happened"], marker="o", color=f"C{number}", label=name)
    if tables:
        axes.legend(frameon=False)
    _note_if_empty(axes, pd.concat(list(tables.values())) if tables else pd.DataFrame())
    return _png(figure)


def interval_coverage(table: pd.DataFrame) -> bytes:
    """Asked against measured coverage; columns level, covered, covered_low, covered_high (shares)."""
    figure, axes = _canvas("Do the intervals cover?", "asked level, %", "measured outcomes inside, %")
    axes.plot([0, 100], [0, 100], color=_LINE, linestyle="--", linewidth=1)
    axes.fill_between(
        100 * table["level"], 100 * table["covered_low"], 100 * table["covered_high"], color=_FILL, alpha=0.6
    )
    axes.plot(100 * table["level"], 100 * table["covered"], marker="o", color=_INK)
    _note_if_empty(axes, table)
    return _png(figure)


def bars(table: pd.DataFrame, *, title: str, x: str) -> bytes:
    """Horizontal bars, largest on top; columns name, value and optionally low, high."""
    ordered = table.sort_values("value", kind="stable")
    figure, axes = _canvas(title, x, "")
    error = None
    if "low" in ordered:
        error = np.vstack([ordered["value"] - ordered["low"], ordered["high"] - ordered["value"]]).clip(0.0)
    axes.barh(ordered["name"].astype(object), ordered["value"], xerr=error, color=_FILL, ecolor=_INK)
    axes.axvline(0.0, color=_LINE, linewidth=1)
    _note_if_empty(axes, table)
    return _png(figure)


def effect(curve: pd.DataFrame, *, title: str, x: str) -> bytes:
    """One feature's effect with its 80 % interval; columns value, effect, low, high (%)."""
    figure, axes = _canvas(title, x, "change in conversions, %", size=_SMALL)
    axes.axhline(0.0, color=_LINE, linewidth=1)
    axes.fill_between(curve["value"], curve["low"], curve["high"], color=_FILL, alpha=0.5)
    axes.plot(curve["value"], curve["effect"], marker="o", markersize=3, color=_INK)
    return _png(figure)


def data_size(table: pd.DataFrame) -> bytes:
    """Deviance against a constant by number of tests; columns n, vs_constant, vs_constant_low, vs_constant_high."""
    figure, axes = _canvas("How much data it takes", "lift tests learned from", "deviance against a constant lift, %")
    axes.axhline(0.0, color=_LINE, linewidth=1)
    value, low, high = (100.0 * table[f"vs_constant{end}"] for end in ("", "_low", "_high"))
    axes.errorbar(table["n"], value, yerr=np.vstack([value - low, high - value]).clip(0.0), fmt="o-", color=_INK)
    if len(table):
        axes.set_xscale("log")
        axes.set_xticks(table["n"], [f"{n:,}" for n in table["n"]])
        axes.minorticks_off()
    _note_if_empty(axes, table)
    return _png(figure)
