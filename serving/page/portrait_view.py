"""What is known of a creator beside her peers: engagement with their band, telling features, her comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
import numpy as np
import pandas as pd
from dash import html

from data.history import History
from models.portrait import FamilyLines, Line, Portrait, portrait
from models.scorer import CreatorScorer
from serving.page.creator import Subject
from serving.page.desk import Desk
from serving.page.directory import Directory
from serving.page.figures import peers_figure
from serving.page.look import count
from serving.page.parts import plot

PEERS = 60
FEWEST_PEERS = 20
FEWEST_COMMENTS = 20
_MOST_LINES = 8
_RATE = "engagement_rate_by_followers"
_COMMENT_KINDS = (
    "purchase_intent_share", "question_share", "complaint_share", "positive_share", "negative_share", "generic_share",
    "tag_share", "spam_share", "emoji_only_share", "creator_reply_rate",
)  # fmt: skip
_SIDELINES = ("_180d", "_shrunk", "_trimmed", "textblob_", "goal_", "platform_", "n_words_read", "handle_", "season_",
              "bio_letters", "audience_age_days", "n_audience_dimensions")  # fmt: skip


@dataclass(frozen=True)
class Pictured:
    """A creator's portrait and the features of the peers she is compared with, one row each."""

    portrait: Portrait
    peers: pd.DataFrame


def pictured(desk: Desk, subject: Subject, directory: Directory) -> Pictured | None:
    """Her portrait beside the `PEERS` creators of the catalogue on her platform with the nearest followers.

    None where the live model cannot tell features.
    """
    live = desk.live()
    if not isinstance(live.scorer, CreatorScorer):
        return None
    profile = subject.history["creators"]
    profile = profile[profile["creator_id"] == subject.creator_id]
    ids = _nearest(directory, profile, subject.creator_id)
    history = subject.history
    peers = live.scorer.features(history, _pairings([subject.creator_id], subject)).iloc[:0]
    if ids and live.catalogue is not None:
        history = _with_campaign(live.catalogue.history_of(ids), subject)
        peers = live.scorer.features(history, _pairings(ids, subject))
    made = portrait(
        subject.history, subject.creator_id, subject.campaign_id, subject.as_of, live.scorer, peers=peers
    )  # fmt: skip
    return Pictured(made, peers)


def view(found: Pictured | None) -> list[Any]:
    """Engagement, comments and the families' lines."""
    if found is None:
        return []
    by_family = {family.family: family for family in found.portrait.families}
    lines = {line.name: line for family in found.portrait.families for line in family.lines}
    return [
        html.H3("Engagement against peers", className="cl-h3 cl-part"),
        *_engagement(found, lines),
        html.H3("What the audience says", className="cl-h3 cl-part"),
        *_comments(lines),
        html.H3("What is known, beside peers", className="cl-h3 cl-part"),
        html.P(_peers_text(found.portrait), className="cl-muted"),
        dmc.Accordion(
            [_family(by_family[name]) for name in ("niche", "engagement", "sentiment") if name in by_family],
            multiple=True, variant="separated", className="cl-gap-top",
        ),
    ]  # fmt: skip


def telling(family: FamilyLines, most: int = _MOST_LINES) -> list[Line]:
    """The lines of a family that set her apart from her peers the most, in the catalogue's order."""
    plain = [x for x in family.lines if x.percentile is not None and not any(s in x.name for s in _SIDELINES)]
    apart = sorted(plain, key=lambda line: -abs((line.percentile or 0.5) - 0.5))[:most]
    return [line for line in plain if line in apart]


def _nearest(directory: Directory, profile: pd.DataFrame, creator_id: str) -> list[str]:
    if profile.empty or not len(directory):
        return []
    mine = profile.iloc[-1]
    others = directory.profiles
    others = others[(others["platform"] == mine["platform"]) & (others["creator_id"] != creator_id)]
    sizes = np.log(np.maximum(others["followers"].to_numpy(dtype="float64", na_value=np.nan), 1.0))
    own = float(np.log(max(float(mine["followers"]), 1.0))) if pd.notna(mine["followers"]) else float("nan")
    away = np.abs(sizes - own) if not np.isnan(own) else np.zeros(len(others))
    order = np.argsort(np.where(np.isnan(away), np.inf, away), kind="stable")[:PEERS]
    return [str(name) for name in others["creator_id"].iloc[order].tolist()]


