"""Strangers' tables, pasted handles and the catalogue's directory."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from data.errors import UsageError
from serving.page.amounts import number_of
from serving.page.candidates_view import source_text
from serving.page.columns import guess, platform_hint
from serving.page.directory import Directories, Directory, Search
from serving.page.intake import Intake, candidates_of, pasted, plain_handle
from serving.page.payloads import details_of
from serving.page.recognise import recognised
from serving.page.sheets import Sheet, read_upload
from tests.serving_fakes import catalogue

SHARED = Path(__file__).parents[2] / "shared" / "data"


def upload(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return "data:application/octet-stream;base64," + base64.b64encode(raw).decode()


@pytest.fixture(scope="module")
def directory() -> Directory:
    found = catalogue()
    found.history["creators"]["handle"] = ["ana.runs", "bo", "twin", "twin"]
    return Directory.of(found)


def taken(text: str, directory: Directory, platform: str | None = None) -> Intake:
    sheet = read_upload(upload(text), "list.csv")
    return candidates_of(sheet, guess(sheet.rows.columns).columns, directory, platform)


@pytest.mark.parametrize(
    ("names", "columns", "sure"),
    [
        (["creator_id", "fee"], {"creator_id": "creator_id", "fee": "fee"}, True),
        (["Influencer insta name", "instagram name", "Followers"],
         {"handle": "Influencer insta name", "followers": "Followers"}, True),
        (["Instagram name", "Subscribers", "Subscribers.1"],
         {"handle": "Instagram name", "followers": "Subscribers"}, False),
        (["id", "username"], {"handle": "username"}, True),
        (["profile.platform_username", "profile.follower_count", "work_platform.name"],
         {"handle": "profile.platform_username", "followers": "profile.follower_count",
          "platform": "work_platform.name"}, True),
        (["ID", "name", "follower_count"], {"handle": "name", "followers": "follower_count"}, False),
        (["channelId", "channelTitle"], {"creator_id": "channelId", "handle": "channelTitle"}, True),
        (["Nutzername", "Plattform", "Follower", "Vergütung (EUR)", "Provision %"],
         {"handle": "Nutzername", "platform": "Plattform", "followers": "Follower", "fee": "Vergütung (EUR)",
          "commission_rate": "Provision %"}, True),
        (["Title", "Video ID", "Likes"], {}, False),
        (["a", "b"], {}, False),
    ],
)  # fmt: skip
def test_columns_by_their_usual_names(names: list[str], columns: dict[str, str], sure: bool) -> None:
    found = guess(names)
    assert dict(found.columns) == columns and found.sure is sure


def test_a_platform_in_the_column_names() -> None:
    assert platform_hint(["Influencer insta name", "Followers"]) == "instagram"
    assert platform_hint(["Tiktoker", "instagram"]) is None


def test_right_rows_go_on_and_wrong_ones_say_why(directory: Directory) -> None:
    text = (
        "handle,platform,followers,fee\n@ANA.RUNS,,,450\nnew.one,tiktok,12.5K,€ 80\nghost,,,10\n,instagram,,5\n"
        "bo,,,lots\nbo,,,-3\ntwin,,,1\ntwin,youtube,,1\nx,myspace,,1\na,b,c,d,e\n,,,\n"
    )
    found = taken(text, directory)
    assert [e.item for e in found.entries] == [
        {"fee": 450.0, "creator_id": "ana"},
        {
            "fee": 80.0,
            "creator": {"creator_id": "new.one", "handle": "new.one", "platform": "tiktok", "followers": 12_500},
        },
        {"fee": 1.0, "creator_id": "dee"},
    ]
    assert [e.source for e in found.entries] == ["catalogue", "file", "catalogue"]
    reasons = {row.row: row.why for row in found.wrong}
    assert sorted(reasons) == [4, 5, 6, 7, 8, 10, 11]
    for row, words in ((4, "no platform"), (5, "no creator id"), (6, "not a number"), (7, "at least 0"),
                       (8, "2 creators"), (10, "myspace"), (11, "5 cells under 4 headings")):  # fmt: skip
        assert words in reasons[row]


def test_a_sheet_travels_through_the_browser(directory: Directory) -> None:
    sheet = read_upload(upload("handle,fee\nana.runs,1\na,b,c\n"), "x.csv")
    again = Sheet.from_plain(json.loads(json.dumps(sheet.plain())))
    columns = guess(sheet.rows.columns).columns
    assert candidates_of(again, columns, directory, None) == candidates_of(sheet, columns, directory, None)


def test_excel_and_json(directory: Directory) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Creator ID", "Fee"], ["bo", 120], ["cy", None]):
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    read = read_upload(upload(held.getvalue()), "C:\\list.XLSX")
    found = candidates_of(read, guess(read.rows.columns).columns, directory, None)
    assert [e.item for e in found.entries] == [{"fee": 120.0, "creator_id": "bo"}, {"creator_id": "cy"}]
    text = json.dumps(
        {"items": [{"id": "UC1", "snippet": {"customUrl": "@chan"}, "statistics": {"subscriberCount": "12"}}]}
    )
    read = read_upload(upload(text), "channels.json")
    entry = candidates_of(read, guess(read.rows.columns).columns, directory, "youtube").entries[0]
    assert (entry.name, entry.followers, entry.platform) == ("chan", 12.0, "youtube")


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("notes.pdf", b"%PDF", "the ending .pdf"),
        ("list", b"a", "no ending"),
        ("list.csv", b"", "an empty file"),
        ("list.csv", b"%PDF-1.4 1 0 obj", "a PDF document"),
        ("list.csv", b"PK\x03\x04rest", "an Excel workbook"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0rest", "an old Excel"),
        ("list.csv", b"<!DOCTYPE html><html>", "a web page"),
        ("list.csv", b"handle\n", "no rows"),
        ("list.xlsx", b"not a zip", "list.xlsx"),
        ("list.json", b"{", "well-formed JSON"),
        ("../../etc/passwd.csv", b"", "passwd.csv"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, data: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told) as error:
        read_upload(upload(data), name)
    assert "/tmp" not in str(error.value) and "creatorlift-" not in str(error.value)  # noqa: S108


def test_an_id_the_catalogue_does_not_have_is_a_mistake(directory: Directory) -> None:
    found = taken("creator_id,fee,platform\nana,1,\nanna,1,\nher.handle,1,tiktok\n", directory, "instagram")
    assert [e.name for e in found.entries] == ["ana.runs", "her.handle"]
    assert [(row.row, row.why) for row in found.wrong] == [
        (3, "anna is not in the catalogue; give a handle and a platform for others")
    ]


def test_a_broken_upload() -> None:
    with pytest.raises(UsageError, match="broke off"):
        read_upload("data:;base64,@@@", "list.csv")


def test_pasted_lines(directory: Directory) -> None:
    found = pasted("@ana.runs, 450\nhttps://www.instagram.com/bo/?hl=en\n\nnobody\t12\n", directory, "instagram")
    assert [e.item.get("fee") for e in found.entries] == [450.0, None, 12.0]
    assert [e.source for e in found.entries] == ["catalogue", "catalogue", "file"]
    assert pasted("nobody", directory, None).wrong[0].row == 2


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@lena", "lena"),
        ("https://www.tiktok.com/@lena?x=1", "lena"),
        ("youtube.com/c/lena", "lena"),
        ("a.b_c", "a.b_c"),
    ],
)
def test_plain_handles(text: str, handle: str) -> None:
    assert plain_handle(text) == handle


@pytest.mark.parametrize(
    ("text", "number"),
    [("48.5M", 48_500_000), ("€ 1,200", 1200), ("1.200,50 EUR", 1200.5), ("12,50", 12.5), ("10%", 0.1), ("-", None),
     ("€1.200", 1200), ("1.200 EUR", 1200), ("1.234.567", 1_234_567), ("1'200", 1200), ("1 200,5", 1200.5),
     ("1,2k", 1200), ("TBD", None), ("on request", None)],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, number: float | None) -> None:
    assert number_of(text, "fee") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("12.000", 12_000), ("1,2M", 1_200_000), ("84,5k", 84_500), ("2 Mio", 2e6), ("1,5 Mio.", 1.5e6), ("1.2万", 12_000),
     ("950", 950), ("1,234", 1234)],
)  # fmt: skip
def test_people_are_whole(text: str, number: float) -> None:
    assert number_of(text, "followers") == pytest.approx(number)


@pytest.mark.parametrize(("text", "number"), [("3,4 %", 0.034), ("0.034", 0.034), ("0,034", 0.034), ("5%", 0.05)])
def test_a_share_has_no_thousands(text: str, number: float) -> None:
    assert number_of(text, "commission_rate") == pytest.approx(number)


def test_a_number_that_can_be_read_two_ways_is_asked_about() -> None:
    with pytest.raises(ValueError, match="write 1200"):
        number_of("1.200", "fee")
    with pytest.raises(ValueError, match="is a range"):
        number_of("100-200", "fee")


def test_money_of_another_currency_is_no_amount_of_the_briefs(directory: Directory) -> None:
    rows = "handle,fee\nana.runs,$ 95\nbo,95 EUR\n"
    found = candidates_of(
        read_upload(upload(rows), "a.csv"), {"handle": "handle", "fee": "fee"}, directory, None, "EUR"
    )
    assert [e.item for e in found.entries] == [{"fee": 95.0, "creator_id": "bo"}]
    assert [(row.row, row.why) for row in found.wrong] == [(2, "fee $ 95 is not in EUR, which the brief counts in")]
    # A heading may name it for all rows.
    sheet = read_upload(upload("handle,Fee (USD)\nbo,95\n"), "a.csv")
    columns = guess(sheet.rows.columns).columns
    assert [len(candidates_of(sheet, columns, directory, None, c).entries) for c in ("EUR", "USD", None)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("told", "read"),
    [("5,10,1", [0.05, 0.1, 0.01]), ("0.05,0.1,1", [0.05, 0.1, 1.0]), ("5%,0.1,1", [0.05, 0.1, 1.0])],
)
def test_a_column_of_commissions_in_percent(told: str, read: list[float], directory: Directory) -> None:
    rows = "".join(f"{name},{share}\n" for name, share in zip(("ana.runs", "bo", "c"), told.split(","), strict=True))
    found = taken("handle,commission\n" + rows, directory, "instagram")
    assert [e.item["commission_rate"] for e in found.entries] == pytest.approx(read)


def test_a_commission_above_all_of_it_says_how_to_write_one(directory: Directory) -> None:
    found = taken("handle,commission\nana.runs,12\nbo,0.1\n", directory, "instagram")
    assert [row.why for row in found.wrong] == [
        "commission 12 is above 1, all of it; write a share (0.12) or percent (12%)"
    ]


def test_titles_above_the_heading_and_other_sheets(directory: Directory) -> None:
    """The number of a wrong row is the one that the user's own program shows beside it."""
    text = "Export of a tool,,\nMade 2026-01-01,,\nUsername,Platform,Fee\nana.runs,,1\nbo,,lots\n"
    for above in (text, text.replace(",,\n", "\n")):  # of the same and of another width
        sheet = read_upload(upload(above), "x.csv")
        found = candidates_of(Sheet.from_plain(sheet.plain()), guess(sheet.rows.columns).columns, directory, None)
        assert [e.item for e in found.entries] == [{"fee": 1.0, "creator_id": "ana"}]
        assert [row.row for row in found.wrong] == [5]
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Read me first"])
    second = book.create_sheet("Creators")
    for row in (["Who", None, "Terms", None], ["Handle", "Platform", "Fee", "Commission"],
                ["bo", "Instagram", "€1.200", "3,4 %"]):  # fmt: skip
        second.append(row)
    held = io.BytesIO()
    book.save(held)
    sheet = read_upload(upload(held.getvalue()), "x.xlsx")
    [entry] = candidates_of(sheet, guess(sheet.rows.columns).columns, directory, None, "EUR").entries
    assert entry.item == {"fee": 1200.0, "commission_rate": 0.034, "creator_id": "bo"}


