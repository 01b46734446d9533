"""A file of comments read into a file of readings: nothing lost, order kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import Fault, TableError
from data.sources import read_rows, write_rows
from data.writing import writable_ending
from features.comments import COLUMNS, read_comments

ROWS_AT_ONCE = 20_000
LIKELY = 0.5
"""A comment counts for a probability that is higher than this."""
_LANGUAGES_TOLD = 8


def read_comment_file(
    source: Path, out: Path, text_column: str = "text", progress: Callable[[str, int, int], None] | None = None
) -> dict[str, Any]:
    """Write `source` with the columns of `read_comments` added; returns `summary` of what was read.

    Columns of the source that have the name of one of ours are kept under `source_` and that name. Raises TableError
    where there is no `text_column`, UsageError where an ending is unknown; then nothing is written.
    """
    writable_ending(out)
    rows = read_rows(source)
    if text_column not in rows.columns:
        columns = ", ".join(map(str, rows.columns))
        raise TableError(Fault(f"{source.name}, column {text_column}", "no such column", f"one of {columns}"))
    parts = []
    for start in range(0, max(len(rows), 1), ROWS_AT_ONCE):
        parts.append(read_comments(rows[text_column].iloc[start : start + ROWS_AT_ONCE]))
        if progress is not None:
            progress("comments", min(start + ROWS_AT_ONCE, len(rows)), len(rows))
    read = pd.concat(parts)
    kept = rows.rename(columns=_other_names(rows.columns))
    write_rows(pd.concat([kept, read], axis="columns"), out)
    return summary(read)


def _other_names(columns: Iterable[str]) -> dict[str, str]:
    """Names for the columns of a source that would meet ours."""
    taken = {*columns, *COLUMNS}
    names: dict[str, str] = {}
    for name in columns:
        if name in COLUMNS:
            other = f"source_{name}"
            while other in taken:
                other = f"source_{other}"
            taken.add(other)
            names[name] = other
    return names


def summary(read: pd.DataFrame) -> dict[str, Any]:
    """Figures of many readings: their number, languages, mean sentiment, and the share of each likely intent.

    A share or mean of nothing is None.
    """
    n = len(read)
    languages = read["language"].value_counts(sort=True)
    return {
        "comments": n,
        "understood_share": _mean(read["understood"]),
        "languages": {str(code): int(count) for code, count in languages.items()},
        "sentiment_mean": _mean(read["sentiment"]),
        "textblob_polarity_mean": _mean(read["textblob_polarity"]),
        "textblob_zero_share": _mean(read["textblob_polarity"] == 0),
        "emoji_only_share": _mean(read["emoji_only"]),
        "likely_share": {name[2:]: _mean(read[name] > LIKELY) for name in COLUMNS if name.startswith("p_")},
    }


def _mean(values: pd.Series) -> float | None:
    mean = values.mean()
    return None if pd.isna(mean) else round(float(mean), 4)


def as_text(figures: dict[str, Any]) -> str:
    """The summary in a few lines for a person."""
    lines = [f"{figures['comments']:,} comments, {_percent(figures['understood_share'])} understood"]
    if figures["comments"]:
        languages = list(figures["languages"].items())[:_LANGUAGES_TOLD]
        lines.append("languages: " + ", ".join(f"{code} {count:,}" for code, count in languages))
        mean = figures["sentiment_mean"]
        lines.append(
            f"mean sentiment {'unknown' if mean is None else format(mean, '+.2f')} (TextBlob "
            f"{figures['textblob_polarity_mean']:+.2f}, and exactly 0 for {_percent(figures['textblob_zero_share'])})"
        )
        likely = sorted(figures["likely_share"].items(), key=lambda item: -item[1])
        lines.append("likely: " + ", ".join(f"{name.replace('_', ' ')} {_percent(share)}" for name, share in likely))
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.1f} %"
