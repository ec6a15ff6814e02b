"""Acts on many renewals at once, with what became of each; and names that are found by a part of them

Neither is a customer's: their transaction reads nothing of a bulk.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ACTS = ("hand_over", "waive", "finish")
OUTCOMES = ("waiting", "done", "refused")
MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())
SOUGHT = {
    "account": ("name", "external_id"), "person": ("name", "email"), "invoice": ("number",), "agreement": ("number",),
}
"""Where somebody looks for a part of a word."""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, columns in SOUGHT.items():
        op.create_index(
            f"ix_{table}_sought", table, list(columns), postgresql_using="gin",
            postgresql_ops=dict.fromkeys(columns, "gin_trgm_ops"),
        )
    _bulk()
    _part()
    _rights()


def downgrade() -> None:
    op.drop_table("bulk_part")
    op.drop_table("bulk")
    for table in SOUGHT:
        op.drop_index(f"ix_{table}_sought", table)
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def _bulk() -> None:
    op.create_table(
        "bulk",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", _choice("bulkact", ACTS), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulk"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_bulk_by_id"),
    )


def _part() -> None:
    op.create_table(
        "bulk_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("bulk_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", _choice("partoutcome", OUTCOMES), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_part"),
        sa.UniqueConstraint("account_id", "id", name="uq_bulk_part_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_bulk_part_account_id"),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk.id"], name="fk_bulk_part_bulk_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "renewal_id"], ["renewal.account_id", "renewal.id"],
            name="fk_bulk_part_account_id_renewal_id",
        ),
    )
    op.create_index("uq_bulk_part_renewal", "bulk_part", ["bulk_id", "renewal_id"], unique=True)


def _rights() -> None:
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute("ALTER TABLE bulk_part ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE bulk_part FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY portal ON bulk_part TO kekal_portal USING (false) WITH CHECK (false)")
    op.execute(f"CREATE POLICY everybody_else ON bulk_part TO {others} USING (true) WITH CHECK (true)")
    op.execute("GRANT SELECT, INSERT ON bulk, bulk_part TO kekal_staff")
    op.execute("GRANT ALL ON bulk, bulk_part TO kekal_worker")
