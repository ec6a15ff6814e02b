"""What is asked in return for what is given, objections with what closes each, and proposals that are walked through

Neither concessions nor objections are a customer's: how we negotiate is ours.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("price", "time", "concern", "alternatives")
CHANGES = "moves, commitment, who_id, due_on, closed_at, kept_at, version"
WALKED_THROUGH = (
    "pattern <> 'proposal_presentation' OR state <> 'done' OR "
    "outcome ?& ARRAY['held_on', 'there', 'next_step', 'next_by', 'next_on']"
)


def upgrade() -> None:
    _concession()
    _objection()
    op.create_check_constraint(op.f("ck_task_presented_is_walked_through"), "task", WALKED_THROUGH)


def downgrade() -> None:
    op.drop_constraint("ck_task_presented_is_walked_through", "task")
    op.drop_table("objection")
    op.drop_table("concession")


def _concession() -> None:
    op.create_table(
        "concession",
        *_owned("concession"),
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("things", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("why_nothing", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _inside("concession", "offer_id", "offer"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name="fk_concession_by_id"),
        sa.CheckConstraint("(asked = '') <> (why_nothing = '')", name="ck_concession_carries_its_ask"),
        sa.CheckConstraint("cardinality(things) > 0", name="ck_concession_gives_something"),
    )
    op.create_index("uq_concession_offer", "concession", ["offer_id"], unique=True)
    _ours_alone("concession")
    op.execute("GRANT SELECT, INSERT ON concession TO kekal_staff")
    for when, event, each in (
        ("changes", "BEFORE UPDATE OR DELETE", "ROW"), ("empties", "BEFORE TRUNCATE", "STATEMENT"),
    ):
        op.execute(
            f"CREATE TRIGGER never_{when} {event} ON concession FOR EACH {each} "
            "EXECUTE FUNCTION kekal_refuse_change()"
        )


def _objection() -> None:
    op.create_table(
        "objection",
        *_owned("objection"),
        sa.Column("renewal_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Enum(*KINDS, name="objectionkind", native_enum=False, length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("moves", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("who_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("kept_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _inside("objection", "renewal_id", "renewal"),
        _inside("objection", "quote_id", "quote"),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=f"fk_objection_{column}")
            for column in ("raised_by", "who_id")
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR (commitment <> '' AND who_id IS NOT NULL AND due_on IS NOT NULL)",
            name="ck_objection_closed_with_its_commitment",
        ),
        sa.CheckConstraint("kept_at IS NULL OR closed_at IS NOT NULL", name="ck_objection_kept_once_committed"),
    )
    op.create_index("ix_objection_renewal", "objection", ["renewal_id"])
    op.create_index(
        "ix_objection_owed", "objection", ["due_on"],
        postgresql_where=sa.text("closed_at IS NOT NULL AND kept_at IS NULL"),
    )
    _ours_alone("objection")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGES}) ON objection TO kekal_staff")


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


def _ours_alone(table: str) -> None:
    others = "kekal_door, kekal_staff, kekal_worker"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY portal ON {table} TO kekal_portal USING (false) WITH CHECK (false)")
    op.execute(f"CREATE POLICY everybody_else ON {table} TO {others} USING (true) WITH CHECK (true)")
    op.execute(f"GRANT ALL ON {table} TO kekal_worker")
