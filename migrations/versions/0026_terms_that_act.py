"""Terms that act: a term keeps the clauses it was signed with, and what came of them

A true-up is made once for an anniversary, a term is left early once, and nothing is charged of what was released when
it was left.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("term", sa.Column("clauses", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.alter_column("term", "clauses", server_default=None)
    op.add_column("term", sa.Column("next_true_up_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_term_next_true_up", "term", ["next_true_up_on"], postgresql_where=sa.text("next_true_up_on IS NOT NULL")
    )
    _true_up()
    _termination()
    _renegotiation()
    _charge_nothing_that_was_released()


def downgrade() -> None:
    op.execute("DROP TRIGGER nothing_released ON payment")
    op.execute("DROP FUNCTION kekal_nothing_released()")
    op.execute("REVOKE UPDATE (ends_on, next_true_up_on) ON term FROM kekal_staff")
    op.execute("REVOKE UPDATE (ends_on) ON line FROM kekal_staff")
    op.execute("REVOKE UPDATE (renews_on) ON renewal FROM kekal_staff")
    op.execute("REVOKE INSERT ON task FROM kekal_staff")
    for table in ("renegotiation", "termination", "true_up"):
        op.drop_table(table)
    op.drop_index("ix_term_next_true_up", "term")
    op.drop_column("term", "next_true_up_on")
    op.drop_column("term", "clauses")


def _true_up() -> None:
    op.create_table(
        "true_up",
        *_owned("true_up"),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("counted", postgresql.JSONB(), nullable=False),
        sa.Column("added", postgresql.JSONB(), nullable=False),
        sa.Column("trace", postgresql.JSONB(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        _inside("true_up", "term_id", "term"),
        _inside("true_up", "renewal_id", "renewal"),
        _inside("true_up", "instalment_id", "instalment"),
        sa.CheckConstraint("amount_minor >= 0", name="ck_true_up_nothing_given_back"),
        sa.CheckConstraint("(instalment_id IS NULL) = (amount_minor = 0)", name="ck_true_up_asked_for"),
    )
    op.create_index("uq_true_up_day", "true_up", ["term_id", "on_day"], unique=True)
    _isolate("true_up")
    _never_changes("true_up")


def _termination() -> None:
    op.create_table(
        "termination",
        *_owned("termination"),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(), nullable=False),
        sa.Column("instalment_id", sa.Uuid(), nullable=True),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("event", _choice("leavingevent", "acquisition", "business_change"), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column("trace", postgresql.JSONB(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _inside("termination", "term_id", "term"),
        _inside("termination", "renewal_id", "renewal"),
        _inside("termination", "acceptance_id", "acceptance"),
        _inside("termination", "instalment_id", "instalment"),
        _inside("termination", "activity_id", "activity"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_termination_by_id"),
        sa.CheckConstraint("told_on <= leaves_on", name="ck_termination_in_order"),
        sa.CheckConstraint("(instalment_id IS NOT NULL) = (amount_minor > 0)", name="ck_termination_asked_for"),
    )
    op.create_index("uq_termination_term", "termination", ["term_id"], unique=True)
    op.create_index("ix_termination_acceptance", "termination", ["acceptance_id"])
    _isolate("termination")
    _never_changes("termination")
    op.execute("GRANT INSERT ON termination TO kekal_staff")
    op.execute("GRANT UPDATE (ends_on, next_true_up_on) ON term TO kekal_staff")
    op.execute("GRANT UPDATE (ends_on) ON line TO kekal_staff")
    op.execute("GRANT UPDATE (renews_on) ON renewal TO kekal_staff")


def _renegotiation() -> None:
    op.create_table(
        "renegotiation",
        *_owned("renegotiation"),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *(
            _inside("renegotiation", f"{table}_id", table)
            for table in ("term", "renewal", "quote", "task", "activity")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_renegotiation_by_id"),
        sa.CheckConstraint("opened_on <= until_on", name="ck_renegotiation_in_order"),
    )
    op.create_index("uq_renegotiation_day", "renegotiation", ["term_id", "opened_on"], unique=True)
    _isolate("renegotiation")
    _never_changes("renegotiation")
    op.execute("GRANT INSERT ON renegotiation TO kekal_staff")
    op.execute("GRANT INSERT ON task TO kekal_staff")


def _charge_nothing_that_was_released() -> None:
    """Whoever asks: of a term that was left early only what the termination itself asks for is charged."""
    op.execute(
        """
        CREATE FUNCTION kekal_nothing_released() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM instalment i JOIN termination t
                    ON t.account_id = i.account_id AND t.acceptance_id = i.acceptance_id
                WHERE i.id = NEW.instalment_id AND i.id IS DISTINCT FROM t.instalment_id
            ) THEN
                RAISE EXCEPTION 'this was released when the term was left'
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'nothing_released';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER nothing_released BEFORE INSERT ON payment FOR EACH ROW "
        "EXECUTE FUNCTION kekal_nothing_released()"
    )


def _never_changes(table: str) -> None:
    op.execute(f"GRANT SELECT ON {table} TO kekal_portal, kekal_staff")
    op.execute(
        f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kekal_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER never_empties BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kekal_refuse_change()"
    )


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("account_id", "id", name=f"uq_{table}_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id"),
    )


def _inside(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id", column], [f"{target}.account_id", f"{target}.id"], name=f"fk_{table}_account_id_{column}"
    )


def _isolate(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON {table} TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {table} TO kekal_worker")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)
