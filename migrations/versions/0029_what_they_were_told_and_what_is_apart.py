"""What a customer was told before anything was offered, and what is quoted apart from the renewal

Preliminary terms are rows of their own and no offer, so that no acceptance can refer to them; one for a milestone,
never changed, and only the worker writes them. A quote says whether it is for the renewal or for what is new; one for
what is new alone does not renew anything, and is not accepted in its place.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

MINE = "account_id = nullif(current_setting('kekal.account', true), '')::uuid"
OTHERS = "kekal_door, kekal_staff, kekal_worker"
TABLE = "preliminary_terms"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("policies", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        sa.UniqueConstraint("account_id", "id", name=f"uq_{TABLE}_account_id_id"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{TABLE}_account_id"),
        _inside("renewal"),
        _inside("milestone"),
    )
    op.create_index(f"uq_{TABLE}_milestone", TABLE, ["renewal_id", "milestone_id"], unique=True)
    _isolate()
    _never_changes()
    part = sa.Enum("renewal", "expansion", name="part", native_enum=False, length=40)
    op.add_column("quote", sa.Column("part", part, nullable=False, server_default="renewal"))
    op.alter_column("quote", "part", server_default=None)
    op.create_check_constraint("accepted_renews", "quote", "state <> 'accepted' OR part = 'renewal'")


def downgrade() -> None:
    op.drop_constraint("ck_quote_accepted_renews", "quote")
    op.drop_column("quote", "part")
    op.drop_table(TABLE)


def _inside(target: str) -> sa.ForeignKeyConstraint:
    column = f"{target}_id"
    return sa.ForeignKeyConstraint(
        ["account_id", column], [f"{target}.account_id", f"{target}.id"], name=f"fk_{TABLE}_account_id_{column}"
    )


def _isolate() -> None:
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {TABLE} TO kekal_portal USING ({MINE}) WITH CHECK ({MINE})")
    op.execute(f"CREATE POLICY everybody_else ON {TABLE} TO {OTHERS} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {TABLE} TO kekal_worker")
    op.execute(f"GRANT SELECT ON {TABLE} TO kekal_portal, kekal_staff")


def _never_changes() -> None:
    op.execute(
        f"CREATE TRIGGER never_changes BEFORE UPDATE OR DELETE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION kekal_refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER never_empties BEFORE TRUNCATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kekal_refuse_change()"
    )
