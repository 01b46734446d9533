"""The first tables: outcomes, score log, keys, idempotency records and jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_SCORES = (
    "fit_score", "lift_expected", "lift_low", "lift_high", "baseline_rate", "exposed_expected", "exposed_low",
    "exposed_high", "incremental_expected", "incremental_low", "incremental_high", "fee", "cost", "profit",
    "roi_expected", "roi_low", "roi_high", "roi_probability_positive", "maximum_fee",
)  # fmt: skip


def _text(name: str, *, needed: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=not needed)


def _time(name: str, *, needed: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=not needed)


def _number() -> sa.Column[int]:
    return sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "outcomes",
        sa.Column("collaboration_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        _text("creator_id"), _text("campaign_id"), _text("test_id", needed=False), _text("row"), _text("digest"),
        _time("recorded_at"), _text("recorded_by"), _text("request_id", needed=False),
    )  # fmt: skip
    op.create_index("ix_outcomes_pairing", "outcomes", ["creator_id", "campaign_id"])
    op.create_index("ix_outcomes_test", "outcomes", ["test_id"])
    op.create_table("score_briefs", sa.Column("digest", sa.Text, primary_key=True), _text("campaign"))
    op.create_table(
        "score_requests", _number(), _text("request_id"), _time("answered_at"), _text("path"), _time("as_of"),
        _text("model_version"), _time("model_as_of", needed=False), _text("campaign_id"),
        sa.Column("brief", sa.Text, sa.ForeignKey("score_briefs.digest"), nullable=False),
        sa.Column("level", sa.Float, nullable=False), _text("refused"),
    )  # fmt: skip
    op.create_index("ix_score_requests_answered_at", "score_requests", ["answered_at"])
    op.create_index("ix_score_requests_brief", "score_requests", ["brief"])
    op.create_index("ix_score_requests_campaign", "score_requests", ["campaign_id"])
    op.create_table(
        "scores", _number(),
        sa.Column(
            "request", sa.BigInteger, sa.ForeignKey("score_requests.number", ondelete="CASCADE"), nullable=False
        ),
        _text("creator_id"), *(sa.Column(name, sa.Float) for name in _SCORES), _text("support"), _text("flags"),
    )  # fmt: skip
    op.create_index("ix_scores_request", "scores", ["request"])
    op.create_index("ix_scores_creator", "scores", ["creator_id"])
    op.create_table(
        "api_keys", _number(), sa.Column("key_id", sa.Text, nullable=False, unique=True), _text("name"),
        _text("digest"), _text("scopes"), sa.Column("per_minute", sa.Integer), _time("created_at"),
        _text("created_by"), _time("revoked_at", needed=False),
    )  # fmt: skip
    op.create_table(
        "idempotency",
        sa.Column("owner", sa.Text, primary_key=True), sa.Column("key", sa.Text, primary_key=True), _text("digest"),
        _time("begun_at"), sa.Column("status", sa.Integer), _text("media_type", needed=False),
        sa.Column("body", sa.LargeBinary),
    )  # fmt: skip
    op.create_index("ix_idempotency_begun_at", "idempotency", ["begun_at"])
    op.create_table(
        "jobs", sa.Column("job_id", sa.Text, primary_key=True), _text("owner"), _text("status"), _text("task"),
        _text("file_name"), _time("created_at"), _time("started_at", needed=False),
        _time("finished_at", needed=False), _time("beat_at", needed=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"), _text("holder", needed=False),
        _text("outcome", needed=False),
    )  # fmt: skip
    op.create_index("ix_jobs_status", "jobs", ["status", "created_at"])


def downgrade() -> None:
    """Drop them, with all they hold."""
    for name in ("jobs", "idempotency", "api_keys", "scores", "score_requests", "score_briefs", "outcomes"):
        op.drop_table(name)
