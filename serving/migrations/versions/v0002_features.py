"""The features that scored candidates were scored with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Make their table."""
    op.create_table(
        "score_features",
        sa.Column("request", sa.BigInteger, sa.ForeignKey("score_requests.number", ondelete="CASCADE"),
                  primary_key=True, autoincrement=False),
        sa.Column("catalog", sa.Text, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    """Drop it, with all it holds."""
    op.drop_table("score_features")
