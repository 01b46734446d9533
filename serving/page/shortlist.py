"""An answer as the page keeps and shows it: plain JSON, ranked rows with words, scales for the marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from models.support import FLAGS
from serving.handler import rank_order
from serving.page.look import PLATFORM_WORDS, short_count
from serving.schemas import RankBy, ScoreResponse

QUIET_FLAGS = ("simulated_model",)
"""Told once for the whole page, not at every creator."""
Answer = dict[str, Any]
Row = dict[str, Any]
Entries = Sequence[Mapping[str, Any]]


def plain(response: ScoreResponse) -> Answer:
    """The answer as plain JSON values."""
    return {
        "campaign_id": response.campaign_id, "currency": response.currency, "model": asdict(response.model),
        "as_of": response.as_of, "level": response.level, "results": [asdict(r) for r in response.results],
        "errors": [asdict(e) for e in response.errors],
    }  # fmt: skip


def asked_of(answer: Answer) -> Answer:
    """What an answer is about, without its results: what later steps need to know of it."""
    return {name: value for name, value in answer.items() if name != "results"}


def ranked(table: Sequence[Row], rank_by: RankBy) -> list[Row]:
    """The rows best first, numbered from 1, by the endpoint's own rule; `table` is in the order of the candidates."""
    columns = {
        "profit_expected": _column(row["profit"] for row in table),
        "roi_expected": _column(row["roi"] for row in table),
        "fit_score": _column(row["fit"] for row in table),
        "break_even_fee": _column(row["break_even"] for row in table),
    }
    return [{**table[at], "rank": rank} for rank, at in enumerate(rank_order(columns, rank_by).tolist(), start=1)]


def rows(answer: Answer, entries: Entries) -> list[Row]:
    """One flat row per scored candidate, best first, for the grid."""
    known = {entry_id(entry): entry for entry in entries}
    return [_row(result, known.get(result["creator_id"], {})) for result in answer["results"]]


def entry_id(entry: Mapping[str, Any]) -> str:
    """The id by which the answer names an entry's creator."""
    item = entry["item"]
    return str(item.get("creator_id") or item["creator"]["creator_id"])


def flag_words(flags: Iterable[str]) -> list[dict[str, str]]:
    """Each flag with a short label and what it means."""
    return [
        {"code": flag, "label": flag.replace("_", " "), "text": f"{flag.replace('_', ' ')}: {FLAGS.get(flag, flag)}"}
        for flag in flags
        if flag not in QUIET_FLAGS
    ]


def scales(table: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """From and to of the axes of lift and ROI: what nearly all intervals lie within, 0 included."""
    return {name: _scale(table, name) for name in ("lift", "roi")}


def headline(table: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many were scored, are worth the fee asked, and are unlike past deals."""
    return {
        "scored": len(table),
        "within": sum(_within(row) for row in table),
        "asked": sum(row["fee"] is not None for row in table),
        "even": sum(row["fee"] is not None and (row["break_even"] or 0.0) >= row["fee"] for row in table),
        "unlike": sum(row["support"] != "in" for row in table),
    }


def _within(row: Mapping[str, Any]) -> bool:
    return row["fee"] is not None and row["maximum_fee"] is not None and row["fee"] <= row["maximum_fee"]


def _column(values: Iterable[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype="float64")


def _scale(table: Sequence[Mapping[str, Any]], name: str) -> tuple[float, float]:
    lows = [row[f"{name}_low"] for row in table if row[f"{name}_low"] is not None]
    highs = [row[f"{name}_high"] for row in table if row[f"{name}_high"] is not None]
    if not lows:
        return -1.0, 1.0
    low, high = min(float(np.quantile(lows, 0.05)), 0.0), max(float(np.quantile(highs, 0.95)), 0.0)
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def _row(result: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, Any]:
    roi = result["roi"] or {}
    platform, followers = entry.get("platform"), entry.get("followers")
    about = [PLATFORM_WORDS.get(str(platform), ""), f"{short_count(followers)} followers" if followers else ""]
    row: dict[str, Any] = {
        "creator_id": result["creator_id"], "name": entry.get("name") or result["creator_id"],
        "about": " · ".join(part for part in about if part), "platform": platform, "followers": followers,
        "rank": result["rank"], "pinned": False,
        "fit": result["fit"]["score"], "fit_low": result["fit"]["low"], "fit_high": result["fit"]["high"],
        "chance": roi.get("probability_positive"), "fee": result["cost"]["fee"],
        "break_even": result["break_even_fee"], "maximum_fee": result["maximum_fee"],
        "support": result["support"]["level"], "flags": flag_words(result["flags"]),
    }  # fmt: skip
    for name, interval in (
        ("lift", result["lift"]), ("roi", roi), ("orders", result["incremental_conversions"]),
        ("exposed", result["exposed"]), ("rate", result["baseline_rate"]), ("cost", result["cost"]),
        ("profit", result["profit"]),
    ):  # fmt: skip
        row |= {
            name: interval.get("expected"),
            f"{name}_low": interval.get("low"),
            f"{name}_high": interval.get("high"),
        }
    return row
