"""The tables of the service's memory, the same in SQLite and PostgreSQL.

Times are whole microseconds since 1970 in UTC, so that both databases hold and compare them alike. The tables are made
by `serving/migrations`; a test keeps these definitions and the migrations equal.
"""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

METADATA = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A row number of the database's own making; SQLite counts only in a plain INTEGER."""

outcomes = sa.Table(
    "outcomes", METADATA,
    sa.Column("collaboration_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("creator_id", sa.Text, nullable=False),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("test_id", sa.Text),
    sa.Column("row", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("recorded_by", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text),
    sa.Index("ix_outcomes_pairing", "creator_id", "campaign_id"),
    sa.Index("ix_outcomes_test", "test_id"),
)  # fmt: skip
"""Every version of every outcome; the highest version of an id is what holds now."""

score_briefs = sa.Table(
    "score_briefs", METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("campaign", sa.Text, nullable=False),
)  # fmt: skip
"""The campaigns that were asked about, as JSON, each once."""

score_requests = sa.Table(
    "score_requests", METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("answered_at", sa.BigInteger, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("as_of", sa.BigInteger, nullable=False),
    sa.Column("model_version", sa.Text, nullable=False),
    sa.Column("model_as_of", sa.BigInteger),
    sa.Column("campaign_id", sa.Text, nullable=False),
    sa.Column("brief", sa.Text, sa.ForeignKey("score_briefs.digest"), nullable=False),
    sa.Column("level", sa.Float, nullable=False),
    sa.Column("refused", sa.Text, nullable=False),
    sa.Index("ix_score_requests_answered_at", "answered_at"),
    sa.Index("ix_score_requests_brief", "brief"),
    sa.Index("ix_score_requests_campaign", "campaign_id"),
)  # fmt: skip
"""One row per answer: what was asked, and refused candidates as {code: how many}."""

scores = sa.Table(
    "scores", METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("request", sa.BigInteger, sa.ForeignKey("score_requests.number", ondelete="CASCADE"), nullable=False),
    sa.Column("creator_id", sa.Text, nullable=False),
    *(sa.Column(name, sa.Float) for name in (
        "fit_score", "lift_expected", "lift_low", "lift_high", "baseline_rate", "exposed_expected", "exposed_low",
        "exposed_high", "incremental_expected", "incremental_low", "incremental_high", "fee", "cost", "profit",
        "roi_expected", "roi_low", "roi_high", "roi_probability_positive", "maximum_fee",
    )),
    sa.Column("support", sa.Text, nullable=False),
    sa.Column("flags", sa.Text, nullable=False),
    sa.Index("ix_scores_request", "request"),
    sa.Index("ix_scores_creator", "creator_id"),
)  # fmt: skip
"""One row per scored candidate."""

score_features = sa.Table(
    "score_features", METADATA,
    sa.Column("request", sa.BigInteger, sa.ForeignKey("score_requests.number", ondelete="CASCADE"), primary_key=True,
              autoincrement=False),
    sa.Column("catalog", sa.Text, nullable=False),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""What the candidates of the newest answers were scored with: the feature catalogue's digest, and the values of all in
the order of their `number` (`serving.packed_rows`). One row per answer: one per candidate took as long as scoring."""

api_keys = sa.Table(
    "api_keys", METADATA,
    sa.Column("number", _NUMBER, primary_key=True),
    sa.Column("key_id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("revoked_at", sa.BigInteger),
)  # fmt: skip
"""API keys: the SHA-256 of each secret, never the secret. Revoked keys stay, so that a log's key id stays known."""

idempotency = sa.Table(
    "idempotency", METADATA,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("begun_at", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("media_type", sa.Text),
    sa.Column("body", sa.LargeBinary),
    sa.Index("ix_idempotency_begun_at", "begun_at"),
)  # fmt: skip
"""Writes that carried an `Idempotency-Key`; without a status, one that is under way."""

jobs = sa.Table(
    "jobs", METADATA,
    sa.Column("job_id", sa.Text, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("finished_at", sa.BigInteger),
    sa.Column("beat_at", sa.BigInteger),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("holder", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Index("ix_jobs_status", "status", "created_at"),
)  # fmt: skip
"""Jobs: `task` is what to do and `outcome` what came of it, both JSON; `holder` is the process at work on it."""


def micros(time: pd.Timestamp) -> int:
    """A time (with its zone) as the tables hold it."""
    return int(time.value) // 1_000


def time_of(value: int) -> pd.Timestamp:
    """A time of the tables; UTC, to the microsecond."""
    return pd.Timestamp(value, unit="us", tz="UTC")
