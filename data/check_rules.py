"""What must hold within a table beyond single values, and between tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from data.errors import Fault, shorten
from data.schemas import AGES, GENDERS, TABLES
from data.sources import LoadedTable, missing_table

Rule = Callable[[LoadedTable], list[Fault]]

MOST_IN_TOTAL = 1.02
"""Shares of one whole may add up to a little more than one: they come rounded."""
_EXCLUSIVE = ("age", "gender", "country", "language")
_MUST_REFER = {
    "posts": ("creators",),
    "comments": ("creators", "posts"),
    "followers": ("creators",),
    "audience": ("creators",),
    "campaign_audience": ("campaigns",),
    "collaborations": ("creators", "campaigns"),
}
_ID = {"creators": "creator_id", "posts": "post_id", "campaigns": "campaign_id"}
SHIPS_TO = next(c.describe() for c in TABLES["campaigns"].columns if c.name == "ships_to")
_COUNTRY = r"^[A-Z]{2}$"
_BUCKETS: dict[str, tuple[str, str]] = {
    "age": ("^(?:" + "|".join(age.replace("+", r"\+") for age in AGES) + ")$", "one of " + ", ".join(AGES)),
    "gender": ("^(?:" + "|".join(GENDERS) + ")$", "one of " + ", ".join(GENDERS)),
    "country": (_COUNTRY, "a two-letter country code, e.g. US"),
    "language": (r"^[a-z]{2}$", "a two-letter language code, e.g. en"),
    "city": (r"^.*\S, [A-Z]{2}$", "a city and its country, e.g. Lyon, FR"),
    "interest": (r"\S", "a word or two"),
}


def shown(value: object) -> str:
    """A value of a typed frame as a person would write it; `nothing` when it is missing."""
    if isinstance(value, str):
        return shorten(value)
    if pd.isna(value):
        return "nothing"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, pd.Timestamp):
        return str(value.isoformat()).replace("+00:00", "Z")
    return shorten(value)


def findings(
    loaded: LoadedTable,
    column: str,
    wrong: pd.Series,
    allowed: str,
    got: tuple[str, ...] = (),
    frame: pd.DataFrame | None = None,
) -> list[Fault]:
    """A fault for each row of a table that is `wrong` (boolean, missing is not wrong, on the table's index).

    `got` is a template and the columns of `frame` (by default the table itself) that fill it; by default the value
    of `column`.
    """
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool, na_value=False))
    if not len(rows):
        return []
    template, *names = got or ("{}", column)
    part = (loaded.frame if frame is None else frame)[names].iloc[rows]
    texts = (template.format(*map(shown, values)) for values in zip(*(part[n].tolist() for n in names), strict=True))
    places = loaded.wheres(column, rows)
    return [Fault(where, text, allowed) for where, text in zip(places, texts, strict=True)]


def repeated_keys(loaded: LoadedTable) -> list[Fault]:
    """Rows whose key an earlier row has; a missing `known_at` equals a missing one."""
    table, frame, key = loaded.table, loaded.frame, list(loaded.table.key)
    must = [c.name for c in table.columns if c.name in key and not c.nullable]
    again = frame[must].notna().all(axis=1) & frame.duplicated(key)
    if not again.any():
        return []
    group = frame.groupby(key, dropna=False, sort=False).ngroup()
    first = group.drop_duplicates().reset_index().set_index(0)["index"].reindex(group)
    place = pd.Series("", index=frame.index, dtype="object")
    rows = np.flatnonzero(again.to_numpy())
    place.iloc[rows] = [f"row {number} of {label}" for label, number in map(loaded.place, first.to_numpy()[rows])]
    template = ", ".join("{}" for _ in key) + ", which repeats {}"
    told = frame.assign(_place=place)
    allowed = "each " + " and ".join(key) + " once"
    return findings(loaded, ", ".join(key), again, allowed, (template, *key, "_place"), told)


def _before(loaded: LoadedTable, later: str, earlier: str, allowed: str) -> list[Fault]:
    wrong = loaded.frame[later] < loaded.frame[earlier]
    return findings(loaded, later, wrong, allowed, ("{}, before {}", later, earlier))


def _post_times(loaded: LoadedTable) -> list[Fault]:
    return _before(loaded, "counts_known_at", "posted_at", "a time not before posted_at, or empty")


def _campaign_dates(loaded: LoadedTable) -> list[Fault]:
    return _before(loaded, "ends_on", "starts_on", "a day not before starts_on")


def _ships_to(loaded: LoadedTable) -> list[Fault]:
    codes = loaded.frame["ships_to"]
    wrong = codes.notna() & ~codes.str.fullmatch(r"\s*[A-Z]{2}\s*(?:,\s*[A-Z]{2}\s*)*", na=False)
    return findings(loaded, "ships_to", wrong, SHIPS_TO)


def _one_platform(loaded: LoadedTable) -> list[Fault]:
    frame = loaded.frame
    first = frame.groupby("creator_id")["platform"].transform("first")
    wrong = first.notna() & frame["platform"].notna() & (frame["platform"] != first)
    got = ("{}, elsewhere {} for creator {}", "platform", "_first", "creator_id")
    return findings(loaded, "platform", wrong, "one platform per creator_id", got, frame.assign(_first=first))


def _buckets(loaded: LoadedTable) -> list[Fault]:
    frame = loaded.frame
    faults: list[Fault] = []
    for dimension, (pattern, allowed) in _BUCKETS.items():
        wrong = (frame["dimension"] == dimension) & ~frame["bucket"].str.contains(pattern, regex=True, na=True)
        faults += findings(loaded, "bucket", wrong, f"for {dimension}: {allowed}")
    return faults


def _totals(loaded: LoadedTable) -> list[Fault]:
    """Shares of one whole that add up to more than one; told at the first row of the whole."""
    group = [name for name in loaded.table.key if name != "bucket"]
    frame = loaded.frame
    # A share out of range and a repeated bucket have their own faults; they would only be told twice.
    counted = (
        frame["dimension"].isin(_EXCLUSIVE) & frame["share"].between(0, 1) & ~frame.duplicated(list(loaded.table.key))
    )
    shares = frame[counted]
    total = shares.groupby(group)["share"].transform("sum").reindex(frame.index).round(4)
    first = ~shares.duplicated(group).reindex(frame.index, fill_value=True)
    template = "{} in total for " + ", ".join("{}" for _ in group)
    allowed = f"shares of one whole that add up to 1 (at most {MOST_IN_TOTAL})"
    wrong = first & (total > MOST_IN_TOTAL)
    return findings(loaded, "share", wrong, allowed, (template, "_total", *group), frame.assign(_total=total))


def _more_conversions_than_people(loaded: LoadedTable) -> list[Fault]:
    faults: list[Fault] = []
    for people in ("exposed", "holdout"):
        conversions = f"{people}_conversions"
        wrong = loaded.frame[conversions] > loaded.frame[people]
        allowed = f"at most the people in {people}"
        faults += findings(loaded, conversions, wrong, allowed, ("{} of {} people", conversions, people))
    return faults


def _holdout_tests(loaded: LoadedTable) -> list[Fault]:
    frame = loaded.frame
    tested = frame["measure"] == "holdout"
    faults: list[Fault] = []
    for column in ("exposed", "holdout"):
        wrong = tested & (frame[column].isna() | (frame[column] == 0))
        faults += findings(loaded, column, wrong, "a whole number above 0, since measure is holdout")
        conversions = f"{column}_conversions"
        wrong = tested & frame[conversions].isna()
        faults += findings(loaded, conversions, wrong, "a whole number of at least 0, since measure is holdout")
    return faults


def _estimates(loaded: LoadedTable) -> list[Fault]:
    """`geo` and `on_off` tests are told by their estimate and its error, and one test has one estimate."""
    frame = loaded.frame
    tested = frame["measure"].isin(("geo", "on_off"))
    faults: list[Fault] = []
    for column, lowest, allowed in (
        ("lift_estimate", -1.0, "a relative lift above -1"),
        ("lift_se", 0.0, "a standard error above 0"),
    ):
        wrong = (tested & frame[column].isna()) | (frame[column] == lowest)
        faults += findings(loaded, column, wrong, allowed + ", since measure is geo or on_off")
        first = frame.assign(_value=frame[column].where(tested)).groupby("test_id")["_value"].transform("first")
        differs = tested & frame[column].notna() & first.notna() & (frame[column] != first)
        got = ("{}, elsewhere {} for test {}", column, "_first", "test_id")
        once = "one estimate for all rows of one test_id"
        faults += findings(loaded, column, differs, once, got, frame.assign(_first=first))
    return faults


def _collaboration_times(loaded: LoadedTable) -> list[Fault]:
    return [
        *_before(loaded, "ended_at", "posted_at", "a time not before posted_at, or empty"),
        *_before(loaded, "outcome_known_at", "agreed_at", "a time not before agreed_at, or empty"),
    ]


TABLE_RULES: Mapping[str, tuple[Rule, ...]] = {
    "creators": (_one_platform,),
    "posts": (_post_times,),
    "audience": (_buckets, _totals),
    "campaigns": (_campaign_dates, _ships_to),
    "campaign_audience": (_buckets, _totals),
    "collaborations": (_more_conversions_than_people, _holdout_tests, _estimates, _collaboration_times),
}


def references(loaded: Mapping[str, LoadedTable]) -> list[Fault]:
    """Rows that refer to a creator, post or campaign that is not there, and comments told under a wrong creator."""
    faults: list[Fault] = []
    absent: set[str] = set()
    for name, others in _MUST_REFER.items():
        if name not in loaded or loaded[name].frame.empty:
            continue
        for other in others:
            if other not in loaded:
                absent.add(other)
            elif not loaded[other].frame.empty:
                faults += _orphans(loaded[name], loaded[other])
    # Tables a workspace must have in any case are told by the caller.
    faults += [missing_table(name) for name in sorted(absent & {"campaigns"})]
    if "comments" in loaded and "posts" in loaded:
        faults += _comments_elsewhere(loaded["comments"], loaded["posts"])
    return faults


def _orphans(loaded: LoadedTable, other: LoadedTable) -> list[Fault]:
    column = _ID[other.table.name]
    ids = loaded.frame[column]
    wrong = ids.notna() & ~ids.isin(other.frame[column])
    return findings(loaded, column, wrong, f"a {column} of the table {other.table.name}")


def _comments_elsewhere(comments: LoadedTable, posts: LoadedTable) -> list[Fault]:
    """Comments whose `creator_id` is not the creator of their post."""
    owners = posts.frame.dropna(subset=["post_id"]).drop_duplicates("post_id").set_index("post_id")["creator_id"]
    frame = comments.frame
    owner = owners.reindex(frame["post_id"]).set_axis(frame.index)
    wrong = owner.notna() & frame["creator_id"].notna() & (owner != frame["creator_id"])
    got = ("{}, but post {} is of {}", "creator_id", "post_id", "_owner")
    return findings(comments, "creator_id", wrong, "the creator of the post", got, frame.assign(_owner=owner))
