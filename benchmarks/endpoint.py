"""The endpoint against a bare FastAPI handler and `mlflow models serve` on the same artefact.

    python benchmarks/endpoint.py WORKSPACE        # MLFLOW_TRACKING_URI: a registry with a champion
    python benchmarks/endpoint.py WORKSPACE --soak 30
    python benchmarks/endpoint.py WORKSPACE --sizes 100000 1000000

Writes benchmarks/results/endpoint.json (endpoint_soak.json, endpoint_shortlist.json). Speeds are medians of paired
runs, told as ratios of the same minute; answers are compared first.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import endpoint_soak
import httpx
import numpy as np
import pandas as pd
from common import RESULTS, write_result

from data.sources import read_tables
from models.creators import Creators
from models.registry import load_scorer
from models.scorer import CreatorScorer
from serving.config import default_folder
from serving.inputs import asked_of
from serving.operations import EXAMPLE
from serving.schemas import ScoreRequest
from serving.snapshots import Snapshots

ROOT = Path(__file__).parent.parent
CONNECTIONS, SECONDS, PAIRS = 16, 6, 3
_LOG_SECONDS = 5
JSON = {"content-type": "application/json"}
BRIEF = {**EXAMPLE["campaign"], "platform": None}


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(
    command: Sequence[str], port: int, path: str, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, float, subprocess.Popen[bytes]]]:
    """A server under way: its address, seconds from start to its first good answer at `path`, its process."""
    started = time.perf_counter()
    process = subprocess.Popen(
        # mlflow looks for uvicorn on the path.
        command, cwd=ROOT, env=os.environ | {
            "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            **(environment or {}),
        },
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(url + path, timeout=5).close()  # noqa: S310 - our own address
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - started > 240:
                    raise RuntimeError(f"{command} did not come up") from None
                time.sleep(0.05)
        yield url, time.perf_counter() - started, process
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)


def ours(workspace: Path, port: int, workers: int = 1) -> list[str]:
    """Our service."""
    return [sys.executable, "-m", "cli", "serve", str(workspace), "--port", str(port), "--workers", str(workers)]


def load(url: str, path: str, body: bytes, seconds: int = SECONDS) -> dict[str, float]:
    """Requests per second and the 99th percentile in ms, at 16 connections."""
    if shutil.which("wrk") is None:
        return _load_without_wrk(url + path, body, seconds)
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "post.lua"
        (Path(scratch) / "body").write_bytes(body)
        script.write_text(
            f'local f = io.open("{scratch}/body", "rb")\nwrk.method = "POST"\nwrk.body = f:read("*a")\n'
            'wrk.headers["Content-Type"] = "application/json"\n'
        )
        out = subprocess.run(
            ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(seconds), "--latency", "-s", str(script), url + path],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    rate = re.search(r"Requests/sec:\s+([\d.]+)", out)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    if "Non-2xx" in out or rate is None or tail is None:
        sys.exit(f"the load on {url} went wrong:\n{out}")
    return {"per_second": float(rate[1]), "p99_ms": float(tail[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[tail[2]]}


def _load_without_wrk(url: str, body: bytes, seconds: int) -> dict[str, float]:
    import asyncio

    async def run() -> list[float]:
        took: list[float] = []
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=CONNECTIONS)) as client:
            end = time.perf_counter() + seconds

            async def one() -> None:
                while time.perf_counter() < end:
                    at = time.perf_counter()
                    (
                        await client.post(url, content=body, headers={"content-type": "application/json"})
                    ).raise_for_status()
                    took.append(time.perf_counter() - at)

            await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
        return took

    took = asyncio.run(run())
    return {"per_second": len(took) / seconds, "p99_ms": float(np.quantile(took, 0.99)) * 1e3}


def middle(runs: Sequence[dict[str, float]], name: str) -> float:
    """Median over runs."""
    return statistics.median(run[name] for run in runs)


def timed(client: httpx.Client, path: str, body: bytes, times: int) -> float:
    """Median milliseconds of a request, one at a time."""
    took = []
    for _ in range(times):
        at = time.perf_counter()
        client.post(path, content=body).raise_for_status()
        took.append(time.perf_counter() - at)
    return statistics.median(took) * 1e3


def inline_body() -> bytes:
    """One creator nobody knows: 20 posts, 400 comments."""
    words = ("Where can I buy these?", "love it 😍", "not for me", "so good, ordered mine", "which size is it", "nice")
    posts = [
        {
            "posted_at": f"2025-02-{day + 1:02d}T18:00:00Z", "caption": f"Trail run no. {day} #trailrunning #morning",
            "likes": 900 + day, "comments_count": 20,
            "comments": [
                {"posted_at": f"2025-02-{day + 1:02d}T19:{c:02d}:00Z", "text": words[(day + c) % 6],
                 "author_id": f"u{c}"}
                for c in range(20)
            ],
        }
        for day in range(20)
    ]  # fmt: skip
    creator = {"platform": "instagram", "followers": 18400, "country": "US"}
    candidate = {"creator": creator, "posts": posts, "fee": 300.0}
    return json.dumps({"campaign": BRIEF, "candidates": [candidate], "as_of": "2025-03-15T00:00:00Z"}).encode()


def built_of(workspace: Path, scorer: CreatorScorer) -> Creators:
    """The creators built ahead for a model; the benchmark ends where there are none."""
    found = Snapshots(default_folder(workspace)).newest(scorer.reference)
    if found is None:
        sys.exit("no creators are built ahead")
    return found


def boosters_ms(workspace: Path, request: ScoreRequest) -> float:
    """What LightGBM itself takes to predict all boosters of the model on the request's rows."""
    scorer, _ = load_scorer()
    built = built_of(workspace, scorer)
    rows = built.positions([str(c.creator_id) for c in request.read_candidates()])  # type: ignore[union-attr]
    values = built.features(rows, asked_of(request.campaign, built))
    trees = [t for b in (scorer.lift.blend_, scorer.rates.blend, scorer.reach.blend) for t in b.trees]
    took = []
    for _ in range(5):
        at = time.perf_counter()
        for each in trees:
            each.predict(values)
        took.append(time.perf_counter() - at)
    return statistics.median(took) * 1e3


