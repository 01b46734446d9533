"""Adding candidates: a file with a mapping step, the catalogue with filters, or pasted handles; and the list so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from serving.page.look import PLATFORM_CHOICES, PLATFORM_WORDS
from serving.page.parts import step_heading
from serving.page.shortlist_view import THEME


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
                    dmc.Select(id="find-platform", label="Platform", data=PLATFORM_CHOICES, clearable=True),
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
            html.Div(id="find-count", className="cl-muted cl-found", role="status"),
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
                        data=PLATFORM_CHOICES, value="instagram", w=300, allowDeselect=False,
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
    return [
        {"id": key, "name": e["name"], "platform": PLATFORM_WORDS.get(str(e["platform"]), ""),
         "followers": e["followers"],
         "fee": e["item"].get("fee"), "source": source_text(e)}
        for key, e in zip(ids, entries, strict=True)
    ]  # fmt: skip


def source_text(entry: Mapping[str, Any]) -> str:
    """Where what is known of a candidate comes from."""
    if entry["source"] == "catalogue":
        return "the catalogue"
    posts = len(entry["item"].get("posts", ()))
    return f"your file, with {posts} posts" if posts else "your list only"


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