def test_a_column_is_known_by_what_stands_in_it(directory: Directory) -> None:
    def of(text: str) -> dict[str, str]:
        found = recognised(read_upload(upload(text), "x.csv"), directory)
        return {str(role): name for role, name in found.columns.items()} if found.sure else {}

    assert of("Who,Fee\nana,1\nbo,2\n") == {"creator_id": "Who", "fee": "Fee"}
    assert of("id,name,Fee\nana,Ana,1\ncy,Cy,2\n") == {"creator_id": "id", "fee": "Fee"}
    assert of("Who,Fee\n@new.one,1\n@other,2\n") == {"handle": "Who", "fee": "Fee"}
    assert of("Talent,Fee\nana.runs,1\nbo,2\n") == {"handle": "Talent", "fee": "Fee"}
    assert of("Who,Fee\nsomebody,1\nelse,2\n") == {}


def test_an_address_says_the_platform(directory: Directory) -> None:
    found = taken("Profile URL,Fee\nhttps://www.tiktok.com/@new,5\nyoutube.com/c/chan,6\n", directory, "instagram")
    assert [(e.name, e.platform) for e in found.entries] == [("new", "tiktok"), ("chan", "youtube")]


def test_more_rows_than_are_scored_keep_their_numbers(directory: Directory) -> None:
    found = taken("handle,fee\n" + "".join(f"c{n},1\n" for n in range(1_003)), directory, "instagram")
    assert len(found.entries) == 1_000 and [row.row for row in found.wrong] == [1_002, 1_003, 1_004]
    assert found.wrong[0].cells == {"handle": "c1000", "fee": "1"}
    long = taken(f"handle\n{'x' * 300}\n", directory, "instagram").wrong[0]
    assert "300 characters" in long.why