def mlflow_body(workspace: Path, request: ScoreRequest) -> bytes:
    """The features of the first candidate, as `mlflow models serve` takes them."""
    scorer, _ = load_scorer()
    built = built_of(workspace, scorer)
    rows = built.positions([str(request.read_candidates()[0].creator_id)])  # type: ignore[union-attr]
    from features.catalog import NAMES

    values = built.features(rows, asked_of(request.campaign, built))
    data = [[None if np.isnan(v) else float(v) for v in values[0]]]
    return json.dumps({"dataframe_split": {"columns": list(NAMES), "data": data}}).encode()


def measure(workspace: Path) -> dict[str, Any]:
    """Every figure but shortlists of large catalogues and the soak."""
    ids = read_tables(workspace, ["creators"])["creators"]["creator_id"].drop_duplicates().tolist()[:1000]
    one = json.dumps({"campaign": BRIEF, "candidates": [{"creator_id": ids[5], "fee": 200.0}]}).encode()
    many = json.dumps({"campaign": BRIEF, "candidates": [{"creator_id": i, "fee": 200.0} for i in ids]}).encode()
    fifty = json.dumps({"campaign": BRIEF, "candidates": [{"creator_id": i, "fee": 200.0} for i in ids[:50]]}).encode()
    request, single = (ScoreRequest.model_validate_json(raw) for raw in (many, one))
    told: dict[str, Any] = {"connections": CONNECTIONS, "seconds_per_run": SECONDS, "pairs": PAIRS,
                            "tool": "wrk" if shutil.which("wrk") else "python client"}  # fmt: skip
    ports = [free_port() for _ in range(4)]
    bare = [sys.executable, str(ROOT / "benchmarks/bare_fastapi.py"), str(default_folder(workspace)), str(ports[1])]
    with (
        server(ours(workspace, ports[0]), ports[0], "/readyz") as (mine, cold, _),
        server(bare, ports[1], "/docs") as (theirs, _, _),
    ):
        told["cold_start_s"] = cold
        with httpx.Client(base_url=mine, timeout=120) as client, httpx.Client(base_url=theirs, timeout=120) as peer:
            told["same_answers_as_fastapi"] = client.post("/v1/score", content=one).json() == peer.post(
                "/v1/score", content=one, headers={"content-type": "application/json"}
            ).json()  # fmt: skip
            batch = {r["creator_id"]: r for r in client.post("/v1/score", content=many).json()["results"]}
            alone = client.post("/v1/score", content=one).json()["results"][0]
            told["batch_equals_single"] = {**batch[ids[5]], "rank": 1} == alone
            pairs = [(load(mine, "/v1/score", one), load(theirs, "/v1/score", one)) for _ in range(PAIRS)]
            told["ours"], told["fastapi"] = (
                {name: middle([p[i] for p in pairs], name) for name in ("per_second", "p99_ms")} for i in (0, 1)
            )
            told["rate_vs_fastapi"] = statistics.median(a["per_second"] / b["per_second"] for a, b in pairs)
            told["p99_vs_fastapi"] = statistics.median(a["p99_ms"] / b["p99_ms"] for a, b in pairs)
            # What the load left for the score log to write is not part of the next request.
            time.sleep(_LOG_SECONDS)
            told["thousand_ms"] = timed(client, "/v1/score", many, 7)
            told["boosters_ms"] = boosters_ms(workspace, request)
            told["thousand_within"] = told["thousand_ms"] <= 2 * told["boosters_ms"] + 10
            told["inline_ms"] = timed(client, "/v1/score", inline_body(), 21)
            body = json.dumps({"campaign": BRIEF, "k": 50, "fee": 200.0}).encode()
            client.post("/v1/shortlist", content=body).raise_for_status()
            told["shortlist_of_workspace_ms"] = timed(client, "/v1/shortlist", body, 5)
            told["ours_of_50"] = middle([load(mine, "/v1/score", fifty) for _ in range(PAIRS)], "per_second")
    serve = [sys.executable, "-m", "mlflow", "models", "serve", "-m", "models:/creatorlift@champion", "--env-manager",
             "local", "-p", str(ports[2])]  # fmt: skip
    with server(serve, ports[2], "/health") as (peer_url, _, _):
        asked = mlflow_body(workspace, single)
        theirs_fit = httpx.post(peer_url + "/invocations", content=asked, headers={
            "content-type": "application/json"}, timeout=60).json()["predictions"][0]["fit_score"]  # fmt: skip
        told["same_fit_as_mlflow"] = theirs_fit == alone["fit"]["score"]
        told["mlflow"] = load(peer_url, "/invocations", asked)
    told["rate_vs_mlflow"] = told["ours"]["per_second"] / told["mlflow"]["per_second"]
    with server(ours(workspace, ports[3], workers=2), ports[3], "/readyz") as (both, _, _):
        time.sleep(8)
        told["two_workers"] = load(both, "/v1/score", one)
        told["two_workers_of_50"] = middle([load(both, "/v1/score", fifty) for _ in range(PAIRS)], "per_second")
    # Of one candidate the client takes a good part of the two cores, and one worker with it fills them; requests of 50
    # cost the client next to nothing.
    told["two_workers_vs_one"] = told["two_workers_of_50"] / told["ours_of_50"]
    told["two_workers_vs_one_single"] = told["two_workers"]["per_second"] / told["ours"]["per_second"]
    return told


