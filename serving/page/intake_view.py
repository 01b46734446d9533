"""What came of a file: the mapping step with its first rows, what was added, and the rows that could not be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from data.errors import Fault
from serving.page.columns import LABELS, Guess
from serving.page.look import PLATFORM_CHOICES, count
from serving.page.sheets import Sheet

MOST_WRONG_SHOWN = 8
_PREVIEW_ROWS = 4
_PREVIEW_COLUMNS = 6


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
                   data=PLATFORM_CHOICES, value=platform, clearable=True)
    )  # fmt: skip
    if guess.sure:
        text = "The columns were recognised. Change them here if something is wrong."
    elif {"creator_id", "handle"} & set(guess.columns):
        text = "Please check which column is what; the marked ones are guesses."
    else:
        text = "No column seems to name a creator. Choose the one with the handle or the id, if this file has one."
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
                       size="compact-sm"), className="cl-gap-top")]  # fmt: skip
    colour = "petrol" if added and not wrong else "yellow" if added else "red"
    return dmc.Alert(children, color=colour, variant="light", className="cl-result")


def refused_view(faults: Sequence[Fault]) -> Any:
    """Why a file cannot be read at all, and what can."""
    told = [html.Div([html.Bdi(fault.where), f": {fault.got}. Needed: {fault.allowed}."])
            for fault in faults[:MOST_WRONG_SHOWN]]  # fmt: skip
    return dmc.Alert(told, title="This file cannot be used", color="red", variant="light", className="cl-result")


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