def test_search(directory: Directory) -> None:
    assert directory.search(Search())[1] == 4
    found, total = directory.search(Search(platform="instagram", least_followers=20_000))
    assert total == 1 and found["creator_id"].tolist() == ["bo"]
    assert directory.search(Search(text="TWIN"))[0]["creator_id"].tolist() == ["cy", "dee"]
    assert directory.search(Search(most_followers=900))[0]["creator_id"].tolist() == ["dee"]
    assert directory.values("platform") == ["instagram", "tiktok", "youtube"]


def test_the_directory_is_made_once_per_catalogue() -> None:
    directories, first = Directories(), catalogue()
    assert directories.of(first) is directories.of(first)
    assert directories.of(catalogue()) is not directories.of(first)
    assert len(directories.of(None)) == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")
@pytest.mark.parametrize(
    ("name", "rows", "sure"),
    [("instagram-2022-03.csv", 682, True), ("instagram-2022-09.csv", 586, False), ("tiktok-2022-06.csv", 762, True),
     ("youtube-2022-03.csv", 679, False)],
)  # fmt: skip
def test_real_exports(name: str, rows: int, sure: bool) -> None:
    data = (SHARED / "social-media-influencers-2022" / name).read_bytes()
    sheet = read_upload(upload(data), name)
    found = guess(sheet.rows.columns)
    intake = candidates_of(sheet, found.columns, Directory.of(None), "instagram")
    assert found.sure is sure and len(intake.entries) == rows and not intake.wrong
    followers = pd.Series([e.followers for e in intake.entries], dtype="float64")
    assert followers.notna().mean() > 0.99 and followers.median() > 50_000


