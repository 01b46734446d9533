"""The shortlist: headline, grid with its columns, and what could not be scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from serving.page.brief import conversion_word
from serving.page.look import SUPPORT_WORDS, count, percent
from serving.page.parts import card, empty, figure_of, step_heading
from serving.page.shortlist import Answer, headline, scales

SHOWN = ("fit", "lift", "orders", "roi", "chance", "fee", "maximum_fee", "support", "flags")
CHOOSABLE = (
    ("fit", "Fit"), ("lift", "Lift"), ("orders", "Extra orders"), ("roi", "ROI"), ("chance", "Chance to earn back"),
    ("fee", "Fee asked"), ("break_even", "Break-even fee"), ("maximum_fee", "Maximum fee"), ("cost", "Cost"),
    ("profit", "Profit"), ("exposed", "People reached"), ("rate", "Orders without the post"),
    ("support", "Like past deals"), ("flags", "To look at"), ("platform", "Platform"), ("followers", "Followers"),
)  # fmt: skip
THEME = {
    "function": "themeQuartz.withParams({backgroundColor: 'var(--cl-panel)', foregroundColor: 'var(--cl-ink)', "
    "headerBackgroundColor: 'var(--cl-panel)', headerTextColor: 'var(--cl-ink-2)', borderColor: 'var(--cl-line)', "
    "accentColor: 'var(--cl-accent)', fontFamily: 'inherit', fontSize: 13.5, headerFontSize: 12.5, "
    "headerFontWeight: 600, "
    "wrapperBorderRadius: 10, rowHoverColor: 'var(--cl-hover)', selectedRowBackgroundColor: 'var(--cl-selected)', "
    "menuBackgroundColor: 'var(--cl-panel)', chromeBackgroundColor: 'var(--cl-panel)', cellHorizontalPadding: 12, "
    "columnBorder: false, wrapperBorder: true, inputBackgroundColor: 'var(--cl-panel)', "
    "browserColorScheme: 'inherit'})"
}
ROW_HEIGHT = 58
_SAFETIES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


def layout() -> Any:
    """The step's content; empty until something is scored."""
    return html.Div(
        [
            step_heading(
                "Your shortlist",
                "Best first. Open a creator to see why, and what would change the verdict.",
                [_actions()],
            ),
            html.Div(id="shortlist-progress"),
            html.Div(
                empty(
                    "Nothing scored yet",
                    "Write a brief and add candidates; the shortlist appears here.",
                    dmc.Button("Add candidates", id="empty-to-candidates", variant="light"),
                ),
                id="shortlist-empty",
            ),
            html.Div(
                [
                    html.Div(id="shortlist-headline"),
                    html.Div(_tools(), className="cl-tools"),
                    html.Div(_grid(), className="cl-grid"),
                    html.P(id="shortlist-note", className="cl-note"),
                    html.Div(id="shortlist-errors"),
                ],
                id="shortlist-full",
                style={"display": "none"},
            ),
            dcc.Store(id="pin-asked"),
            dcc.Download(id="download"),
        ]
    )


def _actions() -> Any:
    return html.Div(
        [
            dmc.Button("Compare: tick 2 to 4", id="compare-open", variant="default", disabled=True),
            dmc.Menu(
                [
                    dmc.MenuTarget(dmc.Button("Take away", id="take-away", variant="default")),
                    dmc.MenuDropdown(
                        [
                            dmc.MenuItem("Excel", id="take-excel"),
                            dmc.MenuItem("CSV", id="take-csv"),
                            dmc.MenuItem("One-page summary (HTML, for print or PDF)", id="take-html"),
                        ]
                    ),
                ],
                position="bottom-end",
                width=320,
            ),
        ],
        id="shortlist-actions", className="cl-actions", style={"display": "none"},
    )  # fmt: skip


def _tools() -> list[Any]:
    return [
        dmc.TextInput(id="shortlist-search", placeholder="Find a creator", **{"aria-label": "Find a creator"}, w=220),
        dmc.Select(
            id="rank-by", value="profit", allowDeselect=False, w=190, **{"aria-label": "Rank by"},
            data=[{"value": "profit", "label": "Rank by profit"}, {"value": "roi", "label": "Rank by ROI"},
                  {"value": "fit", "label": "Rank by fit"}],
        ),
        dmc.Select(
            id="shortlist-safety", allowDeselect=False, w=170, data=[], **{"aria-label": "Safety of the maximum fee"},
        ),
        dmc.MultiSelect(
            id="columns-shown", value=list(SHOWN), w=190, className="cl-columns", **{"aria-label": "Columns shown"},
            data=[{"value": name, "label": label} for name, label in CHOOSABLE], clearable=False, searchable=False,
            placeholder="Columns", comboboxProps={"width": 240, "position": "bottom-end"}, hidePickedOptions=False,
        ),
    ]  # fmt: skip


