"""Prometheus metrics: requests, and what was answered.

prometheus_client decides when it is first imported whether numbers are kept per process or shared between workers
(`PROMETHEUS_MULTIPROC_DIR`), so it is imported when the service is made, not when this module is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from serving.answers import ScoreResponse

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
_FIT = tuple(range(10, 101, 10))
_BATCH = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Metrics:
    """The service's counters and histograms, in a registry of their own."""

    def __init__(self) -> None:
        import prometheus_client as prometheus

        self._prometheus = prometheus
        self._registry = prometheus.CollectorRegistry()
        made: dict[str, Any] = {"registry": self._registry, "namespace": "creatorlift"}
        self._requests = prometheus.Counter(
            "requests", "Requests answered, by path and status.", ["path", "status"], **made
        )
        self._seconds = prometheus.Histogram(
            "request_seconds", "Seconds from the whole body to the answer.", ["path"], buckets=_SECONDS, **made
        )
        self._batch = prometheus.Histogram("candidates", "Candidates per request.", buckets=_BATCH, **made)
        self._scored = prometheus.Counter(
            "scored", "Candidates scored, by model version and support.", ["version", "support"], **made
        )
        self._refused = prometheus.Counter("refused", "Candidates without a score, by code.", ["code"], **made)
        self._fit = prometheus.Histogram("fit_score", "Fit scores answered.", buckets=_FIT, **made)
        self._model = prometheus.Gauge(
            "model_info", "1 for the version that answers.", ["version", "data"], multiprocess_mode="livemax", **made
        )
        self._refused_versions = prometheus.Gauge(
            "model_refused", "1 for a version that was to answer and was broken.", ["version"],
            multiprocess_mode="livemax", **made,
        )  # fmt: skip
        self._answers: tuple[str, str] | None = None
        self._denied = prometheus.Counter("denied", "Requests not let in or cut off, by status.", ["status"], **made)
        self._logged = prometheus.Counter(
            "score_log_rows", "Candidates of answers, by whether the score log has them.", ["kept"], **made
        )

    def denied(self, status: int) -> None:
        """Count a request that was not let in: no key, no scope, too many, too slow."""
        self._denied.labels(str(status)).inc()

    def logged(self, what: str, rows: int) -> None:
        """Count rows of the score log as `written` or `dropped`."""
        self._logged.labels(what).inc(rows)

    def model(self, version: str, data: str, refused: Sequence[str] = ()) -> None:
        """Say which version answers from now on, and which were refused."""
        if self._answers not in (None, (version, data)):
            self._model.labels(*self._answers).set(0)
        self._answers = (version, data)
        self._model.labels(version, data).set(1)
        for one in refused:
            self._refused_versions.labels(one).set(1)

    def request(self, path: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def answered(self, response: ScoreResponse) -> None:
        """Count what an answer holds."""
        self._batch.observe(len(response.results) + len(response.errors))
        for result in response.results:
            self._scored.labels(response.model.version, result.support.level).inc()
            self._fit.observe(result.fit.score)
        for error in response.errors:
            self._refused.labels(error.code).inc()

    def text(self) -> tuple[bytes, str]:
        """The exposition text of all workers together, and its content type."""
        registry = self._registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            from prometheus_client.multiprocess import MultiProcessCollector

            registry = self._prometheus.CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types here
        return self._prometheus.generate_latest(registry), self._prometheus.CONTENT_TYPE_LATEST
