"""Mixed load on the whole service for a while: every answer's status, and how much memory it ends with.

What `benchmarks/endpoint.py WORKSPACE --soak MINUTES` runs. Each kind of request comes in turn from a few callers:
single candidates, batches, inline records, shortlists, plans, explanations, outcomes and their corrections, jobs, a
faulty body and a faulty candidate. A caller's mistake must be answered as one, everything else with its good status.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

SAMPLE_SECONDS = 5.0
CALLERS = 3


@dataclass(frozen=True)
class Asked:
    """One kind of request, and the status it must get."""

    kind: str
    path: str
    status: int = 200
    body: dict[str, Any] | None = None
    """None: `GET`."""
    file: bytes | None = None
    """A job's candidates, sent as a form with `body` as its brief."""


@dataclass
class Load:
    """The callers of one service, and what came of their requests."""

    url: str
    kinds: list[Asked]
    job: Asked
    """Sent once a minute."""
    end: float
    pause: float
    """Seconds from one request of a caller to its next."""
    wrong: Counter[str] = field(default_factory=Counter)
    """`KIND STATUS` of answers that had another status than theirs."""
    asked: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """Seconds of the slowest answer."""
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, first: int) -> None:
        """Ask one request after the other until the end; the first caller also sends jobs."""
        next_job = time.monotonic() + 20.0 if first == 0 else self.end
        with httpx.Client(base_url=self.url, timeout=60) as client:
            for at in itertools.count(first):
                began = time.monotonic()
                if began >= self.end:
                    return
                if began >= next_job:
                    next_job += 60.0
                    self._send(client, self.job)
                self._send(client, self.kinds[at % len(self.kinds)])
                time.sleep(max(0.0, self.pause - (time.monotonic() - began)))

    def _send(self, client: httpx.Client, one: Asked) -> None:
        with self._lock:
            number = next(self._numbers)
        began = time.monotonic()
        status = send(client, one, number)
        with self._lock:
            self.asked[one.kind] += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
            if status != one.status:
                self.wrong[f"{one.kind} {status}"] += 1


def kinds(brief: dict[str, Any], ids: list[str], inline: dict[str, Any]) -> list[Asked]:
    """One of each kind of request."""
    few = [{"creator_id": one, "fee": 90.0 + at} for at, one in enumerate(ids[:30])]
    plain = {"campaign": brief}
    return [
        Asked("single", "/v1/score", body=plain | {"candidates": few[:1]}),
        Asked("batch of 100", "/v1/score", body=plain | {"candidates": [{"creator_id": one} for one in ids[:100]]}),
        Asked("inline record", "/v1/score", body=inline),
        Asked("shortlist", "/v1/shortlist", body=plain | {"k": 10}),
        Asked("single", "/v1/score", body=plain | {"candidates": few[1:2]}),
        Asked("plan", "/v1/plan", body=plain | {"candidates": few, "budget": 1_000.0}),
        Asked("explanation", "/v1/explain", body=plain | {"creator_id": ids[3]}),
        Asked("faulty candidate", "/v1/score", body=plain | {"candidates": [{"creator_id": "nobody"}, few[2]]}),
        Asked("faulty body", "/v1/score", 422, plain | {"candidates": []}),
        Asked("outcome", "/v1/outcomes", body={}),
        Asked("model", "/v1/model"),
        Asked("metrics", "/metrics"),
    ]


def outcome(number: int) -> dict[str, Any]:
    """An outcome; every second one corrects the one before."""
    row = {"collaboration_id": f"soak-{number // 2}", "campaign_id": "soak", "creator_id": "cr", "fee": 100.0 + number,
           "agreed_at": "2025-03-15T09:00:00Z"}  # fmt: skip
    return {"outcomes": [row]}


def send(client: httpx.Client, asked: Asked, number: int) -> int:
    """The status of one answer; 0 when there was none."""
    try:
        if asked.body is None:
            return client.get(asked.path).status_code
        if asked.file is not None:
            form = {"brief": json.dumps(asked.body)}
            return client.post(asked.path, files={"file": ("soak.csv", asked.file)}, data=form).status_code
        body = outcome(number) if asked.path == "/v1/outcomes" else asked.body
        return client.post(asked.path, json=body).status_code
    except httpx.HTTPError:
        return 0


def memory_of(pid: int) -> tuple[float, float]:
    """MiB of a process: all that is resident, and of that what is its own (not mapped from files)."""
    status = Path(f"/proc/{pid}/status").read_text()
    total, own = (int(status.split(name)[1].split()[0]) / 1024 for name in ("VmRSS:", "RssAnon:"))
    return total, own


def grown(memory: list[float]) -> dict[str, float]:
    """Warm is the median of the second fifth of the time: by then every kind of request was answered often."""
    part = max(len(memory) // 5, 1)
    warm, last = statistics.median(memory[part : 2 * part] or memory), statistics.median(memory[-part:])
    return {"warm_mib": warm, "end_mib": last, "growth": last / warm - 1.0}


def run(url: str, pid: int, kinds: list[Asked], job: Asked, *, minutes: float, per_second: float) -> dict[str, Any]:
    """Load a service for so many minutes at so many requests a second, and one job a minute."""
    load = Load(url, kinds, job, time.monotonic() + 60 * minutes, CALLERS / per_second)
    callers = [threading.Thread(target=load.call, args=(first,)) for first in range(CALLERS)]
    for thread in callers:
        thread.start()
    memory = []
    while time.monotonic() < load.end:
        memory.append(memory_of(pid))
        time.sleep(SAMPLE_SECONDS)
    for thread in callers:
        thread.join()
    total, own = ([sample[which] for sample in memory] for which in (0, 1))
    return {
        "minutes": minutes, "requests": sum(load.asked.values()), "asked": dict(sorted(load.asked.items())),
        "errors": sum(load.wrong.values()), "wrong": dict(load.wrong), "slowest_s": load.slowest,
        "resident": grown(total), "own": grown(own),
        "resident_every_minute_mib": [round(value, 1) for value in total[:: max(round(60 / SAMPLE_SECONDS), 1)]],
        "load_average": os.getloadavg()[0],
    }  # fmt: skip
