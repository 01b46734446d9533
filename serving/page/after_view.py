"""After the campaign, as it is shown: the form and the upload, predicted against measured, the mood, the hit rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from serving.outcomes import OutcomesResponse
from serving.page import figures
from serving.page.after import AFTER, BEFORE, FORM, Mood, within
from serving.page.creator import Deal
from serving.page.look import count, decimal, percent
from serving.page.parts import card, empty, plot, step_heading

_MOOD_WORDS: Mapping[str, str] = {
    "sentiment_mean": "Sentiment, −1 to 1", "positive_share": "Positive", "negative_share": "Negative",
    "purchase_intent_share": "Want or bought it", "complaint_share": "Complaints",
}  # fmt: skip
_MOST_FAULTS = 20
_HOW = (
    "Orders among people who saw the post, and among comparable people kept from it. Without a holdout only orders "
    "with a code are kept; they are no measure of lift."
)


def layout() -> Any:
    """The step's content; empty until something is scored."""
    return html.Div(
        [
            step_heading("After the campaign", "Enter what came of it. That is how the next prediction gets better."),
            html.Div(empty("Nothing to compare yet", "Score candidates first; outcomes are entered for them."),
                     id="after-empty"),
            html.Div(
                [
                    card(
                        html.Div(
                            [
                                html.Div([html.H3("Enter an outcome", className="cl-h3"),
                                          html.P(_HOW, className="cl-muted")], className="cl-aside"),
                                html.Div([_form(), html.Div(id="after-said", **{"aria-live": "polite"})],
                                         className="cl-grow"),
                            ],
                            className="cl-section",
                        )
                    ),
                    html.Div(id="after-result", className="cl-gap-top"),
                    html.Div(id="after-tool", className="cl-gap-top"),
                ],
                id="after-full", style={"display": "none"},
            ),
            *(dcc.Store(id=name) for name in ("after-kept", "after-fees", "after-ask", "see-after")),
        ]
    )  # fmt: skip


def _form() -> Any:
    inputs: list[Any] = [dmc.Select(id="after-creator", label="Creator", data=[], searchable=True, withAsterisk=True)]
    for name, label in FORM.items():
        key = {"type": "outcome", "name": name}
        if name.endswith("_at"):
            inputs.append(dmc.DateInput(id=key, label=label, valueFormat="D MMM YYYY", clearable=True))
        else:
            inputs.append(
                dmc.NumberInput(
                    id=key, label=label, hideControls=True, thousandSeparator=",", min=0,
                    placeholder="as asked" if name == "fee" else None,
                )
            )  # fmt: skip
    return html.Div(
        [
            html.Div(inputs, className="cl-filters"),
            html.Div(
                [
                    dcc.Upload(dmc.Button("Upload a file of outcomes", variant="default"), id="after-upload",
                               multiple=False),
                    dmc.Button("Save the outcome", id="after-save"),
                ],
                className="cl-right",
            ),
        ]
    )  # fmt: skip


def said_view(told: OutcomesResponse) -> Any:
    """What became of the rows sent, with the faults of those not kept."""
    parts = [f"{count(n)} {word}" for n, word in ((told.created, "saved"), (told.corrected, "corrected"),
             (told.unchanged, "already known"), (told.failed, "not saved")) if n]  # fmt: skip
    wrong = [(result, fault) for result in told.results for fault in result.errors][:_MOST_FAULTS]
    children: list[Any] = [html.Div(", ".join(parts).capitalize() + ".")]
    if wrong:
        items = [html.Li(f"Row {r.index + 1}, {_field(f.field)}: {f.got}. Needed: {f.allowed}") for r, f in wrong]
        children.append(html.Ul(items))
    return dmc.Alert(children, color="red" if told.failed else "green", variant="light", className="cl-gap-top")


def _field(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")


def result_view(deals: Sequence[Deal], names: Mapping[str, str], mood: tuple[str, Mood, Mood] | None) -> Any:
    """Predicted against measured for this campaign, and the mood around the last post entered."""
    parts: list[Any] = []
    if deals:
        text = (f"{within(deals)} of {len(deals)} measured lifts agree with the predicted range, the doubt of the "
                "measurement counted in. Ranges hold the value in 80% of cases.")  # fmt: skip
        made = figures.deals([_named(deal, names) for deal in deals], "Lift, predicted and measured")
        parts.append(card(html.H3("Predicted against measured", className="cl-h3"), plot(made,
                                                                                         "Predicted and measured lift"),
                          html.P(text, className="cl-note")))  # fmt: skip
    else:
        parts.append(empty("No measured outcome of this campaign yet", "Enter one above, or upload a file."))
    if mood is not None:
        parts.append(_mood(*mood))
    return html.Div(parts, className="cl-stack")


def _named(deal: Deal, names: Mapping[str, str]) -> Deal:
    return Deal(deal.collaboration_id, deal.agreed_at, names.get(deal.brand, deal.brand), deal.goal, deal.measure,
                deal.measured, deal.predicted)  # fmt: skip


def _mood(name: str, before: Mood, after: Mood) -> Any:
    if not after.comments and not before.comments:
        body: Any = html.P(
            "No comment around the post is known; import the newest comments to see the mood.", className="cl-muted"
        )
    else:

        def told(mood: Mood, key: str) -> str:
            value = mood.figures[key]
            return decimal(value, 2, signed=True) if key == "sentiment_mean" else percent(value)

        head = html.Tr([html.Th("", scope="col"), html.Th(f"{BEFORE.days} days before", scope="col"),
                        html.Th(f"{AFTER.days} days after", scope="col")])  # fmt: skip
        rows = [
            html.Tr([html.Th("Comments", scope="row"), html.Td(count(before.comments)), html.Td(count(after.comments))])
        ]
        rows += [html.Tr([html.Th(words, scope="row"), html.Td(told(before, key)), html.Td(told(after, key))])
                 for key, words in _MOOD_WORDS.items()]  # fmt: skip
        body = html.Table([html.Thead(head), html.Tbody(rows)], className="cl-table")
    return card(html.H3(["Comments before and after the post of ", html.Bdi(name)], className="cl-h3"), body)