def _grid() -> Any:
    return dag.AgGrid(
        id="shortlist",
        columnDefs=[],
        rowData=[],
        getRowId="params.data.creator_id",
        columnSize=None,
        style={"height": "min(68vh, 720px)"},
        dashGridOptions={
            "theme": THEME, "rowHeight": ROW_HEIGHT, "headerHeight": 44, "animateRows": False,
            "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": False,
                             "enableClickSelection": False},
            "selectionColumnDef": {"width": 44, "pinned": "left", "resizable": False, "suppressMovable": True},
            "tooltipShowDelay": 300, "suppressColumnVirtualisation": False,
            "ensureDomOrder": True, "singleClickEdit": True, "stopEditingWhenCellsLoseFocus": True,
        },
        defaultColDef={"sortable": True, "resizable": True, "filter": False, "suppressHeaderMenuButton": False,
                       "wrapHeaderText": True},
        dangerously_allow_code=False,
    )  # fmt: skip


def column_defs(
    table: Sequence[Mapping[str, Any]], currency: str, goal: str, shown: Sequence[str], *, narrow: bool = False
) -> list[dict[str, Any]]:
    """The grid's columns, with scales fitted to the rows; the ones not in `shown` are hidden.

    `narrow`: for a phone, where only the creator stays in place while the numbers are moved.
    """
    axes = scales(table)
    things = conversion_word(goal)

    def mark(name: str, form: str) -> dict[str, Any]:
        low, high = axes[name]
        return {"cellRenderer": "ClMark",
                "cellRendererParams": {"field": name, "form": form, "from": low, "to": high}}  # fmt: skip

    def spread(name: str, form: str) -> dict[str, Any]:
        return {"cellRenderer": "ClRange", "cellRendererParams": {"field": name, "form": form}}

    def number(form: str) -> dict[str, Any]:
        return {"cellRenderer": "ClNumber", "cellRendererParams": {"form": form}, "type": "rightAligned"}

    fixed: list[dict[str, Any]] = [
        {"headerName": "", "colId": "pin", "field": "pinned", "width": 44, "pinned": "left", "sortable": False,
         "cellRenderer": "ClPin", "resizable": False, "cellClass": "cl-tight", "headerTooltip": "Pin to the top"},
        {"headerName": "#", "field": "rank", "width": 56, "pinned": "left", "cellClass": "cl-muted-cell"},
        {"headerName": "Creator", "field": "name", "minWidth": 170, "flex": 1, "pinned": "left",
         "cellRenderer": "ClCreator", "filter": "agTextColumnFilter", "colId": "creator", "width": 190},
    ]  # fmt: skip
    chosen: dict[str, dict[str, Any]] = {
        "fit": {"headerName": "Fit, 0–100", "width": 134, "cellRenderer": "ClFit", "filter": "agNumberColumnFilter",
                "headerTooltip": "How likely the lift beats that of a typical past deal for this goal"},
        "lift": {"headerName": "Lift", "width": 150, "filter": "agNumberColumnFilter", **mark("lift", "percent"),
                 "headerTooltip": f"Extra {things} among those who see the post, relative to those who do not"},
        "orders": {"headerName": f"Extra {things}", "width": 112, **spread("orders", "orders"),
                   "filter": "agNumberColumnFilter"},
        "roi": {"headerName": "ROI", "width": 148, "filter": "agNumberColumnFilter", **mark("roi", "ratio"),
                "headerTooltip": "Profit per unit of money spent: +0.5 is 50 cents on each"},
        "chance": {"headerName": "Chance to earn back", "width": 104, "filter": "agNumberColumnFilter",
                   **number("share"), "headerTooltip": "Probability that the realised ROI is above 0"},
        "fee": {"headerName": f"Fee asked, {currency}", "width": 110, **number("money"), "editable": True,
                "cellClass": ["ag-right-aligned-cell", "cl-editable"], "valueParser": {"function": "clNumber(params)"},
                "filter": "agNumberColumnFilter", "headerTooltip": "Change a fee to score that creator again"},
        "break_even": {"headerName": f"Break-even fee, {currency}", "width": 120, **number("money"),
                       "filter": "agNumberColumnFilter", "headerTooltip": "The fee at which the expected ROI is 0"},
        "maximum_fee": {"headerName": f"Maximum fee, {currency}", "width": 140, "cellRenderer": "ClMaxFee",
                        "filter": "agNumberColumnFilter",
                        "headerTooltip": "The fee at which the target return is reached with your safety"},
        "cost": {"headerName": f"Cost, {currency}", "width": 130, **spread("cost", "money")},
        "profit": {"headerName": f"Profit, {currency}", "width": 150, **spread("profit", "money")},
        "exposed": {"headerName": "People reached", "width": 150, **spread("exposed", "count")},
        "rate": {"headerName": f"{things.capitalize()} per 1,000 without the post", "width": 160, **spread("rate",
                                                                                                           "rate")},
        "support": {"headerName": "Like past deals", "width": 112, "filter": "agTextColumnFilter",
                    "valueFormatter": {"function": "clSupport(params)"}},
        "flags": {"headerName": "To look at", "cellDataType": False, "width": 240, "cellRenderer": "ClFlags",
                  "sortable": False,
                  "filter": "agTextColumnFilter", "filterValueGetter": {"function": "clFlagText(params)"}},
        "platform": {"headerName": "Platform", "width": 110, "filter": "agTextColumnFilter"},
        "followers": {"headerName": "Followers", "width": 110, **number("count"), "filter": "agNumberColumnFilter"},
    }  # fmt: skip
    for name, definition in chosen.items():
        definition |= {"field": name, "colId": name, "context": {"choosable": True}, "hide": name not in shown,
                       "getQuickFilterText": {"function": "clNotSearched(params)"}}  # fmt: skip
    if narrow:
        pin, rank, creator = fixed
        return [creator | {"width": 138, "minWidth": 120, "flex": None}, *chosen.values(),
                rank | {"pinned": None}, pin | {"pinned": None}]  # fmt: skip
    return fixed + list(chosen.values())


