"""Quota: how often each token knocked in its last minute"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota")),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_quota_token_id")),
    )
    op.create_index("uq_quota_token", "quota", ["token_id"], unique=True)
    op.execute("GRANT SELECT, INSERT, UPDATE ON quota TO kekal_worker")


def downgrade() -> None:
    op.drop_table("quota")
