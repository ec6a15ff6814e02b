"""What was sent with a proposal beside its price, and by which template

Whatever was sent before there were templates had every section: it keeps the first version of the longest one.
Only the staff write it: what a customer proposes lies before them under what was sent last.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = """{"template": "enterprise@1", "expansion": [], "voices": []}"""


def upgrade() -> None:
    op.add_column("quote", sa.Column("enclosed", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("quote", "enclosed", server_default=None)
    op.execute(sa.text("UPDATE quote SET enclosed = CAST(:before AS jsonb) WHERE shown_id IS NOT NULL").bindparams(
        before=BEFORE
    ))
    op.execute("GRANT UPDATE (enclosed) ON quote TO kekal_staff")
    op.create_check_constraint(
        op.f("ck_quote_shown_by_a_template"), "quote", "shown_id IS NULL OR enclosed ? 'template'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_quote_shown_by_a_template"), "quote")
    op.drop_column("quote", "enclosed")
