"""Reading and writing a workspace."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import TableError
from data.sources import FORMATS, digest, load_history, read_tables, write_table
from data.writing import write_csv, write_parquet

CREATORS = "creator_id,platform,handle,followers,verified,extra\n007,instagram,NA,100,true,x\nc2,tiktok,,,,y\n"


def posts(n: int = 6) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "post_id": [f"p{i:03}" for i in range(n)],
            "creator_id": ["007", "c2"] * (n // 2),
            "posted_at": pd.date_range("2025-01-01", periods=n, freq="h", tz="UTC"),
            "caption": ["=sum, \"quoted\"\r\nline 😍", "", None, "@brand", "-", "\ttab"][:n],
            "likes": [float(i) if i != 3 else np.nan for i in range(n)],
            "sponsored": [1.0, 0.0, np.nan, 1.0, 0.0, 0.0][:n],
            "mood": np.linspace(0, 1, n),
        }
    )  # fmt: skip


def only(workspace: Path, name: str = "posts") -> pd.DataFrame:
    return read_tables(workspace)[name]


@pytest.mark.parametrize("format", FORMATS)
def test_a_table_survives_every_format(tmp_path: Path, format: str) -> None:  # noqa: A002 - as in the function
    write_table(tmp_path, "posts", posts(), format)
    read = only(tmp_path)
    assert read["caption"].fillna("missing").tolist() == [
        '=sum, "quoted"\r\nline 😍',
        "missing",
        "missing",
        "@brand",
        "-",
        "\ttab",
    ]
    pd.testing.assert_frame_equal(read.drop(columns="mood"), read_with(tmp_path, "parquet").drop(columns="mood"))
    assert read["mood"].astype("float64").tolist() == posts()["mood"].tolist()


def read_with(folder: Path, form: str) -> pd.DataFrame:
    write_table(folder / "other", "posts", posts(), form)
    return only(folder / "other")


def test_csv_cells_are_text_first(tmp_path: Path) -> None:
    (tmp_path / "creators.csv").write_text(CREATORS, "utf-8-sig")
    frame = only(tmp_path, "creators")
    assert frame["creator_id"].tolist() == ["007", "c2"]
    assert frame["handle"].fillna("missing").tolist() == ["NA", "missing"]
    assert frame["extra"].tolist() == ["x", "y"]
    assert frame["followers"].fillna(-1).tolist() == [100, -1]


def test_an_empty_text_that_must_be_there_is_empty_and_not_missing(tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text(
        "comment_id,post_id,creator_id,text,posted_at\nk1,p1,c1,,2025-01-01T00:00:00Z\n"
    )
    assert only(tmp_path, "comments")["text"].tolist() == [""]


def test_writing_replaces_whatever_form_was_there(tmp_path: Path) -> None:
    (tmp_path / "posts").mkdir()
    write_parquet(posts(2), tmp_path / "posts" / "a.parquet")
    for form in (*FORMATS, *FORMATS):
        write_table(tmp_path, "posts", posts(), form)
        assert [p.name for p in tmp_path.iterdir()] == [f"posts.{form}"]


def test_a_partitioned_folder_of_mixed_formats(tmp_path: Path) -> None:
    frame = posts()
    deep = tmp_path / "posts" / "creator_id=c%2F2" / "year=__HIVE_DEFAULT_PARTITION__"
    deep.mkdir(parents=True)
    (tmp_path / "posts" / "_SUCCESS").touch()
    (tmp_path / "posts" / ".part.crc").touch()
    write_csv(frame.iloc[:2], tmp_path / "posts" / "a.csv.gz", zipped=True)
    write_parquet(frame.iloc[2:].drop(columns="creator_id"), deep / "b.snappy.parquet")
    read = only(tmp_path)
    assert read["post_id"].tolist() == frame["post_id"].tolist()
    assert read["creator_id"].tolist() == ["007", "c2", *["c/2"] * 4]
    assert read["year"].isna().all()


def test_faults_name_the_file_of_a_partition(tmp_path: Path) -> None:
    (tmp_path / "creators").mkdir()
    (tmp_path / "creators" / "a.csv").write_text("creator_id,platform,followers\nc1,instagram,1\n,instagram,many\n")
    (tmp_path / "creators" / "b.csv").write_text("creator_id,followers\nc1,1.5\n")
    with pytest.raises(TableError) as error:
        read_tables(tmp_path)
    assert [f.where for f in error.value.faults] == [
        "creators/a.csv, column followers, row 2",
        "creators/b.csv, column platform",
        "creators/b.csv, column followers, row 1",
        "creators/a.csv, column creator_id, row 2",
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"creators.csv": CREATORS, "creators.parquet": ""}, "got creators.parquet, creators.csv; allowed: one of"),
        ({"creators.csv": CREATORS, "creators/a.csv": CREATORS}, "got creators.csv, creators/; allowed: one of them"),
        ({"creators/notes.txt": "x", "creators/a.csv": CREATORS}, "creators/notes.txt: got another format"),
        ({"creators/_x": ""}, "creators/: got an empty folder"),
        ({"creators.tsv": CREATORS}, "creators.tsv: got a format no table has"),
        ({"creators.csv": CREATORS + "a,b\n"}, "creators.csv, row 3: got 2 fields"),
        ({"creators.csv": CREATORS.replace("extra", "handle")}, "creators.csv, column handle: got a repeated column"),
        ({"creators.csv": ""}, "creators.csv: got no header line"),
        ({"creators.parquet": "PAR1"}, "creators.parquet: got no Parquet file"),
    ],
)  # fmt: skip
def test_files_that_cannot_be(tmp_path: Path, files: dict[str, str], message: str) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    with pytest.raises(TableError) as error:
        read_tables(tmp_path)
    assert message in str(error.value)
    assert str(tmp_path) not in str(error.value)


def test_undecodable_text_is_told_with_line_and_byte(tmp_path: Path) -> None:
    before = CREATORS.encode() + b"c3,tiktok,caf"
    (tmp_path / "creators.csv.gz").write_bytes(gzip.compress(before + b"\xe9,,,\n"))
    with pytest.raises(TableError) as error:
        read_tables(tmp_path)
    place = f"creators.csv.gz, line 4: got the byte 0xe9 at byte {len(before) + 1}"
    assert str(error.value) == place + "; allowed: text in UTF-8"


def test_absent_tables(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such folder"):
        read_tables(tmp_path / "none")
    (tmp_path / "creators.csv").write_text(CREATORS)
    assert set(read_tables(tmp_path)) == {"creators"}
    assert set(read_tables(tmp_path, ["posts"])) == set()
    with pytest.raises(
        TableError, match=r"table posts: got no such table; allowed: posts\.parquet, posts\.csv, posts\.csv\.gz"
    ):
        load_history(tmp_path)
    history = load_history(tmp_path, require=["creators"])
    assert len(history["creators"]) == 2
    assert len(history["posts"]) == 0


def test_writing_refuses_what_cannot_be_read_back(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="column likes, row 1"):
        write_table(tmp_path, "posts", posts().assign(likes="many"))
    with pytest.raises(TableError, match="an unknown table name"):
        write_table(tmp_path, "post", posts())
    with pytest.raises(TableError, match="got feather; allowed: parquet, csv"):
        write_table(tmp_path, "posts", posts(), "feather")
    assert not list(tmp_path.iterdir())


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    frame = posts()
    told = digest({"posts": frame})
    assert digest({"posts": frame.sample(frac=1, random_state=1)}) == told
    assert digest({"posts": frame[frame.columns[::-1]]}) == told
    assert digest({"posts": frame.assign(mood=7, other="x", views=np.nan)}) == told
    assert (
        digest(
            {
                "posts": frame,
                "comments": frame.iloc[:0].reindex(
                    columns=["comment_id", "post_id", "creator_id", "text", "posted_at"]
                ),
            }
        )
        == told
    )
    assert digest({"posts": frame.assign(likes=-frame["likes"] * 0)}) == digest(
        {"posts": frame.assign(likes=frame["likes"] * 0)}
    )
    for form in FORMATS:
        write_table(tmp_path, "posts", frame, form)
        assert digest(read_tables(tmp_path)) == told


@pytest.mark.parametrize(
    "change",
    [
        {"likes": [9.0, 1, 2, np.nan, 4, 5]},
        {"creator_id": ["c2", "007"] * 3},
        {"brand": "b"},
        {"posted_at": pd.date_range("2025-01-02", periods=6, freq="h", tz="UTC")},
    ],
)
def test_the_digest_changes_with_the_content(change: dict[str, object]) -> None:
    assert digest({"posts": posts().assign(**change)}) != digest({"posts": posts()})


def test_the_digest_tells_tables_and_repeated_rows_apart() -> None:
    frame = posts()
    assert digest({"posts": pd.concat([frame, frame.iloc[:1]])}) != digest({"posts": frame})
    assert digest({}) != digest({"posts": frame})


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(TEXT, TEXT, st.none() | st.floats(allow_nan=False, allow_infinity=False, min_value=0)),
        min_size=1,
        max_size=6,
    )
)
def test_any_text_and_number_survives_csv_and_parquet(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, float | None]]
) -> None:
    folder = tmp_path_factory.mktemp("ws")
    frame = pd.DataFrame(
        {
            "campaign_id": [f"k{i}" for i in range(len(rows))], "brand": "b", "category": [r[0] for r in rows],
            "brief": [r[1] for r in rows], "goal": "sales", "starts_on": "2025-01-01", "ends_on": "2025-01-01",
            "currency": "EUR", "order_value": 1.0, "gross_margin": 0.5, "handling_cost": [r[2] for r in rows],
        }
    )  # fmt: skip
    read = []
    for form in FORMATS:
        write_table(folder, "campaigns", frame, form)
        read.append(only(folder, "campaigns"))
    for other in read[1:]:
        pd.testing.assert_frame_equal(other, read[0])
    assert read[0]["brief"].tolist() == frame["brief"].tolist()
    assert read[0]["handling_cost"].fillna(-1).tolist() == [-1 if r[2] is None else r[2] for r in rows]
