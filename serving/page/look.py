"""How the page looks: theme, words and numbers. One accent; green and red are kept for verdicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

ACCENT = "#2b86ab"
"""Readable as a mark on both schemes; text in the accent colour comes from the theme's shades."""
GOOD = "#2f9e62"
BAD = "#d6494f"
QUIET = "#8a94a3"
FAMILY_COLOURS: Mapping[str, str] = MappingProxyType(
    {"niche": "#2b86ab", "engagement": "#b8860b", "sentiment": "#8b6bb8", "campaign": "#8a94a3", "": "#8a94a3"}
)
FAMILY_WORDS: Mapping[str, str] = MappingProxyType({
    "niche": "Audience niche", "engagement": "Engagement", "sentiment": "Comments", "campaign": "Campaign and goal",
    "": "Everything else",
})  # fmt: skip
PLATFORM_WORDS: Mapping[str, str] = MappingProxyType(
    {"instagram": "Instagram", "tiktok": "TikTok", "youtube": "YouTube", "other": "Other"}
)
PLATFORM_CHOICES = [{"value": name, "label": label} for name, label in PLATFORM_WORDS.items()]
SUPPORT_WORDS: Mapping[str, str] = MappingProxyType({
    "in": "like past deals",
    "edge": "somewhat unlike past deals",
    "out": "unlike anything measured: a guess",
})  # fmt: skip
NONE = "–"

THEME: dict[str, Any] = {
    "primaryColor": "petrol",
    "primaryShade": {"light": 7, "dark": 7},
    "fontFamily": "Inter, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', Arial, sans-serif",
    "headings": {"fontWeight": "650"},
    "defaultRadius": "md",
    "cursorType": "pointer",
    "autoContrast": False,
    "colors": {
        "petrol": ["#edf5f9", "#d9e8f0", "#b0d0e1", "#84b7d1", "#60a2c4", "#4a95bc", "#3d8fb9", "#1f7298", "#16638a",
                   "#00557a"],
        "dark": ["#e8edf2", "#b3bfcb", "#8d9aa8", "#5a6875", "#3a4653", "#2e3842", "#1f2830", "#1a2128", "#151b21",
                 "#10151a"],
    },
    "components": {
        "InputWrapper": {"defaultProps": {"inputWrapperOrder": ["label", "input", "description", "error"]}},
    },
}  # fmt: skip


def count(value: float | None) -> str:
    """`1,234`; `–` where unknown."""
    return NONE if value is None or not math.isfinite(value) else f"{round(value):,}"


def short_count(value: float | None) -> str:
    """`950`, `12.4k`, `1.2M`."""
    if value is None or not math.isfinite(value):
        return NONE
    for power, sign in ((1e6, "M"), (1e3, "k")):
        if value >= power:
            return f"{value / power:.1f}".rstrip("0").rstrip(".") + sign
    return f"{value:.0f}"


def money(value: float | None, currency: str = "") -> str:
    """`1,234 EUR`, with cents below 10."""
    if value is None or not math.isfinite(value):
        return NONE
    text = f"{value:,.2f}" if 0 < abs(value) < 10 and value != round(value) else f"{value:,.0f}"
    return f"{text} {currency}".strip().replace("-", "−")


def percent(value: float | None, *, signed: bool = False) -> str:
    """A share as `34%`; with `signed`, `+34%`."""
    if value is None or not math.isfinite(value):
        return NONE
    whole = round(100.0 * value) + 0.0
    return f"{whole:{'+' if signed and whole else ''}.0f}%".replace("-", "−")


def decimal(value: float | None, places: int = 1, *, signed: bool = False) -> str:
    """`3.4`, or `+3.4`."""
    if value is None or not math.isfinite(value):
        return NONE
    rounded = round(value, places) + 0.0  # no "-0.0"
    return f"{rounded:{'+' if signed and rounded else ''},.{places}f}".replace("-", "−")


def span(low: str, high: str) -> str:
    """`2 to 25`."""
    return NONE if NONE in (low, high) else f"{low} to {high}"


def orders(value: float | None) -> str:
    """Extra conversions: one decimal below 10, none from there on."""
    if value is None or not math.isfinite(value):
        return NONE
    return decimal(value, 1 if abs(value) < 9.95 else 0)
