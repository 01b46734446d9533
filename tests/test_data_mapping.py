"""Importing foreign files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from data.check import check_workspace
from data.errors import InputError, MappingError, TableError, UsageError
from data.mapping import SALT_FILE, ImportReport, import_file
from data.mapping_reader import mapping_of, parse_document, read_mapping
from data.sources import FORMATS, read_tables, write_table

ROOT = Path(__file__).parent.parent
REAL = ROOT.parent / "shared" / "data"
MAPPINGS = ROOT / "benchmarks" / "mappings"

POSTS: dict[str, Any] = {
    "table": "posts",
    "columns": {"post_id": "id", "creator_id": "who", "posted_at": {"from": "at", "time": "unix_s"}},
}
ROWS = "id,who,at,n,text\np2,c1,1700000000,5,hello #ad\np1,c1,1700000001,,\np2,c9,1700000002,7,again\n"


class Importer:
    """A workspace and a file to import into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = folder / "ws"

    def run(self, mapping: dict[str, Any], text: str | bytes = ROWS, name: str = "theirs.csv") -> ImportReport:
        (self.folder / "mapping.json").write_text(json.dumps(mapping))
        source = self.folder / name
        source.write_bytes(text if isinstance(text, bytes) else text.encode())
        return import_file(source, self.folder / "mapping.json", self.workspace)

    def faults(self, mapping: dict[str, Any], text: str | bytes = ROWS, name: str = "theirs.csv") -> list[str]:
        with pytest.raises(InputError) as error:
            self.run(mapping, text, name)
        return [f"{fault.where}: {fault.got}" for fault in error.value.faults]

    def table(self, name: str = "posts") -> pd.DataFrame:
        return read_tables(self.workspace)[name]

    def bytes(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.workspace.iterdir()}


@pytest.fixture
def importer(tmp_path: Path) -> Importer:
    return Importer(tmp_path)


def with_columns(**columns: Any) -> dict[str, Any]:
    return POSTS | {"columns": POSTS["columns"] | columns}


def test_rows_are_sorted_and_the_first_of_a_key_is_kept(importer: Importer) -> None:
    report = importer.run(with_columns(likes="n", caption="text"))
    assert report == ImportReport(
        source="theirs.csv", table="posts", read=3, left_out=0, repeated=1, already_there=0, written=2, total=2
    )
    table = importer.table()
    assert table["post_id"].tolist() == ["p1", "p2"]
    assert table["likes"].fillna(-1).tolist() == [-1, 5]
    assert table["posted_at"].tolist() == [pd.Timestamp(s, unit="s", tz="UTC") for s in (1700000001, 1700000000)]
    assert "written to posts" in str(report)


def test_again_changes_nothing(importer: Importer) -> None:
    mapping = with_columns(likes="n") | {"hash": ["creator_id"]}
    importer.run(mapping)
    before = importer.bytes()
    report = importer.run(mapping)
    assert (report.written, report.already_there, report.total) == (0, 2, 2)
    assert importer.bytes() == before


def test_rows_that_are_there_stay_and_new_ones_join_in_order(importer: Importer) -> None:
    importer.run(with_columns(likes="n"))
    more = "id,who,at,n,text\np0,c1,1700000000,1,\np2,c1,1700000000,999,\np3,c1,1700000000,3,\n"
    report = importer.run(with_columns(likes="n"), more)
    assert (report.written, report.already_there, report.total) == (2, 1, 4)
    assert importer.table()["post_id"].tolist() == ["p0", "p1", "p2", "p3"]
    assert importer.table()["likes"].fillna(-1).tolist() == [1, -1, 5, 3]


@pytest.mark.parametrize("format", FORMATS)
def test_a_table_keeps_its_format(importer: Importer, format: str) -> None:  # noqa: A002 - as in the function
    old = pd.DataFrame({"post_id": ["p9"], "creator_id": ["c"], "posted_at": ["2025-01-01T00:00Z"], "mood": ["x"]})
    write_table(importer.workspace, "posts", old, format)
    importer.run(POSTS)
    assert (importer.workspace / f"posts.{format}").is_file()
    assert importer.table()["post_id"].tolist() == ["p1", "p2", "p9"]
    assert importer.table()["mood"].fillna("").tolist() == ["", "", "x"]