REPORT = {
    "work_platform": {"name": "Instagram"},
    "profile": {
        "platform_username": "new.one", "follower_count": 80_080, "language": "en",
        "reputation_history": [{"month": "2024-11", "follower_count": 33_051}, {"month": "bad", "follower_count": 1}],
        "recent_contents": [
            {"type": "VIDEO", "description": "shoes 🥰", "published_at": "2025-04-10T15:44:27.000+00:00",
             "engagement": {"like_count": 64_724, "comment_count": 177, "view_count": None, "play_count": 9e5}},
            {"type": "IMAGE", "description": "no date", "engagement": None},
        ],
        "sponsored_contents": [{"type": "IMAGE", "description": "ad", "published_at": "2022-10-20T14:26:46Z",
                                "engagement": {"like_count": -1}},
                               {"type": "CAROUSEL_ALBUM", "published_at": "2023-10-20T14:26:46Z"}],
        "audience": {
            "countries": [{"code": "PK", "value": 63.72}, {"code": "nowhere", "value": 3}],
            "gender_age_distribution": [{"gender": "MALE", "age_range": "18-24", "value": 40.0},
                                        {"gender": "FEMALE", "age_range": "18-24", "value": 35.0},
                                        {"gender": "FEMALE", "age_range": "65-", "value": 5.0}],
            "languages": None, "interests": [{"name": "Fashion", "value": 39.97}],
        },
    },
    "pricing": {"currency": "USD"},
}  # fmt: skip


