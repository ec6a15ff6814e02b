"""Whom an invoice is made out to: the name and address a company is invoiced under, which our staff may write down
too, and what of it stood there when an invoice was asked for

And who agreed to an early exit: money is not returned, and no notice is dated back, by one person alone.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
MOMENT = sa.DateTime(timezone=True)
ALL = "pays_by, tax_id, email, needs_order, order_number, order_minor, version, name, address"


def upgrade() -> None:
    for name in ("name", "address"):
        op.add_column("billing", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("billing", name, server_default=None)
    op.execute("GRANT UPDATE (name, address) ON billing TO kekal_portal")
    op.execute(f"GRANT INSERT, UPDATE ({ALL}) ON billing TO kekal_staff")
    op.add_column("payment", sa.Column("billed_to", postgresql.JSONB(), nullable=True))
    op.execute("GRANT UPDATE (billed_to) ON payment TO kekal_portal")
    _early_exit()
    _agreed_by_another()


def _early_exit() -> None:
    op.create_table(
        "early_exit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("event", _choice("leavingevent", "acquisition", "business_change"), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", _choice("exitstate", "asked", "agreed", "refused"), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_early_exit"),
        sa.UniqueConstraint("account_id", "id", name="uq_early_exit_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_early_exit_account_id"),
        *(_inside(table) for table in ("term", "renewal", "activity")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_early_exit_by_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name="fk_early_exit_decided_by"),
        sa.CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="ck_early_exit_decided"),
        sa.CheckConstraint("decided_by <> by_id", name="ck_early_exit_by_another"),
    )
    op.create_index("uq_early_exit_asked", "early_exit", ["term_id"], unique=True, postgresql_where="state = 'asked'")
    op.execute("ALTER TABLE early_exit ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE early_exit FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON early_exit TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON early_exit TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute("GRANT ALL ON early_exit TO kekal_worker")
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (state, decided_by, decided_at, version) ON early_exit TO kekal_staff"
    )


def _agreed_by_another() -> None:
    """Whoever asks: not more is returned than somebody else with authority agreed to, for the very notice."""
    op.execute(
        """
        CREATE FUNCTION kekal_agreed_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE today date;
        BEGIN
            SELECT (NEW.at AT TIME ZONE timezone)::date INTO today FROM account WHERE id = NEW.account_id;
            IF (NEW.amount_minor < 0 OR NEW.told_on < today) AND NOT EXISTS (
                SELECT FROM early_exit x JOIN person p ON p.id = x.decided_by
                WHERE x.term_id = NEW.term_id AND x.state = 'agreed' AND x.decided_by <> NEW.by_id
                  AND (x.event, x.told_on, x.by_id) = (NEW.event, NEW.told_on, NEW.by_id)
                  AND x.amount_minor <= NEW.amount_minor
                  AND p.active AND p.account_id IS NULL AND p.roles && ARRAY['manager', 'finance', 'executive']
            ) THEN
                RAISE EXCEPTION 'somebody else has to agree to this exit'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'agreed_by_another';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER agreed_by_another BEFORE INSERT ON termination FOR EACH ROW "
        "EXECUTE FUNCTION kekal_agreed_by_another()"
    )


def _inside(table: str) -> sa.ForeignKeyConstraint:
    column = f"{table}_id"
    return sa.ForeignKeyConstraint(
        ["account_id", column], [f"{table}.account_id", f"{table}.id"], name=f"fk_early_exit_account_id_{column}"
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def downgrade() -> None:
    op.execute("DROP TRIGGER agreed_by_another ON termination")
    op.execute("DROP FUNCTION kekal_agreed_by_another()")
    op.drop_table("early_exit")
    op.execute(f"REVOKE INSERT, UPDATE ({ALL}) ON billing FROM kekal_staff")
    op.drop_column("payment", "billed_to")
    op.drop_column("billing", "address")
    op.drop_column("billing", "name")
