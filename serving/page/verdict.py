"""What a fee means, in a sentence a person can act on: within the maximum, only earned back on average, or too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serving.page.look import money, percent
from serving.schemas import Campaign

Row = Mapping[str, Any]
GOOD, UNSURE, BAD, NONE = "good", "warn", "bad", ""
DEFAULT_SAFETY: float = Campaign.model_fields["safety"].default
_NOTHING = 0.5
"""A fee of less than this in any currency is told as none."""


def safety_of(campaign: Mapping[str, Any]) -> float:
    """How sure the maximum fee must be to reach the target, 0 to 1: the brief's, or the endpoint's own default."""
    value = campaign.get("safety")
    return DEFAULT_SAFETY if value is None else float(value)


def judged(table: Sequence[Row], campaign: Mapping[str, Any], currency: str) -> list[dict[str, Any]]:
    """The rows with `verdict` and its `tone`, by what the brief says of safety and target."""
    return [
        {**row, "verdict": sentence(row, campaign, currency), "tone": tone_of(row)}
        for row in table
    ]  # fmt: skip


def tone_of(row: Row) -> str:
    """`good`: within the maximum. `warn`: above it, but earned back on average. `bad`: above what it brings."""
    fee, maximum, even = row["fee"], row["maximum_fee"], row["break_even"]
    if fee is None or maximum is None:
        return NONE
    if fee <= maximum:
        return GOOD
    return UNSURE if even is not None and fee <= even else BAD


def sentence(row: Row, campaign: Mapping[str, Any], currency: str) -> str:
    """What the fee asked of her means for the brief's target and safety, and how far a fee could go."""
    fee, maximum, even = row["fee"], row["maximum_fee"], row["break_even"]
    if maximum is None or even is None:
        return "What this creator is worth cannot be told."
    if even < _NOTHING and maximum < _NOTHING:
        return "No fee is worth it: even a free post is expected to bring less than it costs."
    top = f"up to {money(maximum, currency)}" if maximum >= _NOTHING else "none"
    aim = " reaches your target return" if campaign.get("target_roi") else ""
    span = (
        f"On average a fee of up to {money(even, currency)} is earned back; with {percent(safety_of(campaign))} safety "
        f"{top}{aim}."
    )
    if fee is None:
        return f"No fee was given. {span}"
    word = {
        GOOD: "is within the maximum", UNSURE: "pays on average, but is not safe", BAD: "is too much",
    }[tone_of(row)]  # fmt: skip
    chance = "" if row["chance"] is None else f" The chance to earn the asked fee back is {percent(row['chance'])}."
    return f"The asked {money(fee, currency)} {word}. {span}{chance}"