def test_a_vendors_report_is_scored_with_its_posts_and_audience(directory: Directory) -> None:
    sheet = read_upload(upload(json.dumps(REPORT)), "report.json")
    again = Sheet.from_plain(json.loads(json.dumps(sheet.plain())))
    entry = candidates_of(again, guess(sheet.rows.columns).columns, directory, None).entries[0]
    item = entry.item
    assert entry.platform == "instagram" and item["creator"]["followers"] == 80_080
    # A post without a time, or with a count below 0, is not taken; views are plays where nothing else is told.
    assert [(p["posted_at"], p.get("likes"), p.get("views"), p.get("sponsored")) for p in item["posts"]] == [
        ("2025-04-10T15:44:27Z", 64_724, 9e5, None), ("2023-10-20T14:26:46Z", None, None, True)
    ]  # fmt: skip
    assert [p["media_type"] for p in item["posts"]] == ["video", "carousel"]
    assert item["audience"] == {
        "country": {"PK": pytest.approx(0.6372)}, "interest": {"Fashion": pytest.approx(0.3997)},
        "age": {"18-24": pytest.approx(0.75), "65+": pytest.approx(0.05)},
        "gender": {"male": pytest.approx(0.4), "female": pytest.approx(0.4)},
    }  # fmt: skip
    # A month's count is known once the month is over.
    assert item["followers"] == [{"observed_at": "2024-12-01T00:00:00Z", "followers": 33_051}]
    assert source_text(entry.plain()) == "your file, with 2 posts"


def test_a_report_of_a_creator_of_the_catalogue_does_not_replace_what_is_known(directory: Directory) -> None:
    told = json.dumps(REPORT).replace("new.one", "ana.runs")
    sheet = read_upload(upload(told), "report.json")
    entry = candidates_of(sheet, guess(sheet.rows.columns).columns, directory, None).entries[0]
    assert entry.item == {"creator_id": "ana"}


@pytest.mark.parametrize(
    ("told", "ages"),
    [
        ("45-64", {"45-54": 0.5, "55-64": 0.5}),
        ("45-54", {"45-54": 1.0}),
        ("65-", {"65+": 1.0}),
        ("65+", {"65+": 1.0}),
        ("20-22", {}),
        ("grown-up", {}),
    ],
)
def test_a_vendors_age_range_wider_than_ours_is_shared_out(told: str, ages: dict[str, float]) -> None:
    rows = [{"gender": "MALE", "age_range": told, "value": 100.0}]
    told_ages = details_of({"profile": {"username": "a", "audience": {"gender_age_distribution": rows}}})
    assert told_ages["audience"].get("age", {}) == ages


