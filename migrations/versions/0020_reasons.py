"""Why something was decided about a whole company is kept like every other reason: in words, beside the chain"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("activity", "renewal_id", nullable=True)


def downgrade() -> None:
    """Reasons without a renewal have no place any more."""
    op.execute("DELETE FROM activity WHERE renewal_id IS NULL")
    op.alter_column("activity", "renewal_id", nullable=False)
