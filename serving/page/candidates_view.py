"""Adding candidates: a file with a mapping step, the catalogue with filters, or pasted handles; and the list so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from data.schemas import PLATFORMS
from serving.page.columns import LABELS, Guess, Role
from serving.page.intake import Sheet
from serving.page.look import PLATFORM_WORDS, count, short_count
from serving.page.parts import step_heading
from serving.page.shortlist_view import THEME

MOST_WRONG_SHOWN = 8
_PREVIEW_ROWS = 4
_PREVIEW_COLUMNS = 6
_PLATFORM_CHOICES = [{"value": name, "label": PLATFORM_WORDS[name]} for name in PLATFORMS]


def layout() -> Any:
    """The step's content."""
    return html.Div(
        [
            step_heading(
                "Add candidates", "From a spreadsheet, from the catalogue, or by handle. Up to 1,000 at once."
            ),
            dmc.Tabs(
                [
                    dmc.TabsList(
                        [
                            dmc.TabsTab("Upload a file", value="file"),
                            dmc.TabsTab("Search the catalogue", value="catalogue"),
                            dmc.TabsTab("Paste handles", value="paste"),
                        ]
                    ),
                    dmc.TabsPanel(_upload(), value="file"),
                    dmc.TabsPanel(_search(), value="catalogue"),
                    dmc.TabsPanel(_paste(), value="paste"),
                ],
                value="file",
                keepMounted=True,
                variant="pills",
                className="cl-card cl-intake",
            ),
            html.Div(id="intake-result", **{"aria-live": "polite"}),
            _list(),
            html.Div(
                [
                    html.Div(id="candidates-state", role="status", className="cl-muted"),
                    dmc.Button("Score", id="candidates-score", size="md", disabled=True),
                ],
                className="cl-footer-bar",
            ),
            *_stores(),
        ]
    )


def _stores() -> list[Any]:
    """What the browser keeps of candidates in this tab."""
    return [
        dcc.Store(id="candidates", storage_type="session", data=[]),
        dcc.Store(id="sheet"),
        dcc.Store(id="wrong-rows", data=[]),
    ]


def _upload() -> Any:
    return html.Div(
        [
            dcc.Upload(
                html.Div(
                    [
                        html.Div("Drop a spreadsheet here, or choose one", className="cl-drop-title"),
                        html.Div(
                            "Excel or CSV with a handle or creator id in each row; fees, followers and platform are "
                            "read when there. Exports of other tools are fine.",
                            className="cl-muted",
                        ),
                    ]
                ),
                id="upload",
                className="cl-drop",
                className_active="cl-drop is-over",
                multiple=False,
                max_size=-1,
            ),
            html.Div(
                [html.Span("No list at hand? ", className="cl-muted"),
                 dmc.Button("Try with sample candidates", id="sample-candidates", variant="subtle", size="compact-sm")],
                className="cl-gap-top",
            ),
            html.Div(id="mapping"),
        ]
    )  # fmt: skip


def _search() -> Any:
    def many(name: str, label: str) -> Any:
        return dmc.MultiSelect(id=name, label=label, data=[], searchable=True, clearable=True, limit=200)

    return html.Div(
        [
            html.Div(
                [
                    dmc.TextInput(id="find-text", label="Name or handle", debounce=300),
                    dmc.Select(id="find-platform", label="Platform", data=_PLATFORM_CHOICES, clearable=True),
                    many("find-category", "Category"),
                    many("find-country", "Country"),
                    many("find-language", "Language"),
                    dmc.NumberInput(id="find-least", label="Followers from", thousandSeparator=",", hideControls=True,
                                    min=0, debounce=300),
                    dmc.NumberInput(id="find-most", label="Followers to", thousandSeparator=",", hideControls=True,
                                    min=0, debounce=300),
                ],
                className="cl-filters",
            ),
            html.Div(id="find-count", className="cl-muted", role="status"),
            html.Div(
                dag.AgGrid(
                    id="found", columnDefs=creator_columns(), rowData=[], columnSize=None, style={"height": "340px"},
                    getRowId="params.data.creator_id",
                    dashGridOptions={
                        "theme": THEME, "rowHeight": 40, "rowSelection": {"mode": "multiRow", "checkboxes": True,
                                                                          "headerCheckbox": True},
                        "selectionColumnDef": {"width": 44, "pinned": "left"},
                    },
                ),
                className="cl-grid",
            ),
            html.Div(dmc.Button("Add selected", id="find-add", disabled=True), className="cl-right cl-gap-top"),
        ]
    )  # fmt: skip


