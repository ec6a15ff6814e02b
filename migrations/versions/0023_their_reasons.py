"""Their reasons: a customer who declines a proposal says why; what anybody's reasons were they do not read
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
READ = f"{MINE} AND kind IN ('question', 'invoice')"
WRITTEN = f"{MINE} AND kind IN ('question', 'invoice', 'reason')"


def upgrade() -> None:
    _may_write(WRITTEN)


def downgrade() -> None:
    _may_write(READ)


def _may_write(which: str) -> None:
    op.execute("DROP POLICY portal ON activity")
    op.execute(f"CREATE POLICY portal ON activity TO kekal_portal USING ({READ}) WITH CHECK ({which})")
