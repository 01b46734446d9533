"""The brief as a form: sections, units in place, mistakes at the field; saved, reopened, copied and shared by link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from data.schemas import AGES, GENDERS, GOALS, PLATFORMS
from serving.page.brief import BY_NAME, CURRENCIES, LEAD, SECTIONS, TITLE, Field, campaign_of, state_of
from serving.page.look import PLATFORM_WORDS
from serving.page.parts import card, icon_text, step_heading

_GOAL_WORDS = {
    "sales": "Sales", "leads": "Leads", "signups": "Sign-ups", "traffic": "Visits", "awareness": "Awareness",
    "followers": "Followers",
}  # fmt: skip
_CHOICES: Mapping[str, list[dict[str, str]]] = {
    "goal": [{"value": goal, "label": _GOAL_WORDS[goal]} for goal in GOALS],
    "platform": [{"value": "any", "label": "Any platform"}]
    + [{"value": name, "label": PLATFORM_WORDS[name]} for name in PLATFORMS],
    "currency": [{"value": code, "label": code} for code in CURRENCIES],
}
_SUGGESTED: Mapping[str, list[str]] = {"age": list(AGES), "gender": list(GENDERS)}
_CATEGORIES = ["beauty", "family", "fashion", "finance", "fitness", "food", "gaming", "home", "outdoors", "pets",
               "tech",
               "travel"]  # fmt: skip


def field_id(name: str) -> dict[str, str]:
    """The id of a field's input."""
    return {"type": "field", "name": name}


def layout(values: Mapping[str, Any]) -> Any:
    """The step's content, filled with `values`."""
    return html.Div(
        [
            step_heading(TITLE, LEAD, [_menu()]),
            html.Div([_section(*section, values) for section in SECTIONS], className="cl-stack"),
            html.Div(
                [
                    html.Div(state_of(campaign_of(values)[1]), id="brief-state", role="status", className="cl-muted"),
                    dmc.Button("Continue to candidates", id="brief-next", size="md"),
                ],
                className="cl-footer-bar",
            ),
        ]
    )


def _menu() -> Any:
    return html.Div(
        [
            dmc.Button("Load an example", id="brief-example", variant="default"),
            dmc.Menu(
                [
                    dmc.MenuTarget(dmc.Button("My briefs", id="brief-menu", variant="default")),
                    dmc.MenuDropdown(id="brief-list", children=[dmc.MenuLabel("None saved yet")]),
                ],
                position="bottom-end",
                width=300,
            ),
            dmc.Button("Save", id="brief-save-open", variant="default"),
            dmc.Button("Copy link", id="brief-link", variant="default"),
            dmc.Button("New", id="brief-new", variant="subtle"),
            dmc.Modal(
                id="link-dialog",
                title="Link to this brief",
                children=dmc.TextInput(
                    id="link-text",
                    label="Address to copy",
                    readOnly=True,
                    description="The brief is in the address itself; whoever opens it sees this brief.",
                ),
            ),
            dmc.Modal(
                id="brief-save",
                title="Save this brief",
                children=[
                    dmc.TextInput(id="brief-name", label="Name", description="Saved in this browser only."),
                    html.Div(dmc.Button("Save", id="brief-save-do"), className="cl-right cl-gap-top"),
                ],
            ),
        ],
        className="cl-actions",
    )


def _section(title: str, text: str, fields: tuple[tuple[str, int], ...], values: Mapping[str, Any]) -> Any:
    columns = [
        dmc.GridCol(_input(BY_NAME[name], values.get(name)), span={"base": 12, "sm": width}) for name, width in fields
    ]
    return card(
        html.Div(
            [
                html.Div([html.H3(title, className="cl-h3"), html.P(text, className="cl-muted")], className="cl-aside"),
                dmc.Grid(columns, gutter="md", className="cl-grow"),
            ],
            className="cl-section",
        )
    )


def _input(field: Field, value: Any) -> Any:
    common: dict[str, Any] = {
        "id": field_id(field.name), "label": field.label, "description": field.help or None,
        "withAsterisk": field.required, "value": value,
    }  # fmt: skip
    return _MAKERS[field.kind](field, common)


def _text(field: Field, common: dict[str, Any]) -> Any:
    if field.name == "category":
        return dmc.Autocomplete(**common, data=_CATEGORIES, debounce=400)
    return dmc.TextInput(**common, debounce=400)


def _long(_: Field, common: dict[str, Any]) -> Any:
    return dmc.Textarea(**common, autosize=True, minRows=3, maxRows=8, debounce=400)


def _tags(field: Field, common: dict[str, Any]) -> Any:
    return dmc.TagsInput(
        **common,
        data=_SUGGESTED.get(field.name, []),
        splitChars=[",", ";"],
        acceptValueOnBlur=True,
        placeholder=None if common["value"] else "Type and press Enter",
        comboboxProps={"withinPortal": True},
    )


def _choice(field: Field, common: dict[str, Any]) -> Any:
    return dmc.Select(**common, data=_CHOICES[field.name], allowDeselect=False, searchable=field.name == "currency")


def _date(_: Field, common: dict[str, Any]) -> Any:
    return dmc.DateInput(**common, valueFormat="D MMM YYYY")


def _number(field: Field, common: dict[str, Any]) -> Any:
    if field.kind == "money":
        unit: Any = html.Span("EUR", className="cl-unit", id={"type": "unit", "name": field.name})
    else:
        unit = icon_text("%" if field.kind == "percent" else "‰")
    return dmc.NumberInput(
        **common, rightSection=unit, rightSectionWidth=52, hideControls=True, thousandSeparator=",", debounce=400,
        decimalScale=4,
    )  # fmt: skip


_MAKERS: Mapping[str, Any] = {
    "text": _text, "long": _long, "words": _tags, "countries": _tags, "shares": _tags, "choice": _choice, "date": _date,
    "money": _number, "percent": _number, "per_thousand": _number,
}  # fmt: skip