def test_versions_of_a_profile_are_told_apart_by_when_they_were_known(importer: Importer) -> None:
    mapping = {
        "table": "creators",
        "columns": {
            "creator_id": "id",
            "followers": "n",
            "known_at": {"from": "day", "time": "%d.%m.%Y", "zone": "UTC"},
        },
        "constants": {"platform": "tiktok"},
    }
    report = importer.run(mapping, "id,n,day\nc1,1,01.02.2025\nc1,2,01.01.2025\nc1,3,\nc1,4,\n")
    assert (report.written, report.repeated) == (3, 1)
    assert importer.table("creators")["followers"].tolist() == [3, 2, 1]
    assert importer.run(mapping, "id,n,day\nc1,9,01.01.2025\n").written == 0


def test_every_value_that_does_not_convert_is_told_and_nothing_is_written(importer: Importer) -> None:
    text = "id,who,at,n,kind\np1,c1,soon,5,image\n,c1,1700000000,many,poem\np3,,1700000000,-5,image\n"
    mapping = with_columns(likes="n", media_type="kind") | {"hash": ["creator_id"]}
    assert sorted(importer.faults(mapping, text)) == [
        "theirs.csv, column at, row 1: soon",
        "theirs.csv, column id, row 2: nothing",
        "theirs.csv, column kind, row 2: poem",
        "theirs.csv, column n, row 2: many",
        "theirs.csv, column n, row 3: -5",
        "theirs.csv, column who, row 3: nothing",
    ]
    assert not importer.workspace.exists()


def test_a_failed_import_leaves_the_workspace_as_it_was(importer: Importer) -> None:
    importer.run(POSTS)
    before = importer.bytes()
    importer.faults(with_columns(likes="text"))
    assert importer.bytes() == before


def test_rows_keep_their_number_when_others_are_left_out(importer: Importer) -> None:
    mapping = with_columns(likes="text") | {"where": {"column": "n", "above": 5}}
    assert importer.faults(mapping) == ["theirs.csv, column text, row 3: again"]


def test_rules_across_columns_are_checked_too(importer: Importer) -> None:
    text = "id,who,at,read\np1,c1,1700000000,1600000000\n"
    mapping = with_columns(counts_known_at={"from": "read", "time": "unix_s"})
    assert importer.faults(mapping, text) == [
        "theirs.csv, column read, row 1: 2020-09-13T12:26:40Z, before 2023-11-14T22:13:20Z"
    ]


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ({"from": "x"}, "0.45", 0.45),
        ({"from": "x", "unit": "percent"}, "57", 0.57),
        ({"from": "x", "unit": "per_mille"}, "3", 0.003),
        ({"from": "x", "scale": 0.5}, "1", 0.5),
        ({"from": "x", "number": "human"}, "57%", 0.57),
        ({"from": "x", "map": {"all": 1}}, "all", 1),
        ({"from": "x", "map": {"all": 1}}, "0.5", 0.5),
        ({"from": "x", "default": 0.25, "missing": ["?"]}, "?", 0.25),
    ],
)
def test_shares(importer: Importer, rule: dict[str, Any], cell: str, expected: float) -> None:
    mapping = {
        "table": "audience",
        "columns": {"creator_id": "id", "share": rule},
        "constants": {"observed_at": "2025-01-01T00:00:00Z", "dimension": "interest", "bucket": "food"},
    }
    importer.run(mapping, f"id;x\nc1;{cell}\n")
    assert importer.table("audience")["share"].tolist() == [expected]


def test_a_percentage_is_refused_with_a_hint(importer: Importer) -> None:
    mapping = {
        "table": "audience",
        "columns": {"creator_id": "id", "share": "x"},
        "constants": {"observed_at": "2025-01-01T00:00:00Z", "dimension": "interest", "bucket": "food"},
    }
    assert importer.faults(mapping, "id,x\nc1,45\n") == [
        "theirs.csv, column x, row 1: 45 (looks like a percentage; write 0.45)"
    ]


@pytest.mark.parametrize(
    ("rule", "cell", "expected"),
    [
        ({"from": "x", "number": "human"}, "383.1K", 383_100),
        ({"from": "x", "unit": "million"}, "1.1", 1_100_000),
        ({"from": "x", "unit": "thousand"}, "48.537", 48_537),
        ({"from": "x", "number": "human"}, "N/A", None),
        ({"from": "x", "missing": ["-1"]}, "-1", None),
        ({"from": "x"}, "#VALUE!", None),
    ],
)
def test_counts(importer: Importer, rule: dict[str, Any], cell: str, expected: float | None) -> None:
    importer.run(with_columns(likes=rule) | {"missing": ["#VALUE!"]}, f"id,who,at,x\np1,c1,1700000000,{cell}\n")
    assert importer.table().get("likes").fillna(-1).tolist() == [-1 if expected is None else expected]


