"""The day of the legal notice stands on the plan that was drawn for it, so that a change of it is seen

Staff who close a renewal as lost let the yes lapse for which nothing was paid.

A plan that is known already is compared when it is routed next; its milestone stands on that day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("notice_on", sa.Date(), nullable=True))
    op.execute(
        "UPDATE plan AS p SET notice_on = m.due_on FROM milestone AS m "
        "WHERE m.renewal_id = p.renewal_id AND m.key = 'notice' AND m.state <> 'dropped' AND NOT m.by_hand"
    )
    op.execute("GRANT UPDATE (state, version) ON acceptance TO kekal_staff")


def downgrade() -> None:
    op.execute("REVOKE UPDATE (state, version) ON acceptance FROM kekal_staff")
    op.drop_column("plan", "notice_on")
