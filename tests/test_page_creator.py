"""One creator: the verdict at many fees, audience, past deals; and how the page draws plain HTML."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
import pytest
from dash import html, no_update

from data.history import History
from serving.catalogue import Catalogue
from serving.context import Context
from serving.page import figures
from serving.page.creator import FEES, Subject, at_fees, audience, measured_lift, past_deals, subject_of
from serving.page.creator_view import rest_view, verdict_view
from serving.page.desk import Desk
from serving.page.shortlist import plain, rows
from serving.page.still import stilled
from serving.page.verdict import judged, sentence
from tests.serving_fakes import BRIEF, INFO, NOW, FakeScorer, inline, live, tables

AS_OF = NOW.isoformat()
ASKED = {"campaign": BRIEF, "currency": "USD", "as_of": AS_OF}


@pytest.fixture
def desk() -> Desk:
    context = Context(lambda: NOW)
    context.live = live()
    return Desk(context)


def row_of(desk: Desk, item: dict[str, Any]) -> dict[str, Any]:
    return rows(plain(desk.score(BRIEF, [item])), [])[0]


def text_of(part: Any) -> str:
    """All text in a component tree, in order."""
    if isinstance(part, list | tuple):
        return " ".join(text_of(one) for one in part)
    if part is None or isinstance(part, str | int | float):
        return "" if part is None else str(part)
    return text_of(getattr(part, "children", None))


@pytest.mark.parametrize("fee", [None, 0.0, 120.0])
def test_every_fee_is_the_endpoints_own_answer(desk: Desk, fee: float | None) -> None:
    item: dict[str, Any] = {"creator_id": "ana"} | ({} if fee is None else {"fee": fee})
    found = at_fees(desk, BRIEF, item, row_of(desk, item), AS_OF)
    assert found.asked["cost"]["fee"] == fee and found.asked["reasons"]
    assert [p["fee"] for p in found.fees] == sorted(p["fee"] for p in found.fees) and len(found.fees) in (
        FEES,
        FEES + 1,
    )
    assert fee is None or fee in [p["fee"] for p in found.fees]
    assert found.fees[0]["fee"] == 0 and found.fees[-1]["fee"] >= 1.6 * row_of(desk, item)["break_even"]
    point = found.fees[7]
    alone = desk.score(BRIEF, [{"creator_id": "ana", "fee": point["fee"]}], as_of=AS_OF).results[0]
    assert alone.roi is not None and (alone.roi.expected, alone.roi.low) == (point["roi"], point["low"])


def test_a_creator_of_the_users_own_list(desk: Desk) -> None:
    subject = subject_of(desk, BRIEF, inline("zoë", posts=1, audience={"age": {"18-24": 0.4}}), AS_OF)
    assert len(subject.history["posts"]) == 1
    wanted = {**BRIEF, "target_audience": {"age": {"25-34": 1.0}, "country": {"DE": 1.0}}}
    assert audience(subject, wanted) == {
        "age": [("18-24", 0.4, 0.0), ("25-34", 0.0, 1.0)],
        "country": [("DE", None, 1.0)],
    }


def test_the_newest_audience_visible_counts() -> None:
    shares = [
        ("2025-01-01", "DE", 0.9),
        ("2025-05-01", "DE", 0.5),
        ("2025-05-01", "AT", 0.3),
        ("2025-07-01", "DE", 0.1),
    ]
    frame = pd.DataFrame([{"creator_id": "ana", "observed_at": f"{day}T00:00:00Z", "dimension": "country", "bucket": b,
                           "share": s} for day, b, s in shares])  # fmt: skip
    subject = Subject(History.of({"audience": frame}), "ana", "c", NOW)
    assert audience(subject, BRIEF) == {"country": [("DE", 0.5, None), ("AT", 0.3, None)]}


def test_measured_lift_by_hand() -> None:
    told = measured_lift([1000, 40, 500, 16], 0.8)
    assert told is not None and told[0] == pytest.approx(40 / 1000 * 500 / 16 - 1)
    # ln 1.25 ± 1.2816 · √(1/40 + 1/16)
    assert told[1:] == pytest.approx((-0.1444, 0.8262), abs=5e-4)
    assert measured_lift([1000, 0, 500, 16], 0.8) is None


def test_past_deals_are_predicted_as_of_their_agreement() -> None:
    data = tables()
    deals = data["collaborations"].iloc[[0, 0, 0, 0]].reset_index(drop=True)
    deals["collaboration_id"] = ["a", "b", "c", "d"]
    deals["agreed_at"] = [
        "2025-05-05T00:00:00Z",
        "2025-05-02T12:00:00Z",
        "2025-05-06T00:00:00Z",
        "2025-07-01T00:00:00Z",
    ]
    deals["outcome_known_at"] = ["2025-05-20T00:00:00Z"] * 2 + ["2025-08-01T00:00:00Z"] * 2
    deals["measure"] = ["holdout", "geo", "holdout", "holdout"]
    for name, values in (("exposed", 1000), ("exposed_conversions", 40), ("holdout", 500), ("holdout_conversions", 16)):
        deals[name] = [values if m == "holdout" else None for m in deals["measure"]]
    deals["lift_estimate"] = [0.3 if m == "geo" else None for m in deals["measure"]]
    deals["lift_se"] = [0.1 if m == "geo" else None for m in deals["measure"]]
    scorer = FakeScorer()
    context = Context(lambda: NOW)
    context.live = replace(
        live(scorer), info=INFO, catalogue=Catalogue.of(History.of(data | {"collaborations": deals}))
    )
    subject = subject_of(Desk(context), BRIEF, {"creator_id": "ana"}, AS_OF)
    found = past_deals(Desk(context), subject)
    assert [deal.collaboration_id for deal in found] == ["a", "b"]  # newest first; the outcome of c is not known yet
    assert found[1].measured[0] == pytest.approx(0.3) and found[0].brand == "Northpeak"
    # The fake's lift counts posts seen by then: one on 2 May, two by 5 May.
    assert [deal.predicted[0] for deal in found] == [0.02, 0.01]


@pytest.mark.parametrize(
    ("fee", "maximum", "even", "tone", "words"),
    [
        (100.0, 150.0, 300.0, "good", "is within the maximum. On average a fee of up to 300 EUR is earned back;"),
        (200.0, 150.0, 300.0, "warn", "pays on average, but is not safe. On average a fee of up to 300 EUR"),
        (400.0, 150.0, 300.0, "bad", "is too much. On average a fee of up to 300 EUR"),
        (200.0, 0.0, 300.0, "warn", "with 80% safety none. The chance to earn the asked fee back is 40%."),
        (None, 150.0, 300.0, "", "No fee was given. On average a fee of up to 300 EUR is earned back;"),
        (None, 0.0, 300.0, "", "with 80% safety none."),
        (5.0, 0.0, 0.0, "bad", "even a free post is expected to bring less"),
        (5.0, None, None, "", "cannot be told"),
    ],
)  # fmt: skip
def test_the_verdict(fee: float | None, maximum: float | None, even: float | None, tone: str, words: str) -> None:
    row = {"fee": fee, "maximum_fee": maximum, "break_even": even, "chance": 0.4}
    [told] = judged([row], {"safety": 0.8}, "EUR")
    assert words in told["verdict"] and told["tone"] == tone
    if maximum is not None and fee == 100.0:
        assert "reaches your target return" in sentence(row, {"target_roi": 0.5}, "EUR")


def test_plain_html_is_drawn_as_one() -> None:
    table = html.Table(html.Tr([html.Td("a", colSpan=2), html.Td(3), None]), className="cl-table")
    part = stilled(html.Div([table, html.Div("kept", id="kept"), "text", dmc.Button([html.B("go")])]))
    [still, kept, text, button] = part.children
    drawn = ["table", {"className": "cl-table"},
             [["tr", {}, [["td", {"colSpan": 2}, ["a"]], ["td", {}, [3]], None]]]]  # fmt: skip
    assert still == {"namespace": "cl_panels", "type": "Still", "props": {"tree": drawn}}
    assert kept.id == "kept" and text == "text" and button.children[0]["type"] == "Still"
    assert stilled(None) is None and stilled(no_update) is no_update


def test_the_waterfall_adds_up() -> None:
    reasons = [{"feature": name, "incremental_conversions": value, "text": name}
               for name, value in (("pod_share", -1.5), ("others", 0.5), ("typical", 4.0))]  # fmt: skip
    made = figures.waterfall(reasons, 3.0, "orders")
    assert made.data[0]["x"] == [4.0, -1.5, 0.5, 3.0] and made.data[0]["measure"][-1] == "total"
    assert made.data[0]["y"][0].replace("<br>", " ") == "A typical creator of this reach"
    assert made.layout["xaxis"]["title"]["text"] == "extra orders"


def test_the_panel_says_what_is_not_known(desk: Desk) -> None:
    item = {"creator_id": "cy", "fee": 10.0}
    row = row_of(desk, item)
    found = at_fees(desk, BRIEF, item, row, AS_OF)
    reasons = [{"feature": "typical", "incremental_conversions": 1.0, "text": "A typical pairing adds 1."}]
    shown = text_of(verdict_view(replace(found, asked={**found.asked, "reasons": reasons}), ASKED))
    assert "platform tiktok is rare" in shown
    assert "Who follows this creator is not known" in text_of(rest_view({}, []))
    assert "No measured collaboration" in text_of(rest_view({}, []))