def safety_choices(safety: float) -> list[dict[str, str]]:
    """Levels of safety to choose from, the brief's own among them."""
    return [
        {"value": safety_value(share), "label": f"Safety {percent(share)}"} for share in sorted({*_SAFETIES, safety})
    ]


def safety_value(safety: float) -> str:
    """A level of safety as the choice holds it: in percent."""
    return f"{100.0 * safety:g}"


def headline_view(table: Sequence[Mapping[str, Any]], safety: float) -> Any:
    """Four numbers that say what came out."""
    told = headline(table)
    best = max((row["chance"] or 0.0 for row in table), default=0.0)
    return html.Div(
        [
            figure_of("Creators scored", count(told["scored"])),
            figure_of("Asked fee within the maximum", f"{told['within']} of {told['asked']}",
                      f"with {percent(safety)} safety; worth it on average: {count(told['even'])}",
                      "is-good" if told["within"] else ""),
            figure_of("Best chance to earn back", f"{best:.0%}", "probability that ROI is above 0"),
            figure_of("Unlike past deals", count(told["unlike"]), "read their numbers as rough"),
        ],
        className="cl-figures",
    )  # fmt: skip


def note(answer: Answer) -> str:
    """What the ranges mean and which model they come from."""
    model = answer["model"]
    kind = "trained on a simulated demo market" if model["data"] == "simulated" else "trained on your own campaigns"
    return (
        f"Ranges hold the value in {answer['level']:.0%} of cases. Model {model['name']} {model['version']}, {kind}; "
        f"as of {answer['as_of'][:16].replace('T', ' ')} UTC. Money in {answer['currency']}. Maximum fee: green when "
        "the asked fee is within it, amber when above but earned back on average, red when above the break-even fee."
    )


def errors_view(errors: Sequence[Mapping[str, Any]]) -> Any:
    """The candidates without a score, and why."""
    if not errors:
        return None
    body = [
        html.Tr([html.Td(html.Bdi(e["creator_id"] or f"candidate {e['index'] + 1}")), html.Td(e["message"])])
        for e in errors
    ]
    table = html.Table(
        [html.Thead(html.Tr([html.Th("Creator", scope="col"), html.Th("Why there is no score", scope="col")])),
         html.Tbody(body)],
        className="cl-table",
    )  # fmt: skip
    return card(html.H3(f"Not scored: {len(errors)}", className="cl-h3"), table)


def support_text(level: str) -> str:
    """The support level in words."""
    return SUPPORT_WORDS.get(level, level)
