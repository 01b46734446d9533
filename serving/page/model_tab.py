"""For data scientists: the live model and how good it was shown to be, its report, versions, promotion."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, html, no_update

from data.errors import UsageError, WorkError
from models import registry
from models.registry import ModelInfo
from serving.page.desk import Desk
from serving.page.look import count, decimal, percent
from serving.page.parts import card, figure_of, step_heading
from serving.page.track_view import drift, drift_view
from serving.page.wiring import Wiring

SECONDS = 300
_CENSUS = {"collaborations": "Collaborations in the workspace", "labels": "Lift tests it learned from"}
_PROMOTION = "promotion."
_WORKING = "Loading the version and asking the gate. This can take half a minute."


@dataclass(frozen=True)
class Act:
    """One promotion or roll back, as the log has it."""

    action: str
    before: str | None
    after: str
    by: str
    reason: str
    at: str
    forced: bool


def layout() -> Any:
    """The tab's content; filled when it is opened."""
    return html.Div(
        [
            step_heading("The model behind the numbers",
                         "What is live, how good it was shown to be, and what else is there.",
                         [dmc.Button("Training report", id="report-open", variant="default")]),
            html.Div(id="model-live"),
            html.Div(id="model-drift", className="cl-gap-top"),
            html.Div(
                [
                    html.H3("Versions", className="cl-h3"),
                    html.P("A promotion goes through the same gate as on the command line and is logged with its "
                           "reason. It needs an admin key where keys are in use.", className="cl-muted"),
                    dmc.TextInput(id="act-reason", label="Reason", w=420, maw="100%", className="cl-gap-top",
                                  description="Why you promote or roll back; kept in the promotion log"),
                    html.Div(id="act-busy"),
                    html.Div(id="act-said", **{"aria-live": "polite"}),
                    html.Div(id="model-versions", className="cl-gap-top"),
                ],
                className="cl-card cl-gap",
            ),
            dmc.Modal(html.Div(id="report-body"), id="report", title="Training report", size="min(1200px, 96vw)",
                      closeButtonProps={"aria-label": "Close the report"}),
            dcc.Store(id="act-done"),
            dcc.Store(id="see-model"),
        ]
    )  # fmt: skip


