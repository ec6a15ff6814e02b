"""Their steps: what a customer's own people do before they can say yes; both sides write the same rows"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
CHANGES = "position, title, who, days, due_on, needs_id, after_all, done_at, changed_at, version"


def upgrade() -> None:
    op.create_table(
        "step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("needs_id", sa.Uuid(), nullable=True),
        sa.Column("after_all", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_step"),
        sa.UniqueConstraint("account_id", "id", name="uq_step_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_step_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"], name="fk_step_account_id_renewal_id"
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "needs_id"], ["step.account_id", "step.id"], name="fk_step_account_id_needs_id"
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 60", name="ck_step_days"),
        sa.CheckConstraint("needs_id IS NULL OR (needs_id <> id AND NOT after_all)", name="ck_step_needs"),
    )
    op.create_index("ix_step_renewal", "step", ["renewal_id", "position"])
    op.execute("ALTER TABLE step ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE step FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON step TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"CREATE POLICY everybody_else ON step TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT, DELETE ON step TO kekal_portal, kekal_staff")
    op.execute(f"GRANT UPDATE ({CHANGES}) ON step TO kekal_portal, kekal_staff")
    op.execute("GRANT ALL ON step TO kekal_worker")


def downgrade() -> None:
    op.drop_table("step")