def creator_columns() -> list[dict[str, Any]]:
    """Columns of a list of catalogue creators."""
    return [
        {"headerName": "Creator", "field": "name", "flex": 1, "minWidth": 150},
        {"headerName": "Platform", "field": "platform", "width": 110},
        {"headerName": "Followers", "field": "followers", "width": 110, "type": "rightAligned",
         "cellRenderer": "ClNumber", "cellRendererParams": {"form": "count"}},
        {"headerName": "Category", "field": "category", "width": 120},
        {"headerName": "Country", "field": "country", "width": 95},
        {"headerName": "Language", "field": "language", "width": 100},
    ]  # fmt: skip


def _paste() -> Any:
    return html.Div(
        [
            dmc.Textarea(
                id="paste-text", label="Handles or creator ids, one in each line", autosize=True, minRows=5, maxRows=14,
                description="After a comma the fee asked, if you know it. @ and profile links are fine.",
                placeholder="@trail.lena, 450\nhttps://www.instagram.com/bergfreund/\nc000588",
            ),
            html.Div(
                [
                    dmc.Select(
                        id="paste-platform", label="Platform of handles the catalogue does not have",
                        data=_PLATFORM_CHOICES, value="instagram", w=300, allowDeselect=False,
                    ),
                    dmc.Button("Add", id="paste-add"),
                ],
                className="cl-row-end",
            ),
        ]
    )  # fmt: skip


def _list() -> Any:
    return html.Div(
        [
            html.Div(
                [
                    html.H3("Candidates", className="cl-h3", id="candidates-heading"),
                    html.Div(
                        [dmc.Button("Remove selected", id="list-remove", variant="subtle", size="compact-sm"),
                         dmc.Button("Clear all", id="list-clear", variant="subtle", color="red", size="compact-sm",
                                    className="cl-danger")],
                        className="cl-actions",
                    ),
                ],
                className="cl-between",
            ),
            html.Div(
                dag.AgGrid(
                    id="list", rowData=[], columnSize=None, style={"height": "320px"}, getRowId="params.data.id",
                    columnDefs=[
                        {"headerName": "Creator", "field": "name", "flex": 1, "minWidth": 150},
                        {"headerName": "Platform", "field": "platform", "width": 110},
                        {"headerName": "Followers", "field": "followers", "width": 110, "type": "rightAligned",
                         "cellRenderer": "ClNumber", "cellRendererParams": {"form": "count"}},
                        {"headerName": "Fee asked", "field": "fee", "width": 120, "editable": True,
                         "type": "rightAligned", "cellClass": ["ag-right-aligned-cell", "cl-editable"],
                         "cellRenderer": "ClNumber",
                         "cellRendererParams": {"form": "money"}, "valueParser": {"function": "clNumber(params)"}},
                        {"headerName": "Known from", "field": "source", "width": 170},
                    ],
                    dashGridOptions={
                        "theme": THEME, "rowHeight": 40,
                        "rowSelection": {"mode": "multiRow", "checkboxes": True, "headerCheckbox": True},
                        "selectionColumnDef": {"width": 44, "pinned": "left"}, "singleClickEdit": True,
                        "stopEditingWhenCellsLoseFocus": True,
                    },
                ),
                className="cl-grid",
            ),
        ],
        id="list-box",
        className="cl-card",
        style={"display": "none"},
    )  # fmt: skip