def register(wiring: Wiring) -> None:
    """Add its callbacks to the app."""
    calls = Calls(wiring.desk)
    wiring.server(
        calls.opened, Output("model-live", "children"), Output("model-versions", "children"),
        Output("badge", "children"),
        Input("see-model", "data"), Input("act-done", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.drift,
        Output("model-drift", "children"),
        Input("see-model", "data"),
        heavy=True,
        prevent_initial_call=True,
    )
    wiring.server(
        calls.report, Output("report", "opened"), Output("report-body", "children"), Input("report-open", "n_clicks"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.act, Output("act-said", "children"), Output("act-reason", "error"), Output("act-done", "data"),
        Input({"type": "promote", "version": ALL}, "n_clicks"), Input({"type": "rollback", "version": ALL}, "n_clicks"),
        State("act-reason", "value"), prevent_initial_call=True,
        running=[(Output("act-busy", "children"), _WORKING, None)],
    )  # fmt: skip
    wiring.app.clientside_callback(
        ClientsideFunction("page", "lookAgain"), Output("see-model", "data", allow_duplicate=True),
        Input("act-done", "data"), prevent_initial_call=True,
    )  # fmt: skip


class Calls:
    """The callbacks that look into the registry."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def opened(self, seen: Any, done: Any) -> Any:
        """The live model and the versions; nothing while nobody looks: the registry may be away."""
        if not seen and not done:
            return (no_update,) * 3
        about = self._desk.live().about()
        live = live_view(about.model.version, about.model.data, about.info, about.catalogue)
        versions = versions_view(registry.all_versions(), acts(registry.model_tags()), about.model.version)
        return live, versions, badge(about.model.version, about.model.data)

    def drift(self, seen: Any) -> Any:
        """How far what was scored is from what the model learned from; nothing while nobody looks."""
        if not seen:
            return no_update
        return drift_view(drift(self._desk))

    def report(self, _: Any) -> Any:
        """The report page of the live model's training run, shown without scripts."""
        page = registry.run_file(self._desk.live().info.run_id, "report.html")
        if page is None:
            return True, html.P("This version's training run kept no report.", className="cl-muted")
        return True, html.Iframe(srcDoc=page, className="cl-report", sandbox="", title="Training report")

    def act(self, promotes: list[Any], rollbacks: list[Any], reason: str | None) -> Any:
        """Promote a version or roll back, by the very command; what it said, a fault of the reason, and when."""
        if not any([*promotes, *rollbacks]) or not isinstance(ctx.triggered_id, dict):
            return (no_update,) * 3
        self._desk.require("admin")
        if not (reason or "").strip():
            return None, "Write the reason first", no_update
        by = f"page, {self._desk.caller()}"
        promotion = ctx.triggered_id["type"] == "promote"
        arguments = ["promote", "--model", str(ctx.triggered_id["version"])] if promotion else ["rollback"]
        try:
            said = command(arguments, by, reason)
        except WorkError as error:
            title = "Not promoted" if promotion else "Not rolled back"
            return _said(title, str(error), "red"), None, no_update
        done = f"{'Promoted' if promotion else 'Rolled back'}. The service answers with it within some seconds."
        return _said(done, said, "green"), None, self._desk.now().isoformat()


def _said(title: str, words: str, colour: str) -> Any:
    return dmc.Alert(html.Pre(words, className="cl-pre"), title=title, color=colour, variant="light",
                     className="cl-gap-top")  # fmt: skip


def badge(version: str, data: str) -> list[Any]:
    """The model that answers, and "simulated demo" where it learned from a simulated market."""
    text = f"Model {version}"
    if data == "simulated":
        return [dmc.Tooltip(
            html.Span(["Simulated demo", html.Span(f" · {text.lower()}", className="cl-desk-only")],
                      className="cl-badge is-demo", tabIndex=0),
            label="The model learned from a simulated market, not from real campaigns. Do not spend money on its word.",
            multiline=True, w=280,
        )]  # fmt: skip
    return [html.Span(text, className="cl-badge")]


def command(arguments: Sequence[str], by: str, reason: str | None) -> str:
    """Run `creatorlift` with these arguments and return what it said. WorkError or UsageError with its own words.

    A process of its own: training code stays out of the service, and the gate loads the version as anyone would.
    """
    if not (reason or "").strip():
        raise UsageError("Write the reason first; it is kept in the promotion log.")
    asked = [sys.executable, "-m", "cli", *arguments, "--by", by, "--reason", str(reason).strip()]
    environment = {
        **os.environ,
        "MLFLOW_TRACKING_URI": registry.tracking_uri(),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise WorkError(
            f"the command took more than {SECONDS} seconds; look at the versions before trying again"
        ) from error
    if done.returncode:
        raise WorkError(done.stderr.replace("creatorlift: ", "").strip() or "the command failed")
    return done.stdout.strip()


def acts(tags: Mapping[str, str]) -> list[Act]:
    """Promotions and roll backs in the model's tags, newest first."""
    found = []
    for key in sorted((k for k in tags if k.startswith(_PROMOTION)), reverse=True):
        told = json.loads(tags[key])
        found.append(Act(**{name: told.get(name) for name in Act.__dataclass_fields__}))
    return found


def live_view(version: str, data: str, info: Mapping[str, Any], catalogue: Any) -> Any:
    """What is live and how good it was shown to be, out of time."""
    test = info.get("out_of_time") or {}
    kind = "simulated demo market" if data == "simulated" else "own campaigns"
    skill = percent(test.get("skill"))
    skill_range = f"{percent(test.get('skill_low'))} to {percent(test.get('skill_high'))}" if test else ""
    shown = html.Div(
        [
            figure_of("Live version", version, f"trained on a {kind}" if data == "simulated" else f"trained on {kind}"),
            figure_of("Measured collaborations", count(info.get("n_measured")),
                      f"of {count(info.get('n_collaborations'))} known"),
            figure_of("Skill out of time", skill, f"{skill_range} (95%)" if skill_range else "not evaluated"),
            figure_of("80% intervals hold", percent(test.get("coverage_80")),
                      f"of {count(test.get('n_test'))} later deals"),
            figure_of("Bias of log lift", decimal(test.get("bias"), 3, signed=True), "above 0: promised too little"),
            figure_of("Catalogue", count(catalogue.creators if catalogue else None),
                      f"newest fact {str(catalogue.newest_fact_at or '–')[:10]}" if catalogue else "none"),
        ],
        className="cl-figures is-six",
    )  # fmt: skip
    factor = info.get("attributed_to_incremental") or {}
    facts = [
        ("Trained on what was known before", str(info.get("as_of", "–"))[:19].replace("T", " ") + " UTC"),
        ("Extra conversions per attributed one",
         f"{decimal(factor.get('factor'), 2)} ({decimal(factor.get('low'), 2)} to "
         f"{decimal(factor.get('high'), 2)}, from {count(factor.get('n'))} deals)" if factor else "–"),
        ("Spread of lift that nothing explains (ln)", decimal(info.get("lift_spread_unexplained"), 2)),
        *((_CENSUS.get(name, f"Collaborations: {name}"), count(n)) for name, n in (info.get("census") or {}).items()),
    ]  # fmt: skip
    rows = [html.Tr([html.Th(label, scope="row"), html.Td(value)]) for label, value in facts]
    return html.Div([shown, card(html.H3("What it learned from", className="cl-h3"),
                                 html.Table(html.Tbody(rows), className="cl-table cl-facts"))])  # fmt: skip


def versions_view(versions: Sequence[ModelInfo], log: Sequence[Act], live: str) -> Any:
    """Every version with its gate, and the log of promotions."""
    earlier = any(act.before for act in log)
    rows = [
        html.Tr(
            [
                html.Th(v.version, scope="row"),
                html.Td(f"{v.trained_at:%d %b %Y %H:%M} UTC"),
                html.Td("simulated demo" if v.data == "simulated" else "own campaigns"),
                html.Td(html.Div([html.Span(a, className="cl-badge") for a in
                                  [*v.aliases, *(["live here"] if v.version == live else [])]], className="cl-badges")),
                html.Td(v.tags.get("git_commit", "")[:8]),
                html.Td(_button(v, earlier)),
            ]
        )
        for v in versions
    ]  # fmt: skip
    heads = ("Version", "Trained", "Data", "Aliases", "Commit", "")
    table = html.Table(
        [html.Thead(html.Tr([html.Th(h, scope="col") for h in heads])), html.Tbody(rows)],
        className="cl-table cl-versions",
    )
    told = [
        html.Li(f"{act.at[:16].replace('T', ' ')} UTC: {act.action} {act.before or 'nothing'} → {act.after} "
                f"by {act.by}: {act.reason}{' (forced)' if act.forced else ''}")
        for act in log
    ]  # fmt: skip
    acted = html.Ul(told) if told else html.P("Empty.", className="cl-muted")
    scroll = html.Div(table, className="cl-scroll", tabIndex=0, role="region", **{"aria-label": "Versions"})
    return html.Div([scroll, html.H4("Promotion log", className="cl-h4"), acted])


def _button(version: ModelInfo, earlier: bool) -> Any:
    if "champion" in version.aliases:
        return dmc.Button("Roll back", id={"type": "rollback", "version": version.version}, variant="default",
                          color="red",
                          size="compact-sm", disabled=not earlier)  # fmt: skip
    return dmc.Button(
        "Promote", id={"type": "promote", "version": version.version}, variant="default", size="compact-sm"
    )
