"""From a stranger's table, or pasted handles, to candidates of a request; rows that cannot be used, with reasons."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from pydantic import ValidationError

from data.errors import shorten
from data.mapping_values import human_number
from data.schemas import PLATFORMS
from serving.page.columns import Role
from serving.page.directory import Directory
from serving.page.sheets import Sheet, WrongRow
from serving.problems import faults_of
from serving.schemas import MOST_CANDIDATES, Candidate

_MONEY_SIGNS = re.compile(r"[€$£¥₹\s\u00a0\u202f']|\b[A-Z]{3}\b")
_THOUSANDS_OR_DECIMALS = re.compile(r"^\d{1,3}(\.\d{3})+$")
_EUROPEAN = re.compile(r"^\d{1,3}(\.\d{3})*,\d{1,2}$")
_PLATFORM_WORDS = {"ig": "instagram", "insta": "instagram", "tik tok": "tiktok", "yt": "youtube", "you tube": "youtube"}
_TERMS: tuple[Role, ...] = ("fee", "commission_rate", "product_cost", "expected_exposed")
_PROFILE: tuple[Role, ...] = ("category", "country", "language")


@dataclass(frozen=True)
class Entry:
    """A candidate as the page lists it; `item` is what the endpoint is asked."""

    item: dict[str, Any]
    name: str
    platform: str | None
    followers: float | None
    source: str
    """`catalogue`, or `file` for a creator known only from the user's own table."""

    def plain(self) -> dict[str, Any]:
        """As JSON for the browser."""
        return asdict(self)


@dataclass(frozen=True)
class Intake:
    """What came of a table."""

    entries: list[Entry]
    wrong: list[WrongRow]


def candidates_of(sheet: Sheet, columns: Mapping[Role, str], directory: Directory, platform: str | None) -> Intake:
    """Candidates of a table whose columns are known.

    Parameters
    ----------
    sheet : one row per candidate
    columns : the column of each role; at least `creator_id` or `handle`
    directory : the catalogue's creators, matched by id, else by handle
    platform : where a row names none
    """
    entries: list[Entry] = []
    wrong = list(sheet.broken)
    skipped = {row.row for row in sheet.broken}
    numbers = (number for number in itertools.count(2) if number not in skipped)
    details = itertools.chain(sheet.details, itertools.repeat({}))
    for number, cells, more in zip(numbers, sheet.rows.to_dict("records"), details, strict=False):
        told = {role: str(cells.get(name) or "").strip() for role, name in columns.items()}
        if not any(str(value or "").strip() for value in cells.values()):
            continue
        try:
            entries.append(_entry(told, more, directory, platform))
        except ValueError as error:
            shown = {str(k): "" if v is None else str(v) for k, v in cells.items()}
            wrong.append(WrongRow(number, str(error), shown))
    wrong.sort(key=lambda row: row.row)
    over = entries[MOST_CANDIDATES:]
    wrong += [WrongRow(0, f"more than {MOST_CANDIDATES:,} candidates", {"creator": e.name}) for e in over]
    return Intake(entries[:MOST_CANDIDATES], wrong)


def pasted(text: str, directory: Directory, platform: str | None) -> Intake:
    """Candidates of pasted lines: a handle or id each, and after a comma, tab or semicolon the fee, if known."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cells = [[part.strip() for part in re.split(r"[,;\t]", line, maxsplit=1)] for line in lines]
    rows = pd.DataFrame({"handle": [c[0] for c in cells], "fee": [c[1] if len(c) > 1 else "" for c in cells]})
    return candidates_of(Sheet(rows, []), {"handle": "handle", "fee": "fee"}, directory, platform)


def plain_handle(text: str) -> str:
    """A handle without its @, or out of the address of a profile page."""
    match = re.match(r"^(?:https?://)?(?:www\.)?[\w.-]+\.\w{2,}/(?:@|c/|channel/|user/)?([^/?#\s]+)", text.strip())
    return (match[1] if match else text.strip()).lstrip("@")


def number_of(text: str, what: str) -> float | None:
    """A number as people write it (`48.5M`, `€ 1,200`, `1.200,50`), None when there is none.

    Raises ValueError where it cannot be read, or could be read two ways.
    """
    plain = _MONEY_SIGNS.sub("", text)
    if _THOUSANDS_OR_DECIMALS.match(plain):
        raise ValueError(f"{what} {text} can be read as thousands or decimals; write {plain.replace('.', '')}")
    if _EUROPEAN.match(plain):
        plain = plain.replace(".", "").replace(",", ".")
    number = human_number(plain)
    if number is None:
        raise ValueError(f"{what} {shorten(text, 30)} is not a number")
    return None if math.isnan(number) else number


def _entry(told: Mapping[Role, str], more: Mapping[str, Any], directory: Directory, platform: str | None) -> Entry:
    terms = {name: number_of(told[name], name.replace("_", " ")) for name in _TERMS if told.get(name)}
    item: dict[str, Any] = {str(name): value for name, value in terms.items() if value is not None}
    where = _platform(told.get("platform", ""))
    handle = plain_handle(told.get("handle", ""))
    asked = told.get("creator_id") or handle
    if not asked:
        raise ValueError("no creator id and no handle")
    found = directory.find(asked, where) or (directory.find(handle, where) if handle else None)
    if found is not None:
        item["creator_id"] = found.creator_id
        entry = Entry(item, found.name, found.platform, found.followers, "catalogue")
    else:
        # What the catalogue does not know is told by the file: posts, audience, follower history.
        entry = _unknown(told, {**item, **more}, handle or asked, where or platform)
    _check(entry.item)
    return entry


def _unknown(told: Mapping[Role, str], item: dict[str, Any], name: str, platform: str | None) -> Entry:
    """A creator the catalogue does not have: an inline record of what the table says."""
    if not told.get("handle") and not told.get("platform"):
        raise ValueError(f"{shorten(name, 40)} is not in the catalogue; give a handle and a platform for others")
    if platform is None:
        raise ValueError(f"{shorten(name, 40)} is not in the catalogue, and no platform is given")
    followers = number_of(told.get("followers", ""), "followers")
    creator: dict[str, Any] = {"creator_id": name, "handle": name, "platform": platform}
    if followers is not None:
        creator["followers"] = round(followers)
    creator |= {role: told[role] for role in _PROFILE if told.get(role) and _fits(role, told[role])}
    return Entry({**item, "creator": creator}, name, platform, followers, "file")


def _fits(role: Role, text: str) -> bool:
    """Whether the text is written as the record takes it; countries in words and the like are left out."""
    forms = {"country": r"^[A-Z]{2}$", "language": r"^[a-z]{2}$"}
    return re.match(forms.get(role, ""), text) is not None


def _check(item: Mapping[str, Any]) -> None:
    try:
        Candidate.model_validate_json(json.dumps(item))
    except ValidationError as error:
        faults = faults_of(error, Candidate, "row")
        raise ValueError(
            "; ".join(f"{f.where.replace('_', ' ')} {f.got} (needed: {f.allowed})" for f in faults)
        ) from None


def _platform(text: str) -> str | None:
    word = text.strip().lower()
    word = _PLATFORM_WORDS.get(word, word)
    if not word:
        return None
    if word not in PLATFORMS:
        raise ValueError(f"platform {shorten(text, 30)} is none of {', '.join(PLATFORMS)}")
    return word