def test_a_business_discovery_answer() -> None:
    media = {"like_count": 958, "comments_count": 333, "media_type": "VIDEO", "timestamp": "2021-10-22T14:00:39+0000"}
    told = {"business_discovery": {"username": "b", "followers_count": 5, "media": {"data": [media]}}}
    post = {"posted_at": "2021-10-22T14:00:39Z", "likes": 958, "comments_count": 333, "media_type": "video"}
    assert details_of(told) == {"posts": [post]}
    assert details_of({"profile": "x"}) == {} and details_of({"username": "a"}) == {}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")
def test_a_real_vendors_report() -> None:
    data = (SHARED / "api-payloads" / "creator-analytics-vendor" / "profile_analytics.json").read_bytes()
    sheet = read_upload(upload(data), "profile_analytics.json")
    item = candidates_of(sheet, guess(sheet.rows.columns).columns, Directory.of(None), None).entries[0].item
    assert len(item["posts"]) == 20 and len(item["followers"]) == 7
    assert sum(item["audience"]["age"].values()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("document", "held"),
    [
        ({"items": [{"kind": "youtube#commentThread", "id": "x"}]}, "comments"),
        ({"items": [{"kind": "youtube#video", "id": "x"}]}, "videos"),
        ({"data": [{"id": "1", "media_type": "IMAGE", "username": "ana"}]}, "posts"),
        ({"data": [{"name": "reach", "period": "day", "values": []}]}, "insights of one account"),
        ({"1789": {"id": "1789", "text": "so good", "timestamp": "2025-01-01", "username": "bo"}}, "comments"),
        ({"error": {"message": "no permission", "code": 100}}, "failed request \\(no permission\\)"),
    ],
)
def test_an_answer_of_something_else_is_told_as_what_it_is(document: Any, held: str) -> None:
    with pytest.raises(UsageError, match=f"{held}.*a profile or channel"):
        read_upload(upload(json.dumps(document).encode()), "answer.json")


@pytest.mark.parametrize(
    ("record", "platform"),
    [
        ({"business_discovery": {"username": "ana", "followers_count": 900}, "id": "1"}, "instagram"),
        ({"kind": "youtube#channel", "snippet": {"customUrl": "@ana"}, "statistics": {"subscriberCount": 900}},
         "youtube"),
        ({"username": "ana", "followers_count": 900, "platform": "tiktok"}, "tiktok"),
    ],
)  # fmt: skip
def test_a_profile_says_which_platform_it_comes_from(record: Any, platform: str) -> None:
    sheet = read_upload(upload(json.dumps(record).encode()), "one.json")
    [entry] = candidates_of(sheet, guess(sheet.rows.columns).columns, Directory.of(None), None).entries
    assert (entry.platform, entry.followers, entry.name) == (platform, 900, "ana")


def test_a_search_on_youtube_holds_channels_not_titles() -> None:
    def hit(video: str, channel: str, title: str) -> dict[str, Any]:
        snippet = {"title": video, "channelId": channel, "channelTitle": title}
        return {"kind": "youtube#searchResult", "id": {"videoId": "v"}, "snippet": snippet}

    told = {"items": [hit("Surf!", "UC1", "Jamie O&#39;Brien"), hit("Waves", "UC2", "Koa"), hit("More", "UC1", "J")]}
    sheet = read_upload(upload(json.dumps(told)), "search.json")
    found = guess(sheet.rows.columns)
    entries = candidates_of(sheet, found.columns, Directory.of(None), None).entries
    assert found.sure and [(e.name, e.platform) for e in entries] == [("Jamie O'Brien", "youtube"), ("Koa", "youtube")]
    assert entries[0].item["creator"]["creator_id"] == "UC1"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")
def test_real_searches_name_channels() -> None:
    for path in sorted((SHARED / "api-payloads" / "youtube-data-v3" / "search").glob("*.json")):
        sheet = read_upload(upload(path.read_bytes()), path.name)
        titles = {hit["snippet"]["title"] for hit in json.loads(path.read_bytes())["items"]}
        found = candidates_of(sheet, guess(sheet.rows.columns).columns, Directory.of(None), None)
        assert found.entries and not found.wrong
        if "channels" not in path.name:
            assert not titles & {e.name for e in found.entries}
