"""Guest links, addresses under which others read their part of one proposal; and how a company is invoiced

Nothing in the row of a link opens it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
MOMENT = sa.DateTime(timezone=True)
CHANGES = "revoked_at, times_opened, first_opened_at, last_opened_at, opened_number"


def upgrade() -> None:
    _guest_link()
    _billing()


def _guest_link() -> None:
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
    _isolate("guest_link")
    # the door looks up whose a link is; all else happens with the rights of that company alone
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGES}) ON guest_link TO kekal_portal")
    op.execute("GRANT SELECT (id, account_id) ON guest_link TO kekal_door")
    op.execute("GRANT SELECT ON guest_link TO kekal_staff")


def _billing() -> None:
    op.create_table(
        "billing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("pays_by", sa.Enum("card", "invoice", name="paysby", native_enum=False, length=40), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("needs_order", sa.Boolean(), nullable=True),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("order_minor", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_billing"),
        sa.UniqueConstraint("account_id", "id", name="uq_billing_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_billing_account_id"),
    )
    op.create_index("uq_billing_account", "billing", ["account_id"], unique=True)
    _isolate("billing")
    changes = "pays_by, tax_id, email, needs_order, order_number, order_minor, version"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({changes}) ON billing TO kekal_portal")
    op.execute("GRANT SELECT ON billing TO kekal_staff")


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON {table} TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {table} TO kekal_worker")


def downgrade() -> None:
    op.drop_table("billing")
    op.drop_table("guest_link")
