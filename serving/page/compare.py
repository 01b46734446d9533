"""Up to four creators side by side, from the rows of the shortlist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from serving.page import figures
from serving.page.brief import conversion_word
from serving.page.look import SUPPORT_WORDS, count, decimal, money, orders, percent, span
from serving.page.parts import QUICK
from serving.page.wiring import Wiring

MOST = 4
Row = Mapping[str, Any]
Line = tuple[str, Callable[[Row], str], Callable[[Row], str], str | None]
"""What it is, its value, its range, and the number by which the highest is marked."""


def modal() -> Any:
    """The panel that opens over the shortlist."""
    return dmc.Modal(
        html.Div(id="compare-body"), id="compare", title="Compare", size="min(1180px, 96vw)",
        closeButtonProps={"aria-label": "Close the comparison"}, transitionProps=QUICK,
    )  # fmt: skip


def register(wiring: Wiring) -> None:
    """Add its callbacks to the app."""
    wiring.app.clientside_callback(
        ClientsideFunction("page", "compareWords"), Output("compare-open", "children"),
        Output("compare-open", "disabled"), Input("shortlist", "selectedRows"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        opened, Output("compare", "opened"), Output("compare-body", "children"), Input("compare-open", "n_clicks"),
        State("shortlist", "selectedRows"), State("asked", "data"), prevent_initial_call=True,
    )  # fmt: skip


def opened(_: Any, selected: Sequence[Row] | None, asked: Mapping[str, Any] | None) -> Any:
    """The comparison of the ticked creators, best rank first."""
    if not selected or not asked or not 2 <= len(selected) <= MOST:
        return no_update, no_update
    rows = sorted(selected, key=lambda row: row["rank"])
    return True, view(rows, asked["currency"], asked["campaign"].get("goal", "sales"))


def view(rows: Sequence[Row], currency: str, goal: str) -> Any:
    """A table of every measure with its range, the best of each marked, and the intervals of lift and ROI drawn."""
    head = html.Tr([html.Th("", scope="col"), *(html.Th(html.Bdi(row["name"]), scope="col") for row in rows)])
    body = [_line(line, rows) for line in _lines(currency, conversion_word(goal))]
    flags = html.Tr(
        [html.Th("To look at", scope="row"),
         *(html.Td(", ".join(f["label"] for f in row["flags"]) or "nothing") for row in rows)]
    )  # fmt: skip
    table = html.Table([html.Thead(head), html.Tbody([*body, flags])], className="cl-table cl-compare")
    plots = [
        dcc.Graph(figure=figures.intervals(rows, "lift", "Lift and its range", "lift", "+.0%"), config=figures.CONFIG),
        dcc.Graph(figure=figures.intervals(rows, "roi", "ROI and its range", "profit per unit spent", "+.1f"),
                  config=figures.CONFIG),
    ]  # fmt: skip
    return html.Div(
        [html.Div(table, className="cl-scroll", tabIndex=0, role="region", **{"aria-label": "Comparison"}),
         html.Div(plots, className="cl-two cl-gap-top")]
    )  # fmt: skip


def _line(line: Line, rows: Sequence[Row]) -> Any:
    label, value, below, by = line
    best = max((row[by] for row in rows if row[by] is not None), default=None) if by else None
    cells = [
        html.Td([html.Div(value(row), className="cl-best" if by and best is not None and row[by] == best else ""),
                 html.Div(below(row), className="cl-figure-below")])
        for row in rows
    ]  # fmt: skip
    return html.Tr([html.Th(label, scope="row"), *cells])


def _lines(currency: str, things: str) -> list[Line]:
    def ranged(name: str, form: Callable[[float | None], str]) -> Callable[[Row], str]:
        return lambda row: span(form(row[f"{name}_low"]), form(row[f"{name}_high"]))

    def signed_percent(value: float | None) -> str:
        return percent(value, signed=True)

    def signed(value: float | None) -> str:
        return decimal(value, signed=True)

    def nothing(_: Row) -> str:
        return ""

    return [
        ("Platform and size", lambda r: str(r["about"]), nothing, None),
        ("Fit", lambda r: count(r["fit"]), ranged("fit", count), "fit"),
        ("Lift", lambda r: signed_percent(r["lift"]), ranged("lift", signed_percent), "lift"),
        ("People reached", lambda r: count(r["exposed"]), ranged("exposed", count), "exposed"),
        (f"Extra {things}", lambda r: orders(r["orders"]), ranged("orders", orders), "orders"),
        ("ROI", lambda r: signed(r["roi"]), ranged("roi", signed), "roi"),
        ("Chance to earn back", lambda r: percent(r["chance"]), nothing, "chance"),
        ("Fee asked", lambda r: money(r["fee"], currency), nothing, None),
        ("Maximum fee", lambda r: money(r["maximum_fee"], currency),
         lambda r: f"break-even {money(r['break_even'], currency)}", "maximum_fee"),
        ("Expected profit", lambda r: money(r["profit"], currency), ranged("profit", money), "profit"),
        ("Like past deals", lambda r: SUPPORT_WORDS.get(r["support"], ""), nothing, None),
    ]  # fmt: skip
