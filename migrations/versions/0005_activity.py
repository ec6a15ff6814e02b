"""Activity: words about a renewal, beside the chain; and why a renewal was lost

A customer's transaction reaches only what customers themselves wrote, whatever is asked of the database.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OWN = "account_id = nullif(current_setting('kekal.account', true), '')::uuid AND kind IN ('question', 'invoice')"
KINDS = ("call", "meeting", "mail", "note", "question", "invoice", "loss")
REASONS = ("price", "not_needed", "competitor", "service", "closed", "other")


def upgrade() -> None:
    op.add_column(
        "renewal",
        sa.Column("lost_reason", sa.Enum(*REASONS, name="lossreason", native_enum=False, length=40), nullable=True),
    )
    op.execute("GRANT UPDATE (lost_reason) ON renewal TO kekal_staff")
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="activitykind", native_enum=False, length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("more", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_activity_account_id_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_activity_account_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"],
            name=op.f("fk_activity_account_id_renewal_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "person_id"], ["person.account_id", "person.id"],
            name=op.f("fk_activity_account_id_person_id"),
        ),
    )
    op.create_index("ix_activity_renewal", "activity", ["renewal_id"])
    op.execute("ALTER TABLE activity ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE activity FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON activity TO kekal_portal USING ({OWN}) WITH CHECK ({OWN})")
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"CREATE POLICY everybody_else ON activity TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT ON activity TO kekal_portal, kekal_staff")
    op.execute("GRANT ALL ON activity TO kekal_worker")


def downgrade() -> None:
    op.drop_table("activity")
    op.drop_column("renewal", "lost_reason")