def list_rows(entries: Sequence[Mapping[str, Any]], ids: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the list of candidates."""
    words = {"catalogue": "the catalogue", "file": "your list only"}
    return [
        {"id": key, "name": e["name"], "platform": PLATFORM_WORDS.get(str(e["platform"]), ""),
         "followers": e["followers"],
         "fee": e["item"].get("fee"), "source": words[e["source"]]}
        for key, e in zip(ids, entries, strict=True)
    ]  # fmt: skip


def mapping_view(sheet: Sheet, guess: Guess, filename: str, platform: str | None, opened: bool) -> Any:
    """The mapping step: which column is what, with the first rows as they will be read."""
    names = [{"value": name, "label": name} for name in sheet.rows.columns]
    selects = [
        dmc.Select(
            id={"type": "column", "role": role}, label=label, data=names, value=guess.columns.get(role), clearable=True,
            searchable=len(names) > 8, placeholder="not in this file",
            error="Please check" if role in guess.unsure else None,
        )
        for role, label in LABELS.items()
    ]  # fmt: skip
    selects.append(
        dmc.Select(id={"type": "default-platform", "role": "platform"}, label="Platform where a row names none",
                   data=_PLATFORM_CHOICES, value=platform, clearable=True)
    )  # fmt: skip
    text = (
        "The columns were recognised. Change them here if something is wrong."
        if guess.sure
        else "Please check which column is what; the marked ones are guesses."
    )
    body = html.Div(
        [
            html.P(text, className="cl-muted"),
            html.Div(selects, className="cl-filters"),
            html.H4("The first rows", className="cl-h4"),
            _preview(sheet, guess),
            html.Div(
                dmc.Button("Use these columns", id={"type": "mapping-use", "role": "all"}),
                className="cl-right cl-gap-top",
            ),
        ]
    )
    title = f"{filename}: {count(len(sheet.rows) + len(sheet.broken))} rows"
    return dmc.Accordion(
        [dmc.AccordionItem([dmc.AccordionControl(title), dmc.AccordionPanel(body)], value="mapping")],
        value="mapping" if opened else None,
        variant="separated",
        className="cl-gap-top",
    )


def _preview(sheet: Sheet, guess: Guess) -> Any:
    used = list(dict.fromkeys([*guess.columns.values(), *sheet.rows.columns]))[:_PREVIEW_COLUMNS]
    roles = {name: LABELS[role] for role, name in guess.columns.items()}
    head = html.Tr([html.Th([html.Div(name), html.Div(roles.get(name, "not used"), className="cl-muted")], scope="col")
                    for name in used])  # fmt: skip
    body = [
        html.Tr([html.Td(html.Bdi(row[name])) for name in used]) for _, row in sheet.rows.head(_PREVIEW_ROWS).iterrows()
    ]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="cl-table")
    return html.Div(table, className="cl-scroll", tabIndex=0, role="region", **{"aria-label": "First rows of the file"})


def result_view(added: int, repeated: int, wrong: Sequence[Mapping[str, Any]]) -> Any:
    """What came of the last addition, with the rows that could not be used."""
    parts = [f"{count(added)} added" if added else "Nothing added"]
    if repeated:
        parts.append(f"{count(repeated)} already in the list")
    if wrong:
        parts.append(f"{count(len(wrong))} {'row' if len(wrong) == 1 else 'rows'} left out")
    children: list[Any] = [html.Div(", ".join(parts) + ".")]
    if wrong:
        children += [_wrong_table(wrong), html.Div(
            dmc.Button("Download the rows left out", id={"type": "wrong-download", "role": "all"}, variant="default",
                       size="compact-md"), className="cl-gap-top")]  # fmt: skip
    colour = "petrol" if added and not wrong else "yellow" if added else "red"
    return dmc.Alert(children, color=colour, variant="light", className="cl-result")


def _wrong_table(wrong: Sequence[Mapping[str, Any]]) -> Any:
    body = [
        html.Tr([html.Td(str(row["row"] or "")), html.Td(html.Bdi(_first_cell(row["cells"]))), html.Td(row["why"])])
        for row in wrong[:MOST_WRONG_SHOWN]
    ]
    more = len(wrong) - MOST_WRONG_SHOWN
    head = html.Tr([html.Th(title, scope="col") for title in ("Row", "Begins with", "Why it was left out")])
    table = html.Table([html.Thead(head), html.Tbody(body)], className="cl-table")
    return html.Div([table, html.Div(f"and {count(more)} more in the download") if more > 0 else None],
                    className="cl-scroll",
                    tabIndex=0, role="region", **{"aria-label": "Rows left out"})  # fmt: skip


def _first_cell(cells: Mapping[str, str]) -> str:
    return next((text[:40] for text in cells.values() if text), "")


def found_rows(profiles: Any) -> list[dict[str, Any]]:
    """Rows of the catalogue search from profiles."""
    plain = profiles.astype("object").where(profiles.notna(), None).to_dict("records")
    return [row | {"name": row["handle"] or row["creator_id"],
                   "platform": PLATFORM_WORDS.get(row["platform"], row["platform"])} for row in plain]  # fmt: skip


def found_text(shown: int, total: int) -> str:
    """How many creators pass the filters."""
    if total > shown:
        return f"{total:,} creators; the {shown} with most followers are shown. Narrow the filters to see others."
    return f"{total:,} {'creator' if total == 1 else 'creators'}"


def followers_text(value: float | None) -> str:
    """Followers for a line of text."""
    return f"{short_count(value)} followers" if value else ""


Roles = Mapping[Role, str]
