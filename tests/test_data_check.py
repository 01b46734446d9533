"""`check` names every fault, and only faults."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from data.check import check_workspace, require_sound, schema_of
from data.errors import TableError
from data.schemas import TABLES

SOUND = {
    "creators": """\
creator_id,platform,followers,country,language,known_at
c1,instagram,100,US,en,
c1,instagram,120,US,en,2025-01-01T00:00:00Z
c2,tiktok,,,,
""",
    "posts": """\
post_id,creator_id,posted_at,likes,counts_known_at,mood
p1,c1,2025-01-01T00:00:00Z,5,2025-01-01T00:00:00Z,x
p2,c2,2025-01-01T00:00:00Z,,,
""",
    "comments": """\
comment_id,post_id,creator_id,text,posted_at
k1,p1,c1,,2025-01-01T00:00:00Z
""",
    "followers": "creator_id,observed_at,followers\nc1,2025-01-01T00:00:00Z,100\n",
    "audience": """\
creator_id,observed_at,dimension,bucket,share
c1,2025-01-01T00:00:00Z,age,18-24,0.61
c1,2025-01-01T00:00:00Z,age,65+,0.4
c1,2025-01-01T00:00:00Z,city,"Lyon, FR",0.4
c1,2025-01-01T00:00:00Z,interest,street food,0.9
c1,2025-01-01T00:00:00Z,interest,travel,0.9
""",
    "campaigns": """\
campaign_id,brand,category,brief,goal,starts_on,ends_on,currency,order_value,gross_margin,ships_to
m1,b,food,,sales,2025-01-01,2025-01-01,EUR,20,0.45,"US, CA"
""",
    "campaign_audience": "campaign_id,dimension,bucket,share\nm1,country,US,1\n",
    "collaborations": """\
