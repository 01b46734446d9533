"""From a stranger's table, or pasted handles, to candidates of a request; rows that cannot be used, with reasons."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from pydantic import ValidationError

from data.errors import shorten
from data.schemas import PLATFORMS
from serving.page.amounts import KINDS, currencies_in, is_percent, number_of
from serving.page.columns import Role
from serving.page.directory import Directory
from serving.page.sheets import Sheet, WrongRow
from serving.problems import faults_of
from serving.schemas import MOST_CANDIDATES, Candidate

_PLATFORM_WORDS = {
    "ig": "instagram", "insta": "instagram", "tik tok": "tiktok", "yt": "youtube", "you tube": "youtube",
    **dict.fromkeys(("twitter", "x", "facebook", "fb", "twitch", "snapchat", "pinterest", "linkedin", "threads",
                     "podcast", "blog"), "other"),
}  # fmt: skip
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.|m\.)?(instagram|tiktok|youtube)\.com/", re.IGNORECASE)
_LONGEST_NAME = 200
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


def candidates_of(
    sheet: Sheet, columns: Mapping[Role, str], directory: Directory, platform: str | None, currency: str | None = None
) -> Intake:
    """Candidates of a table whose columns are known.

    Parameters
    ----------
    sheet : one row per candidate
    columns : the column of each role; at least `creator_id` or `handle`
    directory : the catalogue's creators, matched by id, else by handle
    platform : where a row names none
    currency : the brief's; an amount that names another one is a mistake
    """
    entries: list[Entry] = []
    wrong = list(sheet.broken)
    read = _Reading.of(sheet, columns, currency)
    skipped = {row.row for row in sheet.broken}
    numbers = (number for number in itertools.count(sheet.first) if number not in skipped)
    details = itertools.chain(sheet.details, itertools.repeat({}))
    for number, cells, more in zip(numbers, sheet.rows.to_dict("records"), details, strict=False):
        told = {role: str(cells.get(name) or "").strip() for role, name in columns.items()}
        if not any(str(value or "").strip() for value in cells.values()):
            continue
        try:
            entry = _entry(told, more, directory, platform, read)
            if len(entries) >= MOST_CANDIDATES:
                raise ValueError(
                    f"only {MOST_CANDIDATES:,} candidates are scored at a time; keep the rest for another list"
                )
            entries.append(entry)
        except ValueError as error:
            shown = {str(k): "" if v is None else str(v) for k, v in cells.items()}
            wrong.append(WrongRow(number, str(error), shown))
    wrong.sort(key=lambda row: row.row)
    return Intake(entries, wrong)


@dataclass(frozen=True)
class _Reading:
    """How the cells of one table are read. `units`: of each role's column what its heading names (`Fee, USD`)."""

    currency: str | None
    percent: bool
    units: Mapping[Role, str]

    @classmethod
    def of(cls, sheet: Sheet, columns: Mapping[Role, str], currency: str | None) -> _Reading:
        share = columns.get("commission_rate")
        told = [] if share is None else [str(cell or "") for cell in sheet.rows[share].tolist()]
        units = {role: (*currencies_in(name), "")[0] for role, name in columns.items()}
        return cls(currency, is_percent(told), units)

    def number(self, role: Role, text: str) -> float | None:
        """As `number_of`; bare numbers of a commission in percent are percent."""
        unit = "" if currencies_in(text) or KINDS.get(role) != "money" else self.units.get(role, "")
        value = number_of(f"{text} {unit}" if unit else text, role, self.currency)
        if value is None or role != "commission_rate":
            return value
        share = value / 100.0 if self.percent and "%" not in text else value
        if share > 1.0:
            raise ValueError(
                f"commission {shorten(text, 30)} is above 1, all of it; write a share (0.12) or percent (12%)"
            )
        return share


def pasted(text: str, directory: Directory, platform: str | None, currency: str | None = None) -> Intake:
    """Candidates of pasted lines: a handle or id each, and after a comma, tab or semicolon the fee, if known."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    cells = [[part.strip() for part in re.split(r"[,;\t]", line, maxsplit=1)] for line in lines]
    rows = pd.DataFrame({"handle": [c[0] for c in cells], "fee": [c[1] if len(c) > 1 else "" for c in cells]})
    return candidates_of(Sheet(rows, []), {"handle": "handle", "fee": "fee"}, directory, platform, currency)


def plain_handle(text: str) -> str:
    """A handle without its @, or out of the address of a profile page."""
    match = re.match(r"^(?:https?://)?(?:www\.)?[\w.-]+\.\w{2,}/(?:@|c/|channel/|user/)?([^/?#\s]+)", text.strip())
    return (match[1] if match else text.strip()).lstrip("@")


def _entry(
    told: Mapping[Role, str], more: Mapping[str, Any], directory: Directory, platform: str | None, read: _Reading
) -> Entry:
    terms = {name: read.number(name, told[name]) for name in _TERMS if told.get(name)}
    item: dict[str, Any] = {str(name): value for name, value in terms.items() if value is not None}
    address = _ADDRESS.match(told.get("handle", ""))
    where = _platform(told.get("platform", "")) or (address[1].lower() if address else None)
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
        entry = _unknown(told, {**item, **more}, handle or asked, where or platform, read)
    _check(entry.item)
    return entry


def _unknown(told: Mapping[Role, str], item: dict[str, Any], name: str, platform: str | None, read: _Reading) -> Entry:
    """A creator the catalogue does not have: an inline record of what the table says."""
    if not told.get("handle") and not told.get("platform"):
        raise ValueError(f"{shorten(name, 40)} is not in the catalogue; give a handle and a platform for others")
    if platform is None:
        raise ValueError(f"{shorten(name, 40)} is not in the catalogue, and no platform is given")
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"a name of {len(name)} characters; at most {_LONGEST_NAME} are taken")
    followers = read.number("followers", told.get("followers", ""))
    creator: dict[str, Any] = {"creator_id": told.get("creator_id") or name, "handle": name, "platform": platform}
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
        raise ValueError(f"platform {shorten(text, 30)} is not known; write one of {', '.join(PLATFORMS)}")
    return word
