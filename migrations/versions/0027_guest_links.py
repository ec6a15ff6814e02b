"""Guest links: addresses under which others read their part of one proposal; nothing in a row opens one"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
MOMENT = sa.DateTime(timezone=True)
CHANGES = "revoked_at, times_opened, first_opened_at, last_opened_at, opened_number"


def upgrade() -> None:
    role = sa.Enum("sponsor", "finance", "legal", "security", name="guestrole", native_enum=False, length=40)
    op.create_table(
        "guest_link",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("role", role, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("times_opened", sa.Integer(), nullable=False),
        sa.Column("first_opened_at", MOMENT, nullable=True),
        sa.Column("last_opened_at", MOMENT, nullable=True),
        sa.Column("opened_number", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_guest_link"),
        sa.UniqueConstraint("account_id", "id", name="uq_guest_link_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_guest_link_account_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "quote_id"], ["quote.account_id", "quote.id"], name="fk_guest_link_account_id_quote_id"
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "by_id"], ["person.account_id", "person.id"], name="fk_guest_link_account_id_by_id"
        ),
        sa.CheckConstraint(
            "(times_opened = 0) = (first_opened_at IS NULL)", name="ck_guest_link_opened_at_some_time"
        ),
    )
    op.create_index("ix_guest_link_quote", "guest_link", ["quote_id"])
    _isolate()


def _isolate() -> None:
    """The door looks up whose a link is; all else happens with the rights of that company alone."""
    op.execute("ALTER TABLE guest_link ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE guest_link FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON guest_link TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"CREATE POLICY everybody_else ON guest_link TO {others} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGES}) ON guest_link TO kekal_portal")
    op.execute("GRANT SELECT (id, account_id) ON guest_link TO kekal_door")
    op.execute("GRANT SELECT ON guest_link TO kekal_staff")
    op.execute("GRANT ALL ON guest_link TO kekal_worker")


def downgrade() -> None:
    op.drop_table("guest_link")
