"""Creators built ahead, behind the handler: the bits of the tables, alone or in a batch; shortlists; files."""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from data.errors import ArtifactError
from data.sources import load_history
from features.creator_side import CreatorSide
from models import screen_flags
from models.creators import Creators
from models.registry import load_scorer
from models.scorer import TERM_COLUMNS
from serving import shortlist_order
from serving.answers import ShortlistResponse
from serving.catalogue import Catalogue
from serving.explain_schemas import ExplainRequest
from serving.explaining import explain
from serving.inputs import about
from serving.live import Live
from serving.operations import SHORTLIST_EXAMPLE
from serving.packed_rows import packed, unpacked
from serving.problems import Problem
from serving.schemas import ScoreRequest
from serving.shortlist import shortlist
from serving.shortlist_order import Scored
from serving.shortlist_request import ShortlistRequest
from serving.snapshots import Snapshots, changed_at, start_building
from tests.conftest import Trained
from tests.proofs import Tried

NOW = pd.Timestamp("2026-03-01T00:00:00Z").as_unit("us")
BRIEF = {**SHORTLIST_EXAMPLE["campaign"], "platform": None}
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def both(trained_once: Trained) -> Iterator[tuple[Live, Live]]:
    """The same model and tables, without and with creators built ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", trained_once.uri)
        scorer, info = load_scorer()
    history = load_history(trained_once.workspace)
    built = Creators.of(history, NOW, scorer.reference)
    yield Live(scorer, info, Catalogue.of(history)), Live(scorer, info, Catalogue.of(history, built))


def asked(ids: list[str], **more: Any) -> ScoreRequest:
    candidates = [{"creator_id": one, "fee": 150.0 + at} for at, one in enumerate(ids)]
    return ScoreRequest.model_validate_json(json.dumps({"campaign": BRIEF, "candidates": candidates, **more}))


def ids_of(live: Live) -> list[str]:
    assert live.catalogue is not None and live.catalogue.built is not None
    return live.catalogue.built.names(np.arange(len(live.catalogue.built)))


def test_the_same_bits_as_from_the_tables(both: tuple[Live, Live]) -> None:
    tables, built = both
    ids = ids_of(built)[:60]
    from_tables = tables.answer(asked(ids, as_of=NOW.isoformat(), explain=True), NOW).response
    for request in (asked(ids, explain=True), asked(ids, as_of="2026-03-01T01:00:00+01:00", explain=True)):
        answer = built.answer(request, NOW + pd.Timedelta(days=9)).response
        assert answer.model_dump_json() == from_tables.model_dump_json()


def test_alone_as_in_a_batch(both: tuple[Live, Live]) -> None:
    _, live = both
    ids = ids_of(live)[:40]  # more than are worked out in the way of a few
    batch = {r.creator_id: r for r in live.answer(asked(ids), NOW).response.results}
    for at, one in enumerate(ids):
        request = asked(ids[at : at + 1])
        object.__setattr__(request.candidates[0], "fee", 150.0 + at)
        (alone,) = live.answer(request, NOW).response.results
        theirs = batch[one]
        theirs.rank = alone.rank
        assert alone == theirs


def test_what_an_answer_was_scored_with_gives_the_same_scores(both: tuple[Live, Live]) -> None:
    for live in both:
        request = asked(ids_of(both[1])[:5], as_of=NOW.isoformat())
        answered = live.answer(request, NOW)
        assert answered.features is not None
        values = unpacked(packed(answered.features[0])), unpacked(packed(answered.features[-1]))
        again = live.scorer.score_rows(np.stack(values), about(request.campaign, 2),
                                       {name: np.full(2, np.nan) for name in TERM_COLUMNS})  # fmt: skip
        told = answered.response.results
        assert again["fit_score"].tolist() == [told[0].fit.score, told[-1].fit.score]


def test_several_requests_at_once_get_what_each_gets_alone(both: tuple[Live, Live]) -> None:
    _, live = both
    ids = ids_of(live)[:12]
    other = {"campaign": {**BRIEF, "keywords": ["bread"], "goal": "signups", "target_roi": 0.5}}
    requests = [
        asked(ids[:3]), asked(ids[3:4], level=0.9, explain=True), asked(ids[4:9], rank_by="fit", abstain=True),
        asked(["nobody"]), asked(ids[2:6], **other), asked(ids[5:6], as_of="2026-03-05T00:00:00Z"), asked(ids[9:]),
        asked(ids[:1]), asked(ids[7:8], level=0.9, explain=True), asked(["nobody", ids[0]], **other),
    ]  # fmt: skip
    together = live.answer_each(requests, NOW)
    for request, answered in zip(requests, together, strict=True):
        assert answered.request is request
        assert answered.response.model_dump_json() == live.answer(request, NOW).response.model_dump_json()


def test_another_time_or_an_inline_record_goes_by_the_tables(both: tuple[Live, Live]) -> None:
    tables, built = both
    ids, later = ids_of(built)[:3], NOW + pd.Timedelta(days=3)
    body = {"campaign": BRIEF, "candidates": [{"creator_id": ids[0]}, {"creator": {"platform": "tiktok"}}]}
    mixed = ScoreRequest.model_validate_json(json.dumps(body))
    for request in (asked(ids, as_of=later.isoformat()), mixed):
        answers = [live.answer(request, later).response.model_dump_json() for live in both]
        assert answers[0] == answers[1]
    assert tables.about().catalogue is not None and built.about().catalogue is not None
    assert built.about().catalogue.as_of == "2026-03-01T00:00:00Z"  # type: ignore[union-attr]  # there is one here


def chosen(live: Live, **more: Any) -> ShortlistResponse:
    body = {"campaign": BRIEF, "fee": 200.0, **more}
    return shortlist(ShortlistRequest.model_validate_json(json.dumps(body)), live)


@pytest.mark.parametrize("rank_by", ["profit", "fit", "roi"])
def test_the_shortlist_is_the_top_of_scoring_everybody(
    both: tuple[Live, Live], rank_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, live = both
    ids = ids_of(live)
    body = {"campaign": BRIEF, "candidates": [{"creator_id": one, "fee": 200.0} for one in ids], "rank_by": rank_by}
    everybody = live.answer(ScoreRequest.model_validate_json(json.dumps(body)), NOW).response
    whole = chosen(live, k=8, rank_by=rank_by)
    assert whole.results == everybody.results[:8] and whole.considered == len(ids)
    # The quick look goes first: most of the creators are never scored exactly.
    monkeypatch.setattr(shortlist_order, "WHOLE", 60)
    monkeypatch.setattr(shortlist_order, "AT_ONCE", 16)
    assert chosen(live, k=8, rank_by=rank_by).results == everybody.results[:8]


def test_explaining_one_creator(both: tuple[Live, Live]) -> None:
    tables, built = both
    one = ids_of(built)[4]
    body = {"campaign": BRIEF, "creator_id": one}
    answer = explain(ExplainRequest.model_validate_json(json.dumps(body)), built, NOW)
    from_tables = explain(
        ExplainRequest.model_validate_json(json.dumps(body | {"as_of": NOW.isoformat()})), tables, NOW
    )
    assert answer == from_tables and answer.peers > 5
    scored = built.answer(asked([one], explain=True), NOW).response.results[0]
    assert answer.score is not None and answer.score.fit == scored.fit.score
    assert [r["feature"] for r in answer.score.reasons] == [r["feature"] for r in scored.reasons]
    with pytest.raises(Problem) as caught:
        explain(ExplainRequest.model_validate_json(json.dumps(body | {"creator_id": "nobody"})), built, NOW)
    assert caught.value.status == 404


def test_filters(both: tuple[Live, Live]) -> None:
    _, live = both
    assert live.catalogue is not None and live.catalogue.built is not None
    side = live.catalogue.built.side
    few = chosen(live, k=1_000, filters={"platform": "instagram", "followers_min": 5_000, "followers_max": 80_000})
    passes = (side.platform == b"instagram") & (side.followers >= 5_000) & (side.followers <= 80_000)
    assert {r.creator_id for r in few.results} == {ids_of(live)[at] for at in np.flatnonzero(passes)}
    assert 0 < few.considered == len(few.results) < len(side)
    assert chosen(live, filters={"countries": ["ZZ"]}).results == []
    place = side.country[0].decode()
    here = chosen(live, k=1_000, filters={"countries": [place.upper()]})
    assert len(here.results) == int((side.country == side.country[0]).sum())
    names = ids_of(live)[:2]
    dear = chosen(live, k=1_000, fee=None, fees={names[0]: 900.0, names[1]: 20.0}, filters={"fee_max": 100.0})
    answered = {r.creator_id for r in dear.results}
    assert names[0] not in answered and names[1] in answered
    assert chosen(live, filters={"followers_min": 1e11}).results == []


def test_who_is_flagged_is_not_scored(both: tuple[Live, Live], monkeypatch: pytest.MonkeyPatch) -> None:
    _, live = both
    monkeypatch.setattr(screen_flags, "CHUNK", 50)  # several chunks
    more: dict[str, Any] = {"k": 1_000, "campaign": {**BRIEF, "ships_to": ["FR"], "competitors": ["Ridgeline"]}}
    everybody = chosen(live, **more).results
    raised = {flag for r in everybody for flag in r.flags}
    assert raised >= {"few_can_buy", "simulated_model", "high_sponsored_share"} and len(everybody) > 100
    scored: list[int] = []
    add = Scored.add

    def counted(self: Scored, rows: np.ndarray) -> None:
        scored.append(len(rows))
        add(self, rows)

    monkeypatch.setattr(Scored, "add", counted)
    for flags in [[flag] for flag in sorted(raised)] + [["few_can_buy", "high_sponsored_share"]]:
        left = chosen(live, **more, filters={"without_flags": flags})
        wanted = [r.creator_id for r in everybody if not set(flags) & set(r.flags)]
        assert [r.creator_id for r in left.results] == wanted
        assert left.considered == len(wanted) == scored.pop() and not scored


def test_a_misspelt_flag_is_refused() -> None:
    body = {"campaign": BRIEF, "filters": {"without_flags": ["unsafe"]}}
    with pytest.raises(ValidationError, match="unsafe_content"):
        ShortlistRequest.model_validate_json(json.dumps(body))


def test_what_a_shortlist_needs(both: tuple[Live, Live]) -> None:
    tables, live = both
    with pytest.raises(Problem) as caught:
        chosen(tables)
    assert caught.value.status == 503 and caught.value.kind == "catalogue-not-built"
    with pytest.raises(Problem) as caught:
        chosen(Live(live.scorer, live.info, None))
    assert caught.value.status == 404


def test_snapshots_on_disk(both: tuple[Live, Live], tmp_path: Path) -> None:
    _, live = both
    built = live.catalogue.built if live.catalogue else None
    assert built is not None
    kept = Snapshots(tmp_path / "c")
    assert kept.newest(built.reference) is None
    place = kept.publish(built)
    opened = kept.newest(built.reference)
    assert opened is not None and opened.as_of == built.as_of and opened.newest_fact_at == built.newest_fact_at
    for name, values in built.side.arrays().items():
        np.testing.assert_array_equal(values, opened.side.arrays()[name], err_msg=name)
    resident = file_pages()
    opened.forget()
    assert file_pages() < resident, "what was read is let go"
    np.testing.assert_array_equal(built.side.X, opened.side.X)
    assert kept.newest(built.reference, opened) is None
    newer = tmp_path / "c" / f"{built.key}-{int(built.side.as_of[0]) + 1}"
    newer.mkdir()
    (newer / "manifest.json").write_text("{")
    assert kept.newest(built.reference) is not None, "a damaged one is passed over"
    with pytest.raises(ArtifactError):
        Creators.open(newer, built.reference)
    (place / "X.npy").write_bytes(b"junk")
    assert kept.newest(built.reference) is None


def file_pages() -> int:
    """KiB of files that this process has in memory."""
    return int(Path("/proc/self/status").read_text().split("RssFile:")[1].split()[0])


def test_one_builder_at_a_time(tmp_path: Path) -> None:
    with Snapshots(tmp_path).alone() as first:
        code = "import sys; from pathlib import Path; from serving.snapshots import Snapshots\n"
        code += "with Snapshots(Path(sys.argv[1])).alone() as mine: sys.exit(0 if mine else 7)"
        other = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, env=os.environ | {
            "PYTHONPATH": str(ROOT)}, check=False)  # fmt: skip
    assert first and other.returncode == 7


def test_changes_of_a_workspace_are_seen_and_our_own_folder_is_not(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("post_id\n")
    before = changed_at(tmp_path)
    (tmp_path / ".creatorlift" / "catalogue").mkdir(parents=True)
    (tmp_path / ".creatorlift" / "catalogue" / "x.npy").write_text("x")
    assert changed_at(tmp_path) == before > 0


def publish_for_ever(built: Creators, folder: Path, start: int, said: int) -> None:
    """Publish one snapshot after the other, each a microsecond later; say so after each. Never returns."""
    for number in itertools.count(start):
        arrays = built.side.arrays()
        side = CreatorSide.from_arrays(arrays | {"as_of": arrays["as_of"] + number})
        Snapshots(folder).publish(Creators(side, built.reference, built.newest_fact_at, built.key))
        os.write(said, b"%d\n" % number)


def kill_publishers(built: Creators, folder: Path, times: int, seed: int) -> tuple[int, int]:
    """Kill a process that publishes snapshots, so many times; whatever can be seen must be whole, each time.

    How many were said to be published, and how many were opened.
    """
    rng, said, opened = np.random.default_rng(seed), 0, 0
    for _ in range(times):
        hear, tell = os.pipe()
        if not (child := os.fork()):
            publish_for_ever(built, folder, said + 1, tell)
        os.close(tell)
        # Once it has published one, at any moment of the next ones.
        select.select([hear], [], [], 60)
        time.sleep(float(rng.uniform(0.0, 0.2)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(hear) as told:
            said = max([said, *map(int, told.read().split())])
        for place in folder.glob("[0-9a-f]*-*"):
            whole = Creators.open(place, built.reference)
            for name, values in built.side.arrays().items():
                assert name == "as_of" or np.array_equal(
                    whole.side.arrays()[name], values, equal_nan=values.dtype.kind == "f"
                )
            opened += 1
        newest = Snapshots(folder).newest(built.reference)
        assert said == 0 or (newest is not None and newest.side.as_of[0] >= built.side.as_of[0] + said)
    return said, opened


def test_kill_9_while_publishing_leaves_no_torn_catalogue(both: tuple[Live, Live], tmp_path: Path) -> None:
    said, opened = kill_publishers(built_of(both), tmp_path / "c", 5, 1)
    assert said and opened


def built_of(both: tuple[Live, Live]) -> Creators:
    assert both[1].catalogue is not None and both[1].catalogue.built is not None
    return both[1].catalogue.built


@pytest.mark.soak
@pytest.mark.proof(
    "Killed", "`kill -9` of the process that publishes the catalogue's creators, one snapshot after the other"
)
def test_nor_in_two_hundred_kills(both: tuple[Live, Live], tmp_path: Path, tried: Tried) -> None:
    said, opened = kill_publishers(built_of(both), tmp_path / "c", 200, 2)
    tried(
        200, f"{said:,} published; {opened:,} looked at, value by value, after the kills: 0 torn, the newest never lost"
    )


def kill_builders(trained: Trained, folder: Path, times: int, seed: int) -> tuple[int, int]:
    """Kill whole builds at moments spread over their length; how many were published, and how many opened."""
    scorer, info = load_scorer()
    began = time.monotonic()
    assert start_building(trained.workspace, folder, info.version).wait(300) == 0
    took, rng, opened = time.monotonic() - began, np.random.default_rng(seed), 0
    for _ in range(times):
        process = start_building(trained.workspace, folder, info.version)
        time.sleep(float(rng.uniform(0.5, 1.1)) * took)
        process.send_signal(signal.SIGKILL)
        process.wait()
        places = list(folder.glob("[0-9a-f]*-*"))
        assert places
        for place in places:
            whole = Creators.open(place, scorer.reference)
            assert np.isfinite(whole.side.lift_plain).all() and len(whole) == 120
            opened += 1
    return len(places), opened


@pytest.mark.soak
@pytest.mark.proof("Killed", "`kill -9` of a whole build of the catalogue, from reading the tables on")
def test_kill_9_while_building_leaves_no_torn_catalogue(trained: Trained, tmp_path: Path, tried: Tried) -> None:
    _, opened = kill_builders(trained, tmp_path / "c", 20, 3)
    tried(20, f"{opened} snapshots looked at after the kills: 0 torn")
