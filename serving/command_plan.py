"""`creatorlift plan`: a plan from files, as JSON, as a table, and as a page for the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from data.errors import Fault, UsageError
from data.sources import load_history
from data.writing import writable_ending
from models.registry import load_scorer
from serving.catalogue import Catalogue
from serving.files import read_brief, read_candidates, read_request, write_answer
from serving.plan_schemas import PlanRequest, PlanResponse, PlanTotals
from serving.planning import plan

_WHY_NOT = {
    "never": "on the never list",
    "only_costs": "costs more than it brings",
    "not_in_best_set": "others bring more",
}
_TEXT = ("campaign_id", "creator_id", "niche", "why_not", "flags", "error")
COLUMNS = (
    "campaign_id", "creator_id", "chosen", "niche", "cost", "incremental_conversions", "profit", "overlap", "fit_score",
    "roi_expected", "maximum_fee", "untried", "must_have", "why_not", "flags", "error",
)  # fmt: skip
"""Of the table that is written: one row per candidate; `cost`, `incremental_conversions` and `profit` are expected,
after overlap, of the chosen alone."""


def niche_rule(text: str) -> tuple[str, dict[str, int]]:
    """`food:2:5`, `food:2:` or `food::5` as a name and its least and most; UsageError otherwise."""
    name, *ends = text.rsplit(":", 2)
    if not name or len(ends) != 2 or not all(end == "" or end.isdigit() for end in ends) or ends == ["", ""]:
        raise UsageError(Fault("--niche", text, "NAME:MIN:MAX, one of the two may be empty, such as food:2:"))
    return name, {key: int(end) for key, end in zip(("min", "max"), ends, strict=True) if end}


def plan_files(
    workspace: Path, brief: Path, candidates: Path, options: Mapping[str, Any], *, now: pd.Timestamp,
    model: str = "champion", out: Path | None = None,
) -> PlanResponse:  # fmt: skip
    """Plan with the candidates of a file for the brief of another; write `out` when given, whole or not at all.

    `options` are the fields of `PlanRequest` beside campaign and candidates; None is "not given". Raises BriefError,
    CandidateError and UsageError naming every fault, NoModel when there is no such model.
    """
    if out is not None:
        writable_ending(out)
    request = read_request(PlanRequest, read_brief(brief), read_candidates(candidates), options, brief)
    scorer, info = load_scorer(model)
    response = plan(request, scorer, info, Catalogue.of(load_history(workspace)), now=now)
    if out is not None:
        write_answer(response, lambda: plan_table(response), out)
    return response


def plan_table(response: PlanResponse) -> pd.DataFrame:
    """One row per candidate with `COLUMNS`: the chosen first."""
    rows: list[dict[str, Any]] = [
        {
            "creator_id": c.creator_id, "chosen": True, "niche": c.niche, "cost": c.cost, "profit": c.profit,
            "incremental_conversions": c.incremental_conversions, "overlap": c.overlap, "untried": c.untried,
            "must_have": c.must_have, "fit_score": c.score.fit.score,
            "roi_expected": c.score.roi and c.score.roi.expected, "maximum_fee": c.score.maximum_fee,
            "flags": "; ".join(c.score.flags),
        }
        for c in response.chosen
    ]  # fmt: skip
    rows += [{"creator_id": c.creator_id, "chosen": False, "why_not": _WHY_NOT[c.reason]} for c in response.not_chosen]
    rows += [{"creator_id": e.creator_id, "chosen": False, "error": f"{e.code}: {e.message}"} for e in response.errors]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).assign(campaign_id=response.campaign_id)
    flags = ("chosen", "untried", "must_have")
    return frame.astype({n: "str" if n in _TEXT else "boolean" if n in flags else "float64" for n in COLUMNS})


def plan_page(response: PlanResponse) -> RenderableType:
    """The plan for a person: whom to hire, what it brings, against whom, and what more money would do."""
    kind = "simulated data" if response.model.data == "simulated" else "own data"
    title = (
        f"{response.campaign_id}: {response.totals.creators} of {response.totals.creators + len(response.not_chosen)} "
        f"creators for {response.budget:,.0f} {response.currency} – model {response.model.name} "
        f"{response.model.version} ({kind})"
    )
    parts: list[RenderableType] = [_chosen_table(response, title), _comparison(response), _curve(response)]
    parts.append(Text(_proof(response), style="dim"))
    parts += [Text(f"not planned: {e.creator_id or f'row {e.index + 1}'}: {e.message}") for e in response.errors]
    return Group(*parts)


def _table(title: str, *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, padding=(0, 0, 0, 1))
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number == 0 else "right", no_wrap=number == 0)
    return table


def _chosen_table(response: PlanResponse, title: str) -> Table:
    table = _table(title, "creator", "niche", "fit", "extra orders", "cost", "profit", "overlap", "")
    for row in response.chosen:
        notes = [word for word, on in (("must have", row.must_have), ("untried", row.untried)) if on]
        table.add_row(
            row.creator_id, row.niche or "–", f"{row.score.fit.score:.0f}", f"{row.incremental_conversions:,.1f}",
            f"{row.cost:,.0f}", f"{row.profit:,.0f}", f"{row.overlap:.0%}", ", ".join(notes),
        )  # fmt: skip
    return table


def _comparison(response: PlanResponse) -> Table:
    table = _table("Together", "", "extra orders", "cost", "profit", "P(profit > 0)", "people")

    def add(name: str, told: PlanTotals) -> None:
        orders, profit = told.incremental_conversions, told.profit
        chance = "–" if told.probability_positive is None else f"{told.probability_positive:.0%}"
        table.add_row(
            name, f"{orders.expected:,.1f}\n[dim]{orders.low:,.0f} to {orders.high:,.0f}[/]", f"{told.cost:,.0f}",
            f"{profit.expected:,.0f}\n[dim]{profit.low:,.0f} to {profit.high:,.0f}[/]", chance, f"{told.exposed:,.0f}",
        )  # fmt: skip

    add("this plan", response.totals)
    if response.one_large_creator is not None:
        add(
            f"{response.one_large_creator.creator_id} alone (the largest this budget buys)",
            response.one_large_creator.totals,
        )
    return table


def _curve(response: PlanResponse) -> Table:
    table = _table("Other budgets", "budget", "spent", "creators", "extra orders", "profit", "orders per 100 more")
    for point in response.curve:
        more = "–" if point.conversions_per_100 is None else f"{point.conversions_per_100:,.2f}"
        table.add_row(
            f"{point.budget:,.0f}", f"{point.cost:,.0f}", f"{point.creators}", f"{point.incremental_conversions:,.1f}",
            f"{point.profit:,.0f}", more,
        )  # fmt: skip
    return table


def _proof(response: PlanResponse) -> str:
    gap = response.proof.gap
    told = "No other permitted set is better." if gap < 1e-4 else f"The best possible set is at most {gap:.1%} better."
    return f"{told} People whom several of them reach are counted once. Ranges hold {response.level:.0%} of cases."