def test_words_are_mapped_and_a_null_is_missing(importer: Importer) -> None:
    mapping = with_columns(media_type={"from": "x", "map": {"GraphImage": "image", "?": None}, "default": "story"})
    importer.run(mapping, "id,who,at,x\np1,c,1700000000,GraphImage\np2,c,1700000000,?\np3,c,1700000000,reel\n")
    assert importer.table()["media_type"].tolist() == ["image", "story", "reel"]


CONDITIONS: list[tuple[dict[str, Any], list[float]]] = [
    ({"column": "text", "matches": r"(?i)#AD\b"}, [0, 1]),
    ({"column": "text", "equals": "hello #ad"}, [0, 1]),
    ({"column": "text", "one_of": ["x", "hello #ad"]}, [0, 1]),
    ({"column": "text", "empty": True}, [1, 0]),
    ({"column": "text", "not_empty": True}, [0, 1]),
    ({"column": "n", "above": 4.5}, [0, 1]),
    ({"column": "n", "below": 4.5}, [0, 0]),
    ({"not": {"column": "n", "above": 4}}, [1, 0]),
    ({"any_of": [{"column": "n", "below": 0}, {"column": "text", "empty": True}]}, [1, 0]),
    ({"all_of": [{"column": "n", "above": 0}, {"column": "text", "empty": True}]}, [0, 0]),
    ({"column": "none", "not_empty": True, "optional": True}, [0, 0]),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_flags(importer: Importer, condition: dict[str, Any], expected: list[float]) -> None:
    importer.run(POSTS | {"flags": {"sponsored": condition}})
    assert importer.table()["sponsored"].tolist() == expected


def test_where_leaves_rows_out(importer: Importer) -> None:
    report = importer.run(POSTS | {"where": {"column": "n", "equals": 7}})
    assert (report.read, report.left_out, report.written) == (3, 2, 1)
    assert importer.table()["creator_id"].tolist() == ["c9"]


COMMENTS: dict[str, Any] = {
    "table": "comments",
    "columns": {
        "comment_id": {"from": "id", "prefix": "ig_"},
        "post_id": "post",
        "creator_id": {"lookup": "posts"},
        "author_id": "user",
        "text": "text",
        "posted_at": {"from": "at", "time": "iso", "zone": "UTC"},
    },
    "keep": ["mail", "lang"],
    "hash": ["mail"],
}
SAID = """\
id,post,user,text,at,mail,lang
1,p1,anna,hi,2025-01-01,a@x,de
2,p2,anna,,2025-01-01,,
3,p1,,NA,2025-01-01,b@x,en
"""


def test_authors_are_hashed_with_the_salt_of_the_workspace(importer: Importer) -> None:
    importer.run(POSTS)
    importer.run(COMMENTS, SAID)
    table = importer.table("comments")
    assert table["comment_id"].tolist() == ["ig_1", "ig_2", "ig_3"]
    assert table["creator_id"].tolist() == ["c1", "c1", "c1"]
    assert table["text"].tolist() == ["hi", "", "NA"]
    assert table["lang"].fillna("").tolist() == ["de", "", "en"]
    assert re.fullmatch("[0-9a-f]{32}", table["author_id"][0])
    assert table["author_id"][0] == table["author_id"][1]
    assert pd.isna(table["author_id"][2])
    assert re.fullmatch("[0-9a-f]{32}", table["mail"][0])
    assert pd.isna(table["mail"][1])
    everything = b"".join(importer.bytes().values())
    assert b"anna" not in everything
    assert b"a@x" not in everything


def test_the_same_author_is_the_same_in_one_workspace_only(importer: Importer, tmp_path: Path) -> None:
    importer.run(POSTS)
    importer.run(COMMENTS, SAID)
    importer.run(COMMENTS, SAID.replace("\n1,", "\n7,"))
    authors = importer.table("comments").set_index("comment_id")["author_id"]
    assert authors["ig_7"] == authors["ig_1"]
    other = Importer(tmp_path / "other")
    other.folder.mkdir()
    other.run(POSTS)
    other.run(COMMENTS, SAID)
    assert other.table("comments")["author_id"][0] != authors["ig_1"]


def test_the_salt_is_private_and_a_damaged_one_is_refused(importer: Importer) -> None:
    importer.run(POSTS)
    assert not (importer.workspace / SALT_FILE).exists()
    importer.run(COMMENTS, SAID)
    salt = importer.workspace / SALT_FILE
    assert salt.stat().st_mode & 0o777 == 0o600
    secret = salt.read_text()[:-9]
    salt.write_text(secret)
    with pytest.raises(TableError) as error:
        importer.run(COMMENTS, SAID)
    assert secret[:8] not in str(error.value)


def test_a_lookup_needs_its_table_and_its_row(importer: Importer) -> None:
    assert importer.faults(COMMENTS, SAID) == ["table posts: no such table"]
    importer.run(POSTS)
    assert importer.faults(COMMENTS, SAID.replace("p2", "p9")) == ["theirs.csv, column post, row 2: p9"]


def test_json_lines_by_path(importer: Importer) -> None:
    long = 17841405309211844
    rows = [
        {"id": long, "owner": {"id": 1}, "at": 1700000000, "tags": ["a", "b"], "paid": True, "c": [{"t": "x"}]},
        {"id": long + 1, "owner": {"id": 2}, "at": 1700000000, "paid": False},
    ]
    mapping = with_columns(
        creator_id="owner.id",
        brand="tags",
        sponsored="paid",
        caption={"from": "c.0.t"},
        likes={"from": "no", "optional": True},
    )
    importer.run(mapping, "\n".join(map(json.dumps, rows)), "theirs.jsonl")
    table = importer.table()
    assert table["post_id"].tolist() == [str(long), str(long + 1)]
    assert table["creator_id"].tolist() == ["1", "2"]
    assert table["brand"].fillna("").tolist() == ["a, b", ""]
    assert table["sponsored"].tolist() == [1, 0]
    assert table["caption"].fillna("").tolist() == ["x", ""]
    assert table["likes"].isna().all()


def test_rows_within_a_document(importer: Importer) -> None:
    rows = [{"id": "p1", "who": "c1", "at": 1700000000}]
    importer.run(POSTS | {"records": "data.items"}, json.dumps({"data": {"items": rows}}), "theirs.json")
    assert importer.table()["post_id"].tolist() == ["p1"]


def test_a_stated_encoding_and_delimiter(importer: Importer) -> None:
    text = "id;who;at;x\np1;c1;1700000000;ÐÑ,\n".encode()
    importer.run(with_columns(caption="x") | {"encoding": "latin-1", "delimiter": ";"}, text)
    assert importer.table()["caption"].tolist() == ["ÐÑ,".encode().decode("latin-1")]


def test_absent_columns_are_told_with_those_there_are(importer: Importer) -> None:
    mapping = with_columns(likes="hearts") | {"keep": ["mood"], "flags": {"sponsored": {"column": "paid", "equals": 1}}}
    with pytest.raises(MappingError, match="one of the file's: id, who, at, n, text") as error:
        importer.run(mapping)
    assert [f.where for f in error.value.faults] == [f"theirs.csv, column {c}" for c in ("hearts", "mood", "paid")]


def test_a_faulty_table_is_not_added_to(importer: Importer) -> None:
    importer.run(POSTS)
    (importer.workspace / "posts.csv").write_text("post_id\n")
    assert importer.faults(POSTS) == ["table posts: posts.parquet, posts.csv"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"table": "post"}, "mapping.json, table: got post; allowed: one of creators"),
    ({"colums": {}}, "mapping.json, colums: got an unknown key; allowed: table, columns"),
    ({"columns": {"post_id": "id", "posted_at": "at"}}, "columns.creator_id: got nothing; allowed: this column"),
    ({"columns": "id"}, "columns: got id; allowed: a table"),
    (with_columns(mood="x"), "columns.mood: got no column of posts"),
    (with_columns(likes={"form": "x"}), "columns.likes.form: got an unknown key"),
    (with_columns(likes={"unit": "percent"}), "columns.likes: got unit; allowed: `from` (their column) or `lookup`"),
    (with_columns(likes={"from": "n", "unit": "dozen"}), "columns.likes.unit: got dozen; allowed: one of percent"),
    (with_columns(likes={"from": "n", "unit": "cent", "scale": 2}), "columns.likes: got unit and scale"),
    (with_columns(likes={"from": "n", "scale": 0}), "columns.likes.scale: got 0"),
    (with_columns(likes={"from": "n", "number": "roman"}), "columns.likes.number: got roman; allowed: one of plain"),
    (with_columns(likes={"from": "n", "time": "unix_s"}), "columns.likes.time: got unix_s; allowed: no time"),
    (with_columns(likes={"from": "n", "optional": "yes"}), "columns.likes.optional: got yes; allowed: true or false"),
    (with_columns(likes={"from": "n", "map": [1]}), "columns.likes.map: got [1]; allowed: a table"),
    (with_columns(posted_at={"from": "at", "time": "unix"}), "columns.posted_at.time: got unix; allowed: iso, unix_s"),
    (with_columns(posted_at={"from": "at", "time": "%d.%m.%Y"}), "columns.posted_at.zone: got nothing"),
    (with_columns(posted_at={"from": "at", "zone": "Mars"}), "columns.posted_at.zone: got Mars"),
    (with_columns(brand={"lookup": "audience"}), "columns.brand.lookup: got audience"),
    ({"constants": {"likes": [1]}}, "constants.likes: got [1]; allowed: a word"),
    ({"constants": {"post_id": "x"}}, "post_id: got made twice"),
    ({"constants": {"likes": "many"}}, "mapping, constant likes: got many"),
    ({"flags": {"likes": {"column": "n", "above": 1}}}, "flags.likes: got a count column"),
    ({"flags": {"sponsored": {"column": "n"}}}, "flags.sponsored: got {'column': 'n'}; allowed: a column and one of"),
    ({"flags": {"sponsored": {"column": "n", "above": "x"}}}, "flags.sponsored.above: got x; allowed: a number"),
    ({"flags": {"sponsored": {"column": "n", "matches": "("}}}, "flags.sponsored.matches: got (; allowed: a regular"),
    ({"flags": {"sponsored": {"any_of": []}}}, "flags.sponsored: got {'any_of': []}; allowed: any_of alone"),
    ({"flags": {"sponsored": {"not": {"colum": "n"}}}}, "flags.sponsored.not[1].colum: got an unknown key"),
    ({"where": "n > 1"}, "where: got n > 1; allowed: a condition"),
    ({"keep": ["likes"]}, "keep.likes: got one of our columns"),
    ({"keep": "n"}, "keep: got n; allowed: a list of words"),
    ({"hash": ["mood"]}, "hash.mood: got a column the mapping does not make"),
    ({"encoding": "klingon"}, "got the encoding klingon"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_wrong_mapping_is_told_by_place(importer: Importer, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        importer.run(POSTS | change)
    assert message in str(error.value)
    assert not importer.workspace.exists()


def test_every_fault_of_a_mapping_is_told_at_once() -> None:
    with pytest.raises(MappingError) as error:
        mapping_of({"table": "posts", "colums": {}, "keep": 1, "flags": {"sponsored": 1}})
    assert len(error.value.faults) == 3 + 3


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("m.yaml", "a: [", "m.yaml: got while parsing"),
        ("m.yaml", "table: posts\ntable: creators\n", "repeated key table"),
        ("m.toml", "a =", "m.toml: got Invalid value"),
        ("m.json", "{", "m.json: got Expecting property name"),
        ("m.ini", "", "got .ini; allowed: a file ending in .yaml, .yml, .toml or .json"),
        ("m.yaml", "", "m.yaml: got nothing; allowed: a table with table, columns"),
        ("m.yaml", "- 1", "m.yaml: got [1]"),
    ],
)
def test_unreadable_mappings(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(MappingError) as error:
        read_mapping(tmp_path / name)
    assert message in str(error.value)
    with pytest.raises(MappingError, match="no such file"):
        read_mapping(tmp_path / "none.yaml")


def test_yaml_without_its_traps_and_the_same_mapping_in_three_languages(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("{country: NO, at: 2025-01-01T00:00:00Z, yes: on, flag: true, n: 7}")
    read = parse_document(tmp_path / "m.yaml")
    assert read == {"country": "NO", "at": "2025-01-01T00:00:00Z", "yes": "on", "flag": True, "n": 7}
    lines = [
        'table = "posts"',
        "[columns]",
        'post_id = "id"',
        'creator_id = "who"',
        'posted_at = {from = "at", time = "unix_s"}',
    ]
    (tmp_path / "m.toml").write_text("\n".join(lines))
    (tmp_path / "m.json").write_text(json.dumps(POSTS))
    (tmp_path / "m.yaml").write_text(yaml.safe_dump(POSTS, sort_keys=False))
    first, *others = (read_mapping(tmp_path / f"m.{ending}") for ending in ("toml", "json", "yaml"))
    assert all(other == first for other in others)


def test_the_mappings_in_the_documentation_and_the_benchmarks_are_sound() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "import.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 3
    tables = [mapping_of(yaml.safe_load(block)).table.name for block in blocks]
    assert tables == ["creators", "posts", "comments"]
    assert len([read_mapping(path) for path in MAPPINGS.glob("*.yaml")]) >= 4


def test_progress_is_told(importer: Importer, tmp_path: Path) -> None:
    importer.run(POSTS)
    calls: list[tuple[str, int, int]] = []
    import_file(
        tmp_path / "theirs.csv", tmp_path / "mapping.json", importer.workspace, progress=lambda *c: calls.append(c)
    )
    assert calls == [("import posts", done, 4) for done in range(5)]


def test_an_unknown_ending_is_refused(importer: Importer) -> None:
    with pytest.raises(UsageError, match=r"the ending \.pdf"):
        importer.run(POSTS, name="theirs.pdf")


# Public exports, where a copy of them is at hand. Nothing of their content is told here.


def real(*parts: str) -> Path:
    path = REAL.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no public data at {path}")
    return path


def test_a_public_instagram_sample_becomes_a_sound_workspace(tmp_path: Path) -> None:
    folder = real("instagram-influencer-posts")
    reports = {
        name: import_file(folder / f"{source}.csv.gz", MAPPINGS / f"instagram_{name}.yaml", tmp_path / "ws")
        for name, source in (
            ("creators", "creators"),
            ("creators_of_posts", "posts"),
            ("posts", "posts"),
            ("comments", "comments"),
        )
    }
    assert (reports["creators"].total, reports["posts"].total, reports["comments"].total) == (17_172, 19_935, 230_586)
    assert check_workspace(tmp_path / "ws") == []
    tables = read_tables(tmp_path / "ws")
    typos = next(r for r in read_mapping(MAPPINGS / "instagram_creators.yaml").rules if r.ours == "category").map
    assert not set(typos) & set(tables["creators"]["category"].dropna())
    assert 900 < tables["posts"]["sponsored"].sum() < 1_200
    again = import_file(folder / "posts.csv.gz", MAPPINGS / "instagram_posts.yaml", tmp_path / "ws")
    assert again.written == 0


def test_a_messy_ranking_is_imported_but_for_its_damaged_last_row(importer: Importer) -> None:
    text = real("social-media-influencers-2022", "instagram-2022-03.csv").read_text("utf-8")
    mapping = {
        "table": "creators",
        "columns": {
            "creator_id": {"from": "Influencer insta name", "prefix": "ig_"},
            "handle": "Influencer insta name",
            "category": "category_1",
            "followers": {"from": "Followers", "number": "human"},
        },
        "constants": {"platform": "instagram", "known_at": "2022-03-01T00:00:00Z"},
        "keep": ["Authentic engagement", "Engagement avg Values"],
    }
    last = len(text[: text.rindex("\n")].splitlines())
    assert len(importer.faults(mapping, text)) == 1, f"the file breaks off in line {last + 1}"
    report = importer.run(mapping, text[: text.rindex("\n") + 1])
    assert report.written > 500
    table = importer.table("creators")
    assert table["followers"].notna().all()
    assert table["followers"].median() > 1e6
    assert "Authentic engagement" in table


def test_an_api_answer_with_counts_as_text(importer: Importer) -> None:
    folder = real("api-payloads", "youtube-data-v3", "channels")
    mapping = {
        "table": "creators",
        "records": "items",
        "columns": {
            "creator_id": {"from": "id", "prefix": "yt_"},
            "handle": "snippet.title",
            "followers": {"from": "statistics.subscriberCount", "optional": True},
        },
        "constants": {"platform": "youtube"},
    }
    written = 0
    for path in sorted(folder.glob("*.json")):
        if json.loads(path.read_text("utf-8")).get("items"):
            written += importer.run(mapping, path.read_bytes(), path.name).written
    assert written == importer.table("creators")["creator_id"].nunique() > 0
    assert importer.table("creators")["followers"].notna().any()