def shortlists(workspace: Path, sizes: Sequence[int]) -> dict[str, Any]:
    """Shortlists of 50 from catalogues made of copies, warm, in process; and what LightGBM alone would take.

    Each time another brief is asked about, and every catalogue but the largest is also scored whole. A catalogue is
    written by a process of its own and opened here as the service has it: `peak_rss_gib` is the most this process had
    at once, the parts of the files included that were read and not let go; `memory_gib` is its own, without files.
    """
    import resource

    from models.creators import Creators
    from serving.catalogue import Catalogue
    from serving.live import Live
    from serving.shortlist import shortlist
    from serving.shortlist_request import ShortlistRequest

    scorer, info = load_scorer()
    briefs = [
        {**BRIEF, "keywords": BRIEF["keywords"][at:] + ["outdoor"] * at, "order_value": 95.0 + at} for at in range(6)
    ]
    told: dict[str, Any] = {"made_by": "tiling a built catalogue with 5 % jitter, two posts per creator"}

    def asked(at: int, rank_by: str) -> ShortlistRequest:
        body = {"campaign": briefs[at], "k": 50, "fee": 200.0, "rank_by": rank_by}
        return ShortlistRequest.model_validate_json(json.dumps(body))

    def no_tables() -> Any:
        raise AssertionError("a shortlist needs no tables")

    for size in sizes:
        scratch = tempfile.TemporaryDirectory(prefix="creatorlift-tiled-")
        folder = Path(scratch.name) / "catalogue"
        subprocess.run([sys.executable, __file__, str(workspace), "--tile", str(folder), str(size)], check=True)
        built = Creators.open(folder, scorer.reference)
        live = Live(scorer, info, Catalogue(no_tables, built))
        at = time.perf_counter()
        _ = live.screen
        prepared = time.perf_counter() - at
        took: dict[str, list[float]] = {}
        for rank_by in ("profit", "fit"):
            shortlist(asked(0, rank_by), live)
            for brief in range(1, len(briefs)):
                at = time.perf_counter()
                shortlist(asked(brief, rank_by), live)
                took.setdefault(rank_by, []).append(time.perf_counter() - at)
        values = built.features(np.arange(2_000), asked_of(asked(0, "profit").campaign, built))
        trees = [t for b in (scorer.lift.blend_, scorer.rates.blend, scorer.reach.blend) for t in b.trees]
        at = time.perf_counter()
        for each in trees:
            each.predict(values)
        raw = (time.perf_counter() - at) * size / 2_000
        told[str(size)] = {
            "seconds": statistics.median(took["profit"]), "seconds_by_fit": statistics.median(took["fit"]),
            "prepared_s": prepared, "raw_prediction_s": raw,
            "load_average": os.getloadavg()[0], "memory_gib": own_gib(),
            "peak_rss_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        }  # fmt: skip
        if size <= _SCORED_WHOLE:
            told[str(size)]["same_as_scoring_everybody"] = all(
                shortlist(asked(1, rank_by), live).results == _everybody(asked(1, rank_by), live)
                for rank_by in ("profit", "fit")
            )
        scratch.cleanup()
    return told


_SCORED_WHOLE = 100_000
"""Up to so many creators a shortlist is held against scoring all of them, which takes some seconds."""


def _everybody(request: Any, live: Any) -> list[Any]:
    """The first of scoring the whole catalogue."""
    from serving import shortlist_order

    before, shortlist_order.WHOLE = shortlist_order.WHOLE, _SCORED_WHOLE
    try:
        from serving.shortlist import shortlist

        return list(shortlist(request, live).results)
    finally:
        shortlist_order.WHOLE = before


def own_gib() -> float:
    """Memory of this process that is no file's, GiB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 2**20


def soak(workspace: Path, minutes: float, per_second: float) -> dict[str, Any]:
    """Mixed load for so many minutes: answers with a wrong status, and memory over time."""
    ids = read_tables(workspace, ["creators"])["creators"]["creator_id"].drop_duplicates().tolist()
    asked = endpoint_soak.kinds(BRIEF, ids, json.loads(inline_body()))
    csv = "\n".join(["creator_id,fee", *(f"{one},100" for one in ids[:500])]).encode()
    job = endpoint_soak.Asked("job of 500", "/v1/jobs", 202, BRIEF, csv)
    port = free_port()
    with (
        tempfile.TemporaryDirectory() as state,
        server(ours(workspace, port), port, "/readyz", {"CREATORLIFT_STATE": state}) as (url, _, process),
    ):
        return endpoint_soak.run(url, process.pid, asked, job, minutes=minutes, per_second=per_second)


def busy() -> dict[str, Any]:
    """How busy the machine was with other things: above 2 on two cores the times say little, the ratios something."""
    return {"load_average": os.getloadavg()[0]}


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, nargs="?")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    parser.add_argument("--per-second", type=float, default=10.0, help="requests of the soak a second")
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--tile", nargs=2, metavar=("FOLDER", "SIZE"), help="only write such a catalogue")
    args = parser.parse_args()
    if args.workspace is None:
        print("skipped: needs a WORKSPACE and, at MLFLOW_TRACKING_URI, a registry with a champion for it")
        return
    from serving.command_catalogue import build_catalogue

    scorer, _ = load_scorer()
    if Snapshots(default_folder(args.workspace)).newest(scorer.reference) is None:
        build_catalogue(args.workspace, "champion", now=pd.Timestamp.now("UTC").as_unit("us"))
    if args.tile:
        from tiled_catalogue import tiled

        tiled(built_of(args.workspace, scorer), int(args.tile[1])).write(Path(args.tile[0]))
    elif args.soak:
        write_result("endpoint_soak", soak(args.workspace, args.soak, args.per_second))
    elif args.sizes:
        # Sizes that were not asked keep what was measured of them before: a million takes minutes.
        path = RESULTS / "endpoint_shortlist.json"
        before = json.loads(path.read_text()) if path.exists() else {}
        kept = {size: told for size, told in before.items() if size.isdigit()}
        write_result("endpoint_shortlist", {**kept, **shortlists(args.workspace, args.sizes)})
    else:
        write_result("endpoint", {**measure(args.workspace), **busy()})


if __name__ == "__main__":
    main()