collaboration_id,campaign_id,creator_id,agreed_at,fee,measure,test_id,exposed,exposed_conversions,holdout,holdout_conversions,lift_estimate,lift_se,posted_at,ended_at,outcome_known_at
d1,m1,c1,2025-01-01T00:00:00Z,5,holdout,,100,100,50,0,,,,,
d2,m1,c1,2025-01-01T00:00:00Z,0,geo,t1,,,,,-0.5,0.1,2025-01-02T00:00:00Z,2025-01-02T00:00:00Z,2025-02-02T00:00:00Z
d3,m1,c1,2025-01-01T00:00:00Z,5,geo,t1,,,,,-0.5,0.1,,,
d4,m1,c1,2025-01-01T00:00:00Z,5,attributed,,,,,,,,,,
d5,m1,c1,2025-01-01T00:00:00Z,5,,,,,,,,,,,
""",
}


def write(workspace: Path, **changes: str | None) -> Path:
    for name, text in (SOUND | changes).items():
        if text is not None:
            (workspace / f"{name}.csv").write_text(text)
    return workspace


def told(workspace: Path) -> list[str]:
    return [f"{fault.where}: {fault.got}" for fault in check_workspace(workspace)]


def test_a_sound_workspace_has_no_faults(tmp_path: Path) -> None:
    assert told(write(tmp_path)) == []
    require_sound(tmp_path)


def test_optional_tables_may_be_absent(tmp_path: Path) -> None:
    absent = dict.fromkeys((name for name, table in TABLES.items() if table.optional), None)
    assert told(write(tmp_path, **absent)) == []


OLD = "2024-01-01T00:00:00Z"
# table, row (from 1), column → value instead; the fault's column when it is another, and what it got.
CHANGES = [
    ("creators", 1, "creator_id", "", None, "nothing"),
    ("creators", 3, "platform", "snapchat", None, "snapchat"),
    ("creators", 3, "followers", "-1", None, "-1"),
    ("creators", 3, "followers", "1.5", None, "1.5"),
    ("creators", 3, "country", "USA", None, "USA"),
    ("creators", 3, "country", "us", None, "us"),
    ("creators", 3, "language", "EN", None, "EN"),
    ("creators", 3, "known_at", "2025-01-01", None, "2025-01-01"),
    ("creators", 2, "platform", "tiktok", None, "tiktok, elsewhere instagram for creator c1"),
    ("creators", 2, "known_at", "", "creator_id, known_at", "c1, nothing, which repeats row 1 of creators.csv"),
    ("posts", 2, "post_id", "p1", None, "p1, which repeats row 1 of posts.csv"),
    ("posts", 2, "creator_id", "c9", None, "c9"),
    ("posts", 2, "posted_at", "2025-01-01 00:00:00", None, "2025-01-01 00:00:00"),
    ("posts", 1, "counts_known_at", "2024-12-31T00:00:00Z", None, "2024-12-31T00:00:00Z, before 2025-01-01T00:00:00Z"),
    ("posts", 1, "likes", "many", None, "many"),
    ("comments", 1, "post_id", "p9", None, "p9"),
    ("comments", 1, "creator_id", "c2", None, "c2, but post p1 is of c1"),
    ("followers", 1, "followers", "", None, "nothing"),
    ("audience", 1, "share", "45", None, "45 (looks like a percentage; write 0.45)"),
    ("audience", 1, "share", "101", None, "101"),
    ("audience", 1, "share", "-0.1", None, "-0.1"),
    ("audience", 1, "share", "0.63", None, "1.03 in total for c1, 2025-01-01T00:00:00Z, age"),
    ("audience", 1, "bucket", "18-25", None, "18-25"),
    ("audience", 3, "bucket", "Lyon", None, "Lyon"),
    ("audience", 1, "dimension", "shoe", None, "shoe"),
    ("campaigns", 1, "ends_on", "2024-12-31", None, "2024-12-31T00:00:00Z, before 2025-01-01T00:00:00Z"),
    ("campaigns", 1, "gross_margin", "45", None, "45 (looks like a percentage; write 0.45)"),
    ("campaigns", 1, "currency", "euro", None, "euro"),
    ("campaigns", 1, "ships_to", "USA", None, "USA"),
    ("campaigns", 1, "goal", "fame", None, "fame"),
    ("campaigns", 1, "order_value", "", None, "nothing"),
    ("campaign_audience", 1, "bucket", "usa", None, "usa"),
    ("campaign_audience", 1, "campaign_id", "m9", None, "m9"),
    ("collaborations", 5, "campaign_id", "m9", None, "m9"),
    ("collaborations", 5, "creator_id", "c9", None, "c9"),
    ("collaborations", 5, "fee", "-5", None, "-5"),
    ("collaborations", 1, "exposed_conversions", "101", None, "101 of 100 people"),
    ("collaborations", 1, "holdout_conversions", "51", None, "51 of 50 people"),
    ("collaborations", 1, "holdout", "0", None, "0"),
    ("collaborations", 1, "holdout", "", None, "nothing"),
    ("collaborations", 1, "holdout", "x", None, "x"),
    ("collaborations", 1, "exposed", "", None, "nothing"),
    ("collaborations", 1, "holdout_conversions", "", None, "nothing"),
    ("collaborations", 5, "measure", "guess", None, "guess"),
    ("collaborations", 3, "lift_estimate", "-0.4", None, "-0.4, elsewhere -0.5 for test t1"),
    ("collaborations", 3, "lift_estimate", "", None, "nothing"),
    ("collaborations", 3, "lift_se", "", None, "nothing"),
    ("collaborations", 2, "ended_at", "2025-01-01T05:00Z", None, "2025-01-01T05:00:00Z, before 2025-01-02T00:00:00Z"),
    ("collaborations", 2, "outcome_known_at", OLD, None, f"{OLD}, before 2025-01-01T00:00:00Z"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "column", "value", "place", "got"), CHANGES)
def test_one_change_makes_one_fault(
    tmp_path: Path, table: str, row: int, column: str, value: str, place: str | None, got: str
) -> None:
    lines = SOUND[table].splitlines()
    cells = next(csv.reader([lines[row]]))
    cells[lines[0].split(",").index(column)] = value
    lines[row] = ",".join(f'"{cell}"' for cell in cells)
    write(tmp_path, **{table: "\n".join(lines) + "\n"})
    faults = told(tmp_path)
    assert f"{table}.csv, column {place or column}, row {row}: {got}" in faults
    assert len(faults) == 1


@pytest.mark.parametrize(("value", "column"), [("-1", "lift_estimate"), ("-1.5", "lift_estimate"), ("0", "lift_se")])
def test_an_estimate_must_be_possible(tmp_path: Path, value: str, column: str) -> None:
    old = "-0.5" if column == "lift_estimate" else "0.1"
    write(tmp_path, collaborations=SOUND["collaborations"].replace(f",{old},", f",{value},"))
    assert told(tmp_path) == [f"collaborations.csv, column {column}, row {row}: {value}" for row in (2, 3)]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        posts=None,
        creators=SOUND["creators"].replace("platform", "network"),
        campaigns=None,
        campaign_audience=None,
        comments=SOUND["comments"].replace("k1", ""),
        collaborations="a,b\n1\n",
    )
    assert told(tmp_path) == [
        "creators.csv, column platform: no such column",
        "table posts: no such table",
        "comments.csv, column comment_id, row 1: nothing",
        "collaborations.csv, row 1: 1 fields (1)",
    ]
    with pytest.raises(TableError) as error:
        require_sound(tmp_path)
    assert len(error.value.faults) == 4


def test_collaborations_need_their_campaigns(tmp_path: Path) -> None:
    assert told(write(tmp_path, campaigns=None)) == ["table campaigns: no such table"]


def test_each_file_of_a_partition_is_told_with_its_own_rows(tmp_path: Path) -> None:
    write(tmp_path, posts=None)
    (tmp_path / "posts").mkdir()
    head, *rows = SOUND["posts"].splitlines()
    for name in ("a", "b"):
        (tmp_path / "posts" / f"{name}.csv").write_text("\n".join([head, rows[1], rows[0].replace(",5,", ",-5,")]))
    assert told(tmp_path) == [
        "posts/a.csv, column likes, row 2: -5",
        "posts/b.csv, column likes, row 2: -5",
        "posts/b.csv, column post_id, row 1: p2, which repeats row 1 of posts/a.csv",
        "posts/b.csv, column post_id, row 2: p1, which repeats row 2 of posts/a.csv",
    ]


def test_a_missing_workspace(tmp_path: Path) -> None:
    assert told(tmp_path / "none") == [f"{tmp_path / 'none'}: no such folder"]


@pytest.mark.parametrize("name", TABLES)
def test_the_schema_has_every_column(name: str) -> None:
    assert set(schema_of(name).columns) == {column.name for column in TABLES[name].columns}


def test_every_fault_says_what_is_allowed(tmp_path: Path) -> None:
    write(tmp_path, audience=re.sub(r"0\.\d+", "x", SOUND["audience"]))
    faults = check_workspace(tmp_path)
    assert len(faults) == 5
    assert all(fault.allowed == "a share from 0 to 1 (0.45, not 45)" for fault in faults)
