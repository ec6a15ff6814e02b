"""What is quoted apart is accepted by itself, and added to the term that is signed

An acceptance says which quote of what is new it is for; one of those does not stand for its renewal, and one that
stands for a renewal is of no such quote. A quote has one standing yes, a yes makes one addition, an addition never
changes, and it asks for its instalments under what the term was accepted by.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
TABLE = "addition"
STANDS = "uq_acceptance_standing"


def upgrade() -> None:
    op.drop_constraint("ck_quote_accepted_renews", "quote")
    op.add_column("acceptance", sa.Column("apart_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_acceptance_account_id_apart_id", "acceptance", "quote", ["account_id", "apart_id"], ["account_id", "id"]
    )
    op.drop_index(STANDS, "acceptance")
    _one_standing("renewal_id", STANDS, "apart_id IS NULL")
    _one_standing("apart_id", "uq_acceptance_apart", "apart_id IS NOT NULL")
    _is_of_its_own_quote()
    _addition()
    op.add_column("instalment", sa.Column("addition_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_instalment_account_id_addition_id", "instalment", TABLE, ["account_id", "addition_id"], ["account_id", "id"]
    )
    op.create_index(
        "ix_instalment_addition", "instalment", ["addition_id"], postgresql_where=sa.text("addition_id IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_column("instalment", "addition_id")
    op.drop_table(TABLE)
    op.execute("DROP FUNCTION kekal_addition_is_agreed()")
    op.execute("DROP TRIGGER apart_as_quoted ON acceptance")
    op.execute("DROP FUNCTION kekal_apart_as_quoted()")
    op.drop_index("uq_acceptance_apart", "acceptance")
    op.drop_index(STANDS, "acceptance")
    op.drop_column("acceptance", "apart_id")
    op.create_index(
        STANDS, "acceptance", ["renewal_id"], unique=True, postgresql_where=sa.text("state = 'standing'")
    )
    op.create_check_constraint("accepted_renews", "quote", "state <> 'accepted' OR part = 'renewal'")


def _one_standing(column: str, name: str, which: str) -> None:
    op.create_index(
        name, "acceptance", [column], unique=True, postgresql_where=sa.text(f"state = 'standing' AND {which}")
    )


def _is_of_its_own_quote() -> None:
    """Who says yes to what is new says so of that quote, and renews nothing by it."""
    op.execute(
        """
        CREATE FUNCTION kekal_apart_as_quoted() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE quoted uuid;
        BEGIN
            SELECT q.id INTO quoted FROM offer o JOIN quote q ON q.id = o.quote_id
                WHERE o.id = NEW.offer_id AND q.part = 'expansion' AND q.renewal_id = NEW.renewal_id;
            IF quoted IS DISTINCT FROM NEW.apart_id THEN
                RAISE EXCEPTION 'what is new is accepted as what is new, and renews nothing'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'apart_as_quoted';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER apart_as_quoted BEFORE INSERT OR UPDATE OF apart_id, offer_id, renewal_id ON acceptance "
        "FOR EACH ROW EXECUTE FUNCTION kekal_apart_as_quoted()"
    )


def _addition() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("acceptance_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("trace", postgresql.JSONB(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint("account_id", "id", name=f"uq_{TABLE}_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{TABLE}_account_id"),
        *map(_inside, ("term", "renewal", "acceptance")),
        sa.CheckConstraint("amount_minor >= 0", name=f"ck_{TABLE}_nothing_given_back"),
    )
    op.create_index(f"uq_{TABLE}_acceptance", TABLE, ["acceptance_id"], unique=True)
    op.create_index(f"ix_{TABLE}_term", TABLE, ["term_id"])
    _isolate()
    _never_changes()
    _is_agreed()


def _inside(target: str) -> sa.ForeignKeyConstraint:
    column = f"{target}_id"
    return sa.ForeignKeyConstraint(
        ["account_id", column], [f"{target}.account_id", f"{target}.id"], name=f"fk_{TABLE}_account_id_{column}"
    )


def _isolate() -> None:
    """The customer's own press makes it, or the worker when a payment arrives."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {TABLE} TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON {TABLE} TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {TABLE} TO kekal_worker")
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO kekal_portal")
    op.execute(f"GRANT SELECT ON {TABLE} TO kekal_staff")


def _is_agreed() -> None:
    """Nothing is added but what somebody said yes to, and only to the term that their renewal began."""
    op.execute(
        """
        CREATE FUNCTION kekal_addition_is_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM acceptance a JOIN agreement g ON g.renewal_id = a.renewal_id
                    JOIN term t ON t.agreement_id = g.id
                WHERE a.id = NEW.acceptance_id AND a.state = 'standing' AND a.apart_id IS NOT NULL
                  AND t.id = NEW.term_id
            ) THEN
                RAISE EXCEPTION 'nobody has said yes to adding this to that term'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'addition_is_agreed';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER addition_is_agreed BEFORE INSERT ON {TABLE} FOR EACH ROW "
        "EXECUTE FUNCTION kekal_addition_is_agreed()"
    )


def _never_changes() -> None:
    op.execute(
        f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION kekal_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER never_empties BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kekal_refuse_change()"
    )
