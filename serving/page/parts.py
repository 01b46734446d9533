"""Small pieces every step is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from serving.page.drawing import Drawing

QUICK = {"duration": 80}
"""How a panel over the page comes and goes, in milliseconds: seen as a movement, not waited for."""


def card(*children: Any, **more: Any) -> Any:
    """A panel."""
    name = " ".join(filter(None, ["cl-card", more.pop("className", "")]))
    return html.Section(list(children), className=name, **more)


def step_heading(title: str, text: str, actions: Sequence[Any] = ()) -> Any:
    """A step's heading, one line on what it is for, and its actions."""
    words = html.Div([html.H2(title, className="cl-h2"), html.P(text, className="cl-lead")])
    return html.Div([words, html.Div(list(actions), className="cl-actions")], className="cl-heading")


def icon_text(text: str) -> Any:
    """A unit at the end of an input."""
    return html.Span(text, className="cl-unit")


def empty(title: str, text: str, action: Any = None) -> Any:
    """What stands where nothing is yet, and what to do about it."""
    return html.Div(
        [
            html.Div(className="cl-empty-mark"),
            html.H3(title, className="cl-h3"),
            html.P(text, className="cl-muted"),
            action,
        ],
        className="cl-empty",
    )


def figure_of(label: str, value: str, below: str = "", tone: str = "") -> Any:
    """A number with its name above and its interval below."""
    return html.Div(
        [
            html.Div(label, className="cl-figure-label"),
            html.Div(value, className=f"cl-figure-value {tone}".strip()),
            html.Div(below, className="cl-figure-below"),
        ],
        className="cl-figure",
    )


def alert(title: str, text: Any, colour: str = "red") -> Any:
    """A message that stays where it is about."""
    return dmc.Alert(text, title=title, color=colour, variant="light", radius="md")


def plot(made: Drawing, label: str) -> Any:
    """A figure with a text for who does not see it."""
    graph = dcc.Graph(figure=made.plain(), config={"displayModeBar": False, "responsive": True}, className="cl-plot")
    return html.Div(graph, role="img", **{"aria-label": label})


def scheme_words() -> list[Any]:
    """What the switch of the colour scheme says: the styles show the one of the scheme it leads to."""
    return [html.Span("Dark", className="cl-when-light", title="Switch to the dark scheme"),
            html.Span("Light", className="cl-when-dark", title="Switch to the light scheme")]  # fmt: skip
