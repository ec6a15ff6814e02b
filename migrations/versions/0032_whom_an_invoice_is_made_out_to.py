"""Whom an invoice is made out to: the name and address a company is invoiced under, which our staff may write down
too, and what of it stood there when an invoice was asked for
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0029"
branch_labels = None
depends_on = None

ALL = "pays_by, tax_id, email, needs_order, order_number, order_minor, version, name, address"


def upgrade() -> None:
    for name in ("name", "address"):
        op.add_column("billing", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("billing", name, server_default=None)
    op.execute("GRANT UPDATE (name, address) ON billing TO kekal_portal")
    op.execute(f"GRANT INSERT, UPDATE ({ALL}) ON billing TO kekal_staff")
    op.add_column("payment", sa.Column("billed_to", postgresql.JSONB(), nullable=True))
    op.execute("GRANT UPDATE (billed_to) ON payment TO kekal_portal")


def downgrade() -> None:
    op.execute(f"REVOKE INSERT, UPDATE ({ALL}) ON billing FROM kekal_staff")
    op.drop_column("payment", "billed_to")
    op.drop_column("billing", "address")
    op.drop_column("billing", "name")