def _pairings(ids: Sequence[str], subject: Subject) -> pd.DataFrame:
    return pd.DataFrame({"creator_id": list(ids), "campaign_id": subject.campaign_id, "as_of": subject.as_of})


def _with_campaign(history: History, subject: Subject) -> History:
    parts = {
        name: pd.concat([history[name],
                         subject.history[name][subject.history[name]["campaign_id"] == subject.campaign_id]],
                        ignore_index=True)
        for name in ("campaigns", "campaign_audience")
    }  # fmt: skip
    return History({**history.tables, **parts})


def _engagement(found: Pictured, lines: dict[str, Line]) -> list[Any]:
    rate, size = lines[_RATE], lines["log_followers"]
    if rate.value is None or size.value is None:
        return [
            html.P("Her engagement is not known: no post with known likes, or followers unknown.", className="cl-muted")
        ]
    known = found.peers[[_RATE, "log_followers"]].dropna()
    if len(known) < FEWEST_PEERS:
        return [html.P(f"Engagement by followers: {rate.said}. Too few peers are known to compare with.",
                       className="cl-muted")]  # fmt: skip
    followers, rates = 10.0 ** known["log_followers"].to_numpy(), known[_RATE].to_numpy()
    below = f" It is higher than that of {rate.percentile:.0%} of them." if rate.percentile is not None else ""
    made = peers_figure(followers, rates, 10.0**size.value, rate.value)
    return [plot(made, "Engagement of the creator and of peers"),
            html.P(f"Median likes and comments per follower: {rate.said}.{below} The band holds 80% of the peers: "
                   f"the {len(known)} creators on the same platform nearest in followers.",
                   className="cl-note")]  # fmt: skip


def _comments(lines: dict[str, Line]) -> list[Any]:
    known = lines["n_comments"].value or 0.0
    if known < FEWEST_COMMENTS:
        text = f"Not enough comments: {count(known)} known, {FEWEST_COMMENTS} needed to say anything."
        return [html.P(text, className="cl-muted")]
    kinds = [lines[name] for name in _COMMENT_KINDS if name in lines and lines[name].value is not None]
    rows = [
        html.Tr(
            [html.Th(line.label, scope="row"), html.Td([html.Div(line.said, className="cl-share"), _beside(line)]),
             html.Td([html.Blockquote(html.Bdi(e.text), className="cl-quote") for e in line.examples[:2]]
                     or html.Span("–", className="cl-muted"))]
        )
        for line in kinds
    ]  # fmt: skip
    head = html.Tr([html.Th(title, scope="col") for title in ("Kind", "Share", "As somebody wrote")])
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="cl-table cl-comments")
    understood = lines["understood_share"].said if "understood_share" in lines else ""
    note = f"{count(known)} comments by others; understood: {understood}. A comment can be of several kinds."
    return [html.Div(table, className="cl-scroll", tabIndex=0, role="region", **{"aria-label": "Comments by kind"}),
            html.P(note, className="cl-note")]  # fmt: skip


def _family(family: FamilyLines) -> Any:
    lines = telling(family)
    if not lines:
        body: Any = html.P("Nothing known here that can be compared with peers.", className="cl-muted")
    else:
        head = html.Tr([html.Th(title, scope="col") for title in ("What", "Value", "Beside peers")])
        rows = [html.Tr([html.Th([line.label, html.Div(line.text, className="cl-figure-below")], scope="row"),
                         html.Td(line.said), html.Td(_beside(line))]) for line in lines]  # fmt: skip
        body = html.Table([html.Thead(head), html.Tbody(rows)], className="cl-table cl-lines")
    return dmc.AccordionItem([dmc.AccordionControl(family.title), dmc.AccordionPanel(body)], value=family.family)


def _beside(line: Line) -> Any:
    """Where she stands among peers, as a bar and in words."""
    if line.percentile is None:
        return html.Span("no comparison", className="cl-figure-below")
    share = f"{100 * line.percentile:.0f}%"
    return html.Div(
        [html.Div(html.Div(className="cl-rank-dot", style={"left": share}), className="cl-rank"),
         html.Div(f"above {share} of peers", className="cl-figure-below")]
    )  # fmt: skip


def _peers_text(made: Portrait) -> str:
    if made.peers_followers is None:
        return "There are no peers in the catalogue to compare with."
    low, high = made.peers_followers
    return (f"The lines that set this creator apart the most, beside {made.peers} creators on the same platform with "
            f"{count(low)} to {count(high)} followers.")  # fmt: skip
